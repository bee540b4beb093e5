"""Looks ahead: would each publication that is due within a day go out as its account and files stand now?

The platforms' own `validate` does most of it (TikTok's creator options, Instagram's publishing limit, every rule of
texts and files), and a gateway's does for what goes through it; what comes on top is the account, its permissions or
key, and our counted limits. What would fail is told to the owner now ("at risk"), and again only when it is something
else.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from include import gateways, settings
from include.accounts import accounts, keys
from include.accounts.accounts import Account, UnknownAccount
from include.accounts.health import health
from include.database import engine, queries
from include.platforms import get, title
from include.platforms.errors import (
    AccountTrouble,
    OutcomeUnknown,
    PlatformError,
    QuotaExhausted,
    TryAgain,
)
from include.publishing import forecast, notices
from include.publishing.clients import account_facts, open_calls, open_publisher
from include.publishing.ledger import UnknownPublication, read
from include.publishing.postings import posting_as_it_lies
from include.publishing.second_route import account_of
from include.publishing.stage import speaking_plainly
from include.releases.publication import Publication

log = logging.getLogger("release_desk.publishing")
SQL = queries.load("upcoming")
NOBODY = "*"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT_RISK = "at_risk"


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a look ahead found: sentences by what they are about; None when a passing fault kept it from telling."""

    owner: str
    publication_id: str
    due_at: datetime
    problems: dict[str, str] | None
    news: bool = False


@dataclass(frozen=True, kw_only=True)
class Due:
    """A publication that is due soon, and when somebody last looked at it."""

    owner: str
    publication_id: str
    due_at: datetime
    looked_at: datetime | None


def check_upcoming() -> list[Outlook]:
    """Look at everything that is due within the hour, and every few hours at what is due within the day.

    One publication's trouble never stops the others.
    """
    now = datetime.now(UTC)
    again = timedelta(hours=settings.distribution().notices.look_again_hours)
    known: dict[tuple[str, str], dict[str, str]] = {}
    found = []
    for due in upcoming(now + DAY):
        if due.due_at > now + HOUR and due.looked_at is not None and due.looked_at > now - again:
            continue
        try:
            found.append(look(due, known))
        except (UnknownPublication, UnknownAccount):
            continue
        except Exception:  # whatever is wrong with one, the others are looked at
            log.exception("publication %s could not be looked at before its time", due.publication_id)
    return found


def upcoming(before: datetime) -> list[Due]:
    """Return what is due before a time, of all owners, the nearest first."""
    with engine.transaction(NOBODY) as connection:
        rows = connection.exec_driver_sql(SQL["publications_upcoming"], {"before": before}).all()
    return [
        Due(
            owner=row.owner, publication_id=str(row.publication_id), due_at=row.due_at, looked_at=row.looked_at
        )
        for row in rows
    ]  # fmt: skip


def look(due: Due, known: dict[tuple[str, str], dict[str, str]] | None = None) -> Outlook:
    """Look at one publication, keep what was found, and tell its owner when that is news.

    `known` remembers accounts that were asked in this round already. After a passing fault what was known stays.
    """
    publication = read(due.owner, due.publication_id)
    try:
        problems = _problems(publication, due.due_at, {} if known is None else known)
    except (TryAgain, OutcomeUnknown, settings.SettingsError) as passing:
        log.info("publication %s: %s", due.publication_id, passing)
        _keep("touch_outlook", due, {})
        return Outlook(owner=due.owner, publication_id=due.publication_id, due_at=due.due_at, problems=None)
    _keep("keep_outlook", due, problems)
    news = _tell(publication, due.due_at, problems)
    return Outlook(
        owner=due.owner, publication_id=due.publication_id, due_at=due.due_at, problems=problems, news=news
    )  # fmt: skip


