"""The studio of the publishing tests, and a home for Airflow."""

from __future__ import annotations

from tests import airflow_home
from tests.publishing.conftest import (  # noqa: F401  fixtures are found by their names
    hosted_address,
    sandbox_server,
    source,
    studio,
)

airflow_home.settle()
