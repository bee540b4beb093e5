"""What the export step has put down: which triples are complete and quiet, and which runs they start.

A triple's quiet time is counted by us, from the moment we first saw it as it is; times in the file system may lie.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from include import settings
from include.database import engine, queries
from include.releases.export import ExportError, FileChanged, Triple, find_release, list_triples, sha256

log = logging.getLogger("release_desk.publishing")
SQL = queries.load("releases")
SMALL_FILE_BYTES = 64 << 20
"""Metadata and thumbnails are far smaller; larger ones are refused when the run reads them."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """A landed release whose run was not started yet."""

    triple: Triple
    job_id: str
    conf: dict[str, Any]


def look() -> int:
    """Write down what lies in the export folder now; return how many releases are due."""
    owner = settings.distribution().exports.owner
    complete = {_key(triple): triple for triple in list_triples(settings.export_root()) if triple.is_complete}
    with engine.transaction(owner) as connection:
        seen = _seen(connection)
        for key, triple in complete.items():
            if key not in seen or seen[key]["fingerprint"] != triple.fingerprint:
                connection.exec_driver_sql(SQL["see_landed"], fields_of(triple) | {"owner": owner})
        return sum(1 for _ in _due(complete.values(), seen))


def due() -> list[Due]:
    """Return every landed release that is complete, quiet and not started; each is read once for its hash."""
    distribution = settings.distribution()
    owner, root = distribution.exports.owner, settings.export_root()
    with engine.transaction(owner) as connection:
        seen = _seen(connection)
    found = []
    for triple in _due((each for each in list_triples(root) if each.is_complete), seen):
        conf = {
            "segment": triple.segment,
            "age_bucket": triple.age_bucket,
            "title_id": triple.title_id,
            "export_root": root,
            "owner": owner,
        }
        try:
            found.append(Due(triple=triple, job_id=job_id_for(conf), conf=conf))
        except (ExportError, FileChanged) as error:  # it changed again just now: its quiet time begins anew
            log.info("%s is left for later: %s", triple.title_id, error)
    return found


def started(triple_fields: dict[str, str], job_id: str) -> None:
    """Write down that a run was started, so that these files start no other."""
    with engine.transaction(settings.distribution().exports.owner) as connection:
        connection.exec_driver_sql(SQL["start_landed"], triple_fields | {"job_id": job_id})


def run_started(segment: str, age_bucket: str, title_id: str) -> str | None:
    """Return the run a landed release started, or None as long as there is none."""
    with engine.transaction(settings.distribution().exports.owner) as connection:
        row = _seen(connection).get((segment, age_bucket, title_id))
    return str(row["job_id"]) if row and row["job_id"] else None


def job_id_for(conf: dict[str, Any]) -> str:
    """Return the run id of a conf: the same content for the same targets has the same id, so it runs once."""
    files = find_release(conf["export_root"], conf["segment"], conf["age_bucket"], conf["title_id"])
    digest = hashlib.sha256(sha256(files.video).encode())
    for file in (files.metadata_file, files.thumbnail_file):
        with file.open() as opened:
            digest.update(opened.read(SMALL_FILE_BYTES))
    for key in sorted(conf):
        digest.update(f"{key}={conf[key]!r};".encode())
    return f"release~{conf['title_id']}~{digest.hexdigest()[:16]}"


def _due(complete: Iterable[Triple], seen: dict[tuple[str, str, str], Any]) -> Iterable[Triple]:
    for triple in complete:
        row = seen.get(_key(triple))
        if row and row["fingerprint"] == triple.fingerprint and row["is_quiet"] and row["job_id"] is None:
            yield triple


def _seen(connection: Any) -> dict[tuple[str, str, str], Any]:
    quiet = settings.distribution().exports.unchanged_for_seconds
    rows = connection.exec_driver_sql(SQL["landed"], {"quiet_seconds": quiet}).mappings()
    return {(row["segment"], row["age_bucket"], row["title_id"]): row for row in rows}


def _key(triple: Triple) -> tuple[str, str, str]:
    return (triple.segment, triple.age_bucket, triple.title_id)


def fields_of(triple: Triple) -> dict[str, str]:
    """Return what names a triple as it was seen, as plain text for `started`."""
    return {
        "segment": triple.segment,
        "age_bucket": triple.age_bucket,
        "title_id": triple.title_id,
        "fingerprint": triple.fingerprint,
    }
