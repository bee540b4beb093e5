"""The database is restarted while two schedulers take on and bring out what is due: everything comes out, once."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from include import settings
from include.database import engine
from include.publishing import ledger, queue
from include.releases.publication import State
from tests.publishing.schedulers import two_schedulers
from tests.publishing.studio import OWNER, Studio
from tests.publishing.test_limits_shared import own_server  # noqa: F401  found by its name

RELEASES = 8
PLATFORMS = ("youtube", "tiktok", "facebook", "linkedin")
SECONDS = 60
ACT = """
progress = steps.advance(owner, publication_id)
if isinstance(progress, Later):
    mine[publication_id] = (owner, run_id, progress.at)
else:
    print(json.dumps({"over": publication_id}), flush=True)
    over = True
"""


@pytest.fixture
def away(studio: Studio, own_server: Any, source: Path) -> Iterator[tuple[Any, list[str]]]:  # noqa: F811
    """A server of this test's own, and publications in its queue that are all due; a run is lost after 15 minutes."""
    path = settings.config_folder() / "distribution.yaml"
    content = yaml.safe_load(path.read_text())
    content["publishing"] |= {"stuck_after_minutes": 15, "retry_minutes": [0.02]}
    path.write_text(yaml.safe_dump(content))
    settings.forget()
    for platform in PLATFORMS:
        studio.connect(platform)
    ids: list[str] = []
    for number in range(RELEASES):
        title = f"many{number}"
        studio.export(source, title)
        texts = {"title": title, "caption": title}
        targets = [{"account": f"my_{platform}", **texts} for platform in PLATFORMS]
        ids += studio.register(f"job-{title}", title_id=title, targets=targets)
    queue.schedule(OWNER, ids)
    yield own_server, ids
    engine.close_all()


@pytest.mark.long
@pytest.mark.timeout(240)
@pytest.mark.parametrize("times", [1, 3])
def test_a_database_restarted_in_the_middle_of_publishing_costs_nothing_and_doubles_nothing(
    studio: Studio, away: tuple[Any, list[str]], times: int
):
    server, ids = away
    before = 0
    with two_schedulers(ACT, seconds=SECONDS) as (one, other):
        for _ in range(times):
            before = _when_more_is_out(studio, before)
            server.stop()
            time.sleep(0.5)
            server.start()
        one.hear_all()
        other.hear_all()
    assert 0 < before < len(ids), "it was in the middle"
    assert one.troubles() or other.troubles(), "they met a database that was away"
    ended = {each: ledger.read(OWNER, each) for each in ids}
    waiting = {each: found for each, found in ended.items() if found.state != State.PUBLISHED}
    # TikTok's sixth post within a minute waits for its limit, and says so
    assert all(found.state == State.WAITING_QUOTA for found in waiting.values()), _told(waiting)
    assert len(waiting) <= RELEASES - 5
    out = studio.sandbox.published()
    texts = Counter((each["platform"], each["title"], each["description"]) for each in out)
    assert set(texts.values()) == {1}, f"twice: {texts.most_common(3)}"
    assert len(out) == len(ids) - len(waiting)
    begun = [entry for each in ids for entry in ledger.history(OWNER, each)["entries"] if entry["outcome"] == "begun"]
    assert not begun, "nothing is left that nobody knows the end of"


def _when_more_is_out(studio: Studio, known: int) -> int:
    """Wait until more is published than was known, whichever of the two did it; return how much."""
    until = time.monotonic() + SECONDS
    while (out := len(studio.sandbox.published())) <= known:
        assert time.monotonic() < until, "nothing more came out"
        time.sleep(0.1)
    return out


def _told(found: dict[str, Any]) -> str:
    return json.dumps({name: [str(each.state), each.error] for name, each in found.items()}, default=str)
