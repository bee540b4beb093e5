"""How a run ended, read from the ledger: receipts, the summary, and whether every wanted publication came out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from include.database import engine, queries
from include.publishing import receipts
from include.publishing.ledger import Busy, LostClaim, claim, publication_from
from include.publishing.registration import owner_of
from include.releases.publication import Publication, State

SQL = queries.load("releases")
CANCELLABLE = frozenset({State.PLANNED, State.SCHEDULED, State.VALIDATED, State.WAITING_APPROVAL})


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`good` when all wanted publications are out or wait for their time or a limit (or it was a dry run).

    `summary` is a text for people.
    """

    good: bool
    summary: str


def verdict(params: Mapping[str, Any], job_id: str) -> Verdict:
    """Write the receipts and the summary of a run; a receipt that cannot be written makes it a bad one."""
    owner = owner_of(params)
    with engine.transaction(owner) as connection:
        job = connection.exec_driver_sql(SQL["read_job"], {"job_id": job_id}).mappings().first()
    if params.get("dry_run") is True and job is None:
        return Verdict(good=True, summary="Dry run: nothing was published.")
    if job is None:
        told = "The run was not registered; see the log of `register`."
        return Verdict(good=False, summary=f"Nothing was published. {told}")
    if job["problems"]:
        result = Verdict(good=False, summary=f"Nothing was published. {' '.join(job['problems'])}")
    else:
        result = _of_publications(publications_of(owner, job_id))
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["end_job"], {"job_id": job_id, "summary": result.summary})
    return result


def _of_publications(publications: list[Publication]) -> Verdict:
    unwritten = _write_receipts(publications)
    summary = "\n".join([summary_of(publications), *unwritten])
    if unwritten:
        summary += "\nThe publications themselves are safe. Make room, then clear this task to write the receipts."
    return Verdict(good=not unwritten and all(_is_well(each) for each in publications), summary=summary)


def _is_well(publication: Publication) -> bool:
    """Say whether nobody has to do anything: it is out, or it waits for its time or a limit."""
    return publication.state == State.PUBLISHED or publication.state in {State.SCHEDULED, State.WAITING_QUOTA}


def summary_written(owner: str, job_id: str) -> str | None:
    """Return the summary a run's verdict wrote, or None before that."""
    with engine.transaction(owner) as connection:
        job = connection.exec_driver_sql(SQL["read_job"], {"job_id": job_id}).mappings().first()
    return str(job["summary"]) if job and job["summary"] else None


def tell_anew(owner: str, job_id: str) -> None:
    """Write the summary of a job whose verdict was spoken before all was over, as it stands now."""
    told = summary_of(publications_of(owner, job_id))
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["end_job"], {"job_id": job_id, "summary": told})


def publications_of(owner: str, job_id: str) -> list[Publication]:
    """Return a run's publications as they stand."""
    with engine.transaction(owner) as connection:
        rows = connection.exec_driver_sql(SQL["publications_of_job"], {"job_id": job_id}).mappings()
        return [publication_from(dict(row)) for row in rows]


def cancel_unapproved(params: Mapping[str, Any], job_id: str) -> None:
    """Cancel a run's publications after a person's no; what another run has begun meanwhile stays as it is."""
    for publication in publications_of(owner_of(params), job_id):
        if publication.state in CANCELLABLE:
            with suppress(Busy, LostClaim), claim(publication.owner, publication.publication_id) as held:
                held.move(State.CANCELLED, error={"kind": "Cancelled", "message": "It was not approved."})


def _write_receipts(publications: list[Publication]) -> list[str]:
    problems = []
    for publication in publications:
        try:
            receipts.write(publication)
        except receipts.NotWritten as error:
            problems.append(str(error))
    return problems


def summary_of(publications: list[Publication]) -> str:
    """Return "Published to 3 of 5 platforms; 2 wait", and a line for each that is not out or has a warning."""
    out = [each for each in publications if each.state == State.PUBLISHED]
    waiting = sum(each.is_parked for each in publications)
    one_each = len({each.platform for each in publications}) == len(publications)
    head = f"Published to {len(out)} of {len(publications)} {'platforms' if one_each else 'accounts'}"
    lines = [head + (f"; {waiting} wait{'s' * (waiting == 1)}" if waiting else "")]
    for each in publications:
        name = f"{each.platform} ({each.account_id})"
        if each.state != State.PUBLISHED:
            lines.append(f"- {name}: {each.state.value}. {_why_not_out(each)}")
        else:
            lines += [f"- {name}: {warning}" for warning in each.warnings]
    return "\n".join(lines)


def _why_not_out(publication: Publication) -> str:
    why = (publication.error or {}).get("message")
    if why:
        return str(why)
    if publication.state == State.SCHEDULED and publication.next_try_at is not None:
        return f"It goes out at {publication.next_try_at:%Y-%m-%d %H:%M} UTC."
    return "It is not through yet; `reconcile_publications` goes on with it."
