"""Every DAG file loads, says what it is, and costs next to nothing to parse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from include.settings import PROJECT

FILES = sorted((PROJECT / "dags").glob("*.py"))
EXPENSIVE = {
    "pandas",
    "numpy",
    "weasyprint",
    "av",
    "PIL",
    "googleapiclient",
    "fsspec",
    "psycopg",
    "sqlalchemy",
    "httpx",
}
ALLOWED = {"include.publishing", "include.publishing.notices"}  # Airflow imports a deadline's callback to check it
OURS = ("include.publishing", "include.accounts", "include.database", "include.platforms.http", "include.releases")
EMPTY = "from airflow.sdk import DAG\nDAG('empty', schedule=None)\n"
LOADED = """
import json, runpy, sys
runpy.run_path(sys.argv[1], run_name="a_dag_file")
print(json.dumps(sorted(sys.modules)))
"""


def test_every_file_loads(bag: Any):
    assert bag.import_errors == {}
    assert len(FILES) >= 3


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_file_is_one_dag_of_the_same_name_that_explains_itself(bag: Any, path: Path):
    (dag,) = [each for each in bag.dags.values() if Path(each.fileloc).name == path.name]
    assert dag.dag_id == path.stem
    assert dag.doc_md
    assert len(dag.doc_md.splitlines()[0]) > 20
    assert dag.tags
    assert not dag.catchup
    for task in dag.tasks:
        assert task.owner == "release-desk", task.task_id
        assert task.retries > 0, f"{task.task_id}: a killed worker would be the end of it"


@pytest.fixture(scope="module")
def modules_of_an_empty_dag(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What parsing any DAG at all imports."""
    path = tmp_path_factory.mktemp("dags") / "empty.py"
    path.write_text(EMPTY)
    return modules_after(path)


def modules_after(path: Path) -> set[str]:
    """Return the modules that are loaded once a fresh Python has run a file."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    told = subprocess.run(
        [sys.executable, "-c", LOADED, str(path)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return set(json.loads(told.stdout.splitlines()[-1]))


@pytest.mark.long
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_parsing_imports_nothing_expensive(modules_of_an_empty_dag: set[str], path: Path):
    added = modules_after(path) - modules_of_an_empty_dag
    packages = {name.split(".")[0] for name in added} - {name.split(".")[0] for name in modules_of_an_empty_dag}
    assert packages & EXPENSIVE == set()
    assert sorted(name for name in added - ALLOWED if name.startswith(OURS)) == []
