"""What Release Desk adds to Airflow."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from include.desk.hosted import PREFIX, HostedFiles
from include.desk.publishing_api import PublishingApi
from include.triggers.deadlines import RunIsDue


class ReleaseDesk(AirflowPlugin):
    """Registers our deadline reference, which Airflow only loads from a plugin, and our two apps.

    The REST API is for whoever is signed in. The app that serves hosted files is anonymous by design: its signed
    addresses are the permission (docs/hosting.md).
    """

    name = "release_desk"
    fastapi_apps = [  # noqa: RUF012  Airflow reads a plain class attribute
        {"app": PublishingApi(), "url_prefix": "/api/publishing", "name": "Release Desk"},
        {"app": HostedFiles(), "url_prefix": PREFIX, "name": "Hosted files"},
    ]
    deadline_references = [RunIsDue]  # noqa: RUF012
