"""What Release Desk adds to Airflow."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from include.desk.hosted import PREFIX, HostedFiles
from include.triggers.deadlines import RunIsDue


class ReleaseDesk(AirflowPlugin):
    """Registers our deadline reference, which Airflow only loads from a plugin, and the app that serves hosted files.

    That app is anonymous by design: its signed addresses are the permission (docs/hosting.md).
    """

    name = "release_desk"
    fastapi_apps = [{"app": HostedFiles(), "url_prefix": PREFIX, "name": "Hosted files"}]  # noqa: RUF012
    deadline_references = [RunIsDue]  # noqa: RUF012  Airflow reads a plain class attribute
