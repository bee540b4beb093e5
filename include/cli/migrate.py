"""`desk migrate`: bring the warehouse to the newest shape."""

from __future__ import annotations

import json

from include.cli.options import AsJson


def migrate(as_json: AsJson = False) -> None:
    """Run the migrations the warehouse has not seen; `up` does so by itself.

    Works on AIRFLOW_CONN_WAREHOUSE_OWNER, else AIRFLOW_CONN_WAREHOUSE, else the installation's own warehouse.
    """
    from include import settings
    from include.cli import launcher
    from include.database.embedded import EmbeddedPostgres
    from include.database.migrate import migrate as run

    known = launcher.current()
    if known is not None and known.uses_embedded_postgres and settings.warehouse_url() == known.warehouse_url:
        owner = EmbeddedPostgres(known.state.folder).addresses.warehouse_owner.url("+psycopg")
    else:
        owner = settings.warehouse_owner_url()
    done = run(owner)
    if as_json:
        print(json.dumps({"ran": done}))
    else:
        print("\n".join(done) if done else "The warehouse is up to date.")
