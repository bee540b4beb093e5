"""Insights of posts and stories: which metric exists for which kind of post, true to the crowd (meta.md 3.1)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.sandbox.accounts import trait
from include.sandbox.audience import divided
from include.sandbox.instagram_numbers import (
    BREAKDOWNS,
    BROKEN_DOWN_BY,
    KNOWN,
    MEDIA,
    METRICS,
    ONLY_CROSSPOSTED,
    ONLY_FACEBOOK,
)
from include.sandbox.instagram_remarks import counted
from include.sandbox.meta_crowds import of_media
from include.sandbox.meta_errors import GraphError, invalid
from include.sandbox.meta_things import IgMedia
from include.sandbox.meta_tokens import need

if TYPE_CHECKING:
    from include.sandbox.meta_asking import Ask
    from include.sandbox.meta_fields import Field

DAY = 86_400
VIEWERS_NEEDED = 5
MANAGE = ("instagram_manage_insights", "instagram_business_manage_insights")


def retired(ask: Ask) -> frozenset[str]:
    """Return the metrics that are gone by a switch."""
    return frozenset(ask.world.switches.meta_retired_metrics or ())


def wanted_metrics(text: str | None, known: frozenset[str]) -> list[str]:
    """Return the metrics of a call; raises for none and for unknown ones, which fail the whole call."""
    asked = [one for one in (text or "").replace('"', "").strip("[]").split(",") if one]
    if not asked:
        raise GraphError(3001, "(#3001) Invalid query: No metric was specified to be fetched.", 1504028)
    for number, one in enumerate(asked):
        if one not in known:
            raise invalid(f"metric[{number}] must be one of the following values: {', '.join(sorted(known))}")
    return asked


def row(thing: Any, metric: str, value: Any, period: str = "lifetime") -> dict[str, Any]:
    """Return one metric in Meta's shape."""
    title = metric.replace("_", " ").capitalize()
    return {
        "name": metric, "period": period, "values": [{"value": value}], "title": title, "description": title,
        "id": f"{thing.id}/insights/{metric}/{period}",
    }  # fmt: skip


def as_of(ask: Ask) -> float:
    """Return until when numbers are known: they may come late (meta.md 3.1: up to 48 hours)."""
    return ask.world.now() - ask.world.switches.meta_insights_lag_seconds


def media_rows(ask: Ask, media: IgMedia, text: str | None, breakdown: str | None = None) -> dict[str, Any]:
    """Return a post's insights."""
    asked = wanted_metrics(text, KNOWN - retired(ask))
    for one in asked:
        only = one in ONLY_FACEBOOK and ask.host == "instagram_graph"
        if one not in METRICS[media.product] or one in ONLY_CROSSPOSTED or only:
            message = f"The Media Insights API does not support the {one} metric for this media product type."
            raise invalid(message)
        if breakdown is not None and BROKEN_DOWN_BY.get(one) != breakdown:
            raise invalid(f"Incompatible breakdowns ({breakdown}) with metrics ({one})")
    check_conversion(ask, media)
    seen = of_media(media).until(as_of(ask))
    if media.product == "STORY":
        if ask.world.now() >= media.created_at + DAY:
            return {"data": []}
        if seen["reach"] < VIEWERS_NEEDED:
            raise GraphError(10, "(#10) Not enough viewers for the media to show insights")
    seen["comments"] = counted(ask.world, media, as_of(ask))
    return {"data": [shown(media, one, MEDIA[one](seen), breakdown) for one in asked]}


def check_conversion(ask: Ask, media: IgMedia) -> None:
    """Refuse media from before the account became a professional one."""
    account = ask.world.accounts.get(media.profile)
    since = trait(account, "professional_since") if account else None
    if since and media.created_at < datetime.fromisoformat(since).timestamp():
        raise invalid(
            "The media was posted before the most recent time that the user's account was converted to a business "
            "account from a personal account.",
            2108006,
        )


def shown(media: IgMedia, metric: str, value: Any, breakdown: str | None) -> dict[str, Any]:
    """Return one metric; with a breakdown, what its parts are."""
    told = row(media, metric, value)
    if breakdown is not None:
        parts = divided(int(value), BREAKDOWNS[breakdown], media.id, metric)
        results = [{"dimension_values": [name], "value": count} for name, count in parts.items() if count]
        told["total_value"] = {"value": value, "breakdowns": [{"dimension_keys": [breakdown], "results": results}]}
    return told


async def of_media_node(ask: Ask, media: IgMedia) -> Any:
    """`GET /{media-id}/insights`: totals until now."""
    need(ask, *MANAGE)
    if ask.text("period") not in (None, "lifetime"):
        raise invalid("Param period must be lifetime for these metrics")
    return media_rows(ask, media, ask.text("metric"), ask.text("breakdown"))


def expanded(ask: Ask, media: IgMedia, field: Field) -> Any:
    """Return `insights.metric(…)` inside a node; one post that cannot answer fails the whole list."""
    need(ask, *MANAGE)
    return media_rows(ask, media, field.arguments.get("metric"), field.arguments.get("breakdown"))
