"""The studio of the publishing tests, and a home for Airflow."""

from __future__ import annotations

from tests import airflow_home
from tests.publishing.conftest import sandbox_server, source, studio  # noqa: F401  fixtures are found by their names

airflow_home.settle()
