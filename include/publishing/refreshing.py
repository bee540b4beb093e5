"""Reads a registered release's texts anew, before a publication of it is tried again."""

from __future__ import annotations

import json

from psycopg.types.json import Jsonb

from include.database import engine, queries
from include.publishing.decisions import NotPossible
from include.releases.export import ExportError, FileChanged, find_release, sha256
from include.releases.publication import Publication
from include.releases.release import MetadataError

SQL = queries.load("queue")


def refresh(publication: Publication) -> None:
    """Keep the texts as they lie in the export folder now; the video has to be the same.

    Raises `NotPossible` when a file is missing or broken, or the video is another one: that is another release.
    """
    with engine.transaction(publication.owner) as connection:
        fields = {"release_id": publication.release_id}
        row = connection.exec_driver_sql(SQL["read_content_of"], fields).mappings().one()
    try:
        files = find_release(row["export_root"], row["segment"], row["age_bucket"], row["title_id"])
        metadata = files.metadata()
        same = files.video.fingerprint == row["video_fingerprint"] or sha256(files.video) == row["video_sha256"]
    except (ExportError, MetadataError) as error:
        raise NotPossible(" ".join(error.problems)) from None
    except FileChanged as error:
        raise NotPossible(str(error)) from None
    if not same:
        raise NotPossible(f"The video of '{row['title_id']}' is another one now; publish it as a release of its own.")
    with engine.transaction(publication.owner) as connection:
        connection.exec_driver_sql(
            SQL["refresh_release"],
            {
                "release_id": publication.release_id,
                "metadata": Jsonb(json.loads(metadata.model_dump_json())),
                "video_fingerprint": files.video.fingerprint,
            },
        )
