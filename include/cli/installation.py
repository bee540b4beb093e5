"""What is known of an installation: where its pages are, who signs in, and what its programs see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from include import settings
from include.cli.state import State
from include.cli.surroundings import ADMIN
from include.database.secrets_file import SecretsFile

NOTE = "installation"


@dataclass(frozen=True, kw_only=True)
class Installation:
    """An installation that was started; `environment` is what its programs were given beside the caller's own."""

    state: State
    port: int
    sandbox_port: int | None
    uses_embedded_postgres: bool
    environment: dict[str, str] = field(repr=False)

    @property
    def airflow_url(self) -> str:
        """Return the address of Airflow's page and API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str | None:
        """Return the address of the sandbox, None when it was not asked for."""
        return f"http://127.0.0.1:{self.sandbox_port}" if self.sandbox_port else None

    @property
    def warehouse_url(self) -> str:
        """Return the warehouse's address as the product uses it, for SQLAlchemy."""
        return settings.sqlalchemy_url("AIRFLOW_CONN_WAREHOUSE", self.environment["AIRFLOW_CONN_WAREHOUSE"])

    @property
    def admin_user(self) -> str:
        """Return the name the generated password belongs to."""
        return ADMIN

    @property
    def admin_password(self) -> str:
        """Return the generated password of `admin_user`."""
        return SecretsFile(self.state.secrets.path).read()["ADMIN_PASSWORD"]

    def addresses(self) -> dict[str, str]:
        """Return the addresses a person may open, and where the password is; no secret."""
        found = {"airflow": self.airflow_url, "password_of_admin": f"in {self.state.airflow / 'passwords.json'}"}
        if self.sandbox_url:
            found["sandbox"] = self.sandbox_url
        for name in ("RELEASE_DESK_EXPORT_ROOT", "RELEASE_DESK_OUTPUT_ROOT"):
            found[name.removeprefix("RELEASE_DESK_").lower()] = self.environment[name]
        return found

    def remember(self) -> None:
        """Write it down for later commands; the file is its owner's only, as the secrets are."""
        content: dict[str, Any] = {
            "port": self.port,
            "sandbox_port": self.sandbox_port,
            "uses_embedded_postgres": self.uses_embedded_postgres,
            "environment": self.environment,
        }
        self.state.write(NOTE, content)

    @classmethod
    def find(cls, state: State) -> Installation | None:
        """Return what the last start wrote down, None before the first; it says nothing about what runs now."""
        noted = state.read(NOTE)
        return cls(state=state, **noted) if noted else None
