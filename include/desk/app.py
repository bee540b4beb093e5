"""The REST API: a FastAPI app that Airflow's API server mounts at /api/publishing (plugins/release_desk.py)."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.security import HTTPBearer
from pydantic.json_schema import models_json_schema

from include.desk import (
    accounts,
    activity,
    analytics,
    answers,
    batches,
    comments,
    connecting,
    idempotency,
    job_changes,
    jobs,
    metrics,
    notices,
    pages,
    previews,
    problems,
    publishing,
    queue,
    second,
    webhooks,
)
from include.desk.access import PREFIX, signed_in
from include.desk.door import Door

TITLE = "Release Desk"
ABOUT = """Publishes each finished video once and only once, and brings back what happened.

Sign in as on Airflow's page: its cookie does, or `Authorization: Bearer …` with a token from `POST /auth/token`. You
see and change your own things only; what is another user's is answered as if it did not exist. Admins may send
`X-Act-For` with another user's name; each such request is written down. Errors are `application/problem+json` (RFC
9457) with a sentence that says what to do. Times are UTC. Every POST takes an `Idempotency-Key`."""
TAGS = [
    {"name": "accounts", "description": "Connected channels, pages and profiles."},
    {"name": "connect", "description": "Connecting an account by the platform's own consent page."},
    {"name": "publish", "description": "Publishing releases, one or many, or asking what would become of them."},
    {"name": "queue", "description": "What waits, and for what."},
    {"name": "jobs", "description": "A release sent to some accounts, and what became of it."},
    {"name": "notices", "description": "What you are told, by webhook and e-mail, and what became of it."},
    {"name": "activity", "description": "Who did what, through which door, and how the desk is used."},
    {"name": "analytics", "description": "What happened out there: what was read when, and each video's numbers."},
    {"name": "comments", "description": "What people write below your videos, and what you do about it."},
    {"name": "metrics", "description": "Figures for Prometheus, for admins and scrapers."},
]

bearer = HTTPBearer(auto_error=False, description="A token of Airflow's: POST /auth/token with username and password.")


def build() -> FastAPI:
    """Return the app. Its own documentation pages stand behind the same door as everything else."""
    app = FastAPI(
        title=TITLE,
        version="1",
        description=ABOUT,
        openapi_tags=TAGS,
        dependencies=[Depends(signed_in), Depends(bearer)],  # the latter for the documentation only
        docs_url=None,  # FastAPI's own pages ask nobody to sign in, and load scripts from elsewhere
        redoc_url=None,
        openapi_url=None,
    )
    app.add_middleware(Door)
    problems.install(app)
    for each in (
        accounts,
        second,
        connecting,
        publishing,
        batches,
        jobs,
        job_changes,
        previews,
        queue,
        notices,
        webhooks,
        activity,
        analytics,
        comments,
        metrics,
    ):
        app.include_router(each.router)
    app.add_api_route("/openapi.json", _openapi(app), methods=["GET"], include_in_schema=False)
    app.add_api_route("/docs", _docs(app), methods=["GET"], include_in_schema=False, response_class=HTMLResponse)
    return app


def described(app: FastAPI) -> dict[str, Any]:
    """Return the app's OpenAPI document, the shape of a problem included."""
    told = app.openapi() | {"servers": [{"url": PREFIX}]}
    _, shapes = models_json_schema(
        [(problems.Problem, "serialization")], ref_template="#/components/schemas/{model}"
    )  # fmt: skip
    _tell_of_keys(told)
    _tell_of_pages(told)
    told["components"]["schemas"] |= shapes["$defs"]
    return told


def _tell_of_keys(told: dict[str, Any]) -> None:
    """Put the Idempotency-Key beside every POST: the routes themselves do not see it."""
    for methods in told["paths"].values():
        if "post" in methods:
            parameters = methods["post"].setdefault("parameters", [])
            if idempotency.PARAMETER not in parameters:
                parameters.append(idempotency.PARAMETER)
            methods["post"]["responses"].setdefault("409", _response(409))


def _tell_of_pages(told: dict[str, Any]) -> None:
    """Say that a browser gets a page where a program gets JSON."""
    page = {"text/html": {"schema": {"type": "string"}}}
    for path, methods in told["paths"].items():
        for route in methods.values() if pages.are_at(path) else ():
            for answer in route["responses"].values():
                answer.setdefault("content", {}).update(page)


def _response(status: int) -> dict[str, Any]:
    return answers.problems(status)[status]


def _openapi(app: FastAPI) -> Any:
    def openapi() -> JSONResponse:
        return JSONResponse(described(app))

    return openapi


def _docs(app: FastAPI) -> Any:
    def docs() -> HTMLResponse:
        return pages.render("docs.html", api=described(app), prefix=PREFIX)

    return docs


app = build()
