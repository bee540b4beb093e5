"""What a person looks at before they say yes: each publication of a job as it would be sent, from the very files.

Nothing is sent, put on any hosting, or written down. What has to be converted first is shown as it was exported, and
that is said; `prepare` converts it beforehand, so that whoever is asked sees what people will see.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from include.platforms.contract import Posting
from include.platforms.errors import PlatformError
from include.publishing import jobs, ledger, verdicts
from include.publishing.fitting import Shown
from include.publishing.jobs import Job
from include.publishing.postings import Way, posting_as_made, posting_for, way_of
from include.publishing.stage import speaking_plainly
from include.releases.publication import Publication

log = logging.getLogger("release_desk.publishing")


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One publication to look at; without a `posting`, `problem` says why there is nothing to be seen."""

    publication: Publication
    way: Way | None
    """Who keeps its time: our queue or the platform; None: it has no time of its own."""
    posting: Posting | None
    content: str
    """Names the bytes of the video that is shown."""
    to_come: str | None
    """How the video will still be converted; None: what is shown is what is sent."""
    problem: str | None


@dataclass(frozen=True, kw_only=True)
class JobPreview:
    """A job and its publications as they would be sent."""

    job: Job
    publications: tuple[Preview, ...]


def of_job(owner: str, job_id: str) -> JobPreview:
    """Return a job to look at; raise `UnknownJob` when this owner has none of that id."""
    job = jobs.read(owner, job_id)
    return JobPreview(job=job, publications=tuple(_of(each) for each in verdicts.publications_of(owner, job_id)))


def of_publication(owner: str, publication_id: str) -> Preview:
    """Return one publication to look at; raise `UnknownPublication` when this owner has none of that id."""
    return _of(ledger.read(owner, publication_id))


def prepare(owner: str, job_id: str) -> None:
    """Convert a job's videos where their placements need it, once for all with the same need; minutes for long ones.

    What cannot be converted is left to the publication's own `validate`, which says so.
    """
    for publication in verdicts.publications_of(owner, job_id):
        if publication.is_over:
            continue
        try:
            with speaking_plainly():
                posting_for(publication, to_send=True)
        except PlatformError as error:
            log.warning("%s (%s): %s", publication.platform, publication.account_id, error.message)


def _of(publication: Publication) -> Preview:
    posting: Posting | None = None
    shown: Shown | None = None
    way: Way | None = None
    problem = None
    try:
        with speaking_plainly():
            posting, shown = posting_as_made(publication)
            way = way_of(publication)
    except PlatformError as error:
        problem = error.message
    return Preview(
        publication=publication, way=way, posting=posting if shown else None,
        content=shown.fitted.content if shown else "", to_come=shown.to_come if shown else None, problem=problem,
    )  # fmt: skip
