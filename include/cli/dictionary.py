"""`desk dictionary`: write docs/data.md from the comments in the database."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from include.cli.errors import CommandFailed


def dictionary(
    check: Annotated[bool, typer.Option("--check", help="only say whether docs/data.md is up to date")] = False,
) -> None:
    """Write docs/data.md: every table and column, from the comments in sql/migrations.

    Uses a fresh warehouse of its own that is gone afterwards, so it needs no installation and shows no data.
    """
    from sqlalchemy import create_engine

    from include.analytics import dictionary as written
    from include.database.embedded import EmbeddedPostgres
    from include.database.migrate import migrate

    folder = Path(tempfile.mkdtemp(prefix="release-desk-dictionary-"))
    server = EmbeddedPostgres(folder, durable=False)
    try:
        server.start()
        url = server.addresses.warehouse_owner.url("+psycopg")
        migrate(url)
        engine = create_engine(url)
        with engine.connect() as connection:
            page = written.page(connection)
        engine.dispose()
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)
    if not check:
        written.PAGE.write_text(page, encoding="utf-8")
        print(f"Wrote {written.PAGE.name}.")
    elif not written.PAGE.exists() or written.PAGE.read_text(encoding="utf-8") != page:
        raise CommandFailed("docs/data.md is not what the migrations say. Write it anew with ./desk dictionary")
