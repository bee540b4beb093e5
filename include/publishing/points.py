"""Named points between two calls that cannot be taken back, where a test may kill the process.

In production `reached` does nothing. Every name stands in `NAMES`, and the crash test visits all of them.
"""

from __future__ import annotations

from collections.abc import Callable

NAMES = (
    "claimed",  # we may write; nothing was looked at
    "found",  # the platform was asked what an earlier try left; nothing recorded yet
    "intent_written",  # the ledger says what we are about to do; no call was made
    "note_before_save",  # the platform handed out a note that nobody has stored
    "note_saved",  # the note is stored; the step it protects was not taken
    "answered",  # the platform answered the upload or the finish; nothing recorded
    "recorded",  # the answer is recorded; the claim is not given back
    "checked",  # a look was answered; nothing recorded
)

on_reached: Callable[[str, str], None] | None = None
"""Set by crash tests: called with the point's name and the step's."""


def reached(name: str, step: str) -> None:
    """Mark that `step` came to point `name`."""
    if on_reached is not None:
        on_reached(name, step)
