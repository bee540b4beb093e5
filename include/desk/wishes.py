"""What may be asked for when a release is published: the same keys as the conf of `publish_release`, each explained.

Kinds and lengths are checked here, everything else by the conf's own check, which all doors go through.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from include.releases.problems import unstorable
from include.releases.publication import Placement

ZONE = "IANA time zone that `scheduled_for` is meant in."
LOCAL_TIME = (
    "Local date and time without an offset, up to 400 days ahead. "
    "A time that the clocks skip, or show twice, is refused."
)
EXAMPLE: dict[str, Any] = {
    "segment": "women",
    "age_bucket": "18-23",
    "title_id": "clip42",
    "targets": [{"account": "my_youtube", "placement": "short", "title": "Bees at work", "privacy": "public"}],
}


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    for problem in unstorable(value):
        raise ValueError(problem)
    return value


Text = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Words = Annotated[list[Text], Field(max_length=500)]
Keys = Annotated[dict[str, Any], AfterValidator(_storable)]
Zone = Annotated[str, StringConstraints(min_length=1, max_length=64)]
LocalTime = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$")]


class TargetWish(BaseModel):
    """One account to publish to, and what differs there from the release's own texts."""

    model_config = ConfigDict(extra="forbid")

    account: Name = Field(description="The name you gave the account.", examples=["my_youtube"])
    placement: Placement | None = Field(
        None, description="Kind of post; without it what the platform's settings choose.", examples=["short"]
    )
    title: Text | None = Field(None, description="Instead of the release's title.", examples=["Bees at work"])
    description: str | None = Field(None, description="Instead of the release's.", examples=["Filmed in May."])
    caption: str | None = Field(None, description="The post's text where there is no title.", examples=["Bees!"])
    tags: Words | None = Field(None, description="Keywords, without #.", examples=[["bees", "spring"]])
    hashtags: Words | None = Field(None, description="With or without #.", examples=[["#bees"]])
    privacy: Name | None = Field(
        None, description="Who sees it, in the platform's words or ours: public, unlisted, private, friends, …",
        examples=["public"],
    )  # fmt: skip
    category: Name | None = Field(None, description="The platform's category, as its id.", examples=["22"])
    language: Name | None = Field(None, description="BCP 47 code of the spoken language.", examples=["en"])
    made_for_kids: bool | None = Field(None, description="Directed at children (COPPA).", examples=[False])
    synthetic_media: bool | None = Field(None, description="Realistic pictures or voices made by AI.", examples=[False])
    timezone: Zone | None = Field(None, description=ZONE + " Without it the request's.", examples=["Europe/Madrid"])
    scheduled_for: LocalTime | None = Field(
        None, description="Another time than the rest. " + LOCAL_TIME, examples=["2026-12-01T09:00:00"]
    )
    options: Keys = Field(
        default_factory=dict, description="What only this platform knows; docs/publishing.md lists them.",
        examples=[{"fit": "pad"}],
    )  # fmt: skip


class ReleaseWish(BaseModel):
    """Which release, and where to. Without `targets` and `platforms` it goes to all your default accounts."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    segment: Name = Field(description="Folder below the export root.", examples=["women"])
    age_bucket: Name = Field(description="Folder below the segment.", examples=["18-23"])
    title_id: Name = Field(description="The video's file name without .mp4.", examples=["clip42"])
    export_root: Text | None = Field(
        None, description="Where the export wrote: a path, file://, gs:// or s3://. Without it the configured one.",
        examples=["file:///srv/final"],
    )  # fmt: skip
    platforms: list[Name] = Field(
        default_factory=list, description="Your default accounts on these platforms.", examples=[["youtube", "tiktok"]],
        max_length=50,
    )  # fmt: skip
    targets: list[TargetWish] = Field(
        default_factory=list, description="Single accounts, and what differs there.", max_length=200,
        examples=[[{"account": "my_youtube", "privacy": "private"}]],
    )  # fmt: skip


class ImmediateWish(ReleaseWish):
    """A release to publish now, as soon as limits and accounts allow."""

    priority: int = Field(5, ge=1, le=10, description="1 to 10; 10 goes first, 8 to 10 also overtake.", examples=[5])
    max_retries: int = Field(3, ge=0, le=10, description="Tries after the first one, per account.", examples=[3])
    campaign: Name | None = Field(None, description="A name to find it by later.", examples=["spring"])
    webhook_url: Text | None = Field(
        None, description="http(s) address that is told what becomes of it.", examples=["https://example.com/hooks"]
    )
    callback_data: Keys = Field(
        default_factory=dict, description="Your own data, given back as it is.", examples=[{"order": 7}]
    )
    require_approval: bool = Field(False, description="Hold it until a person says yes in Airflow.", examples=[False])
    force: bool = Field(
        False, description="Publish although the same video is on that account already, or on its way.",
        examples=[False],
    )  # fmt: skip


class ScheduledWish(ImmediateWish):
    """A release to publish at a time."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [EXAMPLE | {"scheduled_for": "2026-12-01T09:00:00", "timezone": "Europe/Madrid"}]
        },
    )

    scheduled_for: LocalTime = Field(description=LOCAL_TIME, examples=["2026-12-01T09:00:00"])
    timezone: Zone = Field("UTC", description=ZONE, examples=["Europe/Madrid"])


def plain(wish: BaseModel) -> dict[str, Any]:
    """Return what was asked for as the conf takes it; what was left out stays out."""
    return wish.model_dump(mode="json", exclude_unset=True, exclude_none=True)
