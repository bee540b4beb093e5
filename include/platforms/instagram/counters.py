"""Counters and insights of Instagram's posts: with the list of posts where it can be, else post by post (meta.md 8.4).

Reels have metrics of their own, and one metric that a single post of a page does not have fails the page. So a page is
asked for everything reels have; where that fails because there are other posts, for what all posts have, and our reels
are asked for the rest in a batch; where one post breaks even that, without insights, and all of ours in a batch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from include.platforms.errors import Rejected
from include.platforms.http import Calls
from include.platforms.instagram.client import Client
from include.platforms.meta_graph.alone import gone, read_by_id
from include.platforms.meta_graph.days import day_of, slot_key
from include.platforms.meta_graph.insights import Insights, Wanted, by_name, refused_metric
from include.platforms.meta_graph.ours import Ours, moment_of
from include.platforms.reading import Answer, Asked, Done, Remember, Rows, Subject, Whole, in_pieces
from include.releases.publication import Placement

PAGE = 50
"""Posts a page with their insights (meta.md 8.4: 25 to 50)."""
COUNTERS = (
    "like_count", "comments_count", "saved_count", "shares_count", "reposts_count", "total_like_count",
    "total_comments_count", "total_views_count",
)  # fmt: skip
FIELDS = ("id", "timestamp", "caption", "media_type", "media_product_type")
"""What is asked of each post besides its counters; Instagram Login may not know all of them."""
ONLY_FACEBOOK = frozenset(
    {"saved_count", "shares_count", "reposts_count", "total_like_count", "total_comments_count", "total_views_count",
     "total_likes", "total_comments", "total_views", "link_clicks"}
)  # fmt: skip
"""Fields and metrics that Instagram Login does not have (meta.md 1, 2.8, 3.1)."""
PRODUCTS = {Placement.REEL: "REELS", Placement.FEED: "FEED", Placement.STORY: "STORY"}
INSIGHTS = (
    "views", "reach", "likes", "comments", "saved", "shares", "reposts", "total_interactions",
    "ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate", "follows", "profile_visits",
    "total_views", "total_likes", "total_comments",
)  # fmt: skip
MIXED_FOR = timedelta(days=7)
"""How long we remember that an account's list has other posts than reels."""
SETTLED_AFTER = timedelta(hours=48)
"""A post's insights may be so late (meta.md 3.1): until then a reading is provisional."""
_TAG = re.compile(r"#(\w+)")
Mode = Literal["reels", "all", "plain"]


