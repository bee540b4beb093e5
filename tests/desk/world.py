"""One owner with a row in every table of the desk, and what is known of it: what a stranger tries to get at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from include.accounts import attempts, audit
from include.database import engine
from tests.publishing.rows import a_publication, change

MARK = "MARKED"
SECRETS = ("sEcReT-access-0123456789abcdef", "sEcReT-refresh-0123456789abcdef", "sEcReT-code-0123456789abcdef")
"""Tokens by which a leak is recognised."""

ROWS = {
    "ledger": "insert into desk.ledger (owner, publication_id, step) values (%(owner)s, %(publication)s, 'upload')",
    "move": (
        "insert into desk.move (owner, publication_id, from_state, to_state) "
        "values (%(owner)s, %(publication)s, 'planned', 'failed')"
    ),
    "call_log": (
        "insert into desk.call_log (owner, account_id, publication_id, at, platform, endpoint, method, duration_ms) "
        "values (%(owner)s, 'my_youtube', %(publication)s, now(), 'youtube', 'videos.list', 'GET', 1)"
    ),
    "quota": (
        "insert into desk.quota (owner, platform, bucket, scope, window_start) "
        "values (%(owner)s, 'youtube', 'day', 'my_youtube', now())"
    ),
    "quota_pause": (
        "insert into desk.quota_pause (owner, platform, scope, until, why) "
        "values (%(owner)s, 'instagram', 'my_instagram', now() + interval '1 hour', 'MARKED')"
    ),
    "bucket": (
        "insert into desk.bucket (owner, platform, bucket, scope) values (%(owner)s, 'tiktok', 'inits', 'MARKED')"
    ),
    "bucket_line": (
        "insert into desk.bucket_line (owner, platform, bucket, scope, ticket, rank, until, cost) "
        "values (%(owner)s, 'tiktok', 'inits', 'MARKED', 1, 0, now(), 1)"
    ),
    "landed_export": (
        "insert into desk.landed_export (owner, segment, age_bucket, title_id, fingerprint) "
        "values (%(owner)s, 'women', '18-23', 'MARKED', '1')"
    ),
    "job": "insert into desk.job (owner, job_id, release_id, conf) values (%(owner)s, %(job)s, %(release)s, %(conf)s)",
    "job_publication": (
        "insert into desk.job_publication (owner, job_id, publication_id) values (%(owner)s, %(job)s, %(publication)s)"
    ),
    "hosted_file": (
        "insert into desk.hosted_file (owner, kind, place, stored_name, publication_id, release_id, bytes, "
        "address_until) values (%(owner)s, 'local', '', 'MARKED', %(publication)s, %(release)s, 1, now())"
    ),
    "notice": (
        "insert into desk.notice (owner, kind, about, fingerprint, subject, body) "
        "values (%(owner)s, 'at_risk', %(publication)s, '1', 'MARKED', 'MARKED')"
    ),
    "notice_delivery": (
        "insert into desk.notice_delivery (owner, notice_id, way, next_try_at) "
        "select owner, notice_id, 'email', null from desk.notice"
    ),
    "outlook": (
        "insert into desk.outlook (owner, publication_id, due_at, problems) "
        "values (%(owner)s, %(publication)s, now(), '[\"MARKED\"]')"
    ),
    "queue_run": (
        "insert into desk.queue_run (owner, run_id, publication_id, priority, asks, due_at, lost_at) "
        "values (%(owner)s, 'due~MARKED~1', %(publication)s, 5, false, now(), now())"
    ),
    "activity": (
        "insert into desk.activity (owner, at, who, door, what, about) "
        "values (%(owner)s, now(), 'MARKED', 'rest', 'published', %(job)s)"
    ),
    "tally": (
        "insert into desk.tally (owner, figure, platform, label, total) "
        "values (%(owner)s, 'ended', 'MARKED', 'published', 1)"
    ),
    "webhook_endpoint": "insert into desk.webhook_endpoint (owner, url) values (%(owner)s, 'https://MARKED.example')",
    "webhook_secret": r"insert into desk.webhook_secret (owner, envelope) values (%(owner)s, '\x01')",
    "mail_choice": (
        "insert into desk.mail_choice (owner, address, kinds) values (%(owner)s, 'MARKED@example.com', '{published}')"
    ),
    "idempotency_key": (
        "insert into desk.idempotency_key (owner, key_sha256, request_sha256, expires_at) "
        "values (%(owner)s, 'k', 'r', now() + interval '1 day')"
    ),
    "request_rate": "insert into desk.request_rate (owner, tokens, at) values (%(owner)s, 100, now())",
    "batch": "insert into desk.batch (owner, batch_id, asked_rows) values (%(owner)s, %(publication)s, 1)",
    "batch_row": (
        "insert into desk.batch_row (owner, batch_id, row_number, conf, state) "
        "values (%(owner)s, %(publication)s, 1, %(conf)s, 'registered')"
    ),
    "reading": (
        "insert into desk.reading (owner, account_id, dataset, next_at) "
        "values (%(owner)s, 'my_youtube', 'MARKED', now() - interval '1 day')"
    ),
    "import_receipt": (
        "insert into desk.import_receipt (owner, kind, account_id, file_name, sha256, bytes, rows_read, rows_imported, "
        "rows_skipped, columns, rows_replaced) "
        "values (%(owner)s, 'costs', '', 'MARKED', 'MARKED', 1, 1, 1, '[]', '{}', 0)"
    ),
    "release_cost": (
        "insert into desk.release_cost (owner, import_id, row_number, release_id, amount) "
        "values (%(owner)s, 1, 1, %(release)s, 1)"
    ),
    "comment_act": (
        "insert into desk.comment_act (owner, account_id, platform, comment_id, action, text, who) "
        "values (%(owner)s, 'my_youtube', 'youtube', 'MARKED', 'hide', 'MARKED', 'MARKED')"
    ),
    "sync": (
        "insert into desk.sync (owner, account_id, platform, dataset, state) "
        "values (%(owner)s, 'my_youtube', 'youtube', 'MARKED', 'done')"
    ),
    "refused_metric": (
        "insert into desk.refused_metric (owner, account_id, dataset, field, why, again_at) "
        "values (%(owner)s, 'my_youtube', 'MARKED', 'MARKED', 'MARKED', now())"
    ),
    "touched_day": ("insert into desk.touched_day (owner, platform, day) values (%(owner)s, 'youtube', '2026-11-20')"),
    "vault_key": r"insert into desk.vault_key (owner, key_id, envelope) values (%(owner)s, '\x01', '\x02')",
}
"""Tables the product's own functions have not filled by then → how a row of theirs looks. A new table needs one."""


