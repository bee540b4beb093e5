"""How many calls one daily load makes for N videos of each platform, beside the fewest its API allows.

Videos are planted on the sandbox without bytes and noted as published. Everything of an account is then read twice; the
second load is the day's, whose calls the sandbox counts, dataset by dataset. The fewest are each platform's own
`fewest_calls`, with the source of each number there; where a load made fewer (no new file of the day), its own. Limits
are switched off on both sides: they cost time, not calls.
100 videos; `--mib` asks for another number: 1,000 a MiB (`--mib 1` and `--mib 20` are the target's other two). With
more than 1,000 a dataset that costs a call for each video is left out: it cannot be had for less.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from inspect import signature
from typing import Any

import httpx
import yaml

from benchmarks.figures import Figure, Say
from benchmarks.workplace import OWNER, Workplace, switch, workplace
from include import settings
from include.analytics import turns
from include.analytics.turns import Order
from include.database import engine
from include.platforms import NAMES
from include.platforms.reading import datasets

VIDEOS = 100
VIDEOS_A_MIB = 1_000
EACH_UP_TO = 1_000
"""Up to so many videos datasets are read that need a call for each."""
NO_LIMITS = {
    "youtube_quota_batch_stats": 0, "tiktok_display_per_minute": 0, "tiktok_business_per_minute": 0,
    "linkedin_member_calls_per_day": 0, "meta_calls_per_account_day": 0, "max_log_entries": 1_000_000,
}  # fmt: skip
PUBLISH = """
with released as (
    insert into desk.release (owner, segment, age_bucket, title_id, export_root, video_sha256, video_bytes,
        video_fingerprint, metadata, facts)
    select %(owner)s, 'women', '18-23', %(account)s || '-' || u.video_id, '/nowhere', repeat('0', 64), 1, '1', '{}',
        '{}'
    from unnest(%(ids)s::text[]) as u (video_id)
    returning release_id, title_id
)
insert into desk.publication (owner, release_id, account_id, platform, placement, state, target, video_id, published_at)
select %(owner)s, r.release_id, %(account)s, %(platform)s, %(placement)s, 'published', '{}', u.video_id,
    %(at)s::timestamptz + u.place * interval '1 minute'
