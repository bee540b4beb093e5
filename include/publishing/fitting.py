"""Makes a release fit a placement: the video is converted where it must be, the thumbnail is cut to size."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

from include import settings
from include.media import renditions
from include.media.convert import Recipe, Unfit, describe, plan
from include.media.pictures import How, thumbnail_for
from include.platforms import get, title
from include.platforms.contract import Picture, VideoFile
from include.platforms.errors import Rejected, TryAgain
from include.platforms.file_rules import Fit
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts

log = logging.getLogger("release_desk.publishing")

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
TELL_EVERY = 0.1
"""Share of a conversion after which the task's log says how far it is."""


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A video as it is sent; `content` names its bytes: two videos with the same one are the same."""

    video: VideoFile
    facts: VideoFacts
    content: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A video to look at before it is sent; `to_come` says how it will still be converted, None: not at all."""

    fitted: Fitted
    to_come: str | None


def fit_for(platform: str, options: Mapping[str, Any]) -> Fit:
    """Return what to do with a wrong aspect ratio: the target's or the metadata's `fit`, else the setting's.

    Raises `Rejected` for another word than pad, crop and refuse.
    """
    wanted = options.get("fit") or settings.distribution().platforms.get(platform, {}).get("fit") or "refuse"
    if wanted not in get_args(Fit):
        raise Rejected(f"`fit` must be one of {', '.join(get_args(Fit))}, not {wanted!r}.")
    return cast("Fit", wanted)


def recipe_for(platform: str, placement: Placement, facts: VideoFacts, fit: Fit) -> Recipe | None:
    """Return how the video has to be converted; None when it fits, or when no conversion would help.

    Why it would not help is said by the platform's own `validate`.
    """
    rules = get(platform).file_rules(placement)
    try:
        return plan(facts, rules, fit) if rules else None
    except Unfit:
        return None


def fitted(platform: str, placement: Placement, fit: Fit, video: VideoFile, facts: VideoFacts, sha256: str) -> Fitted:
    """Return the video as the placement takes it, converting it when nobody has done so yet.

    `sha256` is that of the original. Takes minutes for a long video. Raises `ConversionFailed`, `TryAgain` when there
    is no room for the result, and what reading the original raises.
    """
    recipe = recipe_for(platform, placement, facts, fit)
    if recipe is None:
        return Fitted(video=video, facts=facts, content=sha256)
    try:
        made, made_facts = renditions.rendition(video, sha256, recipe, progress=_teller(platform, recipe))
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise TryAgain(
            f"The disk is full: the converted video does not fit into {settings.renditions_root()}. Make room; nothing "
            "was sent yet."
        ) from error
    return Fitted(video=made, facts=made_facts, content=f"{sha256}-{recipe.key}")


def as_made(platform: str, placement: Placement, fit: Fit, video: VideoFile, facts: VideoFacts, sha256: str) -> Shown:
    """Return the video as it would be sent, as far as it was made already; nothing is converted."""
    recipe = recipe_for(platform, placement, facts, fit)
    if recipe is None:
        return Shown(fitted=Fitted(video=video, facts=facts, content=sha256), to_come=None)
    made = renditions.ready(video, sha256, recipe)
    if made is None:
        return Shown(fitted=Fitted(video=video, facts=facts, content=sha256), to_come=describe(recipe))
    return Shown(fitted=Fitted(video=made[0], facts=made[1], content=f"{sha256}-{recipe.key}"), to_come=None)


def cut_to_size(
    platform: str, placement: Placement, thumbnail: Picture | None, video: VideoFile, facts: VideoFacts, fit: Fit
) -> Picture | None:
    """Return the thumbnail as the placement shows it, or a frame of the video when there is none.

    Where the video is padded the thumbnail is, too; else it is cut to the part where most is to be seen.
    """
    rule = get(platform).picture_rule(placement)
    how: How = "pad" if fit == "pad" else "crop"
    return thumbnail if rule is None else thumbnail_for(thumbnail, video, facts, rule, how=how)


def _teller(platform: str, recipe: Recipe) -> Callable[[float], None]:
    told = -1.0

    def tell(share: float) -> None:
        nonlocal told
        if share - told >= TELL_EVERY or (share >= 1 and told < 1):
            told = share
            log.info("for %s: %s: %.0f %%", title(platform), describe(recipe), share * 100)

    return tell
