"""The export's three files of a release: found, checked to be there, and watched for new ones."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from include.releases.conf import is_title_id
from include.releases.files import ExportError, File, FileState, Root, bucket_state, local_state, open_root
from include.releases.picture import Picture, PictureError, read_picture
from include.releases.release import MAX_METADATA_BYTES, Metadata, read_metadata
from include.releases.video import FileChanged, Video, sha256

__all__ = [
    "ENDINGS",
    "ExportError",
    "ExportedFiles",
    "FileChanged",
    "Triple",
    "Video",
    "find_release",
    "list_triples",
    "sha256",
]

ENDINGS = (".mp4", "_metadata.json", "_thumbnail.png")
"""What follows the title id in the names of the three files."""


@dataclass(frozen=True, kw_only=True)
class ExportedFiles:
    """A release's three files; the video's fingerprint is that of the moment they were found."""

    root: str
    segment: str
    age_bucket: str
    title_id: str
    video: Video
    metadata_file: File
    thumbnail_file: File

    def metadata(self) -> Metadata:
        """Read and check the metadata; raise `MetadataError` with every problem."""
        with self.metadata_file.open() as opened:
            return read_metadata(opened.read(MAX_METADATA_BYTES + 1))

    def thumbnail(self, *, max_bytes: int) -> Picture:
        """Read and check the thumbnail, never more than `max_bytes` of it; raise `PictureError`."""
        state = self.thumbnail_file.state()
        if state is not None and state.size > max_bytes:
            raise PictureError(f"The thumbnail has {state.size:,} bytes; allowed are {max_bytes:,}.")
        with self.thumbnail_file.open() as opened:
            return read_picture(opened.read(max_bytes + 1), max_bytes=max_bytes)


@dataclass(frozen=True, kw_only=True)
class Triple:
    """What lies under an export root for one title; `missing` names the files that are not there (yet).

    `fingerprint` changes when any of its files does; `modified_at` is the newest write.
    """

    segment: str
    age_bucket: str
    title_id: str
    fingerprint: str
    modified_at: datetime
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Say whether all three files are there."""
        return not self.missing


def find_release(export_root: str, segment: str, age_bucket: str, title_id: str) -> ExportedFiles:
    """Return the three files of a release; raise `ExportError` naming each that is missing or leads outside."""
    if not is_title_id(title_id):
        raise ExportError([f"title_id {title_id!r} is not a safe file name."])
    root = open_root(export_root)
    files, problems = [], []
    for ending in ENDINGS:
        name = f"{segment}/{age_bucket}/{title_id}{ending}"
        try:
            file = root.file(name)
            files.append(file)
            if file.state() is None:
                problems.append(f"{name} is missing under {export_root}.")
        except ExportError as error:
            problems.extend(error.problems)
    if problems:
        raise ExportError(problems)
    video, metadata, thumbnail = files
    return ExportedFiles(
        root=export_root,
        segment=segment,
        age_bucket=age_bucket,
        title_id=title_id,
        video=Video(video),
        metadata_file=metadata,
        thumbnail_file=thumbnail,
    )


def list_triples(export_root: str) -> Iterator[Triple]:
    """Yield what lies under the root, complete or not, ordered by segment, age bucket and title.

    Files are looked at, not opened: one look a file on a disk, one listing of a bucket. Names that are no safe title
    ids are left out, and so are local links.
    """
    root = open_root(export_root)
    found: dict[tuple[str, str, str], dict[str, FileState]] = {}
    for segment, age_bucket, name, state in _bucket_files(root) if root.bucket is not None else _local_files(root.path):
        ending = next((ending for ending in ENDINGS if name.endswith(ending)), None)
        if ending is not None and is_title_id(title_id := name.removesuffix(ending)):
            found.setdefault((segment, age_bucket, title_id), {})[ending] = state
    for (segment, age_bucket, title_id), states in sorted(found.items()):
        marks = "|".join(f"{ending}{states[ending].fingerprint}" for ending in ENDINGS if ending in states)
        yield Triple(
            segment=segment,
            age_bucket=age_bucket,
            title_id=title_id,
            fingerprint=hashlib.sha256(marks.encode()).hexdigest(),
            modified_at=max(state.modified_at for state in states.values()),
            missing=tuple(f"{title_id}{ending}" for ending in ENDINGS if ending not in states),
        )


def _local_files(path: str) -> Iterator[tuple[str, str, str, FileState]]:
    for segment in _folders(path):
        for age_bucket in _folders(segment.path):
            with os.scandir(age_bucket.path) as entries:
                for entry in entries:
                    try:
                        if entry.is_file(follow_symlinks=False):
                            yield segment.name, age_bucket.name, entry.name, local_state(entry.stat())
                    except FileNotFoundError:
                        continue  # removed between listing and look


def _folders(path: str) -> list[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        return [entry for entry in entries if entry.is_dir(follow_symlinks=False)]


def _bucket_files(root: Root) -> Iterator[tuple[str, str, str, FileState]]:
    root.bucket.invalidate_cache()
    for path, info in root.bucket.find(root.path, detail=True).items():
        steps = path.removeprefix(root.path).strip("/").split("/")
        if len(steps) == 3:
            yield steps[0], steps[1], steps[2], bucket_state(info)
