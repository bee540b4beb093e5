"""How every platform is called: timeouts, sign-in with one refresh, limits, one log line and one record a call.

A platform's client holds one `Calls` and names each call by its `endpoint` ("videos.insert"): quota costs, the log
line and the call log go by that name, never by the address, because addresses may hold upload secrets.
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal, Protocol

import httpx

from include.platforms.errors import OutcomeUnknown, PlatformError, QuotaExhausted, TryAgain

log = logging.getLogger("release_desk.calls")
for _chatty in ("httpx", "httpcore"):  # they log whole addresses and headers, and upload addresses are secrets
    logging.getLogger(_chatty).setLevel(logging.WARNING)

TIMEOUT = httpx.Timeout(connect=10, read=60, write=60, pool=10)
"""Seconds; reads and small writes."""
UPLOAD_TIMEOUT = httpx.Timeout(connect=10, read=300, write=300, pool=10)
"""Seconds; the last bytes of a large video may take minutes to be answered (youtube.md 2.5)."""
USER_AGENT = "release-desk/0.1 (gzip)"
"""Google compresses only for agents whose name says gzip (youtube.md 12.5)."""

LIMIT_SECONDS = 60.0
"""How long calls stop after a 429 that names no wait: the platforms' short limits look at a minute."""
LONGEST_LIMIT_SECONDS = 900.0

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""Failures before a single byte went out: nothing can have happened."""


@cache
def trusted() -> ssl.SSLContext:
    """Return the certificates we trust, read once a process for all its clients: reading them takes 30 to 60 ms."""
    return httpx.create_ssl_context()


class TokenSource(Protocol):
    """Where a client gets its access token; `accounts/tokens.py` is the real one."""

    def token(self) -> str:
        """Return a token that should be valid now; raise `AccountTrouble` when the account is dead."""
        ...

    def refresh(self, refused: str) -> str:
        """Return a token newer than `refused`, asking the platform only when nobody else has done so yet."""
        ...


class Meter(Protocol):
    """Counts calls against the platform's limits; `publishing/quotas.py` is the real one."""

    def reserve(self, endpoint: str) -> object:
        """Take what `endpoint` costs; raise `QuotaExhausted` or `TryAgain(after)` when a limit would be exceeded."""
        ...

    def settle(self, reservation: object, *, sent: bool) -> int:
        """Close a reservation, giving it back when the request was never sent; return what it cost."""
        ...

    def pause(
        self, until: datetime, why: str, *, shared_by: Literal["app", "account"], reads_only: bool = False
    ) -> None:
        """Let `reserve` raise `QuotaExhausted` until then, for this account or for all accounts of the app.

        For platforms that tell in their answers how much of a limit is used (Meta's usage headers). With `reads_only`
        publishing goes on.
        """
        ...

    def limited(self, endpoint: str, until: datetime, why: str, *, code: str | None, passing: bool) -> None:
        """Take note that the platform refused `endpoint` for a limit until then; `passing`: a matter of seconds."""
        ...

    def tell(
        self,
        bucket: str,
        *,
        used: int,
        limit: int | None,
        seconds_ago: float = 0.0,
        shared_by: Literal["app", "account"] = "account",
    ) -> None:
        """Take note of what the platform itself counts in one of our buckets, asked so many seconds ago."""
        ...


@dataclass(frozen=True, kw_only=True)
class CallRecord:
    """One call as the call log keeps it; no address, no body, no token."""

    at: datetime
    platform: str
    endpoint: str
    method: str
    status: int | None
    duration_ms: int
    request_id: str | None
    quota_cost: int
    error: str | None


