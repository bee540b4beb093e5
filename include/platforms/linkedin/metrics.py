"""What LinkedIn tells about posts and their author: counters, days, followers. Pages and members are told apart.

A page needs `rw_organization_admin` and `r_organization_social`, a member `r_member_postAnalytics`; each dataset is
asked only of who has its permission, and says nothing for the other kind of author.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from math import ceil
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.http import Calls
from include.platforms.linkedin.author import ACCOUNT_DATASETS
from include.platforms.linkedin.client import Client
from include.platforms.linkedin.members import MEMBER_DATASETS
from include.platforms.linkedin.readings import (
    POSTS_A_CALL,
    client_of,
    encoded,
    is_gone,
    listed,
    page_of,
    posts_of,
)
from include.platforms.linkedin.social import SOCIAL_DATASETS
from include.platforms.linkedin.videos import TYPES, VIDEO_DATASETS
from include.platforms.reading import Answer, Asked, Dataset, Done, Missing, Remember, Row, Rows, Subject, in_pieces

LISTS = {"share": "shares", "ugcPost": "ugcPosts"}


def read_video_counters(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the statistics of a page's posts, 90 a call. A post LinkedIn leaves out has had no activity: zeros.

    A post that had some before and is left out now may be deleted: it is looked at.
    """
    page = page_of(asked)
    if page is None:
        return
    client = client_of(calls, asked)
    for kind, name in LISTS.items():
        mine = tuple(one for one in posts_of(asked.subjects) if one.video_id.split(":")[2] == kind)
        for piece in in_pieces(mine, POSTS_A_CALL):
            yield from _piece(client, asked, page, piece, name)


def _piece(client: Client, asked: Asked, page: str, piece: tuple[Subject, ...], name: str) -> Iterator[Answer]:
    query = f"q=organizationalEntity&organizationalEntity={encoded(page)}&{name}={listed([p.video_id for p in piece])}"
    told: dict[str, Mapping[str, Any]] = {}
    for elements in client.read_all(
        f"organizationalEntityShareStatistics?{query}", "shareStatistics.list", page=POSTS_A_CALL
    ):
        for element in elements:
            urn, statistics = str(element.get(name[:-1]) or ""), element.get("totalShareStatistics")
            if isinstance(statistics, Mapping):
                told[urn] = statistics
    gone = [
        one.video_id for one in piece if one.video_id not in told and one.state.get("seen") and _is_gone(client, one)
    ]
    there = [one for one in piece if one.video_id not in gone]
    yield Rows(
        table="linkedin.video_counter",
        rows=[_counter(asked, one.video_id, told.get(one.video_id)) for one in there],
    )
    for one in there:
        if one.video_id in told and not one.state.get("seen"):
            yield Remember(state={"seen": True}, video_id=one.video_id)
    yield Missing(video_ids=tuple(gone))
    yield Done(video_ids=tuple(one.video_id for one in there))


def _is_gone(client: Client, subject: Subject) -> bool:
    try:
        client.post(subject.video_id)
    except Rejected as refusal:
        if not is_gone(refusal):
            raise
        return True
    return False


def _counter(asked: Asked, urn: str, statistics: Mapping[str, Any] | None) -> Row:
    slot = asked.slots[urn]
    known = {"video_id": urn, "day": slot.astimezone(UTC).date(), "slot": slot}
    if statistics is None:
        return known | {metric.name: 0 for metric in asked.metrics}
    fields = {metric.field for metric in asked.metrics}
    counts = {metric.name: statistics.get(metric.field) for metric in asked.metrics}
    return known | counts | {name: value for name, value in statistics.items() if name not in fields}


DATASETS = (
    Dataset(
        name="video_counters",
        kind="analytics",
        of="video",
        read=read_video_counters,
        tables=("linkedin.video_counter",),
        cadence="counters",
        needs=("rw_organization_admin",),
    ),
    *VIDEO_DATASETS,
    *SOCIAL_DATASETS,
    *MEMBER_DATASETS,
    *ACCOUNT_DATASETS,
)


def fewest_calls(videos: int) -> Mapping[str, int]:
    """Return the fewest calls of a daily load of a page with so many posts, by dataset.

    Share statistics and socialMetadata take as many URNs as fit into a query string of 4 KB (learn.microsoft.com,
    query tunneling: 90 encoded URNs); videoAnalytics tells one type of one post a call (reference B.5); the days of
    the page are one call for its posts and one for its followers, and so are the followers now and who they are.
    """
    pages = ceil(videos / POSTS_A_CALL)
    return {
        "video_counters": pages, "video_statistics": videos * len(TYPES), "reactions": pages, "account_daily": 2,
        "followers": 2,
    }  # fmt: skip