@dataclass(frozen=True, kw_only=True)
class World:
    """What one owner has."""

    owner: str
    account: str
    publication: str
    release: str
    job: str
    notice: str
    endpoint: str
    state: str
    """Of a sign-in that is under way."""
    waiting: str
    """Of a sign-in in which a channel is yet to be chosen."""


def a_world(owner: str, server: psycopg.Connection[Any], title_id: str = MARK) -> World:
    """Fill every table of the desk for `owner`; `server` is the superuser's connection to the warehouse."""
    publication = a_publication(owner, title_id)
    change(owner, publication, "error = %s, video_id = 'MARKEDvideo'", json.dumps({"message": MARK}))
    known: dict[str, Any] = {
        "owner": owner,
        "publication": publication,
        "job": f"release~{title_id}~1",
        "conf": json.dumps({"title_id": title_id, "segment": "women", "age_bucket": "18-23", "campaign": MARK}),
    }
    with engine.transaction(owner) as connection:
        known["release"] = str(connection.exec_driver_sql("select release_id from desk.release").scalar_one())
    audit.write("admin", owner, "MARKED", "my_youtube")
    states = [_attempt(owner).state for _ in range(2)]
    attempts.let_wait(attempts.use(owner, states[1]), {"tokens": SECRETS[0]})
    for table in tables(server):
        if table in ROWS and not rows(server, table, owner):
            with engine.transaction(owner) as connection:
                connection.exec_driver_sql(ROWS[table], known)
    empty = [table for table in tables(server) if not rows(server, table, owner)]
    assert empty == [], f"tests/desk/world.py does not say how a row of {empty} looks"
    notice, endpoint = rows(server, "notice", owner)[0], rows(server, "webhook_endpoint", owner)[0]
    return World(
        notice=notice["notice_id"], endpoint=endpoint["endpoint_id"],
        owner=owner, account="my_youtube", publication=publication, release=known["release"], job=known["job"],
        state=states[0], waiting=states[1],
    )  # fmt: skip


def _attempt(owner: str) -> attempts.Attempt:
    return attempts.begin(
        owner, "youtube", account_id="my_second", login=None, redirect_uri="http://desk.test/callback", return_to=None,
        is_default=True,
    )  # fmt: skip


def tables(server: psycopg.Connection[Any]) -> list[str]:
    """Return every table of the desk, as the catalogue knows them."""
    found = server.execute(
        "select relname from pg_class where relnamespace = 'desk'::regnamespace and relkind in ('r', 'p') order by 1"
    )
    return [name for (name,) in found]


def rows(server: psycopg.Connection[Any], table: str, owner: str) -> list[dict[str, Any]]:
    """Return an owner's rows as the superuser sees them."""
    query = sql.SQL("select to_jsonb(t) from desk.{} as t where owner = %s order by t::text").format(
        sql.Identifier(table)
    )
    return [row for (row,) in server.execute(query, (owner,))]


def everything(server: psycopg.Connection[Any], owner: str) -> dict[str, list[dict[str, Any]]]:
    """Return all an owner has, to see whether anything was changed; asking for one's own things counts requests."""
    return {table: rows(server, table, owner) for table in tables(server) if table != "request_rate"}


def another_uuid() -> str:
    """Return an id that nothing has."""
    return str(UUID(int=0))
