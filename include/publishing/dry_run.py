"""What would become of a release on each account, by the platforms' rules; nothing is written and nothing is sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.media.convert import describe
from include.platforms.contract import Problem
from include.platforms.errors import PlatformError
from include.publishing.clients import open_publisher
from include.publishing.fitting import fit_for, recipe_for
from include.publishing.postings import compose, wishes
from include.releases.publication import Placement

if TYPE_CHECKING:
    from include.publishing.registration import Content, Wanted

log = logging.getLogger("release_desk.publishing")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found about one account; without `problems` the release would go out there.

    `remarks` is everything the platform's rules say, also what we would mend; `would` says how, None when the video
    fits as it is.
    """

    account_id: str
    platform: str
    placement: Placement
    problems: tuple[str, ...]
    remarks: tuple[Problem, ...] = ()
    would: str | None = None


def look(age_bucket: str, wanted: Iterable[Wanted], content: Content) -> tuple[Finding, ...]:
    """Return one finding per account, in the order asked; platforms may be asked, as far as that changes nothing."""
    return tuple(_look(age_bucket, each, content) for each in wanted)


def tell(findings: Iterable[Finding]) -> None:
    """Write findings into the task's log."""
    for each in findings:
        for remark in each.remarks:
            log.info("%s: %s (%s)", each.account_id, remark.message, remark.fix)
        if each.would is not None:
            log.info("%s: what would be done: %s.", each.account_id, each.would)


def _look(age_bucket: str, wanted: Wanted, content: Content) -> Finding:
    account = wanted.account
    posting = compose(
        publication_id="dry-run",
        platform=account.platform,
        placement=wanted.placement,
        age_bucket=age_bucket,
        target=wanted.target,
        scheduled_for=wanted.due_at,
        metadata=content.metadata,
        video=content.files.video,
        facts=content.facts,
        thumbnail=content.thumbnail,
    )
    problems: tuple[str, ...] = ()
    remarks: tuple[Problem, ...] = ()
    would = None
    try:
        fit = fit_for(account.platform, wishes(content.metadata, account.platform, wanted.target))
        recipe = recipe_for(account.platform, wanted.placement, content.facts, fit)
        with open_publisher(account) as publisher:
            remarks = tuple(publisher.validate(posting))
    except PlatformError as error:
        problems = (error.message,)
    else:
        would = describe(recipe) if recipe is not None else None
        blocking = {"refused"} if recipe is not None else {"refused", "convertible"}
        problems = tuple(each.message for each in remarks if each.fix in blocking)
    return Finding(
        account_id=account.account_id, platform=account.platform, placement=wanted.placement, problems=problems,
        remarks=remarks, would=would,
    )  # fmt: skip
