"""Comments below Instagram's posts, and the answers to them (meta.md 4.1).

Instagram lists top-level comments, the newest first, without a filter by time; answers come inside what they answer,
and those beyond fifty are read on their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from include.platforms.http import Calls
from include.platforms.instagram.client import Client
from include.platforms.meta_graph.batch import Read
from include.platforms.meta_graph.talk import Page, Remark, Talk, next_of, stamp_of
from include.platforms.reading import PACIFIC, Answer, Asked, Dataset, Subject
from include.releases.publication import Placement

MOST = 50
"""Comments a page (meta.md 4.1)."""
FIELDS = "id,text,timestamp,username,from{id,username},like_count,hidden,parent_id"
COLUMNS = (
    "comment_id", "video_id", "parent_id", "author_id", "author_name", "text", "likes", "replies", "published_at",
    "hidden", "is_own", "deleted_at",
)  # fmt: skip


def read_comments(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read what was written below the posts whose turn it is."""
    client = Client.of(calls, asked.account, asked.settings)
    talk = Talk(
        table="instagram.comment",
        graph=client.graph,
        columns=COLUMNS,
        first=_first,
        understand=lambda subject, answer: _page(client.user, subject, answer),
    )
    yield from talk.read(asked)


def _first(subject: Subject) -> Read:
    fields = f"{FIELDS},replies.limit({MOST}){{{FIELDS}}}"
    return Read(path=f"{subject.video_id}/comments", params={"fields": fields, "limit": MOST})


def _page(user: str, subject: Subject, answer: Mapping[str, Any]) -> Page:
    remarks: list[Remark] = []
    more: list[Read] = []
    for one in _entries(answer):
        _, at = stamp_of(one.get("timestamp"))
        parent = one.get("parent_id")
        replies = one.get("replies")
        answers = _entries(replies) if isinstance(replies, dict) else []
        remarks.append(
            Remark(row=_row(user, subject, one, str(parent) if parent else None, len(answers)), listed_at=at)
        )
        for each in answers:
            remarks.append(Remark(row=_row(user, subject, each, str(one["id"]), 0), listed_at=at))
        after = next_of(replies) if isinstance(replies, dict) else None
        if after:
            params = {"fields": FIELDS, "limit": MOST, "after": after}
            more.append(Read(path=f"{one['id']}/replies", params=params))
    return Page(remarks=remarks, more=more)


def _entries(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    data = answer.get("data")
    return [one for one in data if isinstance(one, dict) and one.get("id")] if isinstance(data, list) else []


def _row(user: str, subject: Subject, one: Mapping[str, Any], parent: str | None, replies: int) -> dict[str, Any]:
    author = one.get("from") if isinstance(one.get("from"), dict) else {}
    moment, _ = stamp_of(one.get("timestamp"))
    known = {"id", "text", "timestamp", "username", "from", "like_count", "hidden", "parent_id", "replies"}
    author_id = author.get("id") if isinstance(author, dict) else None
    return {
        "comment_id": str(one["id"]), "video_id": subject.video_id, "parent_id": parent,
        "author_id": str(author_id) if author_id else None,
        "author_name": one.get("username") or (author.get("username") if isinstance(author, dict) else None),
        "text": one.get("text"), "likes": one.get("like_count"), "replies": replies, "published_at": moment,
        "hidden": one.get("hidden"), "is_own": str(author_id) == user if author_id else None, "deleted_at": None,
        "extra": {name: value for name, value in one.items() if name not in known},
    }  # fmt: skip


DATASETS = (
    Dataset(
        name="comments",
        kind="comments",
        of="video",
        read=read_comments,
        tables=("instagram.comment",),
        cadence="comments",
        zone=PACIFIC,
        needs=("instagram_manage_comments|instagram_business_manage_comments",),
        placements=(Placement.REEL, Placement.FEED),
    ),
)
