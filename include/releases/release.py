"""What is published: the metadata the export step wrote, and the texts each platform gets of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, NoReturn, Protocol

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from include.releases.problems import sentences, shown, unstorable

MAX_METADATA_BYTES = 1 << 20
"""1 MiB; real metadata has a few KiB, so more is a wrong file."""

LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
"""The shape of a BCP 47 tag, such as es, pt-BR, zh-Hant (RFC 5646)."""


class MetadataError(ValueError):
    """The metadata cannot be used; `problems` holds one sentence per problem, all of them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def _filled(value: str) -> str:
    if not value.strip():
        raise ValueError("must be a non-empty text")
    return value.strip()


def _language(value: str) -> str:
    if not LANGUAGE.fullmatch(value):
        raise ValueError(f"must be a language tag such as es or pt-BR, not {shown(value)}")
    return value.replace("_", "-")


def _category(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _cost(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError(f"must be an amount such as 12.50, not {shown(value)}")
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"must be an amount such as 12.50, not {shown(value)}") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"must be an amount of 0 or more, not {value}")
    return amount


def _empty_for_none(value: Any) -> Any:
    return {} if value is None else value


def _currency(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", value):
        raise ValueError(f"must be an ISO 4217 code such as EUR, not {shown(value)}")
    return value


Text = Annotated[str, AfterValidator(_filled)]
TextList = Annotated[tuple[Text, ...], Field(strict=False)]
Language = Annotated[str, AfterValidator(_language)]
Category = Annotated[Text, BeforeValidator(_category)]


class Overrides(BaseModel):
    """Texts and flags of the metadata, and of what differs on one of its platforms; unknown keys are kept."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    title: Text | None = None
    description: str | None = None
    caption: str | None = None
    tags: TextList | None = None
    hashtags: TextList | None = None
    category: Category | None = None
    language: Language | None = None
    privacy: Text | None = None
    made_for_kids: bool | None = None
    synthetic_media: bool | None = None


class Metadata(Overrides):
    """A release's metadata file; platform limits (title length and the like) are the platforms' business."""

    title: Text
    campaign: Text | None = None
    cost: Annotated[Decimal, BeforeValidator(_cost)] | None = None
    currency: Annotated[str, AfterValidator(_currency)] | None = None
    platforms: Annotated[dict[str, Overrides], BeforeValidator(_empty_for_none)] = Field(default_factory=dict)


class AgeBucket(Protocol):
    """What this module needs of a configured age bucket."""

    @property
    def made_for_kids(self) -> bool:
        """Say whether videos for this age are directed at children."""
        ...


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The final texts and flags of one publication; None is "as the platform does by default".

    `hashtags` carry no ``#``; `caption` ends with those it does not already contain.
    """

    title: str
    description: str
    caption: str
    tags: tuple[str, ...]
    hashtags: tuple[str, ...]
    privacy: str | None
    language: str | None
    category: str | None
    made_for_kids: bool
    synthetic_media: bool


def read_metadata(content: bytes) -> Metadata:
    """Return the checked metadata of the file's `content`; raise `MetadataError` with every problem at once."""
    if len(content) > MAX_METADATA_BYTES:
        raise MetadataError([f"The metadata has more than {MAX_METADATA_BYTES:,} bytes; that cannot be right."])
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise MetadataError([f"The metadata is not UTF-8: byte {error.start} is wrong; save it as UTF-8."]) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MetadataError([f"The metadata is not valid JSON: {error.msg} at {where}."]) from None
    except RecursionError:
        raise MetadataError(["The metadata is nested too deeply to be read."]) from None
    except ValueError as error:  # numbers of thousands of digits, NaN and Infinity
        raise MetadataError([f"The metadata is not valid JSON: {error}."]) from None
    return check_metadata(data)


def check_metadata(data: Any) -> Metadata:
    """Return `data` as `Metadata`; raise `MetadataError` with every problem at once."""
    if not isinstance(data, Mapping):
        raise MetadataError([f'The metadata must be a JSON object such as {{"title": "…"}}, not {shown(data)}.'])
    problems = list(unstorable(data))
    try:
        metadata = Metadata.model_validate(dict(data))
    except ValidationError as error:
        problems = sentences(error, {}) + problems
    if problems:
        raise MetadataError(problems)
    return metadata


def texts_for(
    metadata: Metadata,
    platform: str,
    target: Mapping[str, Any] | None,
    *,
    age_bucket: str,
    age_buckets: Mapping[str, AgeBucket],
) -> Texts:
    """Return the texts for one publication: the target's win over the platform's, those over the release's.

    A target may say a text as a key of its own or in its `options`; the key wins. `made_for_kids` follows the age
    bucket unless one of them says otherwise.
    """
    layers = [
        metadata.model_dump(),
        _of_platform(metadata, platform),
        (target or {}).get("options") or {},
        target or {},
    ]

    def last(key: str) -> Any:
        found = [layer[key] for layer in layers if layer.get(key) is not None]
        return found[-1] if found else None

    title, description = str(last("title")), str(last("description") or "")
    hashtags = _hashtags(last("hashtags") or ())
    kids, category = last("made_for_kids"), last("category")
    return Texts(
        title=title,
        description=description,
        caption=_caption(last("caption") or description or title, hashtags),
        tags=tuple(last("tags") or ()),
        hashtags=hashtags,
        privacy=last("privacy"),
        language=last("language"),
        category=None if category is None else str(category),
        made_for_kids=_is_for_kids(age_bucket, age_buckets) if kids is None else bool(kids),
        synthetic_media=bool(last("synthetic_media")),
    )


def _of_platform(metadata: Metadata, platform: str) -> dict[str, Any]:
    overrides = metadata.platforms.get(platform)
    return overrides.model_dump() if overrides else {}


def _is_for_kids(age_bucket: str, age_buckets: Mapping[str, AgeBucket]) -> bool:
    return age_bucket in age_buckets and age_buckets[age_bucket].made_for_kids


def _hashtags(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without ``#`` and spaces, each once."""
    found: dict[str, str] = {}
    for word in words:
        bare = "".join(word.replace("#", " ").split())
        if bare:
            found.setdefault(bare.casefold(), bare)
    return tuple(found.values())


def _caption(text: str, hashtags: tuple[str, ...]) -> str:
    said = {word.casefold() for word in re.findall(r"#(\w+)", text)}
    new = [f"#{word}" for word in hashtags if word.casefold() not in said]
    return " ".join([text, *new]) if text else " ".join(new)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
