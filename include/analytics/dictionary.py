"""The data dictionary: every table and column of what is collected and made of it, from the comments in the database.

A column's comment says "Meaning. Unit: …. Source: …. Lag: …."; docs/data.md shows each part in a column of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from include.database import queries

SQL = queries.load("dictionary")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "data.md"
SCHEMAS: Mapping[str, str] = {
    "marts": "All platforms in one way, by day ([warehouse.md](warehouse.md)). This is what to ask.",
    "youtube": "As YouTube tells it.",
    "instagram": "As Instagram tells it.",
    "facebook": "As Facebook tells it.",
    "tiktok": "As TikTok tells it.",
    "linkedin": "As LinkedIn tells it.",
    "market": "What others say about channels, and what was imported from files.",
}
EVERYWHERE: Mapping[str, str] = {
    "owner": "The user it belongs to; row-level security shows a user own rows only.",
    "account_id": "The account, by the name its owner gave it.",
    "collected_at": "When the row was last read and found changed. Unit: UTC. Source: our clock.",
    "extra": "What the platform sent and no column holds: new fields, and values of another kind. Source: as sent.",
}
"""Columns that mean the same in every collected table; there they need no comment of their own."""
PARTS = ("Unit", "Source", "Lag")
_PART = re.compile(r"(?:^|\s)(Unit|Source|Lag): ")
_HEAD = """# Data

Every table and column of what is collected and of what is made of it. This page is written by `./desk dictionary` from
the comments in the database (`comment on column …` in `sql/migrations/`); change those, not this page.

Times are UTC; `day` is a day of the platform's own zone. Unknown is empty (null) and never 0. Collected tables have
`owner`, `account_id`, `collected_at` and `extra` beside what is listed:

| column | means |
|---|---|
"""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as its comment tells it; empty texts where it says nothing."""

    schema: str
    table: str
    name: str
    kind: str
    key: bool
    comment: str


def columns(connection: Connection) -> list[Column]:
    """Return every column of the schemas of the dictionary, in order; partitions and staging views are left out."""
    rows = connection.exec_driver_sql(SQL["columns"], {"schemas": list(SCHEMAS)}).all()
    return [
        Column(
            schema=row.schema,
            table=row.table_name,
            name=row.name,
            kind=row.kind,
            key=row.key,
            comment=row.comment or "",
        )
        for row in rows
    ]


def lacking(found: Iterable[Column]) -> list[str]:
    """Return the columns nobody explains, as `schema.table.column`."""
    return [
        f"{one.schema}.{one.table}.{one.name}"
        for one in found
        if not one.comment and (one.schema == "marts" or one.name not in EVERYWHERE)
    ]


def page(connection: Connection) -> str:
    """Return docs/data.md as it should be."""
    found = columns(connection)
    tables = connection.exec_driver_sql(SQL["tables"], {"schemas": list(SCHEMAS)}).all()
    text = [_HEAD + "".join(f"| `{name}` | {_cell(means)} |\n" for name, means in EVERYWHERE.items())]
    for schema, what in SCHEMAS.items():
        mine = [row for row in tables if row.schema == schema]
        if mine:
            text.append(f"\n## {schema}\n\n{what}\n")
        for row in mine:
            text.append(_table(row, [one for one in found if (one.schema, one.table) == (schema, row.name)]))
    return "".join(text)


def parts(comment: str) -> dict[str, str]:
    """Take a comment apart: its meaning under "", and its unit, source and lag."""
    pieces = _PART.split(comment)
    said = {"": pieces[0].strip()}
    for name, value in zip(pieces[1::2], pieces[2::2], strict=True):
        said[name] = value.strip().removesuffix(".")
    return said


def _table(row: Any, own: list[Column]) -> str:
    keys = ", ".join(f"`{one.name}`" for one in own if one.key)
    lines = [f"\n### {row.schema}.{row.name}\n\n{(row.comment or '').strip()}"]
    if keys:
        lines.append(f" Key: {keys}.")
    lines.append("\n\n| column | type | means | unit | source | lag |\n|---|---|---|---|---|---|\n")
    for one in own:
        if row.schema != "marts" and one.name in EVERYWHERE:
            continue
        said = parts(one.comment)
        rest = " | ".join(_cell(said.get(name, "")) for name in PARTS)
        lines.append(f"| `{one.name}` | {one.kind} | {_cell(said[''])} | {rest} |\n")
    return "".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
