"""The one door to the warehouse: transactions that act as one owner and see that owner's rows only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from include import settings

APP_ROLE = "desk_app"
KEEPALIVES = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}
"""Seconds and tries: a worker whose machine died gives its claim back after about 30 s."""

_BECOME = (
    "select set_config('role', %(role)s, true), set_config('desk.owner', %(owner)s, true), "
    "set_config('desk.who', %(who)s, true), set_config('desk.door', %(door)s, true)"
)

_BECOME_HASTY = f"{_BECOME}, set_config('synchronous_commit', 'off', true)"

_LET_GO = "select pg_advisory_unlock_all()"

_ACTOR: ContextVar[tuple[str, str]] = ContextVar("actor", default=("", ""))


def act_as(who: str, door: str) -> None:
    """Say who acts through which door (rest, python, cli, airflow, exports, queue), for the rest of this context.

    It goes with every transaction: what people do is written down with it (include/publishing/activity.py).
    """
    _ACTOR.set((who, door))


@contextmanager
def acting(who: str, door: str) -> Iterator[None]:
    """Say the same for a block only."""
    before = _ACTOR.set((who, door))
    try:
        yield
    finally:
        _ACTOR.reset(before)


def actor() -> tuple[str, str]:
    """Return who acts and through which door; two empty texts when nobody has said so."""
    return _ACTOR.get()


def _as_owner(owner: str) -> dict[str, str]:
    who, door = _ACTOR.get()
    return {"role": APP_ROLE, "owner": owner, "who": who, "door": door}


@cache
def _engine(url: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, pool_size=5, connect_args=KEEPALIVES, hide_parameters=True)
    # LocalExecutor forks its workers: a child must not use its parent's connections
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return engine


@cache
def _single_use(url: str) -> Engine:
    return create_engine(
        url, poolclass=NullPool, connect_args=KEEPALIVES, isolation_level="AUTOCOMMIT", hide_parameters=True
    )


@contextmanager
def transaction(owner: str, *, durable: bool = True) -> Iterator[Connection]:
    """Open a transaction as `owner`; commit at the end, roll back on an error.

    The role and the owner are set for this transaction only, so nothing of them stays on a pooled connection. Without
    `durable` the commit does not wait for the disk: when the database's machine loses power, the last half second may
    be missing (never after a kill). Right for what nothing depends on, such as the call log.
    """
    if not owner:
        raise ValueError("a transaction needs an owner")
    with _engine(settings.warehouse_url()).begin() as connection:
        connection.exec_driver_sql(_BECOME if durable else _BECOME_HASTY, _as_owner(owner))
        yield connection


@contextmanager
def transaction_alone(owner: str, url: str | None = None) -> Iterator[Connection]:
    """Do the same on a connection of its own outside the pool, for whoever may hold the pool's last one already.

    `url` names another warehouse than the settings do.
    """
    with _single_use(url or settings.warehouse_url()).connect() as plain:
        connection = plain.execution_options(isolation_level="READ COMMITTED")  # it has no transactions otherwise
        with connection.begin():
            connection.exec_driver_sql(_BECOME, _as_owner(owner))
            yield connection


@cache
def _immediate(url: str) -> Engine:
    engine = create_engine(
        url, pool_size=5, isolation_level="AUTOCOMMIT", connect_args=KEEPALIVES, hide_parameters=True
    )
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return engine


def in_one_statement(owner: str, statement: str, values: Mapping[str, Any], *, durable: bool = True) -> Any:
    """Run one statement that is a transaction of its own, in one round trip, and return its first value.

    For decisions many workers wait for: a lock is held while the server works, never while we do. The statement
    becomes the owner itself, by %(role)s, %(owner)s and %(hasty)s (see limits.sql). When the connection turns out to
    be dead (the server was restarted), it is run once more on a new one: it may then have run twice.
    """
    if not owner:
        raise ValueError("a statement needs an owner")
    given = dict(values) | {"role": APP_ROLE, "owner": owner, "hasty": not durable}
    pool = _immediate(settings.warehouse_url())
    try:
        with pool.connect() as connection:
            return connection.exec_driver_sql(statement, given).scalar()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    with pool.connect() as connection:
        return connection.exec_driver_sql(statement, given).scalar()


@contextmanager
def session() -> Iterator[Connection]:
    """Open a connection of its own outside the pool, for a session-wide advisory lock; the end frees the lock."""
    with _single_use(settings.warehouse_url()).connect() as connection:
        try:
            yield connection
        finally:
            # the server ends a closed connection a moment later, and who comes next would find the lock held
            with suppress(SQLAlchemyError):
                connection.rollback()
                connection.exec_driver_sql(_LET_GO)


def close_all() -> None:
    """Close every pooled connection and forget the addresses (the end of a test, or of a process)."""
    _engine(settings.warehouse_url()).dispose()
    _immediate(settings.warehouse_url()).dispose()
    _engine.cache_clear()
    _immediate.cache_clear()
    _single_use.cache_clear()
