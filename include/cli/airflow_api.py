"""Airflow's public REST API, as far as our commands need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from include.cli.installation import Installation


class ApiError(RuntimeError):
    """Airflow refused or did not answer; the message is a sentence."""


@dataclass(kw_only=True)
class AirflowApi:
    """Speaks to one API server as one user; a token is fetched when first needed."""

    url: str
    user: str
    password: str = field(repr=False)
    _token: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, installation: Installation) -> AirflowApi:
        """Speak to an installation's API server as its administrator."""
        return cls(url=installation.airflow_url, user=installation.admin_user, password=installation.admin_password)

    def trigger(self, dag_id: str, run_id: str, conf: dict[str, Any]) -> bool:
        """Start a run; return False when a run of that id was started before."""
        answer = self._send(
            "POST",
            f"/api/v2/dags/{dag_id}/dagRuns",
            {"dag_run_id": run_id, "conf": conf, "logical_date": None},
            accept={httpx.codes.CONFLICT},
        )
        return answer.status_code != httpx.codes.CONFLICT

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """Return a run as Airflow shows it."""
        return dict(self._send("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}").json())

    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Return a run's task instances."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances?limit=1000"
        return list(self._send("GET", path).json()["task_instances"])

    def clear(self, dag_id: str, run_id: str, task_ids: list[str] | None = None) -> None:
        """Clear a whole run, or some of its tasks and what comes after them."""
        body: dict[str, Any] = {"dry_run": False, "dag_run_id": run_id, "only_failed": False, "reset_dag_runs": True}
        if task_ids:
            body |= {"task_ids": task_ids, "include_downstream": True}
        self._send("POST", f"/api/v2/dags/{dag_id}/clearTaskInstances", body)

    def get(self, path: str) -> Any:
        """Return the JSON of any other address below /api/v2."""
        return self._send("GET", f"/api/v2{path}").json()

    def _send(
        self, method: str, path: str, body: Any = None, accept: set[int] | frozenset[int] = frozenset()
    ) -> httpx.Response:
        if self._token is None:
            answer = self._ask("POST", "/auth/token", {"username": self.user, "password": self.password}, {})
            if answer.is_error:
                raise ApiError(f"Airflow did not sign {self.user} in ({answer.status_code}).")
            self._token = str(answer.json()["access_token"])
        answer = self._ask(method, path, body, {"Authorization": f"Bearer {self._token}"})
        if answer.is_error and answer.status_code not in accept:
            raise ApiError(f"Airflow answered {method} {path} with {answer.status_code}: {answer.text[:500]}")
        return answer

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        try:
            return httpx.request(method, f"{self.url}{path}", json=body, headers=headers, timeout=30, trust_env=False)
        except httpx.TransportError as error:
            raise ApiError(f"Airflow does not answer at {self.url} ({type(error).__name__}); is it up?") from None
