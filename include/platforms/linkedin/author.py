"""An author's own days and followers: a page's statistics, or what LinkedIn tells a member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.http import Calls
from include.platforms.linkedin.client import Client
from include.platforms.linkedin.members import count_of
from include.platforms.linkedin.readings import (
    client_of,
    date_range,
    day_of,
    elements_of,
    encoded,
    interval,
    is_about,
    page_of,
)
from include.platforms.reading import Answer, Asked, Dataset, Refused, Row, Rows

PAGE, MEMBER = "organization", "member"
DAYS_A_PAGE = 100
FOLLOWERS_BY_DAY = "memberFollowersCount"
PARTS = {
    "followerCountsByFunction": ("function", "function"),
    "followerCountsBySeniority": ("seniority", "seniority"),
    "followerCountsByIndustry": ("industry", "industry"),
    "followerCountsByGeoCountry": ("country", "geo"),
    "followerCountsByGeo": ("geo", "geo"),
    "followerCountsByStaffCountRange": ("staff_count_range", "staffCountRange"),
    "followerCountsByAssociationType": ("association_type", "associationType"),
}
"""A list's field → our dimension, and the key that names a part."""
Found = dict[date, dict[str, Any]]


def read_account_daily(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read an author's days: two calls for a page, one a metric for a member."""
    client, page = client_of(calls, asked), page_of(asked)
    found: Found = {}
    yield from _page_days(client, asked, page, found) if page else _member_days(client, asked, found)
    names = {metric.name for metric in asked.metrics}
    yield Rows(
        table="linkedin.account_daily",
        rows=[
            {"day": day, "provisional": asked.is_provisional(day), **dict.fromkeys(names), **told}
            for day, told in sorted(found.items())
            if asked.first <= day <= asked.last
        ],
    )


def _page_days(client: Client, asked: Asked, page: str, found: Found) -> Iterator[Answer]:
    whose = f"q=organizationalEntity&organizationalEntity={encoded(page)}"
    query = f"{whose}&timeIntervals={interval(asked.first, asked.last)}"
    for path, endpoint, inner in (
        ("organizationalEntityShareStatistics", "shareStatistics.list", "totalShareStatistics"),
        ("organizationalEntityFollowerStatistics", "followerStatistics.list", "followerGains"),
    ):
        for elements in client.read_all(f"{path}?{query}", endpoint, page=DAYS_A_PAGE):
            for element in elements:
                day, told = day_of(element), element.get(inner)
                if day is not None and isinstance(told, Mapping):
                    found.setdefault(day, {}).update(_named(asked, told))
    yield from ()


def _named(asked: Asked, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return numbers under our names, and those we do not know under theirs."""
    ours = {metric.field: metric.name for metric in asked.metrics if PAGE in metric.products}
    return {ours.get(field, field): value for field, value in told.items()}


def _member_days(client: Client, asked: Asked, found: Found) -> Iterator[Answer]:
    span = date_range(asked.first, asked.last)
    for metric in asked.metrics:
        if MEMBER not in metric.products or not _may(asked, metric.field):
            continue
        by_day = metric.field == FOLLOWERS_BY_DAY
        path = (
            f"memberFollowersCount?q=dateRange&dateRange={span}"
            if by_day
            else f"memberCreatorPostAnalytics?q=me&queryType={metric.field}&aggregation=DAILY&dateRange={span}"
        )
        try:
            told = client.read(path, "memberFollowers.list" if by_day else "memberPostAnalytics.list")
        except Rejected as refusal:
            if not is_about(refusal, metric.field):
                raise
            yield Refused(field=metric.field, why=refusal.message)
            continue
        for element in elements_of(told):
            day = day_of(element)
            if day is not None:
                count = element.get(FOLLOWERS_BY_DAY) if by_day else count_of(element, metric.field)
                found.setdefault(day, {})[metric.name] = count


def _may(asked: Asked, field: str) -> bool:
    return ("r_member_profileAnalytics" if field == FOLLOWERS_BY_DAY else "r_member_postAnalytics") in asked.scopes


def read_followers(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read how many follow an author and, for a page, who they are."""
    client, page, day = client_of(calls, asked), page_of(asked), asked.now.astimezone(UTC).date()
    if page is None:
        elements = elements_of(client.read("memberFollowersCount?q=me", "memberFollowers.list"))
        count = elements[0].get(FOLLOWERS_BY_DAY) if elements else None
    else:
        count = client.followers(page)
    yield Rows(table="linkedin.follower_counter", rows=[{"day": day, "follower_count": count}])
    if page is None:
        return
    query = f"q=organizationalEntity&organizationalEntity={encoded(page)}"
    told = client.read(f"organizationalEntityFollowerStatistics?{query}", "followerStatistics.list")
    parts = [part for element in elements_of(told) for part in parts_of(element)]
    yield Rows(table="linkedin.follower_part", rows=[{"day": day, **part} for part in parts])


def parts_of(element: Mapping[str, Any]) -> list[Row]:
    """Return who follows a page, part by part."""
    rows: list[Row] = []
    for field, (dimension, key) in PARTS.items():
        listed = element.get(field)
        for one in listed if isinstance(listed, list) else ():
            counts = one.get("followerCounts") if isinstance(one, Mapping) else None
            if isinstance(counts, Mapping) and one.get(key):
                rows.append(
                    {
                        "dimension": dimension, "value": str(one[key]),
                        "organic_follower_count": counts.get("organicFollowerCount"),
                        "paid_follower_count": counts.get("paidFollowerCount"),
                    }
                )  # fmt: skip
    return rows


ACCOUNT_DATASETS = (
    Dataset(
        name="account_daily",
        kind="accounts",
        of="account",
        read=read_account_daily,
        tables=("linkedin.account_daily",),
        cadence="daily",
        looks_back_days=3,
        reaches_days=DAYS_A_PAGE - 10,
        final_after_days=4,
        daily=True,
        needs=("rw_organization_admin|r_member_postAnalytics",),
    ),
    Dataset(
        name="followers",
        kind="accounts",
        of="account",
        read=read_followers,
        tables=("linkedin.follower_counter", "linkedin.follower_part"),
        cadence="daily",
        needs=("rw_organization_admin|r_member_profileAnalytics",),
    ),
)
