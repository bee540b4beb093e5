"""How many collected rows a second are loaded, beside dlt (dlthub) loading the same rows into the same Postgres.

Both merge by the same key into a table of their own that is empty before: ours with `store.save`, dlt with a pipeline
of `write_disposition="merge"`, the strategy it names upsert, its columns and their types given, so that it need not
look for them, and its telemetry off. Making the rows is counted in neither. `--mib` changes how many: 10,000 a MiB.
"""

from __future__ import annotations

import importlib
import os
import shutil
from typing import Any

import psycopg

from benchmarks import copy, rows_of_videos
from benchmarks.figures import Figure, Say, in_turns, middle
from benchmarks.workplace import workplace
from include.cli.errors import CommandFailed
from include.database.embedded import EmbeddedPostgres

RUNS = 3
KINDS = {"day": "date", "video_id": "text", "provisional": "bool", "average_view_percentage": "decimal"}
"""dlt's names of the types; everything else is a bigint."""
QUIET = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Load the same rows in turns with dlt."""
    os.environ |= QUIET
    runs, count = runs or RUNS, rows_of_videos.wanted(mib)
    making = copy.seconds(lambda: sum(len(block) for block in rows_of_videos.blocks(count)))
    with workplace(say) as place:
        server = EmbeddedPostgres(place.folder)
        with server.connect("warehouse") as superuser:
            superuser.execute("create schema theirs authorization desk_owner")
            address = server.addresses.warehouse_owner.url()
            mine, theirs = in_turns(
                lambda number: copy.told(say, f"ours {number + 1}/{runs}", count, copy.ours(superuser, count) - making),
                lambda number: copy.told(
                    say, f"dlt {number + 1}/{runs}", count, _dlt(superuser, address, place.folder, count) - making
                ),
                runs,
            )
    return Figure(
        bench="dlt",
        figure=count / middle(mine),
        unit="rows/s",
        against=f"dlt {importlib.import_module('dlt').__version__}, merge by the same key into the same Postgres",
        against_figure=count / middle(theirs),
        runs=runs,
        more={"rows": count},
    )


def _dlt(superuser: psycopg.Connection[Any], address: str, folder: Any, count: int) -> float:
    dlt: Any = importlib.import_module("dlt")  # not `import dlt`: this file has the same name
    home = folder / "dlt"
    superuser.execute("drop schema if exists theirs cascade")
    superuser.execute("drop schema if exists theirs_staging cascade")
    superuser.execute("grant create on database warehouse to desk_owner")
    hints = {
        name: {"name": name, "data_type": KINDS.get(name, "bigint"), "nullable": name not in ("video_id", "day")}
        for name in copy.COLUMNS
    }

    @dlt.resource(
        name="video_daily",
        primary_key=["video_id", "day"],
        write_disposition={"disposition": "merge", "strategy": "upsert"},
        columns=hints,
    )
    def video_daily() -> Any:
        yield from rows_of_videos.blocks(count)

    pipeline = dlt.pipeline(
        pipeline_name="bench",
        pipelines_dir=str(home),
        destination=dlt.destinations.postgres(address),
        dataset_name="theirs",
    )
    took = copy.seconds(lambda: pipeline.run(video_daily()))
    found = superuser.execute("select count(*) from theirs.video_daily").fetchone()
    if found != (count,):
        raise CommandFailed(f"dlt loaded {found} rows instead of {count}.")
    shutil.rmtree(home, ignore_errors=True)
    return took
