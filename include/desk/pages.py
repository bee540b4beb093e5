"""Small pages without scripts: after a consent page, before a yes to publishing, and for the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

TEMPLATES = Path(__file__).resolve().parent / "templates"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; media-src 'self'; form-action 'self'; "
    "frame-ancestors 'self'; base-uri 'none'"
)
"""Content-Security-Policy: no script runs on a page of ours, so none can act as the signed-in user."""


def are_at(path: str) -> bool:
    """Say whether people read what is at an address: the way back from consent pages, and previews."""
    return "/connect/" in path or path.endswith("/preview")


def is_wanted(request: Request) -> bool:
    """Say whether a browser's person asks, who wants to read something, and not a program."""
    return (request.method == "GET" and "text/html" in request.headers.get("accept", "")) or is_form(request)


def is_form(request: Request) -> bool:
    """Say whether a form of ours was sent."""
    return request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def render(
    template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """Return a page; every value is escaped."""
    text = _environment().get_template(template).render(values)
    return HTMLResponse(text, status, headers={**(headers or {}), "Content-Security-Policy": POLICY})


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.filters["marked"] = _marked
    return environment


def _marked(text: str) -> Markup:
    """Show what stands in backticks as code."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(each) if at % 2 else each for at, each in enumerate(parts))
