"""Accounts: add, read, list, check and remove; their secrets go through the vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr
from sqlalchemy.exc import IntegrityError

from include.accounts import vault
from include.database import engine, queries
from include.releases.conf import is_title_id

SQL = queries.load("accounts")
ONE_NAME_A_CHANNEL = "account_of_channel"
"""The unique index that keeps a channel from having two names."""


class UnknownAccount(LookupError):
    """No account of this name belongs to this owner."""


class NameTaken(ValueError):
    """The name belongs to another channel or profile."""


class AlreadyConnected(NameTaken):
    """The channel or profile has another name here already; under two it would be published to twice."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """One connected channel, page or profile, without its secrets."""

    owner: str
    account_id: str
    platform: str
    route: str
    state: str
    is_default: bool
    platform_user_id: str | None
    username: str | None
    display_name: str | None
    profile: Mapping[str, Any]
    scopes: tuple[str, ...]
    trouble: str | None
    access_ends_at: datetime | None = None
    """When the access ends unless a person connects it again; None: never, or nobody knows."""
    second_account_id: str | None = None
    """The same channel through another route, used when this one is surely not going to act."""


class Credentials(BaseModel):
    """What connects a direct account: `./desk accounts add --credentials FILE.json` and `POST accounts` read this."""

    model_config = ConfigDict(extra="ignore")

    access_token: SecretStr
    refresh_token: SecretStr | None = None
    expires_at: AwareDatetime | None = None
    refresh_expires_at: AwareDatetime | None = None
    scopes: list[str] = Field(default_factory=list)
    platform_user_id: str | None = None
    page_id: str | None = None
    ig_user_id: str | None = None
    login: Literal["facebook", "instagram"] | None = None
    author_urn: str | None = None
    upload: Literal["hosting", "bytes"] | None = None

    @property
    def given(self) -> dict[str, str]:
        """What was said about the account: the platform checks it and keeps what it needs in the profile."""
        names = ("platform_user_id", "page_id", "ig_user_id", "login", "author_urn", "upload")
        return {name: value for name in names if (value := getattr(self, name))}


@dataclass(frozen=True, kw_only=True)
class StoredTokens:
    """An account's tokens as the vault keeps them; never shown in a repr."""

    access_token: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime | None


def _belongs_to(owner: str, account_id: str, name: str) -> str:
    return f"account/{owner}/{account_id}/{name}"


def _account(row: Mapping[str, Any]) -> Account:
    names = Account.__dataclass_fields__
    return Account(**{name: row[name] for name in names if name != "scopes"}, scopes=tuple(row["scopes"]))


def add(
    owner: str,
    account_id: str,
    platform: str,
    credentials: Credentials,
    profile: Mapping[str, Any],
    *,
    is_default: bool = True,
) -> Account:
    """Keep an account and its tokens, or connect it again; `profile` is what the platform's `whoami` said.

    A refresh token that was not given again stays. Raises `NameTaken` when the name is that of an account on another
    platform, or of another channel or profile.
    """
    secrets = {"access_token": (credentials.access_token, credentials.expires_at)}
    if credentials.refresh_token is not None:
        secrets["refresh_token"] = (credentials.refresh_token, credentials.refresh_expires_at)
    user = profile.get("platform_user_id") or credentials.platform_user_id
    row = {"platform": platform, "route": "direct", "is_default": is_default, "scopes": credentials.scopes}
    return keep(owner, account_id, row, {**profile, "platform_user_id": user}, secrets)


def keep(
    owner: str,
    account_id: str,
    row: Mapping[str, Any],
    profile: Mapping[str, Any],
    secrets: Mapping[str, tuple[SecretStr, datetime | None]],
) -> Account:
    """Keep an account with its secrets (each with its end) in one transaction.

    `row` has `platform, route, is_default, scopes`. Raises `NameTaken`, and `AlreadyConnected` naming the account.
    """
    try:
        _keep(owner, account_id, row, profile, secrets)
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != ONE_NAME_A_CHANNEL:
            raise
        name = of_channel(owner, row["platform"], profile.get("platform_user_id"), row["route"])
        raise AlreadyConnected(
            f"This channel or profile is connected as '{name}' already. Connect it again under that name: under two "
            "names it would be published to twice."
        ) from None
    return read(owner, account_id)


def _keep(
    owner: str,
    account_id: str,
    row: Mapping[str, Any],
    profile: Mapping[str, Any],
    secrets: Mapping[str, tuple[SecretStr, datetime | None]],
) -> None:
    with engine.transaction(owner) as connection:
        kept = connection.exec_driver_sql(
            SQL["keep_account"],
            {
                **row,
                "owner": owner,
                "account_id": account_id,
                "platform_user_id": profile.get("platform_user_id"),
                "username": profile.get("username"),
                "display_name": profile.get("display_name"),
                "profile": Jsonb(dict(profile)),
            },
        ).first()
        if kept is None:
            raise NameTaken(
                f"'{account_id}' is already the name of another account: of another platform, or of another channel or "
                "profile there. Choose another name."
            )
        for name, (secret, expires_at) in secrets.items():
            keep_secret(connection, owner, account_id, name, secret, expires_at)
        connection.exec_driver_sql(SQL["note_access_end"], {"account_id": account_id})


