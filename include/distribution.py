"""The shape of config/distribution.yaml: who is reached, how, how much a day. `settings.distribution()` reads it."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Exports(BaseModel):
    """The folder `watch_exports` looks at; times in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    owner: str
    look_every_seconds: float = Field(3, gt=0)
    unchanged_for_seconds: float = Field(5, ge=0)


class Publishing(BaseModel):
    """How publications are tried, waited for and looked after."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    retry_minutes: tuple[float, ...] = Field((1, 5, 15), min_length=1)
    jitter: float = Field(0.1, ge=0, le=1)
    first_looks_seconds: tuple[float, ...] = (0, 1, 2)
    first_poll_seconds: float = Field(10, ge=10)
    give_up_processing_hours: float = 24
    call_log_days: int = 30
    stuck_after_minutes: float = 15
    second_route_after_minutes: float = Field(60, ge=0)


class Quota(BaseModel):
    """One bucket of a platform; `limit` calls or units `per` window, `costs` by endpoint name.

    `per` minute or hour is a token bucket: `burst` at once, and then so slowly that no minute (or hour) holds more than
    the limit. `kept` is the share that reads leave to publishing. `codes` are the platform's own words that say this
    bucket is used up. `source` says where the number is from, and when it was checked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(gt=0)
    per: Literal["day", "rolling_day", "hour", "minute"]
    burst: int | None = Field(None, gt=0)
    kept: float = Field(0.2, ge=0, lt=1)
    resets: str = "UTC"
    shared_by: Literal["app", "account"]
    costs: dict[str, int]
    codes: tuple[str, ...] = ()
    source: str = ""

    @property
    def at_once(self) -> int:
        """How many tokens a full bucket holds; half the limit unless `burst` says otherwise."""
        return self.burst or max(1, self.limit // 2)

    @model_validator(mode="after")
    def _it_can_be_met(self) -> Quota:
        rate = self.per in {"minute", "hour"}
        if self.burst is not None and not rate:
            raise ValueError("burst is for limits per minute or hour")
        if self.burst is not None and self.burst > self.limit:
            raise ValueError("burst cannot be more than the limit")
        most = self.at_once if rate else self.limit
        if dear := [name for name, cost in self.costs.items() if cost > most]:
            raise ValueError(f"{', '.join(dear)} costs more than the bucket ever holds ({most})")
        return self

    @field_validator("resets")
    @classmethod
    def _a_real_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (LookupError, OSError):  # not known, or a folder of zones
            raise ValueError("must be a time zone such as America/Los_Angeles") from None
        return value


class AgeBucket(BaseModel):
    """What an age bucket implies."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    made_for_kids: bool = False


class Hosting(BaseModel):
    """Where platforms that fetch by address get files from; `bucket` and `prefix` are for gcs and supabase."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["local", "gcs", "supabase"] = "local"
    address_hours: float = Field(24, gt=0, le=168)  # Google Cloud Storage signs for at most seven days
    bucket: str | None = None
    prefix: str = Field("release-desk", pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$")
    connection: str = "google_cloud_default"

    @model_validator(mode="after")
    def _buckets_have_names(self) -> Hosting:
        if self.kind != "local" and not self.bucket:
            raise ValueError(f"kind {self.kind} needs a bucket")
        return self


class Rest(BaseModel):
    """How fast one user may ask the REST API, and how much at once; bodies in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    requests_per_minute: float = Field(600, gt=0)
    requests_at_once: int = Field(100, ge=1)
    body_bytes: int = Field(1 << 20, ge=1 << 10)
    batch_bytes: int = Field(16 << 20, ge=1 << 10)
    batch_rows: int = Field(10_000, ge=1)
    started_at_once: int = Field(10, ge=0)
    answers_kept_hours: int = Field(24, ge=1)


class Approval(BaseModel):
    """How long a person is waited for whose yes a run wants, and what counts when nobody answers.

    At most seven days: the queue takes a run that is open for eight for lost (`take_on` in sql/queries/queue.sql).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer_within_hours: float = Field(168, gt=0, le=168)
    without_answer: Literal["reject", "approve"] = "reject"


class Notices(BaseModel):
    """Who is told what happened and what needs a person, besides each user's own choices; times in days and hours."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email_to: tuple[str, ...] = ()
    email_kinds: tuple[Literal["published", "failed", "at_risk", "reconnect"], ...] = ("failed", "at_risk", "reconnect")
    email_from: str | None = None
    smtp_connection: str = Field("smtp_default", pattern=r"^[A-Za-z0-9_]+$")
    webhook_url: str | None = None
    webhook_connection: str = Field("release_desk_webhook", pattern=r"^[A-Za-z0-9_]+$")
    webhook_inside: tuple[str, ...] = ()
    warn_days: float = Field(7, gt=0)
    look_again_hours: float = Field(2, ge=0)
    keep_days: float = Field(90, gt=0)

    @field_validator("email_to")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [each for each in value if "@" not in each.strip("@") or any(ord(sign) < 33 for sign in each)]:
            raise ValueError(f"not an e-mail address: {', '.join(map(repr, wrong))}")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
            raise ValueError("must be like https://example.com/hooks")
        return value


class Distribution(BaseModel):
    """config/distribution.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    segments: tuple[str, ...]
    age_buckets: dict[str, AgeBucket]
    exports: Exports
    publishing: Publishing = Publishing()
    approval: Approval = Approval()
    hosting: Hosting = Hosting()
    notices: Notices = Notices()
    rest: Rest = Rest()
    accounts: dict[str, tuple[str, ...] | dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    platforms: dict[str, dict[str, Any]]
    gateways: dict[str, dict[str, Any]] = Field(default_factory=dict)
    quotas: dict[str, dict[str, Quota]]

    @model_validator(mode="after")
    def _accounts_are_for_what_there_is(self) -> Distribution:
        if unknown := set(self.accounts) - set(self.segments):
            raise ValueError(f"accounts: no segment is called {', '.join(sorted(unknown))}")
        ages = {age for each in self.accounts.values() if isinstance(each, dict) for age in each}
        if unknown := ages - set(self.age_buckets):
            raise ValueError(f"accounts: no age bucket is called {', '.join(sorted(unknown))}")
        return self

    def accounts_for(self, segment: str, age_bucket: str) -> tuple[str, ...]:
        """Return the accounts named for a segment and age bucket; empty: the owner's default accounts."""
        named = self.accounts.get(segment, ())
        return named.get(age_bucket, ()) if isinstance(named, dict) else named
