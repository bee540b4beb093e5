"""The Graph API for one account: one method per HTTP verb, every answer checked, every refusal one of our errors."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal, Protocol

import httpx

from include.platforms.errors import OutcomeUnknown, TryAgain
from include.platforms.http import Calls, body_of, seconds_to_wait
from include.platforms.meta_graph import usage
from include.platforms.meta_graph.codes import APP_WIDE_CODES, LIMIT_PAUSE_SECONDS, RATE_CODES, Meanings
from include.platforms.meta_graph.errors import error_for, error_of, is_dead_token

log = logging.getLogger("release_desk.meta_graph")

VERSION = "v26.0"
"""Current since 2026-07-29, usable for at least two years (Graph API changelog, checked 2026-11-21)."""
Base = Literal["graph", "video", "instagram_graph"]
"""Names of `config/endpoints.yaml`; which of them exist depends on the platform."""


class Reader(Protocol):
    """What paging and the like need of a `Graph`."""

    def get(self, path: str, *, endpoint: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Read one object or one page of a list."""
        ...


@dataclass(frozen=True, kw_only=True)
class Graph:
    """One host of the Graph API for one account, over one `Calls`.

    `version` is `graph_version` of config/distribution.yaml ("" for the few paths without one). `own_ids` are the
    account's ids at Meta, by which the usage headers name its limits. `meanings` are the platform's own error rows.
    `token` is sent in place of the account's own, and `app_secret` adds the proof of it (`appsecret_proof`): both are
    for sign-in only.
    """

    calls: Calls
    base: Base = "graph"
    version: str = VERSION
    own_ids: frozenset[str] = frozenset()
    meanings: Meanings = field(default_factory=dict)
    token: str | None = field(default=None, repr=False)
    app_secret: str | None = field(default=None, repr=False)

    def get(self, path: str, *, endpoint: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Read one object or one page of a list.

        Raises `TryAgain` for lost answers and Meta's own faults, `QuotaExhausted` for its limits, `AccountTrouble`
        for a dead token or a missing permission, `Rejected` for everything else.
        """
        return self._object("GET", path, endpoint, changes=False, params=fields_of(params or {}))

    def post(
        self,
        path: str,
        *,
        endpoint: str,
        form: Mapping[str, Any] | None = None,
        changes: bool = True,
        timeout: httpx.Timeout | None = None,
    ) -> dict[str, Any]:
        """Send a form; None values are left out, lists and objects are sent as JSON, booleans as true and false.

        With `changes` an answer that does not prove that nothing was done is `OutcomeUnknown`; say False where
        doing it twice harms nobody. Never repeated, except after a token that was refused at the door.
        """
        return self._object("POST", path, endpoint, changes=changes, form=fields_of(form or {}), timeout=timeout)

    def delete(self, path: str, *, endpoint: str) -> dict[str, Any]:
        """Delete an object; the errors of `post`."""
        return self._object("DELETE", path, endpoint, changes=True)

    def many(self, form: Mapping[str, str], *, endpoint: str) -> list[Any]:
        """Send a batch to the root and return its parts as they came (`batch.py` reads them); reads only."""
        body, response = self._ask("POST", "", endpoint, changes=False, form=dict(form))
        if not isinstance(body, list):
            raise TryAgain("Meta answered a batch with something else.", status=response.status_code)
        return body

    def heed(self, headers: Mapping[str, str]) -> None:
        """Obey what the headers of a part of a batch say of limits; the batch's own answer says nothing."""
        self._heed(usage.usage_of(headers, self.own_ids), None)

    def _object(self, method: str, path: str, endpoint: str, *, changes: bool, **sent: Any) -> dict[str, Any]:
        body, response = self._ask(method, path, endpoint, changes=changes, **sent)
        if isinstance(body, dict):
            return body
        lost = OutcomeUnknown if changes else TryAgain
        raise lost("Meta's answer is not the object we asked for.", status=response.status_code)

    def _ask(self, method: str, path: str, endpoint: str, *, changes: bool, **sent: Any) -> tuple[Any, httpx.Response]:
        """Send once; once more with a newer token when this one was refused at the door, which did nothing."""
        used = self.calls.tokens.token() if self.calls.tokens and not self.token else None
        response = self._send(method, path, endpoint, changes=changes, **sent)
        error = self._error(response)
        if error is not None and used and self.calls.tokens and is_dead_token(error):
            self.calls.tokens.refresh(used)
            response = self._send(method, path, endpoint, changes=changes, **sent)
            error = self._error(response)
        usages = usage.usage_of(response.headers, self.own_ids)
        self._heed(usages, error)
        if error is None:
            return body_of(response), response
        refusal = error_for(
            error,
            status=response.status_code,
            request_id=self.calls.request_id(response),
            after=usage.regain_seconds(usages) or seconds_to_wait(response),
            changes=changes,
            meanings=self.meanings,
        )
        raise self.calls.heed(response, refusal)

    def _send(self, method: str, path: str, endpoint: str, *, changes: bool, **sent: Any) -> httpx.Response:
        if self.token:
            sent["headers"] = {"Authorization": f"Bearer {self.token}"}
        if self.token and self.app_secret:
            where = "form" if method == "POST" else "params"
            sent[where] = {**(sent.get(where) or {}), "appsecret_proof": proof_of(self.token, self.app_secret)}
        response = self.calls.send(
            method,
            self.calls.address(self.base, f"{self.version}/{path}".strip("/")),
            endpoint=endpoint,
            changes=changes,
            signed=self.token is None,
            **{name: value for name, value in sent.items() if value},
        )
        check_version(self.version, response.headers.get("facebook-api-version"))
        return response

    def _error(self, response: httpx.Response) -> dict[str, Any] | None:
        error = error_of(body_of(response))
        return {} if error is None and not response.is_success else error

    def _heed(self, usages: list[usage.Usage], error: Mapping[str, Any] | None) -> None:
        """Tell the meter of limits that are nearly or wholly used."""
        try:
            usage.obey(usages, self.calls.meter)
            if error is not None and error.get("code") in RATE_CODES:
                wait = max(usage.regain_seconds(usages) or 0.0, LIMIT_PAUSE_SECONDS)
                until = datetime.now(UTC) + timedelta(seconds=wait)
                whose: Literal["app", "account"] = "app" if error["code"] in APP_WIDE_CODES else "account"
                self.calls.meter.pause(until, "Meta's limit of calls is used up.", shared_by=whose)
        except Exception:  # the answer in our hands counts more than the note about limits
            log.exception("the usage Meta told of could not be kept")


def fields_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return values as the Graph API wants them in a form or query."""
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return str(value)


def proof_of(token: str, app_secret: str) -> str:
    """Return `appsecret_proof`: the token signed with the app's secret, HMAC-SHA256 in lower-case hex."""
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def check_version(asked: str, served: str | None) -> None:
    """Warn, once a process, when Meta served another version: an expired one is silently replaced (meta.md 0.2)."""
    if asked and served and served != asked:
        _warn_of_version(asked, served)


@cache
def _warn_of_version(asked: str, served: str) -> None:
    log.warning(
        "Meta served Graph API %s although we asked for %s: change graph_version in config/distribution.yaml.",
        served,
        asked,
    )