from unnest(%(ids)s::text[]) with ordinality as u (video_id, place)
inner join released as r on r.title_id = %(account)s || '-' || u.video_id
"""
ANSWERS = """
select coalesce(replies, 0) from youtube.comment where parent_id is null and deleted_at is null and not hidden
"""
PLACEMENTS = {"youtube": "video", "tiktok": "video", "instagram": "reel", "facebook": "reel", "linkedin": "feed"}


def measure(runs: int | None, mib: int | None, say: Say, platforms: Sequence[str] = NAMES) -> Figure:
    """Load a day of each platform, once: the same calls would be made again."""
    size = VIDEOS if mib is None else mib * VIDEOS_A_MIB
    more: dict[str, Any] = {"videos": size}
    counts = []
    for platform in platforms:
        if not datasets(platform):
            continue
        with workplace(say) as place:
            _without_limits(place)
            made = _load(place, platform, size, say)
            fewest = fewest_of(platform, size, _answers())
        counted = {name: count for name, count in made.items() if name in fewest}
        least = {name: min(count, fewest[name]) for name, count in counted.items()}
        calls, allowed = sum(counted.values()), sum(least.values())
        counts.append((calls, allowed))
        say(f"{platform}, {size} videos: {calls} calls, fewest {allowed}: {calls / max(1, allowed):.3f}")
        more[platform] = {
            "calls": calls, "fewest": allowed, "ratio": round(calls / max(1, allowed), 3), "datasets": counted,
            "dearer": {name: [count, least[name]] for name, count in counted.items() if count > least[name]},
            "uncounted": {name: count for name, count in made.items() if name not in least},
        }  # fmt: skip
    worst = max(calls / max(1, allowed) for calls, allowed in counts)
    return Figure(
        bench="calls",
        figure=sum(calls for calls, _ in counts),
        unit="calls",
        against="the fewest each API allows for the same videos, by its own papers",
        against_figure=sum(allowed for _, allowed in counts),
        runs=1,
        more=more | {"worst_ratio": round(worst, 3)},
    )


def fewest_of(platform: str, videos: int, answers: Sequence[int] = ()) -> Mapping[str, int]:
    """Return a platform's own answer to how few calls are possible, by dataset.

    `answers` tells of each thread of comments how many answers it has, for a platform where calls depend on that.
    """
    count = import_module(f"include.platforms.{platform}.metrics").fewest_calls
    found: Mapping[str, int] = count(videos, answers) if "answers" in signature(count).parameters else count(videos)
    return found


def _answers() -> list[int]:
    """Return how many answers each thread has, as the second load kept them."""
    with engine.transaction(OWNER) as connection:
        return list(connection.exec_driver_sql(ANSWERS).scalars())


def _without_limits(place: Workplace) -> None:
    """Switch limits off at the sandbox and in a copy of the configuration."""
    known = httpx.post(f"{place.sandbox}/sandbox/settings", json={}, trust_env=False).raise_for_status().json()
    switch(place.sandbox, **{name: value for name, value in NO_LIMITS.items() if name in known})
    folder = place.folder / "config"
    shutil.copytree(settings.PROJECT / "config", folder)
    path = folder / "distribution.yaml"
    content = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump(content | {"quotas": {}}))
    settings.adopt(place.environment | {"RELEASE_DESK_CONFIG": str(folder)})
    settings.forget()


def _load(place: Workplace, platform: str, size: int, say: Say) -> dict[str, int]:
    """Read everything twice; return the calls of the second load by dataset."""
    name = f"my_{platform}"
    place.connect(name, platform)
    at = datetime.now(UTC) - timedelta(days=20)
    _publish(place, platform, name, _plant(place, platform, size, at), at)
    fewest = fewest_of(platform, size)
    wanted = [one for one in datasets(platform) if size <= EACH_UP_TO or fewest.get(one.name, 0) < size]
    made: dict[str, int] = {}
    for load in range(2):
        for dataset in wanted:
            httpx.delete(f"{place.sandbox}/sandbox/calls", trust_env=False).raise_for_status()
            order = Order(kinds=(dataset.kind,), dataset=dataset.name, everything=True)
            (outcome,) = turns.read_account(OWNER, name, order)
            seen = _seen(place, platform)
            say(f"{platform}, load {load + 1}, {dataset.name}: {seen} calls, {outcome.state}")
            if outcome.state not in ("done", "idle"):
                say(outcome.sentence)
            if load and outcome.state != "idle":
                made[dataset.name] = seen
    return made


def _seen(place: Workplace, platform: str) -> int:
    calls = httpx.get(f"{place.sandbox}/sandbox/calls", timeout=600, trust_env=False).raise_for_status().json()
    return sum(call["platform"] == platform for call in calls)


def _plant(place: Workplace, platform: str, size: int, at: datetime) -> list[str]:
    accounts = httpx.get(f"{place.sandbox}/sandbox/accounts", trust_env=False).raise_for_status().json()
    mine = next(one["id"] for one in accounts if one["platform"] == platform)
    wanted = {"platform": platform, "account": mine, "count": size, "published_at": at.isoformat()}
    answer = httpx.post(f"{place.sandbox}/sandbox/videos", json=wanted, timeout=600, trust_env=False)
    return list(answer.raise_for_status().json()["ids"])


def _publish(place: Workplace, platform: str, account: str, ids: list[str], at: datetime) -> None:
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql(
            PUBLISH,
            {"owner": OWNER, "account": account, "platform": platform, "ids": ids, "at": at,
             "placement": PLACEMENTS.get(platform, "video")},
        )  # fmt: skip
