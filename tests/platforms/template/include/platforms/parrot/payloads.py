"""What we send to Parrot and what it answers, checked at the door."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from include.platforms.contract import Posting, Problem
from include.platforms.parrot.limits import MAX_TEXT_CHARACTERS


class ParrotOptions(BaseModel):
    """What may stand in a target's `options` for Parrot; an unknown key is refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    loud: bool = False


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Begun(_Answer):
    """A new draft and where its bytes go."""

    draft_id: str
    upload_url: str


class Draft(_Answer):
    """How far a draft is, and the ids of the posts it has become."""

    state: Literal["empty", "processing", "ready", "failed"]
    reason: str | None = None
    posts: tuple[str, ...] = ()


class Said(_Answer):
    """A new post."""

    post_id: str


class Me(_Answer):
    """Who the account is."""

    id: str
    handle: str
    name: str
    followers: int | None = None


def read_options(posting: Posting) -> tuple[ParrotOptions, list[Problem]]:
    """Return the posting's options (the defaults when they are wrong) and what is wrong with them."""
    try:
        return ParrotOptions.model_validate(dict(posting.options)), []
    except ValidationError as error:
        allowed = ", ".join(ParrotOptions.model_fields)
        wrong = [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]
        return ParrotOptions(), [
            Problem(rule="options", found=key, allowed=allowed, message=f"Parrot's option '{key}' is wrong: {why}.")
            for key, why in wrong
        ]


def text_problems(posting: Posting) -> list[Problem]:
    """Return what is wrong with the text."""
    count = len(posting.caption)
    if count <= MAX_TEXT_CHARACTERS:
        return []
    message = f"The caption has {count} characters; Parrot takes {MAX_TEXT_CHARACTERS}."
    return [Problem(rule="caption", found=str(count), allowed=str(MAX_TEXT_CHARACTERS), message=message)]


def draft_body(posting: Posting, options: ParrotOptions) -> dict[str, Any]:
    """Return the body that makes a draft."""
    return {"text": posting.caption, "size": posting.video.size, "loud": options.loud}
