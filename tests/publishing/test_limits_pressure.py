"""More work than a platform allows, by many workers at once: it is not asked too often, and the rest waits in order."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise

import pytest
import yaml

from include import settings
from include.publishing import ledger, steps
from include.publishing.progress import Later
from include.releases.publication import State
from tests.publishing.studio import OWNER, Studio

POSTS, WORKERS, SECONDS = 8, 6, 10


def worked(ids: list[str]) -> None:
    """Let workers take on whatever is due, again and again, as the queue does."""
    due = dict.fromkeys(ids, datetime.now(UTC))
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(WORKERS) as pool:
        while time.monotonic() < until and due:
            now = [each for each, at in due.items() if at <= datetime.now(UTC)]
            for each, progress in zip(now, pool.map(lambda one: steps.advance(OWNER, one), now), strict=True):
                due.pop(each)
                if isinstance(progress, Later):
                    due[each] = progress.at
            time.sleep(0.05)


def many(studio: Studio, source, priorities: list[int]) -> list[str]:
    studio.connect("tiktok")
    ids = []
    for number, priority in enumerate(priorities):
        video = studio.export(source, f"many{number}")
        with video.open("ab") as file:  # a file of its own: the same one twice is refused
            file.write((8 + 16).to_bytes(4, "big") + b"free" + f"{number:016d}".encode())
        ids += studio.register(f"job{number}", title_id=f"many{number}", priority=priority)
    return ids


def statuses(studio: Studio) -> set[int]:
    return {call["status"] for call in studio.sandbox.calls() if call["endpoint"] != "video.put"}


@pytest.mark.long
def test_no_answer_is_429_and_who_waits_knows_until_when(studio: Studio, source):
    ids = many(studio, source, [5] * POSTS)
    worked(ids)
    found = [ledger.read(OWNER, each) for each in ids]
    waiting = sorted((each for each in found if each.state == State.WAITING_QUOTA), key=lambda one: one.next_try_at)
    assert 429 not in statuses(studio)
    assert sum(each.state == State.PUBLISHED for each in found) == POSTS - len(waiting) == 5
    assert len(studio.sandbox.calls("video.init")) == 5
    assert len({each.next_try_at for each in waiting}) == 3, "each has a time of its own"
    for each in waiting:  # 16 creator infos are more than the 15 at once, so one may wait for those
        message = each.error["message"]
        assert "TikTok's per-minute limit of 6 inits" in message or "limit of 20 creator infos" in message
    inits = [each.next_try_at for each in waiting if "inits" in each.error["message"]]
    assert all((later - earlier).total_seconds() == pytest.approx(32.5, abs=1) for earlier, later in pairwise(inits))


@pytest.mark.long
def test_without_the_limiter_the_sandbox_does_answer_429(studio: Studio, source):
    path = settings.config_folder() / "distribution.yaml"
    content = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump(content | {"quotas": {}}))
    settings.forget()
    worked(many(studio, source, [5] * POSTS))
    assert 429 in statuses(studio)
