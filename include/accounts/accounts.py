"""Accounts: add, read, list, check and remove; their secrets go through the vault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from include.accounts import vault
from include.database import engine, queries

SQL = queries.load("accounts")


class UnknownAccount(LookupError):
    """No account of this name belongs to this owner."""


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


class Credentials(BaseModel):
    """What connects a direct account: `./desk accounts add --credentials FILE.json` and `POST accounts` read this."""

    model_config = ConfigDict(extra="ignore")

    access_token: SecretStr
    refresh_token: SecretStr | None = None
    expires_at: AwareDatetime | None = None
    scopes: list[str] = Field(default_factory=list)
    platform_user_id: str | None = None
    page_id: str | None = None
    ig_user_id: str | None = None
    login: Literal["facebook", "instagram"] | None = None
    author_urn: str | None = None

    @property
    def given(self) -> dict[str, str]:
        """What was said about who the account is: the platform checks it and keeps what it needs in the profile."""
        names = ("platform_user_id", "page_id", "ig_user_id", "login", "author_urn")
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
    route: str = "direct",
    is_default: bool = True,
) -> Account:
    """Keep an account and its tokens, or connect it again; `profile` is what the platform's `whoami` said.

    Raises `ValueError` when the name is taken by an account on another platform, or by another channel or profile.
    """
    with engine.transaction(owner) as connection:
        kept = connection.exec_driver_sql(
            SQL["keep_account"],
            {
                "owner": owner,
                "account_id": account_id,
                "platform": platform,
                "route": route,
                "is_default": is_default,
                "platform_user_id": profile.get("platform_user_id") or credentials.platform_user_id,
                "username": profile.get("username"),
                "display_name": profile.get("display_name"),
                "profile": Jsonb(dict(profile)),
                "scopes": credentials.scopes,
            },
        ).first()
        if kept is None:
            raise ValueError(
                f"'{account_id}' is already the name of another account: of another platform, or of another channel or "
                "profile there. Choose another name."
            )
        keep_secret(connection, owner, account_id, "access_token", credentials.access_token, credentials.expires_at)
        if credentials.refresh_token is not None:
            keep_secret(connection, owner, account_id, "refresh_token", credentials.refresh_token, None)
    return read(owner, account_id)


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


def remove(owner: str, account_id: str) -> None:
    """Delete an account's tokens and mark it disconnected; what it published stays in the ledger."""
    read(owner, account_id)
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["remove_secrets"], {"account_id": account_id})
        connection.exec_driver_sql(
            SQL["mark_account"], {"account_id": account_id, "state": "disconnected", "trouble": None}
        )
