"""How long it takes to seal everything anew after the master key was changed, beside doing it in memory.

10,000 accounts of 1,000 owners, two tokens each. Ours is the whole `rekey`: read, open, seal, write, commit, owner by
owner. Theirs opens and seals as many envelopes and touches no database. Each run is a rotation to a new key.
"""

from __future__ import annotations

import base64
import os
import time

from benchmarks.crowd import TOKEN, gather
from benchmarks.figures import Figure, Say, in_turns, middle
from benchmarks.workplace import workplace
from include import settings
from include.accounts import vault
from include.accounts.rekey import rekey
from include.cli.errors import CommandFailed

RUNS = 3
PLACE = "account/owner/account/field"


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Rotate the key `runs` times, in turns with opening and sealing as many envelopes in memory."""
    runs = runs or RUNS
    with workplace(say):
        sealed = gather(say)

        def ours(number: int) -> float:
            _rotate()
            began = time.perf_counter()
            found = rekey()
            seconds = time.perf_counter() - began
            if not found.done or found.sealed != sealed:
                raise CommandFailed(f"{found.sealed} of {sealed} secrets were sealed anew, {found.left} are left.")
            say(f"ours {number + 1}/{runs}: {seconds:.2f} s")
            return seconds

        def theirs(number: int) -> float:
            envelopes = [vault.seal(TOKEN, belongs_to=PLACE) for _ in range(sealed)]
            began = time.perf_counter()
            for envelope in envelopes:
                vault.seal(vault.open_envelope(envelope, belongs_to=PLACE), belongs_to=PLACE)
            seconds = time.perf_counter() - began
            say(f"theirs {number + 1}/{runs}: {seconds:.2f} s")
            return seconds

        mine, others = in_turns(ours, theirs, runs)
    return Figure(
        bench="rekey",
        figure=middle(mine),
        unit="s",
        against="opening and sealing as many in memory",
        against_figure=middle(others),
        runs=runs,
        more={"accounts": sealed // 2, "secrets": sealed},
    )


def _rotate() -> None:
    """Set a new key; the one before it is the old one."""
    settings.adopt(
        {
            "SECRET_MASTER_KEY_PREVIOUS": settings.surroundings()["SECRET_MASTER_KEY"],
            "SECRET_MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
        }
    )
