"""The DAG files as Airflow reads them, once for all tests."""

from __future__ import annotations

from typing import Any

import pytest

from include.settings import PROJECT
from tests import airflow_home

airflow_home.settle()


@pytest.fixture(scope="session")
def bag() -> Any:
    """Every DAG of the project's folder, parsed in this process."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(str(PROJECT / "dags"), bundle_name="dags-folder")