def read_counters(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read counters and insights of the posts whose turn it is."""
    reading = Counters(client=Client.of(calls, asked.account, asked.settings), asked=asked)
    yield from reading.answers()


@dataclass(kw_only=True)
class Counters:
    """One reading."""

    client: Client
    asked: Asked
    mode: Mode = "reels"
    insights: Insights = field(init=False)

    def __post_init__(self) -> None:
        self.insights = Insights(graph=self.client.graph)
        mixed_until = moment_of(self.asked.state.get("mixed_until"))
        if mixed_until is not None and self.asked.now < mixed_until:
            self.mode = "all"

    def answers(self) -> Iterator[Answer]:
        """Yield everything: page by page of the list, then the posts that the list does not show."""
        began = self.mode
        walk = Ours(
            graph=self.client.graph,
            path=f"{self.client.user}/media",
            endpoint="media.list",
            time_field="timestamp",
            params=self._params,
            refused=self._refused,
            subjects=self.asked.subjects,
            size=int(self.asked.settings.get("page_size", PAGE)),
        )
        known = {one.video_id: one for one in self.asked.subjects}
        for page in walk.pages():
            yield from self._told(page, known)
            if self.mode == "plain":
                self.mode = "all"
        for some in in_pieces(tuple(walk.left.values()), PAGE):
            self.mode = "plain"
            yield from self._alone(some)
        if "all" in (self.mode, began) and self.mode != began:
            mixed_until = self.asked.now + MIXED_FOR
            yield Remember(state={**self.asked.state, "mixed_until": mixed_until.isoformat()})

    def _metrics(self, product: str | None) -> tuple[str, ...]:
        """Return the insights of a product (None: of every one) that exist, were not refused, and this login has."""
        own = [one for one in self.asked.fields(product) if one in INSIGHTS and self._has(one)]
        return self.insights.alive(own)

    def _has(self, name: str) -> bool:
        return self.client.graph.base != "instagram_graph" or name not in ONLY_FACEBOOK

    def _fields(self) -> list[str]:
        known = set(self.asked.fields())
        counters = [one for one in COUNTERS if one in known and self._has(one)]
        return list(self.insights.alive([*FIELDS, *counters]))

    def _expanded(self) -> tuple[str, ...]:
        return () if self.mode == "plain" else self._metrics("REELS" if self.mode == "reels" else None)

    def _params(self) -> Mapping[str, Any]:
        fields, metrics = self._fields(), self._expanded()
        if metrics:
            fields.append(f"insights.metric({','.join(metrics)})")
        return {"fields": ",".join(fields)}

    def _refused(self, error: Rejected) -> bool:
        """Ask less, and say whether there is less to ask."""
        named = refused_metric(error, self._expanded())
        if named is not None and (self.mode != "reels" or "does not support" not in error.message):
            if named not in self._fields() and named not in self._expanded():
                return False
            self.insights.refuse(named, error)
            return True
        if self.mode == "plain":
            return False
        self.mode = "all" if self.mode == "reels" else "plain"
        return True

    def _alone(self, subjects: Sequence[Subject]) -> Iterator[Answer]:
        """Read posts by their ids."""
        found, missing = read_by_id(self.client.graph, subjects, self._fields())
        yield from self._told(found, {one.video_id: one for one in subjects})
        yield from gone(missing)

    def _told(self, page: Sequence[Mapping[str, Any]], known: Mapping[str, Subject]) -> Iterator[Answer]:
        """Yield the rows of some posts."""
        more = self._asked_alone(page, known)
        counters, insights, tags = [], [], []
        for one in page:
            subject = known[str(one["id"])]
            key = slot_key(self.asked, subject)
            counters.append(
                {**key, **{name: one.get(name) for name in COUNTERS}, "media_type": one.get("media_type"),
                 "media_product_type": one.get("media_product_type"), "extra": _unknown(one)}
            )  # fmt: skip
            nested = one.get("insights")
            rows = nested.get("data") if isinstance(nested, dict) else None
            values = by_name(rows if isinstance(rows, list) else []) | by_name(more.get(subject.video_id, []))
            provisional = self.asked.now - subject.published_at < SETTLED_AFTER
            extra = {name: value for name, value in values.items() if name not in INSIGHTS}
            insights.append(
                {**key, **{name: values.get(name) for name in INSIGHTS}, "provisional": provisional, "extra": extra}
            )
            tags += [{"video_id": subject.video_id, **tag} for tag in hashtags(one, subject)]
        yield from self.insights.answers()
        yield Rows(table="instagram.video_counter", rows=counters)
        yield Rows(table="instagram.media_insight", rows=insights)
        yield from _tag_rows(tags, [known[str(one["id"])] for one in page])
        yield Done(video_ids=tuple(str(one["id"]) for one in page))

    def _asked_alone(
        self, page: Sequence[Mapping[str, Any]], known: Mapping[str, Subject]
    ) -> dict[str, list[dict[str, Any]]]:
        """Return the insights that did not come with the list."""
        had = set(self._expanded())
        wanted = []
        for one in page:
            key = str(one["id"])
            product = str(one.get("media_product_type") or PRODUCTS.get(known[key].placement, "FEED"))
            metrics = tuple(name for name in self._metrics(product) if name not in had)
            if metrics:
                wanted.append(Wanted(key=key, path=f"{key}/insights", metrics=metrics))
        answers = self.insights.read(wanted)
        return {key: rows for key, rows in answers.items() if isinstance(rows, list)}


def _unknown(post: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a post that no column has."""
    known = {*COUNTERS, *FIELDS, "insights"}
    return {name: value for name, value in post.items() if name not in known}


def hashtags(post: Mapping[str, Any], subject: Subject) -> list[dict[str, Any]]:
    """Return the hashtags of a post's caption, each once, in their order, in lower case."""
    tags = dict.fromkeys(tag.lower() for tag in _TAG.findall(str(post.get("caption") or "")))
    day = day_of(subject.published_at)
    return [{"day": day, "hashtag": tag, "place": place} for place, tag in enumerate(tags, 1)]


def _tag_rows(tags: list[dict[str, Any]], subjects: Sequence[Subject]) -> Iterator[Answer]:
    if not subjects:
        return
    moments: list[datetime] = [one.published_at for one in subjects]
    ids = tuple(one.video_id for one in subjects)
    yield Whole(table="instagram.hashtag", first=day_of(min(moments)), last=day_of(max(moments)), video_ids=ids)
    yield Rows(table="instagram.hashtag", rows=tags)