@dataclass(kw_only=True)
class NoMeter:
    """A meter without limits, for calls that have none (and for tests of a client alone)."""

    def reserve(self, endpoint: str) -> object:
        """Take nothing."""
        return endpoint

    def settle(self, reservation: object, *, sent: bool) -> int:
        """Cost nothing."""
        return 0

    def pause(
        self, until: datetime, why: str, *, shared_by: Literal["app", "account"], reads_only: bool = False
    ) -> None:
        """Remember nothing."""

    def limited(self, endpoint: str, until: datetime, why: str, *, code: str | None, passing: bool) -> None:
        """Remember nothing."""

    def tell(
        self,
        bucket: str,
        *,
        used: int,
        limit: int | None,
        seconds_ago: float = 0.0,
        shared_by: Literal["app", "account"] = "account",
    ) -> None:
        """Remember nothing."""


class BearerAuth(httpx.Auth):
    """Adds the account's token; a 401 is answered with one refresh and one more try of a body we still have."""

    def __init__(self, tokens: TokenSource, *, replayable: bool, scheme: str = "Bearer") -> None:
        self._tokens = tokens
        self._replayable = replayable
        self._scheme = scheme
        self.sent = False
        """Whether a request went out; it does not when there is no token to send it with."""

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yield the request with its token, and once more with a new one after a 401."""
        token = self._tokens.token()
        request.headers["Authorization"] = f"{self._scheme} {token}"
        self.sent = True
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED and self._replayable:
            request.headers["Authorization"] = f"{self._scheme} {self._tokens.refresh(token)}"
            yield request


@dataclass(kw_only=True)
class Calls:
    """The one door to a platform for one account.

    `bases` are the platform's addresses from `config/endpoints.yaml`. `pause` sleeps (seconds); tests replace it.
    `request_id_headers` are looked at, in order, for the platform's own id of a call.
    """

    platform: str
    bases: Mapping[str, str]
    tokens: TokenSource | None = None
    meter: Meter = field(default_factory=NoMeter)
    record: Callable[[CallRecord], None] = lambda record: None
    pause: Callable[[float], None] = time.sleep
    request_id_headers: tuple[str, ...] = ("x-request-id", "x-tt-logid", "x-fb-trace-id", "x-li-uuid")
    client: httpx.Client = field(
        default_factory=lambda: httpx.Client(
            verify=trusted(), timeout=TIMEOUT, follow_redirects=False, headers={"User-Agent": USER_AGENT}
        )
    )

    def close(self) -> None:
        """Give the connections back."""
        self.client.close()

    def __enter__(self) -> Calls:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def address(self, base: str, path: str) -> str:
        """Join a named base with the platform's own path, keeping a path the base already carries."""
        return f"{self.bases[base].rstrip('/')}/{path.lstrip('/')}"

    def send(
        self,
        method: str,
        url: str,
        *,
        endpoint: str,
        changes: bool,
        signed: bool = True,
        scheme: str = "Bearer",
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json_body: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | Iterable[bytes] | None = None,
        timeout: httpx.Timeout | None = None,
    ) -> httpx.Response:
        """Send one request and return whatever the platform answered, errors included.

        `changes` says whether the platform may act on it: a lost answer is then `OutcomeUnknown`, otherwise
        `TryAgain`. `scheme` stands before the token (Meta's upload host wants "OAuth"). A body
        given as an iterator cannot be sent twice, so a 401 is then returned as it is.
        Raises `TryAgain`, `OutcomeUnknown`, and what the meter and the token source raise.
        """
        replayable = content is None or isinstance(content, bytes)
        auth = BearerAuth(self.tokens, replayable=replayable, scheme=scheme) if signed and self.tokens else None
        reservation = self.meter.reserve(endpoint)
        started_at, started = datetime.now(UTC), time.monotonic()
        response: httpx.Response | None = None
        failure: Exception | None = None
        try:
            with nullcontext(content) if content is None or isinstance(content, bytes) else read_ahead(content) as body:
                response = self.client.request(
                    method, url, params=params, headers=headers, json=json_body, data=form, content=body,
                    auth=auth, timeout=timeout or TIMEOUT, extensions={"endpoint": endpoint},
                )  # fmt: skip
            return response
        except httpx.TransportError as error:
            failure = error
            raise lost_answer(error, endpoint=endpoint, changes=changes) from None
        except Exception as error:  # no token, or the file changed while its bytes were read
            failure = error
            raise
        finally:
            sent = not isinstance(failure, NOT_SENT) and (auth is None or auth.sent)
            cost = self.meter.settle(reservation, sent=sent)
            self._note(
                CallRecord(
                    at=started_at,
                    platform=self.platform,
                    endpoint=endpoint,
                    method=method,
                    status=response.status_code if response is not None else None,
                    duration_ms=round((time.monotonic() - started) * 1000),
                    request_id=self.request_id(response),
                    quota_cost=cost,
                    error=type(failure).__name__ if failure else None,
                )
            )

    def heed(self, response: httpx.Response, error: PlatformError, *, limited: bool = False) -> PlatformError:
        """Return `error`, after telling the meter when it says that a limit is reached: no worker runs into it again.

        `limited` says that the platform's code means a limit, whatever the HTTP status is (TikTok's comes with 200).
        A wait is the platform's own (`resets_at`, `after`), else a minute; at most a quarter of an hour for a passing
        one. A server's own fault (5xx) says nothing about a limit, also when it names a wait. The answer in our hands
        counts more than the note: a meter that fails is only logged.
        """
        now, passing = datetime.now(UTC), isinstance(error, TryAgain)
        status = response.status_code
        asks = status == httpx.codes.TOO_MANY_REQUESTS or ("retry-after" in response.headers and status < 500)
        if isinstance(error, QuotaExhausted):
            until = error.resets_at
        elif isinstance(error, TryAgain) and (limited or asks):
            wait = LIMIT_SECONDS if error.after is None else error.after
            until = now + timedelta(seconds=min(wait, LONGEST_LIMIT_SECONDS))
        else:
            return error
        endpoint = str(response.request.extensions.get("endpoint", ""))
        try:
            self.meter.limited(endpoint, until, error.message, code=error.code, passing=passing)
        except Exception:
            log.exception("the limit that %s told of could not be kept", self.platform)
        return error

    def request_id(self, response: httpx.Response | None) -> str | None:
        """Return the platform's own id of a call, if it told one."""
        if response is None:
            return None
        return next((response.headers[name] for name in self.request_id_headers if name in response.headers), None)

    def _note(self, record: CallRecord) -> None:
        fields = {name: value for name, value in vars(record).items() if name != "at"}
        log.info("call %s", json.dumps(fields))
        self.record(record)


