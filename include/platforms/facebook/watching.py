"""How a Page's videos and reels are watched: counters, insights, reactions, retention, who watches (meta.md 6.1, 8.4).

Reels and other videos have lists of their own and metrics of their own; asked of the other kind a metric is simply
missing. Everything comes with the list, a page of videos a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.facebook.errors import MEANINGS
from include.platforms.http import Calls
from include.platforms.meta_graph.alone import gone, read_by_id
from include.platforms.meta_graph.days import day_of, slot_key
from include.platforms.meta_graph.graph import VERSION, Graph
from include.platforms.meta_graph.insights import UNNAMED, Insights, Wanted, by_name, refused_metric
from include.platforms.meta_graph.ours import Ours
from include.platforms.reading import Answer, Asked, Done, Rows, Subject, in_pieces
from include.releases.publication import Placement

PAGE = 50
"""Videos a page with their insights (meta.md 8.4)."""
VIDEO_PLACEMENTS = (Placement.REEL, Placement.VIDEO)
EDGES = {Placement.REEL: "video_reels", Placement.VIDEO: "videos"}
FIELDS = ("id", "post_id", "created_time", "length", "views", "post_views")
PRODUCTS = {Placement.REEL: "REEL", Placement.VIDEO: "VIDEO"}
"""Placement → what config/metrics/facebook.yaml calls the kind."""
COUNTS = (
    "total_video_views", "total_video_views_autoplayed", "total_video_views_clicked_to_play",
    "total_video_views_organic", "total_video_views_paid", "total_video_views_sound_on", "total_video_10s_views",
    "total_video_15s_views", "total_video_30s_views", "total_video_60s_excludes_shorter_views",
    "total_video_complete_views", "total_video_avg_time_watched", "total_video_view_total_time",
    "blue_reels_play_count", "fb_reels_total_plays", "fb_reels_replay_count", "post_video_avg_time_watched",
    "post_video_view_time", "post_video_followers",
)  # fmt: skip
REACTIONS = ("total_video_reactions_by_type_total", "post_video_likes_by_reaction_type")
ACTIONS = ("total_video_stories_by_action_type", "post_video_social_actions")
GRAPHS = ("total_video_retention_graph", "post_video_retention_graph")
AUDIENCES = {
    "total_video_view_time_by_country_id": "country",
    "total_video_view_time_by_region_id": "region",
    "total_video_view_time_by_age_bucket_and_gender": "age_gender",
    "total_video_view_time_by_distribution_type": "distribution",
}
SETTLED_AFTER = timedelta(hours=48)
"""Insights of a video may be so late (meta.md 3.3)."""


def graph_of(calls: Calls, asked: Asked) -> Graph:
    """Return the graph of the account's Page."""
    version = str(asked.settings.get("graph_version") or VERSION)
    return Graph(calls=calls, version=version, own_ids=frozenset({page_of(asked)}), meanings=MEANINGS)


def page_of(asked: Asked) -> str:
    """Return the Page's id."""
    return str(asked.account.get("page_id") or asked.account.get("platform_user_id") or "")


