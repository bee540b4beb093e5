"""`python -m include.cli.warm_scheduler scheduler …`: Airflow's scheduler with the publishing steps already loaded.

LocalExecutor forks each task off the scheduler, and what is loaded here is loaded in every task: else each of a
release's tasks spends 0.4 s on loading the same modules again. Nothing is started, and nothing read but
the certificates we trust. A change to the product's code needs a new scheduler: `./desk down`, then `./desk up`.
"""

from __future__ import annotations

import importlib
import runpy
import sys

from include.platforms import NAMES, http

STEPS = (
    "airflow.dag_processing.dagbag",
    "airflow.sdk.definitions.decorators",
    "airflow.sdk.execution_time.task_runner",
    "include.triggers.deadlines",
    "include.publishing.notices",
    "include.sensors.approval",
    "include.sensors.publishing",
    "include.sensors.publish_params",
    "include.sensors.publish_steps",
    "include.publishing.registration",
    "include.publishing.steps",
    "include.publishing.verdicts",
    *(f"include.platforms.{name}.publish" for name in NAMES),
    "av",
    "encodings.idna",
    "PIL.ImageCms",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "numpy",
    "psycopg",
    "psycopg_binary",
    "sqlalchemy.dialects.postgresql.psycopg",
)
"""What the tasks of `publish_release` load: its DAG file, its steps, and what those load only when it is needed."""


def load() -> None:
    """Load what the tasks load, and the certificates."""
    for name in STEPS:
        importlib.import_module(name)
    http.trusted()


def main() -> None:
    """Load the steps, then be Airflow's command line, which the arguments are for."""
    load()
    sys.argv[0] = "airflow"
    runpy.run_module("airflow", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
