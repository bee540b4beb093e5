"""The YouTube Analytics API: `GET /v2/reports`, also as a POST that says it is a GET (youtube.md 10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from include.sandbox.accounts import live_grant, trait
from include.sandbox.endpoints import bearer
from include.sandbox.youtube_answers import GoogleError
from include.sandbox.youtube_gate import GOOGLE, Caller, sign_in
from include.sandbox.youtube_report_rows import Question, rows_of
from include.sandbox.youtube_report_rules import DIMENSION_NAMES, METRIC_NAMES, MONEY, THUMBNAILS, report_for

MAX_ADDRESS = 8192
"""About the longest address Google takes (10.4)."""
MAX_VIDEOS = 500
MAX_TRAFFIC_CELLS = 50_000
NOT_SUPPORTED = (
    "The query is not supported. Check the documentation at "
    "https://developers.google.com/youtube/analytics/v2/available_reports for a list of supported queries."
)
FLOATS = frozenset(
    {
        "averageViewPercentage", "viewerPercentage", "audienceWatchRatio", "relativeRetentionPerformance",
        "elapsedVideoTimeRatio", "cardClickRate", "cardTeaserClickRate", "annotationClickThroughRate",
        "annotationCloseRate",
    }
) | (MONEY - {"monetizedPlaybacks", "adImpressions"})  # fmt: skip


def bad(message: str, reason: str = "badRequest") -> GoogleError:
    """Make a 400 of the Analytics API (10.8)."""
    return GoogleError(400, reason, message)


def no_entry() -> GoogleError:
    """Make the 403 for another's channel, and for money without the right to it."""
    return GoogleError(403, "forbidden", "Forbidden")


async def query_reports(request: Request) -> Response:
    """Answer `reports.query`."""
    if len(request.url.query) > MAX_ADDRESS:
        return PlainTextResponse("Error 414 (Request-URI Too Large)!!1", 414)
    given = dict(request.query_params)
    if request.method == "POST":
        if request.headers.get("x-http-method-override", "").upper() != "GET":
            return PlainTextResponse("Error 404 (Not Found)!!1", 404)
        given |= dict(parse_qsl((await request.body()).decode()))
    caller = enter_reports(request)
    metrics, dimensions, filters = names_of(caller, given)
    asked = Question(**days_of(given), metrics=metrics, dimensions=dimensions, filters=filters)
    check_owner(caller, given.get("ids", ""))
    if MONEY & set(metrics) and not may_see_money(request, caller):
        raise no_entry()
    check_shape(caller, given, asked)
    rows = rows_of(caller.world, caller.account, asked)
    return JSONResponse(table_of(asked, ordered(given, asked, rows)))


def enter_reports(request: Request) -> Caller:
    """Sign in and count the call; raises 401, 403 and the 429 of the limit a minute."""
    caller = sign_in(request, "reports.query")
    limit = caller.world.switches.youtube_reports_per_minute
    if not caller.world.windows.take(f"youtube reports {caller.app}", limit, 60, caller.world.now()):
        raise GoogleError(
            429, "rateLimitExceeded",
            "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service "
            "'youtubeanalytics.googleapis.com'.", named=True,
        )  # fmt: skip
    return caller


def may_see_money(request: Request, caller: Caller) -> bool:
    """Tell whether the token and the channel are allowed to know what was earned."""
    grant = live_grant(caller.world, bearer(request.scope) or request.query_params.get("access_token"))
    allowed = grant is not None and GOOGLE + "yt-analytics-monetary.readonly" in grant.scopes
    return allowed and bool(trait(caller.account, "monetized"))


def names_of(caller: Caller, given: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, Any]]:
    """Read metrics, dimensions and filters; raises the 400 for a name that does not exist (any more)."""
    metrics, dimensions = (
        tuple(one for one in given.get(name, "").split(",") if one) for name in ("metrics", "dimensions")
    )
    if not metrics:
        raise bad("Required parameter: metrics", "required")
    retired = set(caller.world.switches.youtube_retired_metrics or ())
    for name in metrics:
        if name not in METRIC_NAMES - retired:
            raise bad(f"Unknown identifier ({name}) given in field parameters.metrics.")
    for name in dimensions:
        if name not in DIMENSION_NAMES:
            raise bad(f"Unknown identifier ({name}) given in field parameters.dimensions.")
    filters: dict[str, Any] = {}
    for one in filter(None, given.get("filters", "").split(";")):
        name, _, value = one.partition("==")
        if name not in DIMENSION_NAMES or not value:
            raise bad(f"Unknown identifier ({name}) given in field parameters.filters.")
        filters[name] = tuple(value.split(","))
    return metrics, dimensions, filters


