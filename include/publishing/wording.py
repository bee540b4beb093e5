"""What people are told when something happens to a publication or a job: pure functions, texts only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from include.platforms import NAMES, title

Kind = Literal[
    "accepted", "scheduled", "at_risk", "published", "failed", "unconfirmed", "partially_published", "cancelled",
    "account_expires", "account_expired", "metric_refused", "report_expires", "check_failed", "weekly",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
"""Everything a notice can be about; a webhook's `type`."""

MailKind = Literal["published", "failed", "at_risk", "reconnect", "weekly"]
MAIL_KINDS: tuple[str, ...] = get_args(MailKind)
"""What a user can choose to read by e-mail."""
MAILED_AS: dict[str, str] = {
    "published": "published", "failed": "failed", "unconfirmed": "failed", "partially_published": "failed",
    "at_risk": "at_risk", "account_expires": "reconnect", "account_expired": "reconnect", "weekly": "weekly",
    "report_expires": "at_risk", "check_failed": "failed",
}  # fmt: skip
"""Kind of notice → the choice it comes under; what is missing is told by webhook only."""

KIND_OF_STATE = {
    "scheduled": "scheduled", "published": "published", "failed": "failed", "rejected": "failed",
    "unconfirmed": "unconfirmed", "cancelled": "cancelled",
}  # fmt: skip
"""State a publication moved to → what its owner is told; other states are steps on the way."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One notice as it is to be kept; the same `fingerprint` for the same kind and thing is told once."""

    kind: str
    about: str
    fingerprint: str
    subject: str
    text: str


def of_publication(row: Mapping[str, Any], became: str, error: Mapping[str, Any] | None, happening: int) -> Told | None:
    """Return what is said of a publication that moved to `became`; None when that is a step on the way."""
    kind = KIND_OF_STATE.get(became)
    if kind is None or (kind == "scheduled" and row["scheduled_for"] is None):  # it only waits for its turn
        return None
    where = f"{place(row['platform'])} ({row['account_id']})"
    name, why = row["title"], (error or {}).get("message") or ""
    due = _local(row["scheduled_for"], row["timezone"])
    subject = {
        "scheduled": f"Scheduled: {name} on {where}, {due}",
        "published": f"Published: {name} on {where}",
        "failed": f"Not published: {name} on {where}",
        "unconfirmed": f"Nobody knows yet whether it is out: {name} on {where}",
        "cancelled": f"Cancelled: {name} on {where}",
    }[kind]
    text = {
        "scheduled": f"It goes out on {where} at {due}.",
        "published": f"It is out on {where}: {row['url'] or 'its address is not known yet'}",
        "failed": f"{why}\n\nNothing is out there. When that is mended: ./desk publications retry "
        f"{row['publication_id']}",
        "unconfirmed": f"{why}\n\nNothing is sent again before that is known. We go on asking. If you see it there: "
        f"./desk publications confirm {row['publication_id']} --published ADDRESS, else --not-published.",
        "cancelled": f"{why or 'It was cancelled.'} Nothing was sent.",
    }[kind]
    fingerprint = {"scheduled": due, "published": "published"}.get(kind, f"{became}/{happening}")
    return Told(
        kind=kind, about=str(row["publication_id"]), fingerprint=fingerprint, subject=subject, text=text.strip()
    )


def of_accepted(job_id: str, conf: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> Told:
    """Return what is said of a job that was accepted."""
    places = ", ".join(f"{place(each['platform'])} ({each['account_id']})" for each in results)
    return Told(
        kind="accepted", about=job_id, fingerprint="accepted",
        subject=f"Accepted: {conf.get('title_id')}", text=f"It is to go out on {places}. The job is {job_id}.",
    )  # fmt: skip


def of_refused(job_id: str, conf: Mapping[str, Any], problems: Sequence[str]) -> Told:
    """Return what is said of a job that was refused before anything was registered."""
    lines = "\n".join(f"- {each}" for each in problems)
    return Told(
        kind="failed", about=job_id, fingerprint="refused",
        subject=f"Refused: {conf.get('title_id') or job_id}",
        text=f"Nothing was sent. {job_id} was refused:\n\n{lines}",
    )  # fmt: skip


def of_partly(job_id: str, conf: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> Told:
    """Return what is said of a job that is over and came out in some places only."""
    out = [each for each in results if each["state"] == "published"]
    lines = "\n".join(
        f"- {place(each['platform'])} ({each['account_id']}): "
        + (each["url"] or "published" if each["state"] == "published" else f"{each['state']}. {_why(each)}")
        for each in results
    )
    return Told(
        kind="partially_published", about=job_id,
        fingerprint="; ".join(sorted(f"{each['publication_id']} {each['state']}" for each in results)),
        subject=f"Published to {len(out)} of {len(results)}: {conf.get('title_id')}", text=f"{job_id}:\n\n{lines}",
    )  # fmt: skip


def place(platform: str) -> str:
    """Return a platform's name as it writes it itself, and an unknown one as it is."""
    return title(platform) if platform in NAMES else platform


def _why(row: Mapping[str, Any]) -> str:
    return str((row["error"] or {}).get("message") or "")


def _local(at: datetime | None, timezone: str) -> str:
    """Return a time as its owner gave it, with the zone beside it."""
    if at is None:
        return "as soon as it can"
    try:
        return f"{at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M} {timezone}"
    except (LookupError, OSError, ValueError):  # a zone this machine does not know
        return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
