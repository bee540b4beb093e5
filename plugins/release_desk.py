"""What Release Desk adds to Airflow."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from include.triggers.deadlines import RunIsDue


class ReleaseDesk(AirflowPlugin):
    """Registers our deadline reference, which Airflow only loads from a plugin."""

    name = "release_desk"
    deadline_references = [RunIsDue]  # noqa: RUF012  Airflow reads a plain class attribute