def days_of(given: Mapping[str, str]) -> dict[str, date]:
    """Read the days; raises the 400 for what is none, or a month that is not whole."""
    try:
        first, last = date.fromisoformat(given["startDate"]), date.fromisoformat(given["endDate"])
    except (KeyError, ValueError):
        raise bad("Invalid value for startDate or endDate; YYYY-MM-DD is wanted.", "invalid") from None
    if last < first:
        raise bad("endDate is before startDate.", "invalid")
    if "month" in given.get("dimensions", "").split(","):
        if first.day != 1 or last.day != 1:
            raise bad(
                f"Date range ({first} to {last}) in field parameters.start-date does not align to chosen dimension"
            )
        last = date(last.year + last.month // 12, last.month % 12 + 1, 1)
        last = date.fromordinal(last.toordinal() - 1)
    return {"first": first, "last": last}


def check_owner(caller: Caller, ids: str) -> None:
    """Refuse another's channel."""
    if ids not in ("channel==MINE", f"channel=={caller.account.id}"):
        raise no_entry()


def check_shape(caller: Caller, given: Mapping[str, str], asked: Question) -> None:
    """Raise the 400 for a question that is in none of the reports."""
    switches = caller.world.switches
    most = given.get("maxResults")
    if (most is not None and not most.isdigit()) or not given.get("startIndex", "1").isdigit():
        raise bad("Invalid value for maxResults or startIndex.", "invalid")
    shown = set(asked.dimensions) | set(asked.metrics)
    if any(one.lstrip("-") not in shown for one in filter(None, given.get("sort", "").split(","))):
        raise bad("Unknown identifier given in field parameters.sort.")
    report = report_for(
        frozenset(asked.dimensions), {name: ",".join(values) for name, values in asked.filters.items()},
        frozenset(asked.metrics), sort=given.get("sort", ""), most=int(most) if most else None,
        one_video_is_enough=switches.youtube_one_video_is_a_dimension,
    )  # fmt: skip
    videos = asked.filters.get("video", ())
    refused = THUMBNAILS | set(switches.youtube_unsupported_metrics or ())
    if report is None or refused & set(asked.metrics) or len(videos) > MAX_VIDEOS or "group" in asked.filters:
        raise bad(NOT_SUPPORTED)
    days = (asked.last - asked.first).days + 1
    if report.name == "traffic source" and "day" in asked.dimensions and days * len(videos) > MAX_TRAFFIC_CELLS:
        raise bad(NOT_SUPPORTED)


def ordered(given: Mapping[str, str], asked: Question, rows: list[list[Any]]) -> list[list[Any]]:
    """Sort the rows and cut out what was asked for."""
    columns = [*asked.dimensions, *asked.metrics]
    for one in reversed([name for name in given.get("sort", "").split(",") if name]):
        place = columns.index(one.lstrip("-"))
        rows.sort(key=lambda row, place=place: row[place], reverse=one.startswith("-"))  # type: ignore[misc]
    start = int(given.get("startIndex", "1")) - 1
    return rows[start : start + int(given["maxResults"])] if "maxResults" in given else rows[start:]


def table_of(asked: Question, rows: list[list[Any]]) -> dict[str, Any]:
    """Return the answer; without rows it has no `rows` at all."""
    headers = [
        {
            "name": name,
            "columnType": "DIMENSION" if name in asked.dimensions else "METRIC",
            "dataType": "FLOAT" if name in FLOATS else "STRING" if name in asked.dimensions else "INTEGER",
        }
        for name in (*asked.dimensions, *asked.metrics)
    ]
    return {"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers} | ({"rows": rows} if rows else {})
