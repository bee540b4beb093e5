"""Large files to Supabase Storage: resumable uploads (TUS 1.0.0), in parts of exactly 6 MiB."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from include.media.supabase_errors import read_refusal, refused
from include.platforms.contract import VideoFile
from include.platforms.errors import TryAgain
from include.platforms.http import UPLOAD_TIMEOUT, seconds_to_wait

LARGE_BYTES = 6 << 20
"""Above this Supabase recommends resumable uploads."""
PART_BYTES = 6 << 20
"""Every part but the last has exactly this size (supabase.com/docs/guides/storage/uploads/resumable-uploads)."""
TRIES = 5
"""Of one part, with a growing pause in between."""
PAUSE_SECONDS = 1.0
WAIT_SECONDS = 15
"""For another process that uploads the same file."""
VERSION = {"Tus-Resumable": "1.0.0"}
CREATED, STORED, TAKEN = 201, 204, 409
OVER = frozenset({404, 410})
LOCKED = 423
"""Another request still holds the upload, for instance one of ours whose connection broke."""


@dataclass(frozen=True, kw_only=True)
class _Upload:
    client: httpx.Client
    bucket: str
    file: VideoFile
    address: str
    headers: Mapping[str, str]
    pause: Callable[[float], None]


def upload_in_parts(
    client: httpx.Client, start: str, bucket: str, path: str, file: VideoFile, pause: Callable[[float], None]
) -> None:
    """Upload a file as `bucket/path`; after a failed part ask how far it is and go on from there.

    Raises `TryAgain` when it does not get on, or when another process is uploading the same.
    """
    metadata = {"bucketName": bucket, "objectName": path, "contentType": file.content_type, "cacheControl": "3600"}
    told = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in metadata.items())
    response = client.post(
        start, headers=VERSION | {"Upload-Length": str(file.size), "Upload-Metadata": told, "x-upsert": "true"}
    )
    if response.status_code == TAKEN:
        raise TryAgain("Another upload of the same file to Supabase Storage is under way.", after=WAIT_SECONDS)
    if response.status_code != CREATED:
        refused(response, bucket)
    address = urljoin(start, response.headers["Location"])
    same_host = urlsplit(address).hostname == urlsplit(start).hostname
    # our key goes to no other host than the one it was set up for
    headers = VERSION | ({} if same_host else {"Authorization": "", "apikey": ""})
    upload = _Upload(client=client, bucket=bucket, file=file, address=address, headers=headers, pause=pause)
    at, failed = 0, 0
    while at < file.size:
        reached = _send_part(upload, at)
        failed = 0 if reached > at else failed + 1
        if failed >= TRIES:
            raise TryAgain("Supabase Storage takes no more of the file; the upload starts again.")
        if failed:
            pause(PAUSE_SECONDS * 2**failed)
            reached = _asked(upload)
        at = reached


def _send_part(upload: _Upload, at: int) -> int:
    """Send one part and return how far the upload is; the same position when the part did not arrive."""
    stop = min(at + PART_BYTES, upload.file.size)
    headers = {
        **upload.headers, "Upload-Offset": str(at), "Content-Length": str(stop - at),
        "Content-Type": "application/offset+octet-stream",
    }  # fmt: skip
    try:
        response = upload.client.patch(
            upload.address, content=upload.file.pieces(at, stop), headers=headers, timeout=UPLOAD_TIMEOUT
        )
    except httpx.TransportError:
        return at
    if response.status_code == STORED:
        return int(response.headers.get("Upload-Offset", stop))
    if response.status_code in OVER:
        raise TryAgain("Supabase Storage has forgotten the upload; it starts again.", status=response.status_code)
    if response.status_code in {TAKEN, LOCKED}:
        return at
    if response.status_code >= 500 or read_refusal(response).status >= 500:
        if after := seconds_to_wait(response):
            upload.pause(after)
        return at
    refused(response, upload.bucket)


def _asked(upload: _Upload) -> int:
    """Ask how far the upload is; the server's word counts."""
    response = upload.client.head(upload.address, headers=upload.headers)
    if response.status_code in OVER:
        raise TryAgain("Supabase Storage has forgotten the upload; it starts again.", status=response.status_code)
    if not response.is_success:
        raise TryAgain("Supabase Storage cannot say how far the upload is.", status=response.status_code)
    return int(response.headers["Upload-Offset"])
