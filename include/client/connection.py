"""The way to the REST API: signs in at Airflow, sends one request, and turns a problem into an error with its words."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

SECONDS = 120.0
TRIES = 3
PREFIX = "/api/publishing"


class DeskError(RuntimeError):
    """The desk refused or did not answer; the message says what to do, `problems` names each wrong value."""

    def __init__(self, status: int, detail: str, problems: list[dict[str, Any]] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.problems = status, detail, problems or []


class Connection:
    """Speaks as one user; use it in a `with` block, or close it. May be used by one thread at a time."""

    def __init__(
        self, url: str, *, token: str | None = None, user: str | None = None, password: str | None = None,
        act_for: str | None = None,
    ) -> None:  # fmt: skip
        """Use a bearer token, or sign in as `user` when it is first needed; `act_for` is for admins."""
        if token is None and (user is None or password is None):
            raise ValueError("Give a token, or user and password.")
        headers = httpx.Headers({"User-Agent": "release-desk-client"})
        if act_for:
            headers = httpx.Headers([*headers.raw, (b"X-Act-For", act_for.encode())])
        self._client = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=SECONDS, trust_env=False)
        self._token, self._user, self._password = token, user, password

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON of an address; raise `DeskError`."""
        return self.send("GET", path, query=query).json()

    def post(self, path: str, body: Any = None) -> Any:
        """Send something that is done once, however often it has to be sent; return the JSON, raise `DeskError`."""
        return self.send("POST", path, body, headers={"Idempotency-Key": str(uuid.uuid4())}).json()

    def send(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> httpx.Response:  # fmt: skip
        """Send one request, again when it was lost on the way or came too early; return the answer.

        Raises `DeskError`. What changes something is sent again only with an Idempotency-Key.
        """
        repeatable = method == "GET" or "Idempotency-Key" in (headers or {})
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        for left in reversed(range(TRIES if repeatable else 1)):
            try:
                answer = self._client.request(
                    method, f"{PREFIX}{path}", json=body, params=asked,
                    headers={**(headers or {}), "Authorization": f"Bearer {self._signed_in()}"},
                )  # fmt: skip
            except httpx.TransportError as error:
                if not left:
                    raise DeskError(0, f"The desk does not answer ({type(error).__name__}); is it up?") from None
                time.sleep(0.5)
                continue
            if answer.status_code in (409, 429, 503) and left and answer.headers.get("retry-after", "").isdigit():
                time.sleep(min(float(answer.headers["retry-after"]), 10.0))
                continue
            break
        if answer.is_error:
            raise _error(answer)
        return answer

    def close(self) -> None:
        """Close what is open."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _signed_in(self) -> str:
        if self._token is None:
            known = {"username": self._user, "password": self._password}
            answer = self._client.post("/auth/token", json=known)
            if answer.is_error:
                raise DeskError(answer.status_code, f"Airflow did not sign {self._user} in ({answer.status_code}).")
            self._token = str(answer.json()["access_token"])
        return self._token


def _error(answer: httpx.Response) -> DeskError:
    try:
        told = answer.json()
        return DeskError(answer.status_code, str(told["detail"]), told.get("problems"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return DeskError(answer.status_code, f"The desk answered {answer.status_code}.")
