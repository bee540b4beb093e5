"""A release with publications, and hosting for them, written as the product writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from include.accounts import accounts
from include.accounts.accounts import Credentials
from include.database import engine, queries
from include.media import hosting
from include.platforms.contract import Hosting
from include.releases.files import File
from include.releases.video import Video

OWNER = "alice"


def a_release(title_id: str = "t1", owner: str = OWNER) -> str:
    """Keep a release; return its id."""
    values = {
        "owner": owner, "segment": "women", "age_bucket": "18-23", "title_id": title_id, "export_root": "/nowhere",
        "video_sha256": "0" * 64, "video_bytes": 1, "video_fingerprint": "1", "metadata": Jsonb({"title": "A title"}),
        "facts": Jsonb({}),
    }  # fmt: skip
    return str(_one(owner, "keep_release", values))


def a_publication(release_id: str, account_id: str = "my_youtube", owner: str = OWNER) -> str:
    """Keep a publication of a release on an account, which is made; return its id."""
    profile = {"platform_user_id": f"UC{account_id}", "username": "someone"}
    credentials = Credentials(access_token="access", refresh_token="refresh")  # type: ignore[arg-type]
    accounts.add(owner, account_id, "youtube", credentials, profile)
    values = {
        "owner": owner, "release_id": release_id, "account_id": account_id, "platform": "youtube",
        "placement": "video", "route": "direct", "target": Jsonb({}), "scheduled_for": None,
        "scheduled_local": None, "timezone": "UTC", "asks": False, "priority": 5, "max_retries": 3, "bytes_total": 1,
    }  # fmt: skip
    return str(_one(owner, "keep_publication", values))


def a_film(folder: Path, name: str = "film.mp4", content: bytes = b"\x00\x00\x00\x18ftypisom" + bytes(5000)) -> Video:
    """Write a file that looks like an MP4."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return Video(File(name=name, path=str(folder / name)))


def hosting_of(release_id: str, publication_id: str, video: Video, content: str = "abc", owner: str = OWNER) -> Hosting:
    """Return hosting for a publication."""
    return hosting.for_posting(
        owner=owner, release_id=release_id, publication_id=publication_id, video=video, content=content
    )


def rows(owner: str = OWNER) -> list[Any]:
    """Return the rows of hosted files."""
    with engine.transaction(owner) as connection:
        return list(connection.exec_driver_sql("select * from desk.hosted_file order by asked_at").mappings())


def change(table: str, what: str, owner: str = OWNER) -> None:
    """Put rows where a test begins, as no code of ours could."""
    with engine.transaction(owner) as connection:
        assert connection.exec_driver_sql(f"update desk.{table} set {what}").rowcount


def _one(owner: str, statement: str, values: dict[str, Any]) -> Any:
    with engine.transaction(owner) as connection:
        return connection.exec_driver_sql(queries.load("releases")[statement], values).scalars().first()
