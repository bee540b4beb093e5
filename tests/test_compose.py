"""docker-compose.yaml, Dockerfile, .env.example and airflow.cfg: read, because no engine runs here."""

from __future__ import annotations

import ast
import configparser
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from include import settings
from include.platforms import NAMES
from include.settings import PROJECT

AIRFLOW = {"api-server", "scheduler", "triggerer", "dag-processor", "worker"}
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:?[-?])?([^}]*)\}")


@cache
def text() -> str:
    return (PROJECT / "docker-compose.yaml").read_text()


@cache
def services() -> dict[str, Any]:
    return yaml.safe_load(text())["services"]


def example_variables() -> list[str]:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    return [line.split("=", 1)[0] for line in lines if re.match(r"[A-Z]", line)]


def test_every_component_is_there() -> None:
    assert set(services()) == AIRFLOW | {"init", "postgres", "redis"}
    commands = {name: services()[name]["command"] for name in AIRFLOW}
    assert commands.pop("worker") == ["airflow", "celery", "worker"]
    assert commands == {name: ["airflow", name] for name in AIRFLOW - {"worker"}}
    assert services()["postgres"]["image"].startswith("postgres:18")


@pytest.mark.parametrize("name", sorted(AIRFLOW))
def test_migrations_run_before_a_component_starts(name: str) -> None:
    assert services()[name]["depends_on"]["init"] == {"condition": "service_completed_successfully"}
    steps = services()["init"]["command"][0]
    assert steps.index("airflow db migrate") < steps.index("include.cli migrate")
    assert services()["init"]["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert services()["init"]["restart"] == "no"


@pytest.mark.parametrize("name", sorted(AIRFLOW | {"init"}))
def test_every_component_sees_the_same_world(name: str) -> None:
    environment = services()[name]["environment"]
    assert environment["PYTHONPATH"] == "/opt/release-desk"
    assert environment["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    ours = {key: value for key, value in environment.items() if key in services()["scheduler"]["environment"]}
    assert ours == services()["scheduler"]["environment"]


@pytest.mark.parametrize("name", sorted(AIRFLOW | {"postgres", "redis"}))
def test_every_lasting_service_tells_whether_it_is_healthy(name: str) -> None:
    assert services()[name]["healthcheck"]["test"]


def test_no_password_has_a_default() -> None:
    secret = re.compile("PASSWORD|SECRET|KEY|TOKEN")
    used = VARIABLE.findall(text())
    optional = {
        name for name in settings_variables() if re.search("CLIENT|_APP_|PREVIOUS|METRICS_TOKEN|SOCIAL_BLADE", name)
    }
    for name, how, rest in used:
        if secret.search(name) and name not in optional:
            assert how == ":?", f"{name} must be required"
            assert rest.startswith("set "), f"{name} must say what to do"
        elif name in optional:
            assert (how, rest) == (":-", "")
    assert {name for name, _, _ in used} >= {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "ADMIN_PASSWORD", "JWT_SECRET"}


def test_only_the_loopback_is_published() -> None:
    published = [port for service in services().values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert all("network_mode" not in service and "privileged" not in service for service in services().values())


def test_only_init_may_change_tables() -> None:
    holders = [name for name, service in services().items() if "AIRFLOW_CONN_WAREHOUSE_OWNER" in service["environment"]]
    assert holders == ["init"]
    assert "ADMIN_PASSWORD" not in services()["worker"]["environment"]


def test_the_container_database_has_the_roles_of_the_embedded_one() -> None:
    roles = yaml.safe_load(text())["configs"]["roles"]["content"]
    for role in ("airflow", "desk_owner", "desk_app", "desk_dispatch"):
        made = re.search(rf"create role {role} (\w+) nosuperuser nobypassrls nocreatedb nocreaterole", roles)
        assert made
        assert made[1] == ("nologin" if role == "desk_dispatch" else "login")


def test_every_variable_compose_reads_is_in_the_example() -> None:
    assert {name for name, _, _ in VARIABLE.findall(text())} <= set(example_variables())


def test_compose_hands_on_every_variable_of_ours() -> None:
    ours = [name for name in settings_variables() if name not in ("AIRFLOW_CONN_WAREHOUSE_OWNER", "RELEASE_DESK_PORT")]
    assert set(ours) <= set(services()["worker"]["environment"])


def settings_variables() -> list[str]:
    """Return the variables include/settings.py reads, in its order; our apps at the platforms in the order of NAMES.

    Two platforms may share an app, and most variables of apps are named nowhere: settings makes their names.
    """
    tree = ast.parse((PROJECT / "include" / "settings.py").read_text())
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    texts.sort(key=lambda node: (node.lineno, node.col_offset))
    found = [node.value for node in texts if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", node.value)]
    apps = [variable for name in NAMES for variable in settings.app_variables(name)[1:]]
    first = next(number for number, name in enumerate(found) if name in apps)
    return list(dict.fromkeys([*found[:first], *apps, *found[first:]]))


def test_the_example_lists_what_settings_reads_in_the_same_order() -> None:
    found = settings_variables()
    assert len(found) > 10
    assert example_variables()[: len(found)] == found


def test_the_example_gives_nothing_away() -> None:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    assert all(line.endswith("=") for line in lines if re.match(r"[A-Z]", line))


def test_the_image_is_pinned_and_runs_as_nobody_special() -> None:
    lines = (PROJECT / "Dockerfile").read_text().splitlines()
    assert any("pip install" in line and "--require-hashes -r requirements.txt" in line for line in lines)
    users = [line for line in lines if line.startswith("USER ")]
    assert users == ["USER desk"]
    ignored = (PROJECT / ".dockerignore").read_text().split()
    assert {".env", ".desk", ".git", ".venv"} <= set(ignored)


def test_a_line_of_airflow_cfg_differs_from_the_default_and_gives_its_reason() -> None:
    package = find_spec("airflow")
    assert package is not None
    assert package.submodule_search_locations
    template = Path(package.submodule_search_locations[0]) / "config_templates" / "config.yml"
    defaults = yaml.safe_load(template.read_text())
    lines = (PROJECT / "airflow.cfg").read_text().splitlines()
    ours = configparser.ConfigParser()
    ours.read_string("\n".join(lines))
    assert ours.sections()
    for section in ours.sections():
        for option, value in ours[section].items():
            default = str(defaults[section]["options"][option]["default"])
            assert value != default, f"[{section}] {option} is Airflow's default"
            at = next(number for number, line in enumerate(lines) if line.startswith(f"{option} ="))
            assert lines[at - 1].startswith("# "), f"[{section}] {option} has no reason"


@pytest.mark.long
def test_a_celery_worker_can_be_started() -> None:
    """The provider and celery are released apart: 3.26 does not load with celery 5.7."""
    code = "from airflow.providers.celery.executors.celery_executor import app; print(app.main)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT)
    assert ran.returncode == 0, ran.stderr


def test_compose_itself_accepts_the_file(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode != 0:
        pytest.skip("`docker compose` is not installed")
    filled = tmp_path / "env"
    filled.write_text("".join(f"{name}=a1\n" for name in example_variables() if not name.startswith("RELEASE_DESK")))
    command = [docker, "compose", "--env-file", filled, "-f", PROJECT / "docker-compose.yaml", "config", "--quiet"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
