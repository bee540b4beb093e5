"""The conf of `publish_release`: which release, where to, when; checked before anything happens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from include.releases.local_time import LocalTime, Zone, utc_instant
from include.releases.problems import sentences, shown, unstorable
from include.releases.publication import Placement
from include.releases.release import Category, Language, Overrides, Text, TextList

TITLE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
ROOTS = ("file", "gs", "s3")
"""Kinds of addresses an export root may have, besides a plain path."""


class ConfError(ValueError):
    """The conf cannot be used; `problems` holds one sentence per problem, all of them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def is_title_id(value: str) -> bool:
    """Say whether `value` is a safe file name: letters, digits, ``. _ -``, up to 128, no ``..``."""
    return TITLE_ID.fullmatch(value) is not None and ".." not in value


def _title_id(value: str) -> str:
    if not is_title_id(value):
        raise ValueError(
            f"must be a file name of letters, digits, dots, dashes and underscores, up to 128, not {shown(value)}"
        )
    return value


def _web_address(value: str) -> str:
    try:
        address = urlsplit(value)
        good = address.scheme in {"http", "https"} and bool(address.hostname) and (address.port or 1) > 0
    except ValueError:
        good = False
    if not good or re.search(r"[\s\x00-\x1f]", value):
        raise ValueError("must be an http:// or https:// address")
    return value


def _root(value: str) -> str:
    kind, separator, rest = value.partition("://")
    if separator and (kind not in ROOTS or not rest):
        raise ValueError(f"must be a path or a file://, gs:// or s3:// address, not {shown(value)}")
    return value


def _empty_for_none(value: Any) -> Any:
    return {} if value is None else value


Keys = Annotated[dict[str, Any], BeforeValidator(_empty_for_none)]


class Target(BaseModel):
    """One account to publish to, with what differs there; without `placement` the configured one is used."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    account: Text
    placement: Annotated[Placement, Field(strict=False)] | None = None
    title: Text | None = None
    description: str | None = None
    caption: str | None = None
    tags: TextList | None = None
    hashtags: TextList | None = None
    privacy: Text | None = None
    category: Category | None = None
    language: Language | None = None
    made_for_kids: bool | None = None
    synthetic_media: bool | None = None
    timezone: Zone | None = None  # before scheduled_for, whose check needs it
    scheduled_for: LocalTime | None = None
    options: Keys = Field(default_factory=dict)

    @field_validator("scheduled_for")
    @classmethod
    def _time_exists(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        if value is not None and info.data.get("timezone"):
            utc_instant(value, info.data["timezone"])
        return value

    @field_validator("options")
    @classmethod
    def _texts_in_options(cls, value: dict[str, Any]) -> dict[str, Any]:
        try:
            Overrides.model_validate(value)
        except ValidationError as error:
            raise ValueError("has wrong values: " + " ".join(sentences(error, {})).rstrip(".")) from None
        return value


class PublishConf(BaseModel):
    """What one run of `publish_release` is asked to do; made by `read_conf`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    segment: str
    age_bucket: str
    title_id: Annotated[str, AfterValidator(_title_id)]
    export_root: Annotated[Text, AfterValidator(_root)] | None = None
    owner: Text | None = None
    platforms: TextList = ()
    timezone: Zone = "UTC"  # before targets and scheduled_for, whose checks need it
    targets: Annotated[tuple[Target, ...], Field(strict=False)] = ()
    scheduled_for: LocalTime | None = None
    priority: int = Field(5, ge=1, le=10)
    max_retries: int = Field(3, ge=0, le=10)
    campaign: Text | None = None
    webhook_url: Annotated[str, AfterValidator(_web_address)] | None = None
    callback_data: Keys = Field(default_factory=dict)
    require_approval: bool = False
    force: bool = False
    dry_run: bool = False

    @field_validator("segment", "age_bucket", "platforms")
    @classmethod
    def _configured(cls, value: Any, info: ValidationInfo) -> Any:
        allowed = (info.context or {})[info.field_name]
        wanted = (value,) if isinstance(value, str) else value
        unknown = [shown(name) for name in wanted if name not in allowed]
        if unknown:
            raise ValueError(f"does not know {', '.join(unknown)}; known: {', '.join(allowed)}")
        return value if isinstance(value, str) else tuple(dict.fromkeys(value))

    @field_validator("scheduled_for")
    @classmethod
    def _time_exists(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        if value is not None and info.data.get("timezone"):
            utc_instant(value, info.data["timezone"])
        return value

    @field_validator("targets")
    @classmethod
    def _targets_fit(cls, value: tuple[Target, ...], info: ValidationInfo) -> tuple[Target, ...]:
        seen = set()
        for number, target in enumerate(value):
            place = (target.account, target.placement)
            if place in seen:
                raise ValueError(f"names the account {shown(target.account)} twice with the same placement")
            seen.add(place)
            zone = target.timezone or info.data.get("timezone")
            if target.scheduled_for is not None and zone:
                try:
                    utc_instant(target.scheduled_for, zone)
                except ValueError as error:
                    raise ValueError(f"cannot be kept: targets[{number}].scheduled_for {error}") from None
        return value

    def due_at(self, target: Target | None = None) -> datetime | None:
        """Return the UTC instant at which `target` (or the whole run) is to be published; None is at once."""
        local, timezone = self.local_time(target)
        return None if local is None else utc_instant(local, timezone)

    def local_time(self, target: Target | None = None) -> tuple[datetime | None, str]:
        """Return the time as it was given, and the zone whose clocks show it; None is at once.

        A target's own time wins over the run's; its time is read in its own zone, else in the run's.
        """
        zone = (target.timezone if target else None) or self.timezone
        if target is not None and target.scheduled_for is not None:
            return target.scheduled_for, zone
        return (None, zone) if self.scheduled_for is None else (self.scheduled_for, self.timezone)


def read_conf(
    conf: Any, *, segments: Iterable[str], age_buckets: Iterable[str], platforms: Iterable[str]
) -> PublishConf:
    """Return the checked conf; raise `ConfError` with every problem at once.

    Segments, age buckets and platforms are the configured ones (`settings.distribution()`, `platforms.NAMES`). A key
    that may be left out may also be null, as Airflow's trigger form sends it.
    """
    if not isinstance(conf, Mapping):
        raise ConfError([f"The conf must be an object of keys and values, not {shown(conf)}."])
    problems = list(unstorable(conf))
    context = {"segment": list(segments), "age_bucket": list(age_buckets), "platforms": list(platforms)}
    try:
        checked = PublishConf.model_validate(_without_nulls(conf), context=context)
    except ValidationError as error:
        known = {"": list(PublishConf.model_fields), "targets": list(Target.model_fields)}
        problems = sentences(error, known) + problems
    if problems:
        raise ConfError(problems)
    return checked


def _without_nulls(conf: Mapping[str, Any]) -> dict[str, Any]:
    fields = PublishConf.model_fields
    return {
        key: value for key, value in conf.items() if value is not None or key not in fields or fields[key].is_required()
    }
