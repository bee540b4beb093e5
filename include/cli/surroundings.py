"""The environment the components of one installation run in; what was generated is in `secrets.env`."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

import yaml

from include import settings
from include.cli.state import State
from include.settings import PROJECT

ADMIN = "admin"
USERS = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"
REMEMBERED_USERS = "users"


def inherited() -> dict[str, str]:
    """Return our own environment without what would slow Python down or lead Airflow elsewhere."""
    unwanted = ("PYTHONDONTWRITEBYTECODE", "AIRFLOW_HOME", "AIRFLOW_CONFIG", "AIRFLOW_CONN_WAREHOUSE_OWNER")
    return {name: value for name, value in settings.surroundings().items() if name not in unwanted}


def databases(metadata: str, warehouse: str) -> dict[str, str]:
    """Return where Airflow keeps its own tables, and where releases and the ledger are."""
    return {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata, "AIRFLOW_CONN_WAREHOUSE": warehouse}


def generated(state: State) -> dict[str, str]:
    """Return the secrets of this installation, made when it is new; a key that was given by hand stays."""
    keep = state.secrets
    key = keep.get("SECRET_MASTER_KEY", lambda: base64.b64encode(os.urandom(32)).decode())
    older = "SECRET_MASTER_KEY_PREVIOUS"
    previous = settings.surroundings().get(older) or keep.read().get(older)
    rotating = {older: previous} if previous else {}
    return rotating | {
        "SECRET_MASTER_KEY": settings.surroundings().get("SECRET_MASTER_KEY") or key,
        "AIRFLOW__CORE__FERNET_KEY": keep.get("FERNET_KEY", lambda: base64.urlsafe_b64encode(os.urandom(32)).decode()),
        "AIRFLOW__API__SECRET_KEY": keep.get("API_SECRET_KEY", lambda: secrets.token_urlsafe(48)),
        "AIRFLOW__API_AUTH__JWT_SECRET": keep.get("JWT_SECRET", lambda: secrets.token_urlsafe(72)),
    }


def places(state: State, port: int, dags: Path | None) -> dict[str, str]:
    """Return folders and addresses: everything below the state folder and on the loopback."""
    page = f"http://127.0.0.1:{port}"
    values = {
        "AIRFLOW_HOME": str(state.airflow),
        "AIRFLOW_CONFIG": str(PROJECT / "airflow.cfg"),
        "PYTHONPATH": str(PROJECT),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags or PROJECT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{page}/execution/",
        USERS: ",".join(f"{name}:{role}" for name, role in users(state).items()),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(state.airflow / "passwords.json"),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": page,
        "RELEASE_DESK_EXPORT_ROOT": (state.folder / "exports").as_uri(),
        "RELEASE_DESK_OUTPUT_ROOT": (state.folder / "outputs").as_uri(),
        "RELEASE_DESK_HOSTING_ROOT": str(state.folder / "hosted"),
        "RELEASE_DESK_PUBLIC_ADDRESS": page,
    }
    given = settings.surroundings()
    hosting = ("RELEASE_DESK_HOSTING_ROOT", "RELEASE_DESK_PUBLIC_ADDRESS")
    values |= {name: given[name] for name in hosting if given.get(name)}
    for root in ("RELEASE_DESK_EXPORT_ROOT", "RELEASE_DESK_OUTPUT_ROOT"):
        if given.get(root):
            values[root] = given[root]
        else:
            (state.folder / values[root].rsplit("/", 1)[1]).mkdir(mode=0o700, exist_ok=True)
    return values


def sandboxed(state: State, played: dict[str, dict[str, str]], apps: dict[str, dict[str, str]]) -> dict[str, str]:
    """Point every address of the platforms the sandbox plays at it, with the sandbox's own apps.

    `played` are its addresses as it tells them itself. Platforms it does not play keep theirs. Real app secrets are
    never shown to it.
    """
    addresses = {platform: dict(bases) for platform, bases in settings.endpoints().items()} | played
    path = state.folder / "endpoints.yaml"
    path.write_text(yaml.safe_dump(addresses, sort_keys=False), encoding="utf-8")
    values = {"RELEASE_DESK_ENDPOINTS": str(path)}
    for platform, app in apps.items():
        _, id_name, secret_name = settings.app_variables(platform)
        values |= {id_name: app["client_id"], secret_name: app["client_secret"]}
        if platform == "instagram":
            values |= dict(zip(settings.INSTAGRAM_LOGIN[1:], (app["client_id"], app["client_secret"]), strict=True))
    return values


def sandbox_inbox(smtp_port: int) -> dict[str, str]:
    """Let notices arrive at the sandbox: nobody is to be written to about posts that never were."""
    plain = {"disable_ssl": True, "disable_tls": True, "from_email": "desk@localhost"}
    server = {"conn_type": "smtp", "host": "127.0.0.1", "port": smtp_port, "extra": plain}
    return {"AIRFLOW_CONN_SMTP_DEFAULT": json.dumps(server), "RELEASE_DESK_WEBHOOK_INSIDE": "127.0.0.1"}


def users(state: State) -> dict[str, str]:
    """Return who may sign in, with Airflow's role: `admin`, and whom USERS names (`bob:user,vera:viewer`).

    Without USERS they are those of the last start: nobody is locked out because a shell did not know them.
    """
    given = settings.surroundings().get(USERS)
    if given is None:
        named = state.read(REMEMBERED_USERS)
    else:
        named = dict(each.strip().partition(":")[::2] for each in given.split(",") if each.strip())
        state.write(REMEMBERED_USERS, named)
    return {ADMIN: "admin"} | {name: role or "viewer" for name, role in named.items() if name != ADMIN}


def admin_password(state: State) -> str:
    """Return the generated password of `admin`; everybody's is written where Airflow reads it, both files are 0600."""
    passwords = {
        name: state.secrets.get(_password_of(name), lambda: secrets.token_urlsafe(15)) for name in users(state)
    }
    path = state.airflow / "passwords.json"
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(json.dumps(passwords) + "\n")
    return passwords[ADMIN]


def _password_of(name: str) -> str:
    return "ADMIN_PASSWORD" if name == ADMIN else f"PASSWORD_OF_{name.encode().hex().upper()}"
