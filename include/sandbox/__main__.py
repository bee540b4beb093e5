"""`python -m include.sandbox --port 9400 --data DIR`: start the stand-in for the platforms."""

from __future__ import annotations

import argparse
import ipaddress
import sys
from pathlib import Path

import uvicorn

from include.sandbox.app import make_app
from include.sandbox.switches import Switches


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m include.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=9400)
    parser.add_argument("--data", type=Path, required=True, help="folder for uploaded files and what is known of them")
    parser.add_argument("--processing-seconds", type=float, default=Switches.processing_seconds)
    parser.add_argument("--host", default=None, help="another address than 127.0.0.1; nobody signs in here")
    parser.add_argument(
        "--smtp-port", type=int, default=None, help="where mail is taken on 127.0.0.1; without it none is"
    )
    parser.add_argument("--keep-answers", action="store_true", help="write YouTube's answers to DATA/answers.jsonl")
    return parser.parse_args(arguments)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def main() -> None:
    """Serve until stopped; says where, on stdout, and warns when others can reach it."""
    chosen = read_arguments()
    host = chosen.host or "127.0.0.1"
    if not is_loopback(host):
        sys.stderr.write(
            f"The sandbox listens on {host}: everybody who reaches it can make accounts and read what was uploaded.\n"
        )
    switches = Switches(processing_seconds=chosen.processing_seconds)
    app = make_app(chosen.data, switches, keep_answers=chosen.keep_answers, smtp_port=chosen.smtp_port)
    shown = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"Sandbox: http://{shown}:{chosen.port}/\n")
    sys.stdout.flush()
    uvicorn.run(
        app, host=host, port=chosen.port, access_log=False, log_level="warning", proxy_headers=False,
        server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip


if __name__ == "__main__":
    main()
