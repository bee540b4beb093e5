"""Insights of the posts that videos and reels stand in: how often seen, by how many, clicks (meta.md 6.2).

The list of posts leaves reels out (meta.md 5.3), so each post is asked by its id, fifty in a batch. A video's post does
not change: its id is asked once and remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.facebook.watching import SETTLED_AFTER, graph_of, page_of
from include.platforms.http import Calls
from include.platforms.meta_graph.batch import MAX_PARTS, Read
from include.platforms.meta_graph.days import slot_key
from include.platforms.meta_graph.errors import is_missing
from include.platforms.meta_graph.graph import Graph
from include.platforms.meta_graph.insights import Insights, Wanted, by_name, read_each
from include.platforms.reading import Answer, Asked, Done, Missing, Remember, Rows, Subject, in_pieces

COUNTS = (
    "post_media_view", "post_total_media_view_unique", "post_clicks", "post_reactions_like_total", "post_video_views",
    "post_video_avg_time_watched", "post_video_view_time", "post_video_complete_views_30s",
)  # fmt: skip
MAPS = ("post_clicks_by_type", "post_reactions_by_type_total", "post_activity_by_action_type")


def read_posts(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the posts of the videos whose turn it is."""
    graph = graph_of(calls, asked)
    insights = Insights(graph=graph)
    for some in in_pieces(asked.subjects, MAX_PARTS):
        posts = post_ids(graph, asked, some)
        wanted = [
            Wanted(key=video, path=f"{post}/insights", metrics=tuple(asked.fields()))
            for video, post in posts.items()
            if post
        ]
        found = insights.read(wanted)
        yield from insights.answers()
        yield from remembered(posts, some)
        rows = [_row(asked, one, posts, answer) for one in some if isinstance(answer := found.get(one.video_id), list)]
        if rows:
            yield Rows(table="facebook.post", rows=rows)
        yield from gone(posts, some, found)
        yield Done(video_ids=tuple(one.video_id for one in some))


def post_ids(graph: Graph, asked: Asked, subjects: Sequence[Subject]) -> dict[str, str | None]:
    """Return video → id of its post; None for one without a post, and no entry for one that is gone."""
    known: dict[str, str | None] = {
        one.video_id: str(one.state["post_id"]) for one in subjects if one.state.get("post_id")
    }
    open_ones = [one for one in subjects if one.video_id not in known]
    reads = [Read(path=one.video_id, params={"fields": "post_id"}) for one in open_ones]
    for one, answer in zip(open_ones, read_each(graph, reads) if reads else [], strict=True):
        if isinstance(answer, dict):
            post = answer.get("post_id")
            known[one.video_id] = (str(post) if "_" in str(post) else f"{page_of(asked)}_{post}") if post else None
        elif not (isinstance(answer, Rejected) and is_missing(answer)):
            raise answer
    return known


def remembered(posts: Mapping[str, str | None], subjects: Sequence[Subject]) -> Iterator[Answer]:
    """Yield what was learned of posts."""
    for one in subjects:
        post = posts.get(one.video_id)
        if post and one.state.get("post_id") != post:
            yield Remember(video_id=one.video_id, state={**one.state, "post_id": post})


def gone(
    posts: Mapping[str, str | None], subjects: Sequence[Subject], found: Mapping[str, list[dict[str, Any]] | Rejected]
) -> Iterator[Answer]:
    """Yield the videos that Facebook no longer shows."""
    ids = [one.video_id for one in subjects]
    missing = tuple(one for one in ids if one not in posts or isinstance(found.get(one), Rejected))
    if missing:
        yield Missing(video_ids=missing)


def _row(
    asked: Asked, subject: Subject, posts: Mapping[str, str | None], rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    values = by_name(rows)
    return {
        **slot_key(asked, subject), "post_id": posts.get(subject.video_id),
        **{name: values.get(name) for name in (*COUNTS, *MAPS)},
        "provisional": asked.now - subject.published_at < SETTLED_AFTER,
        "extra": {name: value for name, value in values.items() if name not in (*COUNTS, *MAPS)},
    }  # fmt: skip
