"""A desk that imports files, with two videos and a release of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from include.analytics.imports.importing import Imported, Wanted, run
from include.database import engine
from tests.publishing.rows import a_publication, an_account, change

TODAY = date(2026, 11, 21)
Bring = Callable[..., Imported]


@pytest.fixture
def bring(desk: Path, tmp_path: Path) -> Bring:
    """Return what imports a file for alice: `bring("costs", "a,b\\n1,2")`; bytes and other names are possible."""
    an_account("alice")

    def do(kind: str, content: str | bytes, *, name: str = "file.csv", owner: str = "alice", **more: Any) -> Imported:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return run(Wanted(owner=owner, kind=kind, path=path, today=TODAY, **more))

    return do


def kept(table: str, owner: str = "alice") -> list[dict[str, Any]]:
    """Return an owner's rows of a table."""
    with engine.transaction(owner) as connection:
        return [
            dict(row) for row in connection.exec_driver_sql(f"select * from {table} order by 1, 2, 3, 4").mappings()
        ]


def a_video(video_id: str, title_id: str = "t1", published: str = "2026-10-05 22:30+00") -> str:
    """Let alice have published a video called "A title"; return the publication's id."""
    publication = a_publication("alice", title_id)
    change(
        "alice", publication, "video_id = %s, url = %s, published_at = %s, state = 'published'",
        video_id, f"https://www.youtube.com/watch?v={video_id}", published,
    )  # fmt: skip
    return publication
