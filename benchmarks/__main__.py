"""`python -m benchmarks NAME… [--runs N] [--mib N]`: what `./desk bench` runs, in an environment of its own."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import time
from typing import Any

from benchmarks import BUILT
from benchmarks.figures import Figure
from include.cli import errors


def main() -> None:
    """Run the named measurements one after the other; a failed one does not keep the next from running."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="+", choices=BUILT)
    parser.add_argument("--runs", type=int)
    parser.add_argument("--mib", type=int)
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)  # what was started is stopped, as after Ctrl-C
    failed = [name for name in wanted.names if errors.run(lambda name=name: _run(name, wanted.runs, wanted.mib))]
    if failed:
        raise errors.CommandFailed(f"Not measured: {', '.join(failed)}.")


def _run(name: str, runs: int | None, mib: int | None) -> None:
    began = time.monotonic()

    def say(sentence: str) -> None:
        sys.stderr.write(f"{name}: [{time.monotonic() - began:5.1f} s] {sentence}\n")
        sys.stderr.flush()

    figure: Figure = importlib.import_module(f"benchmarks.{name}").measure(runs, mib, say)
    print(figure.line(), flush=True)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(errors.run(main))
