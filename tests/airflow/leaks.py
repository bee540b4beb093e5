"""Looks for secrets where they must not be: logs, receipts, and every row of both databases."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from include.database.embedded import EmbeddedPostgres
from tests.airflow.house import House

KEPT_BY_DESIGN = ("secrets.env", "installation.json", "passwords.json", "endpoints.yaml")
"""Files of mode 0600 that exist to hold secrets; nobody is shown them."""
FOLDERS = ("logs", "airflow", "outputs", "run")
SCHEMAS = {"warehouse": ("desk", "public"), "airflow": ("public",)}
SHORTEST = 12
"""Shorter texts would be found by chance."""


def secrets_of(house: House) -> dict[str, str]:
    """Return every secret that exists, by what it is: what the sandbox handed out, and what the installation made."""
    found: dict[str, str] = {}
    with sqlite3.connect(f"file:{house.folder / 'sandbox/sandbox.sqlite'}?mode=ro", uri=True) as store:
        for kind, text in store.execute("select kind, body from things"):
            body = json.loads(text)
            names = {
                "Token": ("id",),
                "App": ("secret",),
                "Session": ("id",),
                "Post": ("upload", "secret"),
                "Code": ("id",),
                "MetaToken": ("id",),
                "LinkedInVideo": ("secret",),
            }
            for name in names.get(kind, ()):
                found[body[name]] = f"{body['use']} token" if kind == "Token" else f"{kind} {name}"
            if kind == "IgContainer":
                hosted = parse_qs(urlsplit(body["params"].get("video_url") or "").query)
                found |= dict.fromkeys(hosted.get("token", []), "hosted address")
    for name, value in house.installation.state.secrets.read().items():
        found[value] = name
    return {secret: what for secret, what in found.items() if len(secret) >= SHORTEST}


def leaks(house: House, secrets: dict[str, str]) -> list[str]:
    """Return where a secret was found and which kind it is, never the secret itself."""
    found = []
    for where, text in (*_files(house.folder), *_rows(house.folder)):
        found += [f"{what} in {where}" for secret, what in secrets.items() if secret in text]
    return sorted(set(found))


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for name in FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            if path.is_file() and path.name not in KEPT_BY_DESIGN:
                yield str(path.relative_to(folder)), path.read_bytes().decode("utf-8", "replace")


def _rows(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield every row of every table as one text: all its columns, bytes too, as the superuser sees them."""
    server = EmbeddedPostgres(folder)
    for database, schemas in SCHEMAS.items():
        with server.connect(database) as connection:
            tables = connection.execute(
                "select table_schema, table_name from information_schema.tables "
                "where table_schema = any(%s) and table_type = 'BASE TABLE'",
                (list(schemas),),
            ).fetchall()
            assert len(tables) > 5, f"{database} has only {tables}"
            for schema, table in tables:
                for (text,) in connection.execute(f'select t::text from "{schema}"."{table}" as t'):
                    yield f"{database}.{schema}.{table}", _with_bytes(text)


def _with_bytes(row: str) -> str:
    r"""Return a row's text and, for its ``\x`` columns, what the bytes say; else a secret kept as bytes would hide."""
    if "\\x" not in row:
        return row
    pieces = [piece for part in row.split("\\x")[1:] for piece in [part.split('"')[0].split(",")[0].rstrip(")")]]
    texts = [bytes.fromhex(piece).decode("utf-8", "replace") for piece in pieces if _is_hex(piece)]
    return "\n".join([row, *texts])


def _is_hex(text: str) -> bool:
    return len(text) % 2 == 0 and all(letter in "0123456789abcdef" for letter in text)
