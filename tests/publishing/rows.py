"""Rows that tests of the ledger start from, written as the product writes them."""

from __future__ import annotations

from psycopg.types.json import Jsonb
from pydantic import SecretStr

from include.accounts import accounts
from include.accounts.accounts import Credentials
from include.database import engine, queries


def an_account(owner: str, account_id: str = "my_youtube", platform: str = "youtube") -> None:
    """Keep an account with tokens that nobody accepts."""
    accounts.add(
        owner,
        account_id,
        platform,
        Credentials(access_token=SecretStr("access"), refresh_token=SecretStr("refresh")),
        {"platform_user_id": "UC1" if account_id == "my_youtube" else f"UC1-{account_id}", "username": "someone"},
    )


def a_publication(owner: str, title_id: str = "t1") -> str:
    """Keep an account, a release and one publication of it; return the publication's id."""
    an_account(owner)
    sql = queries.load("releases")
    with engine.transaction(owner) as connection:
        release = connection.exec_driver_sql(
            sql["keep_release"],
            {
                "owner": owner, "segment": "women", "age_bucket": "18-23", "title_id": title_id,
                "export_root": "/nowhere", "video_sha256": "0" * 64, "video_bytes": 1, "video_fingerprint": "1",
                "metadata": Jsonb({"title": "A title"}), "facts": Jsonb({}),
            },
        ).scalar_one()  # fmt: skip
        return str(
            connection.exec_driver_sql(
                sql["keep_publication"],
                {
                    "owner": owner,
                    "release_id": release,
                    "account_id": "my_youtube",
                    "platform": "youtube",
                    "placement": "video",
                    "route": "direct",
                    "target": Jsonb({}),
                    "scheduled_for": None,
                    "timezone": "UTC",
                    "scheduled_local": None,
                    "asks": False,
                    "priority": 5,
                    "max_retries": 3,
                    "bytes_total": 1,
                },
            ).scalar_one()
        )


def let_it_be_due(owner: str, publication_id: str) -> None:
    """Let the time a publication waits for be over."""
    change(owner, publication_id, "next_try_at = now()")


def change(owner: str, publication_id: str, what: str, *values: object) -> None:
    """Put a publication where a test begins, as no code of ours could; `what` are assignments with `%s`."""
    statement = f"update desk.publication set {what} where publication_id = %s"
    with engine.transaction(owner) as connection:
        assert connection.exec_driver_sql(statement, (*values, publication_id)).rowcount == 1
