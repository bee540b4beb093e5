"""Which way a publication goes, and when it takes its account's second route instead.

The second route is taken only while nothing of the publication is, or may be, on the first: no step was begun whose
outcome is open or good, and what an earlier try left is asked for. The statement that changes the route checks the
ledger once more. After an unknown outcome nothing changes: the first route is asked until it is known.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from include import gateways, settings
from include.accounts import accounts, second
from include.accounts.accounts import Account, UnknownAccount
from include.platforms.contract import Unfinished
from include.platforms.errors import AccountTrouble, PlatformError, QuotaExhausted, TryAgain
from include.publishing.clients import open_publisher
from include.publishing.ledger import Claim, LostClaim
from include.publishing.postings import posting_for
from include.publishing.progress import Later, Progress
from include.releases.publication import Publication, State

log = logging.getLogger("release_desk.publishing")
BEFORE_UPLOAD = frozenset({State.PLANNED, State.SCHEDULED, State.VALIDATED})
MAY_LEAVE = BEFORE_UPLOAD | {State.UPLOADING, State.WAITING_QUOTA, State.WAITING_ACCOUNT}


def account_of(publication: Publication) -> Account:
    """Return the account whose way a publication goes: its own, or the one behind it.

    Raises `AccountTrouble` when it went on to a second route that was taken away meanwhile.
    """
    account = accounts.read(publication.owner, publication.account_id)
    if account.route == publication.route:
        return account
    other = second.second_of(account)
    if other is None or other.route != publication.route:
        name = gateways.title(publication.route) if publication.route in gateways.NAMES else publication.route
        raise AccountTrouble(
            f"This publication goes through {name}, and '{account.account_id}' has no such second route any more. "
            f"Choose it again: ./desk accounts second {account.account_id} ACCOUNT."
        )
    return other


def instead(held: Claim, error: PlatformError) -> Progress | None:
    """Take the second route after an error of the first, if there is one and nothing of it is on the first.

    None: the error is dealt with as ever. Otherwise the publication begins again at `validate`, on its new way.
    """
    if held.publication.state not in MAY_LEAVE or held.uploaded or held.unsettled or not _is_stopped(held, error):
        return None
    account = accounts.read(held.owner, held.publication.account_id)
    other = _usable(account, held.publication)
    if other is None or (held.note is not None and not _left_nothing(held, account)):
        return None
    way = gateways.title(other.route) if other.route in gateways.NAMES else "the direct route"
    why = f"{error.message} It goes through {way} now, as '{other.account_id}'."
    to = held.publication.state if held.publication.state in BEFORE_UPLOAD else State.VALIDATED
    try:
        held.take_route(other.route, to, error=error.as_record() | {"kind": "SecondRoute", "message": why})
    except LostClaim:  # the ledger knows of something on the first route
        log.warning(
            "publication %s keeps its route: the ledger does not allow another", held.publication.publication_id
        )
        return None
    log.warning("publication %s: %s", held.publication.publication_id, why)
    return Later(at=datetime.now(UTC), why=why)


def _is_stopped(held: Claim, error: PlatformError) -> bool:
    """Say whether the first route will do nothing now: a dead account, a long wait for a limit, tries used up."""
    match error:
        case AccountTrouble():
            return True
        case QuotaExhausted():
            patience = timedelta(minutes=settings.distribution().publishing.second_route_after_minutes)
            return error.code != "our_queue" and error.resets_at - datetime.now(UTC) > patience
        case TryAgain():
            return held.publication.attempts + 1 > held.publication.max_retries
    return False


def _usable(account: Account, publication: Publication) -> Account | None:
    """Return the account behind this one when it is connected and can make such a post."""
    if publication.route != account.route:
        return None  # it is on its second route already
    try:
        other = second.second_of(account)
    except UnknownAccount:
        return None
    if other is None or other.state != "connected":
        return None
    if other.route in gateways.ROUTES:
        served = gateways.get(other.route).PLACEMENTS.get(publication.platform, ())
        return other if publication.placement in served else None
    return other


def _left_nothing(held: Claim, account: Account) -> bool:
    """Ask the first route what an earlier try left; what cannot be asked counts as something."""
    publication = held.publication
    try:
        posting = posting_for(publication, to_send=False, sent=True)
        with open_publisher(account, publication.publication_id) as publisher:
            found = publisher.find(posting, held.note)
    except PlatformError as error:
        log.info("publication %s keeps its route: %s", publication.publication_id, error.message)
        return False
    return found is None or isinstance(found, Unfinished)
