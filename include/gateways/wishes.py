"""What a person may wish of any gateway, beside the platform's own options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from include.platforms.contract import Posting, Problem

Upload = Literal["bytes", "hosting"]
"""How the video gets to the gateway: we send the bytes, or it fetches our hosted file by its signed address."""


class GatewaySettings(BaseModel):
    """What `gateways.<name>` of config/distribution.yaml may say for every gateway; an unknown key is refused by name.

    `pace_seconds` are the waits between looks, the last one repeats. After `patience_minutes` of "in progress" nobody
    knows any more: the outcome counts as unknown, never as failed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    upload: Upload = "bytes"
    pace_seconds: tuple[float, ...] = Field((5, 5, 10, 15, 30), min_length=1)
    patience_minutes: float = Field(60, gt=0)


def upload_way(posting: Posting, settings: GatewaySettings, account: Mapping[str, Any]) -> Upload:
    """Return how the video gets there: the target's `upload`, else the account's, else the setting."""
    asked = posting.options.get("upload") or account.get("upload")
    return "hosting" if asked == "hosting" else "bytes" if asked == "bytes" else settings.upload


def upload_problems(posting: Posting) -> list[Problem]:
    """Return what is wrong with the target's `upload`."""
    asked = posting.options.get("upload")
    if asked is None or asked in get_args(Upload):
        return []
    allowed = ", ".join(get_args(Upload))
    message = f"The option 'upload' can be {allowed}, not {asked!r}."
    return [Problem(rule="upload", found=str(asked), allowed=allowed, message=message)]


def platform_options(posting: Posting) -> dict[str, Any]:
    """Return the options that are the platform's business."""
    return {name: value for name, value in posting.options.items() if name != "upload"}


def for_platform(posting: Posting) -> Posting:
    """Return the posting as the platform's own rules see it: without our wishes, and at once.

    A gateway is only asked when it is time; our queue keeps the time.
    """
    return replace(posting, options=platform_options(posting), publish_at=None)


def not_carried(title: str, posting: Posting, carried: frozenset[str]) -> list[Problem]:
    """Return a problem for each option that is set and that the gateway has no field for."""
    return [
        Problem(
            rule=f"options.{name}",
            found=str(value)[:100],
            allowed=", ".join(sorted(carried)) or "none",
            message=f"{title} cannot carry the option '{name}'. Remove it, or publish on the direct route.",
        )
        for name, value in platform_options(posting).items()
        if name not in carried and value not in (None, (), [], "")
    ]
