"""The same file on the same account twice: noticed when a release is registered, refused unless it is forced.

The file is known by its SHA-256, whatever its title. Another placement of one account (a reel and a story) is no
duplicate, and neither is a release that is triggered again: that is the same publication.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from include.database import engine, queries
from include.platforms import title
from include.releases.publication import Placement, Publication

SQL = queries.load("queue")


def problems(
    connection: Any, owner: str, sha256: str, triple: tuple[str, str, str], places: Iterable[tuple[str, Placement]]
) -> list[str]:
    """Return a sentence for each account that has this very file already, or is about to get it.

    `places` are accounts and placements, `triple` is segment, age bucket and title of the release that is asked about.
    Whoever asks the same at the same time waits until `connection`'s transaction has ended: of two, one is refused.
    """
    found = []
    for account_id, placement in sorted(set(places)):  # in order, so that two never wait for each other
        fields = {
            "owner": owner, "sha256": sha256, "account_id": account_id, "placement": placement.value,
            "segment": triple[0], "age_bucket": triple[1], "title_id": triple[2],
        }  # fmt: skip
        connection.exec_driver_sql(SQL["one_by_one"], fields)
        row = connection.exec_driver_sql(SQL["find_duplicate"], fields).mappings().first()
        if row is not None:
            found.append(_sentence(row))
    return found


def problem_of(publication: Publication) -> str | None:
    """Return the same for one that is registered already and is to be tried again."""
    with engine.transaction(publication.owner) as connection:
        fields = {"release_id": publication.release_id}
        release = connection.exec_driver_sql(SQL["read_content_of"], fields).mappings().one()
        triple = (release["segment"], release["age_bucket"], release["title_id"])
        places = [(publication.account_id, publication.placement)]
        found = problems(connection, publication.owner, release["video_sha256"], triple, places)
    return next(iter(found), None)


def _sentence(row: Any) -> str:
    where = f"{title(row['platform'])} ({row['account_id']})"
    what = f"'{row['title_id']}' ({row['segment']}, {row['age_bucket']})"
    if row["published_at"] is None:
        how = f"it is {row['state']} as {what}"
    else:
        address = f", {row['url']}" if row["url"] else ""
        how = f"it came out as {what} on {row['published_at']:%Y-%m-%d}{address}"
    return f"{where} has this very video already: {how}. Set 'force' to publish it there once more."
