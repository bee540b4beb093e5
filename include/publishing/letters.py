"""A notice as an e-mail: subject, text, and the same as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

FOLDER = Path(__file__).resolve().parent / "templates"
BULLET = "- "


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is sent."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, kw_only=True)
class Block:
    """A paragraph, or the lines of a list."""

    text: str = ""
    lines: tuple[str, ...] = ()


def letter_of(notice: Mapping[str, Any], *, to_its_owner: bool) -> Letter:
    """Return the letter of a notice; everything in it that others wrote is escaped in the page.

    One to the installation's address says whose it is, one to its owner how to get fewer of them.
    """
    if to_its_owner:
        footer = "You chose to be told. Change that with ./desk notices choose, or PUT /api/publishing/notices/choices."
    else:
        footer = f"It is about what belongs to '{notice['owner']}'. It is told once, and again only when it changes."
    link = _link(notice.get("data") or {})
    html = _page().render(
        subject=notice["subject"], blocks=list(_blocks(notice["body"])), link=link, footer=footer
    )  # fmt: skip
    return Letter(
        subject=f"[Release Desk] {notice['subject']}", text=f"{notice['body']}\n\n-- \n{footer}\n", html=html
    )  # fmt: skip


def _blocks(body: str) -> Iterator[Block]:
    for part in body.split("\n\n"):
        plain: list[str] = []
        listed: list[str] = []
        for line in part.splitlines():
            (listed if line.startswith(BULLET) else plain).append(line.removeprefix(BULLET))
        if plain:
            yield Block(text=" ".join(plain))
        if listed:
            yield Block(lines=tuple(listed))


def _link(data: Mapping[str, Any]) -> str | None:
    """Return the address of what was published; nothing but a web address becomes a link."""
    url = (data.get("publication") or {}).get("url")
    return url if isinstance(url, str) and urlsplit(url).scheme in {"http", "https"} else None


@cache
def _page() -> Template:
    found = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return found.get_template("letter.html")
