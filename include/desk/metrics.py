"""REST: figures for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from include import settings
from include.desk.access import SignedIn, is_scraper
from include.desk.answers import problems
from include.desk.idempotency import RepeatableRoute
from include.desk.problems import Trouble
from include.publishing import metrics

router = APIRouter(tags=["metrics"], route_class=RepeatableRoute)
FOR_ADMINS = "The metrics are about everybody: they are for admins, and for a scraper with RELEASE_DESK_METRICS_TOKEN."
EXAMPLE = 'release_desk_publications_total{outcome="published",platform="youtube"} 41.0\n'


@router.get(
    "/metrics",
    summary="Read the metrics",
    response_class=Response,
    responses=problems(503)
    | {200: {"description": "Prometheus' text format.", "content": {"text/plain": {"example": EXAMPLE}}}},
)
def read_metrics(acting: SignedIn, request: Request) -> Response:
    """Counts of the whole installation, nobody's name among them. docs/metrics.md explains each."""
    if not is_scraper(request) and acting.who not in settings.admins():
        raise Trouble(403, FOR_ADMINS)
    return Response(metrics.text(), media_type=metrics.MEDIA_TYPE)