def read_counters(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read counters, insights and reactions of the videos whose turn it is."""
    yield from Videos(graph=graph_of(calls, asked), asked=asked, rows=_counter_rows).answers()


def read_retention(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the retention curves of the videos whose turn it is, and who watches them."""
    yield from Videos(graph=graph_of(calls, asked), asked=asked, rows=_retention_rows).answers()


@dataclass(kw_only=True)
class Videos:
    """One reading of a Page's lists; `rows` makes rows of a video with its numbers."""

    graph: Graph
    asked: Asked
    rows: Any
    insights: Insights = field(init=False)
    alone: bool = False
    """Whether this page came without insights, because one video broke it."""

    def __post_init__(self) -> None:
        self.insights = Insights(graph=self.graph)

    def answers(self) -> Iterator[Answer]:
        """Yield everything: page by page of both lists, then the videos they do not show."""
        for placement, edge in EDGES.items():
            subjects = tuple(one for one in self.asked.subjects if one.placement is placement)
            walk = Ours(
                graph=self.graph,
                path=f"{page_of(self.asked)}/{edge}",
                endpoint=f"{edge}.list",
                time_field="created_time",
                params=lambda placement=placement: self._params(placement),  # type: ignore[misc]
                refused=lambda error, placement=placement: self._refused(error, placement),  # type: ignore[misc]
                subjects=subjects,
                size=int(self.asked.settings.get("page_size", PAGE)),
            )
            known = {one.video_id: one for one in subjects}
            for page in walk.pages():
                yield from self._told(page, known)
                self.alone = False
            for some in in_pieces(tuple(walk.left.values()), PAGE):
                self.alone = True
                yield from self._by_id(some)
                self.alone = False

    def _metrics(self, placement: Placement) -> tuple[str, ...]:
        return self.insights.alive(self.asked.fields(PRODUCTS[placement]))

    def _params(self, placement: Placement) -> Mapping[str, Any]:
        fields = list(self.insights.alive(FIELDS))
        metrics = self._metrics(placement)
        if metrics and not self.alone:
            fields.append(f"video_insights.metric({','.join(metrics)})")
        return {"fields": ",".join(fields)}

    def _refused(self, error: Rejected, placement: Placement) -> bool:
        """Ask less, and say whether there is less to ask."""
        named = refused_metric(error, self._metrics(placement))
        if named is not None and named in (*self.insights.alive(FIELDS), *self._metrics(placement)):
            self.insights.refuse(named, error)
            return True
        if self.alone:
            return False
        if UNNAMED in error.message and self._find_guilty(placement):
            return True
        self.alone = True
        return True

    def _find_guilty(self, placement: Placement) -> bool:
        """Ask one video for each metric alone, to find those that are refused; say whether any was."""
        some = next(one for one in self.asked.subjects if one.placement is placement)
        before = len(self.insights.refused)
        self.insights.read([self._wanted(some)])
        return len(self.insights.refused) > before

    def _wanted(self, subject: Subject) -> Wanted:
        metrics = self._metrics(subject.placement)
        return Wanted(key=subject.video_id, path=f"{subject.video_id}/video_insights", metrics=metrics)

    def _by_id(self, subjects: Sequence[Subject]) -> Iterator[Answer]:
        found, missing = read_by_id(self.graph, subjects, self.insights.alive(FIELDS))
        yield from self._told(found, {one.video_id: one for one in subjects})
        yield from gone(missing)

    def _told(self, page: Sequence[Mapping[str, Any]], known: Mapping[str, Subject]) -> Iterator[Answer]:
        mine = [known[str(one["id"])] for one in page]
        more = self.insights.read([self._wanted(one) for one in mine]) if self.alone else {}
        tables: dict[str, list[dict[str, Any]]] = {}
        for one, subject in zip(page, mine, strict=True):
            nested = one.get("video_insights")
            rows = nested.get("data") if isinstance(nested, dict) else None
            told = more.get(subject.video_id)
            values = by_name(rows if isinstance(rows, list) else []) | by_name(told if isinstance(told, list) else [])
            for table, row in self.rows(self.asked, subject, one, values):
                tables.setdefault(table, []).append(row)
        yield from self.insights.answers()
        for table, found in tables.items():
            yield Rows(table=table, rows=found)
        yield Done(video_ids=tuple(one.video_id for one in mine))


def _counter_rows(
    asked: Asked, subject: Subject, video: Mapping[str, Any], values: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    key = slot_key(asked, subject)
    known = {*FIELDS, "video_insights"}
    yield "facebook.video_counter", {
        **key, **{name: video.get(name) for name in FIELDS if name not in ("id", "created_time")},
        "extra": {name: value for name, value in video.items() if name not in known},
    }  # fmt: skip
    actions = {
        str(name).lower(): count
        for metric in ACTIONS
        for name, count in _map(values.get(metric)).items()
    }  # fmt: skip
    reactions = _reactions(values)
    told = {*COUNTS, *REACTIONS, *ACTIONS}
    yield "facebook.video_insight", {
        **key, **{name: values.get(name) for name in COUNTS},
        "comments": actions.get("comment"), "shares": actions.get("share"),
        "reactions": sum(reactions.values()) if reactions is not None else None,
        "provisional": asked.now - subject.published_at < SETTLED_AFTER,
        "extra": {name: value for name, value in values.items() if name not in told},
    }  # fmt: skip
    for name, count in (reactions or {}).items():
        yield "facebook.reaction", {**key, "reaction": name, "count": count}


def _reactions(values: Mapping[str, Any]) -> dict[str, int] | None:
    """Return reactions by their bare name (`like`); None when Facebook told none."""
    told = [values[metric] for metric in REACTIONS if isinstance(values.get(metric), dict)]
    if not told:
        return None
    return {
        str(name).lower().removeprefix("reaction_"): count
        for each in told
        for name, count in each.items()
        if isinstance(count, int)
    }


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _retention_rows(
    asked: Asked, subject: Subject, video: Mapping[str, Any], values: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    day = day_of(asked.slots[subject.video_id])
    for metric in GRAPHS:
        for step, share in _map(values.get(metric)).items():
            yield "facebook.retention", {"video_id": subject.video_id, "day": day, "step": step, "share": share}
    for metric, dimension in AUDIENCES.items():
        for value, milliseconds in _map(values.get(metric)).items():
            yield "facebook.audience", {
                "video_id": subject.video_id, "day": day, "dimension": dimension, "value": str(value),
                "view_time": milliseconds,
            }  # fmt: skip
