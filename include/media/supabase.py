"""Hosting on Supabase Storage: uploaded whole when small, resumably when not; handed out with its signed addresses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from include.media.supabase_errors import gone, refused
from include.media.supabase_tus import LARGE_BYTES, upload_in_parts
from include.platforms.contract import VideoFile
from include.platforms.errors import Rejected, TryAgain
from include.platforms.http import TIMEOUT, UPLOAD_TIMEOUT, USER_AGENT, trusted

CACHE_SECONDS = 3600


class SupabaseStore:
    """Objects below `prefix` in one private bucket of a project."""

    kind = "supabase"

    def __init__(
        self, base: str, key: SecretStr, place: str, prefix: str, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """Use the bucket `place` of the project behind `base` (`…/storage/v1`) with its service-role key."""
        if not base or "PROJECT" in base:
            raise Rejected("Supabase has no address: put your project's into supabase.storage of endpoints.yaml.")
        self.place = place
        self._base = base.rstrip("/")
        self._prefix = prefix
        self._pause = pause
        secret = key.get_secret_value()
        # the hosted gateway wants the key in both places; a self-hosted server reads the first only
        self._headers = {"Authorization": f"Bearer {secret}", "apikey": secret, "User-Agent": USER_AGENT}

    def put(self, name: str, file: VideoFile) -> None:
        """Upload the file unless it is there; an object is whole or not there at all."""
        with self._client() as client:
            if self._is_there(client, name, file.size):
                return
            path = f"{self._prefix}/{name}"
            if file.size > LARGE_BYTES:
                upload_in_parts(client, f"{self._base}/upload/resumable", self.place, path, file, self._pause)
                return
            response = client.post(
                self._at("object", name),
                content=file.pieces(0, file.size),
                headers={
                    "Content-Type": file.content_type, "Content-Length": str(file.size),
                    "cache-control": f"max-age={CACHE_SECONDS}", "x-upsert": "true",
                },
                timeout=UPLOAD_TIMEOUT,
            )  # fmt: skip
            if not response.is_success:
                refused(response, self.place)

    def address(self, name: str, until: datetime) -> str:
        """Return an address signed by Supabase that works until then."""
        seconds = max(1, round((until - datetime.now(UTC)).total_seconds()))
        with self._client() as client:
            response = client.post(self._at("object/sign", name), json={"expiresIn": seconds})
            if gone(response):
                raise TryAgain("The hosted file was removed a moment ago; it is put there again.")
            if not response.is_success:
                refused(response, self.place)
            return self._base + str(response.json()["signedURL"])  # it is relative to the base

    def expire(self, name: str) -> None:
        """Delete the object; one that is not there is fine."""
        with self._client() as client:
            response = client.delete(self._at("object", name))
            if not response.is_success and not gone(response):
                refused(response, self.place)

    def _is_there(self, client: httpx.Client, name: str, size: int) -> bool:
        response = client.get(self._at("object/info", name))
        if response.is_success:
            return bool(_size(response.json()) == size)
        if not gone(response):
            refused(response, self.place)
        return False

    def _at(self, action: str, name: str) -> str:
        return f"{self._base}/{action}/{quote(self.place)}/{self._prefix}/{name}"

    @contextmanager
    def _client(self) -> Iterator[httpx.Client]:
        with httpx.Client(headers=self._headers, timeout=TIMEOUT, verify=trusted()) as client:
            try:
                yield client
            except httpx.TransportError as error:
                raise TryAgain(f"Supabase Storage does not answer ({type(error).__name__}).") from None


def _size(told: Any) -> int | None:
    """Read an object's size; older servers keep it in its metadata."""
    size = told.get("size", (told.get("metadata") or {}).get("size"))
    return int(size) if size is not None else None
