"""The conf of a manual refresh: what a person asks a `load_*` DAG to read; checked before anything happens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from include.analytics.turns import KINDS
from include.platforms.reading import Kind

DAGS: Mapping[Kind, str] = {kind: f"load_{kind}" for kind in KINDS}
"""What each kind is read by."""


class BadConf(ValueError):
    """A conf that cannot be used; the message names every key that is wrong."""


class RefreshConf(BaseModel):
    """What is to be read now; without anything: all of one's connected accounts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    owner: str | None = None
    account: str | None = Field(None, min_length=1, max_length=128)
    dataset: str | None = Field(None, pattern=r"^[a-z_]{1,64}$")
    day: date | None = None
    now: AwareDatetime | None = None


def check(conf: Mapping[str, Any]) -> RefreshConf:
    """Return a conf as what it means; raise `BadConf` naming every key that is unknown or wrong."""
    try:
        return RefreshConf.model_validate(dict(conf))
    except ValidationError as error:
        raise BadConf("; ".join(_told(each) for each in error.errors(include_url=False))) from None


def _told(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"'{name}' is no key of a refresh; there are {', '.join(RefreshConf.model_fields)}"
    return f"'{name}': {error['msg']}"