@contextmanager
def read_ahead(pieces: Iterable[bytes]) -> Iterator[Iterator[bytes]]:
    """Give `pieces` to send, each next one read while the last is being sent; raises what reading raises.

    The reading thread ends with the block, and not when the garbage collector finds an iterator that nobody finished:
    that may be inside the start of another thread, and both would wait for each other for ever.
    """
    source = iter(pieces)
    reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="read-ahead")

    def ahead() -> Iterator[bytes]:
        coming = reader.submit(next, source, None)
        while (piece := coming.result()) is not None:
            coming = reader.submit(next, source, None)
            yield piece

    try:
        yield ahead()
    finally:
        reader.shutdown()


def lost_answer(error: httpx.TransportError, *, endpoint: str, changes: bool) -> PlatformError:
    """Turn a transport failure into `TryAgain` (nothing can have happened) or `OutcomeUnknown`."""
    what = type(error).__name__
    if changes and not isinstance(error, NOT_SENT):
        return OutcomeUnknown(f"The answer to {endpoint} was lost ({what}).", code=what)
    return TryAgain(f"{endpoint} could not be reached ({what}).", code=what)


def seconds_to_wait(response: httpx.Response) -> float | None:
    """Read `Retry-After` (seconds or an HTTP date) as seconds from now, or None."""
    value = response.headers.get("Retry-After")
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def body_of(response: httpx.Response) -> Any:
    """Return the JSON body, or None when it is not JSON (an HTML error page, an empty answer)."""
    try:
        return response.json()
    except ValueError:
        return None
