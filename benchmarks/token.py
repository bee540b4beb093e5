"""How long a task waits for a fresh token, beside reading one row with psycopg.

10,000 accounts of 1,000 owners. Ours is what a step does: a new `AccountTokens` and its `token()`: read both envelopes
under row-level security, open them. Theirs is `select … where …` of one account's row on an open connection, in a
transaction of its own. The platform is never asked.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import psycopg

from benchmarks.crowd import OWNERS, TOKEN, gather, owner_name
from benchmarks.figures import Figure, Say, in_turns, middle
from benchmarks.workplace import workplace
from include import settings
from include.accounts.tokens import AccountTokens
from include.cli.errors import CommandFailed
from include.platforms.tokens import Tokens

RUNS = 5
READS = 500
PLAIN = "select * from desk.account where owner = %s and account_id = %s"


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Ask for 500 accounts' tokens `runs` times, in turns with reading 500 rows."""
    runs = runs or RUNS
    with workplace(say):
        gather(say)
        names = [owner_name(each) for each in random.Random(7).sample(range(OWNERS), READS)]
        url = settings.warehouse_url().replace("+psycopg", "", 1)
        with psycopg.connect(url) as plain:
            mine, theirs = in_turns(
                lambda number: _timed(_token, names, say, f"ours {number + 1}/{runs}"),
                lambda number: _timed(_plain(plain), names, say, f"theirs {number + 1}/{runs}"),
                runs + 1,
            )
    return Figure(
        bench="token",
        figure=middle(mine[1:]),
        unit="ms",
        against="a select of one row with psycopg, own transaction",
        against_figure=middle(theirs[1:]),
        runs=runs,
        more={"reads": READS},
    )


def _token(owner: str) -> None:
    if AccountTokens(owner, "account-0", _never).token() != TOKEN:
        raise CommandFailed(f"{owner} got another token.")


def _never(refresh_token: str) -> Tokens:
    raise CommandFailed("A fresh token was renewed.")


def _plain(connection: psycopg.Connection[Any]) -> Callable[[str], None]:
    def read(owner: str) -> None:
        with connection.transaction():
            connection.execute("select set_config('desk.owner', %s, true)", (owner,))
            if connection.execute(PLAIN, (owner, "account-0")).fetchone() is None:
                raise CommandFailed(f"{owner} has no account.")

    return read


def _timed(read: Callable[[str], None], names: list[str], say: Say, what: str) -> float:
    """Return the median of one read in milliseconds."""
    took = []
    for name in names:
        began = time.perf_counter()
        read(name)
        took.append((time.perf_counter() - began) * 1000)
    say(f"{what}: {middle(took):.3f} ms")
    return middle(took)
