"""Hosting on Google Cloud Storage: uploaded in pieces, handed out with V4-signed addresses.

Signs in with an Airflow Connection through the Google provider's hook (`settings.google_storage`). Signing happens
here, without a call, so the connection needs a service account's key or an `impersonation_chain`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import requests
from google.api_core import exceptions as api
from google.auth import exceptions as auth
from google.auth.credentials import Signing

from include.media.piecewise import PiecewiseFile
from include.platforms.contract import VideoFile
from include.platforms.errors import Rejected, TryAgain

UPLOAD_BYTES = 8 << 20
"""Of one request; a multiple of 262,144 (cloud.google.com/storage/docs/performing-resumable-uploads, 2026-11-21)."""
TIMEOUT = (10, 300)
"""Seconds to connect, and to wait for an answer."""
PASSING = (api.ServerError, api.TooManyRequests, api.RetryError, auth.TransportError, requests.RequestException)
"""Faults after which the same call may work."""


class GoogleStore:
    """Objects below `prefix` in one bucket."""

    kind = "gcs"

    def __init__(self, client: Any, place: str, prefix: str) -> None:
        """Use `client` (a `google.cloud.storage.Client`) for the bucket `place`."""
        self.place = place
        self._client = client
        self._bucket = client.bucket(place)
        self._prefix = prefix

    def put(self, name: str, file: VideoFile) -> None:
        """Upload the file unless it is there; an object is whole or not there at all."""
        blob = self._blob(name)
        with self._plain_errors():
            if blob.exists(timeout=TIMEOUT):
                return
            blob.chunk_size = UPLOAD_BYTES
            try:
                blob.upload_from_file(
                    PiecewiseFile(file), size=file.size, content_type=file.content_type, timeout=TIMEOUT,
                    if_generation_match=0,
                )  # fmt: skip
            except api.PreconditionFailed:  # another process was quicker; the name says that the content is the same
                return

    def address(self, name: str, until: datetime) -> str:
        """Return a V4-signed address of the object (a GET, at most seven days)."""
        credentials = self._client._credentials
        if not isinstance(credentials, Signing):
            raise Rejected(
                "The Google connection cannot sign addresses: give it a service account's key, "
                "or set impersonation_chain to a service account."
            )
        with self._plain_errors():
            signed = self._blob(name).generate_signed_url(
                version="v4", expiration=until, method="GET", credentials=credentials,
                api_access_endpoint=self._client._connection.API_BASE_URL,
            )  # fmt: skip
        return str(signed)

    def expire(self, name: str) -> None:
        """Delete the object; one that is not there is fine."""
        with self._plain_errors(), suppress(api.NotFound):
            self._blob(name).delete(timeout=TIMEOUT)

    def _blob(self, name: str) -> Any:
        return self._bucket.blob(f"{self._prefix}/{name}")

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except PASSING as error:
            raise TryAgain(f"Google Cloud Storage does not answer ({type(error).__name__}).") from None
        except auth.GoogleAuthError as error:
            raise Rejected(f"Google does not accept the connection: {error}") from None
        except api.NotFound:
            raise Rejected(f"The bucket {self.place} does not exist.") from None
        except api.ClientError as error:
            status = error.code
            raise Rejected(f"Google Cloud Storage refuses the bucket {self.place}: {error}", status=status) from None
