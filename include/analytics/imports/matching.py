"""Which of our videos and releases a row of a file is about: by its id, else by title and publish date."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from include.database import engine, queries

SQL = queries.load("imports")
NEARBY = timedelta(days=1)
"""Dashboards tell the day in their own zone: the day before and after count as the same."""
HASHTAGS = re.compile(r"(?:\s*#\w+)+\s*$")
How = Literal["id", "title", "none", "account"]


def plain_title(title: str) -> str:
    """Return a title as it is compared: no case, single spaces, no hashtags at its end, no cut mark."""
    text = unicodedata.normalize("NFKC", title).casefold()
    return " ".join(HASHTAGS.sub("", text).rstrip("…. ").split())


class Videos:
    """Our videos on some platforms, found by what a dashboard says of them."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._ids = {str(row["video_id"]) for row in rows}
        self._by_address = {
            part: str(row["video_id"])
            for row in rows
            if row["url"]
            for part in (row["url"].rstrip("/"), row["url"].rstrip("/").rpartition("/")[2])
        }
        self._by_title: dict[str, list[tuple[str, datetime | None]]] = defaultdict(list)
        for row in rows:
            for title in {plain_title(row[name]) for name in ("title", "release_title", "caption") if row[name]}:
                self._by_title[title].append((str(row["video_id"]), row["published_at"]))

    @classmethod
    def of(cls, owner: str, platforms: Sequence[str]) -> Videos:
        """Return an owner's videos."""
        with engine.transaction(owner) as connection:
            rows = connection.exec_driver_sql(SQL["own_videos"], {"owner": owner, "platforms": list(platforms)})
            return cls([dict(row) for row in rows.mappings()])

    def find(self, video_id: str | None, title: str | None, published_on: date | None) -> tuple[str, How]:
        """Return a video's id and how it was found; ids of our own making (`title~…`) for one that is not ours."""
        if video_id is not None:
            known = video_id if video_id in self._ids else self._by_address.get(video_id.rstrip("/"))
            return (known, "id") if known is not None else (video_id, "none")
        if title is None:
            return "", "account"
        near = {
            one
            for one, published_at in self._by_title.get(plain_title(title), ())
            if published_on is not None and _is_near(published_at, published_on)
        }
        if len(near) == 1:
            return near.pop(), "title"
        return _own_id(title, published_on), "none"


def _is_near(published_at: datetime | None, day: date) -> bool:
    return published_at is not None and abs(published_at.astimezone(UTC).date() - day) <= NEARBY


def _own_id(title: str, published_on: date | None) -> str:
    told = f"{plain_title(title)}\n{published_on.isoformat() if published_on else ''}"
    return f"title~{hashlib.sha256(told.encode()).hexdigest()[:24]}"


class Releases:
    """Our releases, found by what a file of costs calls them."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows
        self._by_title_id: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self._by_title: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            self._by_title_id[row["title_id"]].append(row)
            self._by_title[plain_title(row["title"] or "")].append(row)

    @classmethod
    def of(cls, owner: str) -> Releases:
        """Return an owner's releases."""
        with engine.transaction(owner) as connection:
            rows = connection.exec_driver_sql(SQL["own_releases"], {"owner": owner}).mappings()
            return cls([dict(row) for row in rows])

    def find(self, values: Mapping[str, Any]) -> str | None:
        """Return a release's id by title id (and segment, age bucket), else by title; None unless exactly one fits."""
        named = self._by_title_id.get(values.get("title_id") or "") or self._by_title.get(
            plain_title(values.get("title") or values.get("title_id") or ""), []
        )
        fitting = {
            str(row["release_id"])
            for row in named
            if all(values.get(name) in (None, row[name]) for name in ("segment", "age_bucket"))
        }
        return fitting.pop() if len(fitting) == 1 else None
