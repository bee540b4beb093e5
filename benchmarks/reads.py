"""Reads as analytics makes them, by processes of their own, until every limit has only publishing's share left.

They go the product's own way: an account's client without a publication's turn, so each read is counted and leaves
what is kept. Then they go on trying, so that whatever a bucket gives to reads is used up again at once.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.figures import Say
from include import settings
from include.accounts import accounts
from include.accounts.accounts import Account
from include.cli.errors import CommandFailed
from include.platforms.errors import QuotaExhausted
from include.platforms.facebook.client import Client as Facebook
from include.platforms.http import Calls
from include.platforms.instagram.client import Client as Instagram
from include.platforms.linkedin.client import Client as LinkedIn
from include.platforms.tiktok.client import Client as TikTok
from include.platforms.youtube.client import Client as YouTube
from include.publishing.clients import account_facts, open_calls

PROCESSES = 3
MOST = 20_000
"""Reads of one account after which a limit is not there at all."""
PAUSE_SECONDS = 0.02
"""Between two tries of a process while the limits are used up."""
PATIENCE_SECONDS = 1200
Place = tuple[str, str]
"""An owner and one of the owner's accounts."""


def _facebook(calls: Calls, account: Account) -> object:
    return Facebook(calls=calls, page_id=str(account.platform_user_id)).own_page()


def _instagram(calls: Calls, account: Account) -> object:
    return Instagram.of(calls, account_facts(account), {}).limit()


def _linkedin(calls: Calls, account: Account) -> object:
    return LinkedIn(calls).posts_of(str(account_facts(account)["author_urn"]), 0)


READS: dict[str, Callable[[Calls, Account], object]] = {
    "youtube": lambda calls, account: YouTube(calls).videos(["x" * 11], parts="statistics"),
    "tiktok": lambda calls, account: TikTok(calls).creator_info(),
    "instagram": _instagram,
    "facebook": _facebook,
    "linkedin": _linkedin,
}
"""One read of each platform, from a limit that publishing needs as well."""


@contextmanager
def used_up(environment: dict[str, str], places: Sequence[Place], say: Say) -> Iterator[dict[str, int]]:
    """Let the reads' share of every account be used up, and stay so for this block.

    Yields what was read until then, by platform; after the block the same dictionary also holds `during` (reads that
    still got through) and `refused`.
    """
    context = multiprocessing.get_context("spawn")
    stop, told = context.Event(), context.Queue()
    readers = [
        context.Process(target=_read, args=(environment, places[number::PROCESSES], stop, told), daemon=True)
        for number in range(PROCESSES)
    ]
    for reader in readers:
        reader.start()
    try:
        read: Counter[str] = Counter()
        for _ in readers:
            read.update(told.get(timeout=PATIENCE_SECONDS))
        say(f"reads got {dict(read)} and are refused now")
        found = dict(read)
        yield found
        stop.set()
        later: Counter[str] = Counter()
        for _ in readers:
            later.update(told.get(timeout=60))
        found |= later
    finally:
        stop.set()
        for reader in readers:
            reader.join(30)
            if reader.is_alive():
                reader.kill()


def _read(environment: dict[str, str], places: Sequence[Place], stop: Any, told: Any) -> None:
    settings.adopt(environment)
    mine = [accounts.read(*place) for place in places]
    found: Counter[str] = Counter()
    for account in mine:
        found[account.platform] += _until_refused(account)
    told.put(dict(found))
    later: Counter[str] = Counter()
    while not stop.is_set():
        for account in mine:
            later["refused" if _refused(account) else "during"] += 1
            if stop.wait(PAUSE_SECONDS):
                break
    told.put(dict(later))


def _until_refused(account: Account) -> int:
    """Read until the limiter says no; return how often it went."""
    until = time.monotonic() + PATIENCE_SECONDS
    with open_calls(account) as calls:
        for number in range(MOST):
            try:
                READS[account.platform](calls, account)
            except QuotaExhausted:
                return number
            if time.monotonic() > until:
                break
    raise CommandFailed(f"{account.platform} never refused a read.")


def _refused(account: Account) -> bool:
    try:
        with open_calls(account) as calls:
            READS[account.platform](calls, account)
    except QuotaExhausted:
        return True
    return False
