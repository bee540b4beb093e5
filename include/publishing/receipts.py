"""Receipts: the JSON file written for a publication's outcome, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fsspec.core import url_to_fs

from include import settings
from include.accounts.accounts import Account
from include.database import engine, queries
from include.publishing import output
from include.releases.conf import PublishConf
from include.releases.publication import Publication, State
from include.releases.release import Texts, check_metadata, texts_for

SQL = queries.load("releases")
FAILURES = frozenset({State.REJECTED, State.FAILED, State.UNCONFIRMED, State.CANCELLED})


class NotWritten(OSError):
    """A receipt could not be written; nothing of it is there."""


def write(publication: Publication) -> str:
    """Write a publication's receipt and return its address; raise `NotWritten` with the reason."""
    with engine.transaction(publication.owner) as connection:
        row = connection.exec_driver_sql(SQL["read_release"], {"release_id": publication.release_id}).mappings().one()
        siblings = connection.exec_driver_sql(
            SQL["siblings"], {"release_id": publication.release_id, "platform": publication.platform}
        ).scalars()
        first = str(next(iter(siblings))) == publication.publication_id
    texts = texts_for(
        check_metadata(row["metadata"]),
        publication.platform,
        publication.target,
        age_bucket=row["age_bucket"],
        age_buckets=settings.distribution().age_buckets,
    )
    where = f"{publication.platform}/{row['segment']}/{row['age_bucket']}"
    # the first account on a platform has the name outsiders rely on; another one adds its own
    name = row["title_id"] if first else f"{row['title_id']}_{publication.account_id}_{publication.placement}"
    return _put(where, name, _response(publication, dict(row), texts))


def write_refusal(conf: PublishConf, account: Account, why: str, *, first: bool) -> str:
    """Write the failure receipt of a release that was refused before anything was registered.

    `first` says whether it is the first account on its platform. A receipt of a publication stays as it is: an earlier
    run of this title got further than this one.
    """
    content = {
        "platform": account.platform,
        "video_id": None,
        "title_id": conf.title_id,
        "segment": conf.segment,
        "age_bucket": conf.age_bucket,
        "upload_date": None,
        "url": None,
        "status": "failed",
        "metadata": dict.fromkeys(("title", "description", "tags", "category", "privacy")),
        "error": why,
        "account": account.account_id,
        "placement": None,
        "route": account.route,
    }
    name = conf.title_id if first else f"{conf.title_id}_{account.account_id}"
    return _put(f"{account.platform}/{conf.segment}/{conf.age_bucket}", name, content, keep_publications=True)


def _response(publication: Publication, release: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    status = "published" if publication.state == State.PUBLISHED else "processing"
    mine = settings.distribution().platforms.get(publication.platform, {})
    return {
        "platform": publication.platform,
        "video_id": publication.video_id,
        "title_id": release["title_id"],
        "segment": release["segment"],
        "age_bucket": release["age_bucket"],
        "upload_date": publication.published_at.isoformat() if publication.published_at else None,
        "url": publication.url,
        "status": "failed" if publication.state in FAILURES else status,
        "metadata": {
            "title": texts.title,
            "description": texts.description,
            "tags": list(texts.tags),
            "category": texts.category or mine.get("category"),
            "privacy": texts.privacy or mine.get("privacy"),
        },
        "error": publication.error.get("message") if publication.error else None,
        "account": publication.account_id,
        "placement": publication.placement.value,
        "route": publication.route,
    }


def _put(where: str, name: str, content: dict[str, Any], *, keep_publications: bool = False) -> str:
    address = f"{settings.output_root().rstrip('/')}/distribution/{where}/{name}_upload_response.json"
    body = json.dumps({"upload_response": content}, ensure_ascii=False, indent=2).encode() + b"\n"
    try:
        filesystem, path = url_to_fs(address)
        if keep_publications and filesystem.exists(path) and _is_of_a_publication(filesystem.cat_file(path)):
            return address
        output.put(address, body)
    except OSError as error:
        raise NotWritten(f"The receipt {address} could not be written: {error}.") from error
    return address


def _is_of_a_publication(body: bytes) -> bool:
    try:
        return json.loads(body)["upload_response"]["placement"] is not None
    except (ValueError, KeyError, TypeError):
        return False
