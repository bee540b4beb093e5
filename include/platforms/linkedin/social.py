"""Reactions by kind and the number of comments (socialMetadata), many posts a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.http import Calls
from include.platforms.linkedin.client import Client
from include.platforms.linkedin.readings import (
    NOT_FOUND,
    POSTS_A_CALL,
    by_urn,
    client_of,
    encoded,
    is_gone,
    listed,
    page_of,
    posts_of,
)
from include.platforms.reading import Answer, Asked, Dataset, Done, Missing, Row, Rows, Whole, in_pieces

READ_SOCIAL = "r_organization_social|r_organization_social_feed"


def metadata_of(client: Client, urns: list[str], *, batch: bool = True) -> tuple[dict[str, Any], list[str]]:
    """Return what is known of posts, and which are gone.

    Without `batch` each is asked alone: apps in the Development tier have no BATCH_GET (reference B.1).
    """
    if batch:
        told = client.read(f"socialMetadata?ids={listed(urns)}", "socialMetadata.batchGet", method="BATCH_GET")
        errors = by_urn(told.get("errors"))
        gone = [urn for urn, error in errors.items() if isinstance(error, Mapping) and error.get("status") == NOT_FOUND]
        return by_urn(told.get("results")), gone
    found: dict[str, Any] = {}
    missing = []
    for urn in urns:
        try:
            found[urn] = client.read(f"socialMetadata/{encoded(urn)}", "socialMetadata.get")
        except Rejected as refusal:
            if not is_gone(refusal):
                raise
            missing.append(urn)
    return found, missing


def read_reactions(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the reactions of a page's posts, 90 a call."""
    if page_of(asked) is None:
        return
    client, day = client_of(calls, asked), asked.now.astimezone(UTC).date()
    batch = bool(asked.settings.get("batch_get", True))
    for piece in in_pieces(posts_of(asked.subjects), POSTS_A_CALL):
        urns = [one.video_id for one in piece]
        told, gone = metadata_of(client, urns, batch=batch)
        told = {urn: one for urn, one in told.items() if urn in urns and isinstance(one, Mapping)}
        yield Whole(table="linkedin.reaction", first=day, last=day, video_ids=tuple(told))
        rows = [{"video_id": urn, "day": day, **row} for urn, one in told.items() for row in reactions_of(one)]
        yield Rows(table="linkedin.reaction", rows=rows)
        yield Missing(video_ids=tuple(gone))
        yield Done(video_ids=tuple(told))


def reactions_of(metadata: Mapping[str, Any]) -> list[Row]:
    """Return one row for each kind of reaction, and one for the post as a whole."""
    summaries = metadata.get("reactionSummaries")
    listed_kinds = summaries.values() if isinstance(summaries, Mapping) else summaries or ()  # clients disagree (B.5)
    kinds = {
        str(one["reactionType"]): one.get("count")
        for one in listed_kinds
        if isinstance(one, Mapping) and one.get("reactionType")
    }
    nothing: dict[str, Any] = {"comment_count": None, "top_level_count": None, "comments_state": None}
    rows: list[Row] = [{"reaction_type": kind, "count": count, **nothing} for kind, count in kinds.items()]
    comments = metadata.get("commentSummary")
    summary = comments if isinstance(comments, Mapping) else {}
    rows.append(
        {
            "reaction_type": "", "count": sum(count for count in kinds.values() if isinstance(count, int)),
            "comment_count": summary.get("count"), "top_level_count": summary.get("topLevelCount"),
            "comments_state": metadata.get("commentsState"),
        }
    )  # fmt: skip
    return rows


SOCIAL_DATASETS = (
    Dataset(
        name="reactions",
        kind="analytics",
        of="video",
        read=read_reactions,
        tables=("linkedin.reaction",),
        cadence="daily",
        needs=(READ_SOCIAL,),
    ),
)
