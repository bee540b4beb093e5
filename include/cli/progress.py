"""Shows in the terminal how far a start is: a live list, or plain lines where there is no terminal."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text


class Progress:
    """One line a step, with its seconds; `quiet` shows nothing at all."""

    def __init__(self, *, quiet: bool = False, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, quiet=quiet, highlight=False)
        self._steps: dict[str, tuple[float, float | None]] = {}
        self._spinner = Spinner("dots")
        self._live = Live(console=self.console, get_renderable=self._draw, refresh_per_second=8, transient=True)
        self._is_live = self.console.is_terminal and not quiet

    def __enter__(self) -> Progress:
        if self._is_live:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._is_live:
            self._live.stop()

    def begin(self, step: str) -> None:
        """Show that a step has begun."""
        self._steps.setdefault(step, (time.monotonic(), None))

    def done(self, step: str) -> None:
        """Show that a step is done and how long it took."""
        began, ended = self._steps.get(step, (time.monotonic(), None))
        if ended is None:
            self._steps[step] = (began, time.monotonic())
            self.console.print(Text.assemble(("✓ ", "green"), step, (f"  {time.monotonic() - began:.1f} s", "dim")))

    def say(self, sentence: str) -> None:
        """Show a sentence that stays."""
        self.console.print(sentence, markup=False)

    def _draw(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for step, (began, ended) in self._steps.items():
            if ended is None:
                table.add_row(self._spinner, step, Text(f"{time.monotonic() - began:.0f} s", style="dim"))
        return table