def of_channel(owner: str, platform: str, platform_user_id: str | None, route: str = "direct") -> str | None:
    """Return the name of the account a channel, page or profile already is, connected or not; None when it is new."""
    wanted = {"platform": platform, "platform_user_id": platform_user_id, "route": route}
    with engine.transaction(owner) as connection:
        found = connection.exec_driver_sql(SQL["find_account_of_channel"], wanted).scalar()
    return str(found) if found else None


def keep_secret(
    connection: Any, owner: str, account_id: str, name: str, secret: SecretStr, expires_at: datetime | None
) -> None:
    """Seal one secret into its row, inside the caller's transaction."""
    envelope = vault.seal(secret.get_secret_value(), belongs_to=_belongs_to(owner, account_id, name))
    connection.exec_driver_sql(
        SQL["keep_secret"],
        {
            "owner": owner,
            "account_id": account_id,
            "field": name,
            "envelope": envelope,
            "expires_at": expires_at,
        },
    )


def read_tokens(connection: Any, owner: str, account_id: str) -> StoredTokens:
    """Open an account's tokens, inside the caller's transaction."""
    found = {
        row["field"]: row
        for row in connection.exec_driver_sql(SQL["read_secrets"], {"account_id": account_id}).mappings()
    }

    def opened(name: str) -> str | None:
        row = found.get(name)
        if row is None:
            return None
        return vault.open_envelope(row["envelope"], belongs_to=_belongs_to(owner, account_id, name))

    expires_at = found["access_token"]["expires_at"] if "access_token" in found else None
    return StoredTokens(
        access_token=opened("access_token"), refresh_token=opened("refresh_token"), expires_at=expires_at
    )


def read_secret(owner: str, account_id: str, name: str) -> SecretStr | None:
    """Open one secret of an account; None when it has none of that name, as after a disconnect."""
    with engine.transaction(owner) as connection:
        rows = connection.exec_driver_sql(SQL["read_secrets"], {"account_id": account_id}).mappings().all()
    found = next((row["envelope"] for row in rows if row["field"] == name), None)
    if found is None:
        return None
    return SecretStr(vault.open_envelope(found, belongs_to=_belongs_to(owner, account_id, name)))


def check_name(account_id: str) -> None:
    """Raise `ValueError` for a name an account cannot have."""
    if not is_title_id(account_id):
        raise ValueError("An account's name has letters, digits, dots, dashes and underscores only, up to 128.")


def read(owner: str, account_id: str) -> Account:
    """Return one account; raise `UnknownAccount` when this owner has none of that name."""
    with engine.transaction(owner) as connection:
        row = connection.exec_driver_sql(SQL["read_account"], {"account_id": account_id}).mappings().first()
    if row is None:
        raise UnknownAccount(f"You have no account named '{account_id}'; `desk accounts list` shows yours.")
    return _account(dict(row))


def list_all(owner: str) -> list[Account]:
    """Return every account of `owner`, by platform and name."""
    with engine.transaction(owner) as connection:
        return [_account(dict(row)) for row in connection.exec_driver_sql(SQL["list_accounts"]).mappings()]


def defaults(owner: str, platforms: list[str] | None = None) -> list[Account]:
    """Return the accounts a run uses when it names none, on `platforms` only when given."""
    with engine.transaction(owner) as connection:
        rows = connection.exec_driver_sql(SQL["default_accounts"], {"platforms": platforms}).mappings()
        return [_account(dict(row)) for row in rows]


def mark(owner: str, account_id: str, state: str, trouble: str | None = None) -> None:
    """Set an account's state: connected, expired or disconnected; `trouble` says why, in words."""
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["mark_account"], {"account_id": account_id, "state": state, "trouble": trouble})


def remove(owner: str, account_id: str, *, forget: Sequence[str] = (), schemas: Sequence[str] = ()) -> None:
    """Delete an account's tokens and mark it disconnected; what it published stays in the ledger.

    `forget` names statements that delete what else must go with them, in the same transaction; `schemas` are those
    they look into.
    """
    read(owner, account_id)
    with engine.transaction(owner) as connection:
        # a refresh under way ends first, and finds nothing to put back
        connection.exec_driver_sql(SQL["lock_account"], {"account_id": account_id})
        for statement in ("remove_secrets", "note_access_end", *forget):
            connection.exec_driver_sql(SQL[statement], {"account_id": account_id, "schemas": list(schemas)})
        connection.exec_driver_sql(
            SQL["mark_account"], {"account_id": account_id, "state": "disconnected", "trouble": None}
        )