def _problems(
    publication: Publication, due_at: datetime, known: dict[tuple[str, str], dict[str, str]]
) -> dict[str, str]:
    try:
        account = account_of(publication)
    except AccountTrouble as gone:  # it went on to a second route that was taken away meanwhile
        return {"account: second route": gone.message}
    key = (account.owner, account.account_id)
    if key not in known:
        known[key] = _of_account(account)
    problems = dict(known[key])
    ends = account.access_ends_at
    if not problems and ends is not None and ends <= due_at:
        problems["account: ends"] = f"Our access to the account ends on {ends:%Y-%m-%d %H:%M} UTC, before that."
    problems |= {f"limit: {name}": told for name, told in forecast.full_buckets(publication, account, due_at).items()}
    paused = forecast.paused_until(publication, account)
    if paused is not None and paused > due_at:
        who = "The platform" if account.route == "direct" else gateways.title(account.route)
        problems["limit: pause"] = f"{who} wants no calls before {paused:%Y-%m-%d %H:%M} UTC."
    return problems | _of_release(publication, account, due_at, ask=not known[key])


def _of_account(account: Account) -> dict[str, str]:
    """Return why an account cannot publish now: its state, its permissions, or what its platform or gateway answers."""
    found = health(account, datetime.now(UTC))
    if found.state in ("expired", "disconnected"):
        return {f"account: {found.state}": found.why or "The account is disconnected. Connect it again."}
    if missing := _missing_permissions(account):
        return {"account: permissions": f"The account lacks permissions ({', '.join(missing)}). Connect it again."}
    try:
        profile = _asked(account)
    except QuotaExhausted:
        return {}  # whether that lasts until then, the limits tell
    except (TryAgain, OutcomeUnknown):
        raise
    except PlatformError as error:
        dead = accounts.read(account.owner, account.account_id).state == "expired"  # the next round says so as well
        return {"account: expired" if dead else "account: refused": error.message}
    return {"account: cannot post": profile["cannot_post"]} if profile.get("cannot_post") else {}


def _missing_permissions(account: Account) -> list[str]:
    """Return what the platform does not let us do; a gateway's permissions are its own business."""
    if account.route != "direct" or not account.scopes:
        return []
    needed = get(account.platform).needed_scopes(account_facts(account))
    return [scope for scope in needed if scope not in account.scopes]


def _asked(account: Account) -> dict[str, Any]:
    """Ask the account's platform, or its gateway with its key, who it is; a refused key ends the account."""
    if account.route != "direct":
        try:
            return keys.check(account)
        except AccountTrouble as trouble:
            keys.note_refusal(account, trouble)
            raise
    with open_calls(account) as calls:
        profile: dict[str, Any] = get(account.platform).whoami(calls, account_facts(account))
        return profile


def _of_release(publication: Publication, account: Account, due_at: datetime, *, ask: bool) -> dict[str, str]:
    """Return what is wrong with files, texts and options; the platform is asked only about an account that works."""
    try:
        with speaking_plainly():
            posting, converted = posting_as_it_lies(publication)
        if not ask:
            return {}
        with open_publisher(account, publication.publication_id) as publisher:
            problems = publisher.validate(posting)
    except QuotaExhausted as error:
        return {f"limit: {error.code}": error.message} if error.resets_at > due_at else {}
    except (TryAgain, OutcomeUnknown):
        raise
    except AccountTrouble as error:
        return {"account: refused": error.message}
    except PlatformError as error:
        return {f"release: {error.code or 'files'}": error.message}
    blocking = {"refused"} if converted else {"refused", "convertible"}
    return {f"rule: {problem.rule}": problem.message for problem in problems if problem.fix in blocking}


def _tell(publication: Publication, due_at: datetime, problems: dict[str, str]) -> bool:
    if not problems:
        notices.is_over(publication.owner, AT_RISK, publication.publication_id)
        return False
    where = f"{title(publication.platform)} ({publication.account_id})"
    subject = f"At risk: what is due on {where} at {due_at:%Y-%m-%d %H:%M} UTC"
    text = (
        f"Publication {publication.publication_id} on {where} is due at {due_at:%Y-%m-%d %H:%M} UTC and would not go "
        "out as things stand:\n\n" + "\n".join(f"- {sentence}" for sentence in problems.values())
    )
    # what it is about, not the words: those may count minutes or calls
    fingerprint = "; ".join(sorted(problems))
    return notices.tell(publication.owner, AT_RISK, publication.publication_id, fingerprint, subject, text)


def _keep(statement: str, due: Due, problems: dict[str, str]) -> None:
    row = {"owner": due.owner, "publication_id": due.publication_id, "due_at": due.due_at}
    with engine.transaction(due.owner) as connection:
        connection.exec_driver_sql(SQL[statement], row | {"problems": Jsonb(list(problems.values()))})
