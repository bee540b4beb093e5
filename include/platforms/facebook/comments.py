"""Comments below a Page's videos, and the answers to them, as one stream, the newest first (meta.md 4.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from include.platforms.facebook.watching import VIDEO_PLACEMENTS, graph_of, page_of
from include.platforms.http import Calls
from include.platforms.meta_graph.batch import Read
from include.platforms.meta_graph.talk import Page, Remark, Talk, stamp_of
from include.platforms.reading import PACIFIC, Answer, Asked, Dataset, Subject

MOST = 100
"""Comments a page (meta.md 8.2)."""
FIELDS = (
    "id,message,created_time,from{id,name},like_count,comment_count,parent{id},is_hidden,can_hide,can_remove,"
    "permalink_url,attachment"
)
COLUMNS = (
    "comment_id", "video_id", "parent_id", "author_id", "author_name", "text", "likes", "replies", "published_at",
    "hidden", "is_own", "can_hide", "can_remove", "permalink", "attachment", "deleted_at",
)  # fmt: skip


def read_comments(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read what was written below the videos whose turn it is."""
    talk = Talk(
        table="facebook.comment",
        graph=graph_of(calls, asked),
        columns=COLUMNS,
        first=_first,
        understand=lambda subject, answer: _page(page_of(asked), subject, answer),
    )
    yield from talk.read(asked)


def _first(subject: Subject) -> Read:
    params = {"fields": FIELDS, "filter": "stream", "order": "reverse_chronological", "limit": MOST}
    return Read(path=f"{subject.video_id}/comments", params=params)


def _page(page: str, subject: Subject, answer: Mapping[str, Any]) -> Page:
    data = answer.get("data")
    entries = [one for one in data if isinstance(one, dict) and one.get("id")] if isinstance(data, list) else []
    return Page(remarks=[_remark(page, subject, one) for one in entries])


def _remark(page: str, subject: Subject, one: Mapping[str, Any]) -> Remark:
    author, parent = one.get("from"), one.get("parent")
    author = author if isinstance(author, dict) else {}
    author_id = str(author["id"]) if author.get("id") else None
    moment, at = stamp_of(one.get("created_time"))
    known = {name.partition("{")[0] for name in FIELDS.split(",")}
    row = {
        "comment_id": str(one["id"]), "video_id": subject.video_id,
        "parent_id": str(parent["id"]) if isinstance(parent, dict) and parent.get("id") else None,
        "author_id": author_id, "author_name": author.get("name"), "text": one.get("message"),
        "likes": one.get("like_count"), "replies": one.get("comment_count"), "published_at": moment,
        "hidden": one.get("is_hidden"), "is_own": author_id == page if author_id else None,
        "can_hide": one.get("can_hide"), "can_remove": one.get("can_remove"), "permalink": one.get("permalink_url"),
        "attachment": one.get("attachment"), "deleted_at": None,
        "extra": {name: value for name, value in one.items() if name not in known},
    }  # fmt: skip
    return Remark(row=row, listed_at=at)


DATASETS = (
    Dataset(
        name="comments",
        kind="comments",
        of="video",
        read=read_comments,
        tables=("facebook.comment",),
        cadence="comments",
        zone=PACIFIC,
        needs=("pages_read_engagement", "pages_read_user_content"),
        placements=VIDEO_PLACEMENTS,
    ),
)
