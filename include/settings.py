"""The only reader of the environment, of config/*.yaml and of Airflow's Connections.

Nothing is read at import. Every function reads once and remembers; `forget()` makes them read again (tests).
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from include.distribution import AgeBucket as AgeBucket
from include.distribution import Distribution as Distribution
from include.distribution import Publishing as Publishing
from include.distribution import Quota as Quota
from include.measurement import Analytics, MetricFile, MetricLine

try:
    from yaml import CSafeLoader as SafeLoader  # 1 ms instead of 17, in every task and at every parse of a DAG
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]

PROJECT = Path(__file__).resolve().parent.parent
Model = TypeVar("Model", bound=BaseModel)
OWN_WILL_DO = ("Imports", "Policy")  # files of ours that a configuration folder need not have


class SettingsError(ValueError):
    """A setting is missing or wrong; the message names it and says what would be right."""


class App(BaseModel):
    """An app registered at a platform: what identifies us there (TikTok calls the id `client_key`)."""

    model_config = ConfigDict(frozen=True)

    client_id: str
    client_secret: SecretStr


def _environment(name: str) -> str | None:
    return os.environ.get(name) or None


def _required(name: str, what: str) -> str:
    value = _environment(name)
    if value is None:
        raise SettingsError(f"{name} is not set: {what}.")
    return value


@cache
def warehouse_url() -> str:
    """Return the warehouse's SQLAlchemy address (psycopg 3), from AIRFLOW_CONN_WAREHOUSE.

    Both forms Airflow knows are read: an address, and JSON with `conn_type`, `host`, `login`, …
    """
    what = (
        "the Postgres that keeps releases, accounts and the ledger, e.g. postgresql://user:password@host:5432/warehouse"
    )
    return sqlalchemy_url("AIRFLOW_CONN_WAREHOUSE", _required("AIRFLOW_CONN_WAREHOUSE", what))


@cache
def warehouse_owner_url() -> str:
    """Return the address migrations run with: AIRFLOW_CONN_WAREHOUSE_OWNER, else the warehouse's own."""
    value = _environment("AIRFLOW_CONN_WAREHOUSE_OWNER")
    return sqlalchemy_url("AIRFLOW_CONN_WAREHOUSE_OWNER", value) if value else warehouse_url()


def sqlalchemy_url(name: str, value: str) -> str:
    """Return `value` of the variable `name`, an address or Airflow's JSON, in SQLAlchemy's form (psycopg 3)."""
    if value.lstrip().startswith("{"):
        try:
            parts = json.loads(value)
        except ValueError:
            raise SettingsError(f"{name} begins like JSON but is not: write an address or a JSON object.") from None
        login, password = (
            quote(parts.get("login") or "", safe=""),
            quote(parts.get("password") or "", safe=""),
        )
        host, port = parts.get("host") or "127.0.0.1", parts.get("port") or 5432
        return f"postgresql+psycopg://{login}:{password}@{host}:{port}/{parts.get('schema') or 'warehouse'}"
    address = urlsplit(value)
    if address.scheme.split("+")[0] not in {"postgres", "postgresql"}:
        raise SettingsError(f"{name} must be a postgresql:// address, not {address.scheme or 'nothing'}://.")
    query = f"?{address.query}" if address.query else ""
    return f"postgresql+psycopg://{address.netloc}{address.path}{query}"


def master_keys() -> tuple[str, ...]:
    """Return SECRET_MASTER_KEY and, while rotating, SECRET_MASTER_KEY_PREVIOUS; base64 texts, newest first.

    Where the environment has none, both may come from any Airflow secrets backend, as the Variables
    `secret_master_key` and `secret_master_key_previous`; those are asked for once a process.
    """
    current = _environment("SECRET_MASTER_KEY")
    if current is None and (kept := _keys_of_backend()):
        return kept
    if current is None:
        raise SettingsError(
            "SECRET_MASTER_KEY is not set: tokens are only kept encrypted. Make one with "
            '`python3 -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())"`.'
        )
    previous = _environment("SECRET_MASTER_KEY_PREVIOUS")
    return (current, previous) if previous else (current,)


_backend_keys: dict[str, tuple[str, ...]] = {}
"""What a secrets backend has told; asking again for each secret would cost more than opening it."""


def _keys_of_backend() -> tuple[str, ...]:
    if not _backend_keys and (current := _airflow_variable("secret_master_key")):
        previous = _environment("SECRET_MASTER_KEY_PREVIOUS") or _airflow_variable("secret_master_key_previous")
        _backend_keys["found"] = (current, previous) if previous else (current,)
    return _backend_keys.get("found", ())


def export_root() -> str:
    """Return the address below which the export step writes, RELEASE_DESK_EXPORT_ROOT (path, gs:// or s3://)."""
    return _required(
        "RELEASE_DESK_EXPORT_ROOT", "the folder or bucket the export step writes to, e.g. file:///srv/final"
    )


def output_root() -> str:
    """Return the address below which receipts and reports are written, RELEASE_DESK_OUTPUT_ROOT."""
    return _required("RELEASE_DESK_OUTPUT_ROOT", "the folder or bucket for receipts and reports, e.g. file:///srv/desk")


def renditions_root() -> Path:
    """Return the local folder converted videos are kept in, RELEASE_DESK_RENDITIONS_ROOT (`.desk/renditions`)."""
    return Path(_environment("RELEASE_DESK_RENDITIONS_ROOT") or PROJECT / ".desk" / "renditions")


def config_folder() -> Path:
    """Return RELEASE_DESK_CONFIG, default `config/` of the project."""
    return Path(_environment("RELEASE_DESK_CONFIG") or PROJECT / "config")


@cache
def endpoints() -> dict[str, dict[str, str]]:
    """Return every address we call, from RELEASE_DESK_ENDPOINTS (default `endpoints.yaml` of the config folder)."""
    path = Path(_environment("RELEASE_DESK_ENDPOINTS") or config_folder() / "endpoints.yaml")
    content = _yaml(path)
    if not isinstance(content, dict) or not all(isinstance(bases, dict) for bases in content.values()):
        raise SettingsError(f"{path} must map each platform to its addresses.")
    return content


@cache
def distribution() -> Distribution:
    """Return config/distribution.yaml, checked; raise `SettingsError` naming every wrong line at once."""
    return _checked(Distribution, "distribution.yaml")


@cache
def analytics() -> Analytics:
    """Return config/analytics.yaml, checked; raise `SettingsError` naming every wrong line at once."""
    return _checked(Analytics, "analytics.yaml")


@cache
def metrics(platform: str) -> tuple[MetricLine, ...]:
    """Return the metrics of a platform from config/metrics; raise `SettingsError` naming every wrong line at once."""
    return _checked(MetricFile, f"metrics/{platform}.yaml").metrics


@cache
def configured(model: type[Model], name: str) -> Model:
    """Return another file of the configuration folder, or ours where it has none; raises `SettingsError`."""
    return _checked(model, name)


def _checked(model: type[Model], name: str) -> Model:
    path = config_folder() / name
    if model.__name__ in OWN_WILL_DO and not path.exists():
        path = PROJECT / "config" / name
    try:
        return model.model_validate(_yaml(path))
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"{path}: {lines}") from None


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=SafeLoader)
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist.") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is not valid YAML: {error}") from None


APP_VARIABLES = {
    "tiktok": ("tiktok_app", "TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET"),
    "instagram": ("meta_app", "FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET"),
    "facebook": ("meta_app", "FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET"),
    "social_blade": ("social_blade", "SOCIAL_BLADE_CLIENT_ID", "SOCIAL_BLADE_TOKEN"),
}
"""Platform → (Airflow Connection, variable of the id, variable of the secret), where they are not the usual ones."""


INSTAGRAM_LOGIN = ("instagram_app", "INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET")
"""Instagram Login has an app id and secret of its own in the same Meta app (meta.md 1.7)."""


def app_variables(platform: str) -> tuple[str, str, str]:
    """Return the Airflow Connection and the two variables that hold our app at a platform."""
    upper = platform.upper()
    return APP_VARIABLES.get(platform, (f"{platform}_app", f"{upper}_CLIENT_ID", f"{upper}_CLIENT_SECRET"))


def app(platform: str, login: str | None = None) -> App:
    """Return our app at `platform`: from the environment, else from the Airflow Connection (login, password).

    For Instagram Login (`login` "instagram") its own app, where one is set.
    """
    if (platform, login) == ("instagram", "instagram") and (own := _app(*INSTAGRAM_LOGIN)):
        return own
    connection, id_name, secret_name = app_variables(platform)
    found = _app(connection, id_name, secret_name)
    if found is None:
        raise SettingsError(
            f"{platform} has no app credentials: set {id_name} and {secret_name}, "
            f"or the Airflow Connection '{connection}' with login and password."
        )
    return found


def _app(connection: str, id_name: str, secret_name: str) -> App | None:
    client_id, secret = _environment(id_name), _environment(secret_name)
    if client_id and secret:
        return App(client_id=client_id, client_secret=SecretStr(secret))
    found = _airflow_connection(connection)
    return App(client_id=found[0], client_secret=SecretStr(found[1])) if found else None


def _airflow_connection(name: str) -> tuple[str, str] | None:
    """Return login and password of an Airflow Connection, or None when there is none (or no Airflow)."""
    found = connection(name)
    return None if found is None else (found["login"], found["password"])


def connection(name: str) -> dict[str, Any] | None:
    """Return an Airflow Connection in parts: host, port, login, password ('' where there is none) and extra.

    None when there is none, or no Airflow to ask.
    """
    value = _environment(f"AIRFLOW_CONN_{name.upper()}")
    if value:
        return _parts_of(value)
    try:
        from airflow.sdk import Connection

        found = Connection.get(name)
        extra = json.loads(found.extra or "{}")
    except Exception:  # outside Airflow, or not known there: the caller says what is missing
        return None
    return {
        "host": found.host, "port": found.port, "login": found.login or "", "password": found.password or "",
        "extra": extra if isinstance(extra, dict) else {},
    }  # fmt: skip


def _parts_of(value: str) -> dict[str, Any]:
    """Read a Connection as Airflow's variables hold it: an address, or JSON."""
    if value.lstrip().startswith("{"):
        parts = json.loads(value)
        extra = parts.get("extra") or {}
        return {
            "host": parts.get("host"), "port": parts.get("port"), "login": parts.get("login") or "",
            "password": parts.get("password") or "", "extra": json.loads(extra) if isinstance(extra, str) else extra,
        }  # fmt: skip
    address = urlsplit(value)
    extra = dict(parse_qsl(address.query))
    if "__extra__" in extra:
        extra |= json.loads(extra.pop("__extra__"))
    return {
        "host": unquote(address.hostname or ""), "port": address.port, "login": unquote(address.username or ""),
        "password": unquote(address.password or ""), "extra": extra,
    }  # fmt: skip


def _airflow_variable(name: str) -> str | None:
    try:
        from airflow.sdk import Variable

        value = Variable.get(name)
    except Exception:  # outside Airflow, or not known there: the caller says what is missing
        return None
    return str(value) if value else None


def admins() -> frozenset[str]:
    """Return RELEASE_DESK_ADMINS, user names with commas between (`admin`): who may act for other users."""
    return frozenset(
        name.strip() for name in (_environment("RELEASE_DESK_ADMINS") or "admin").split(",") if name.strip()
    )


def webhook_inside() -> tuple[str, ...]:
    """Return the hosts inside our network that webhooks may go to: those of the config and of the environment."""
    more = (_environment("RELEASE_DESK_WEBHOOK_INSIDE") or "").split(",")
    return (*distribution().notices.webhook_inside, *(host.strip() for host in more if host.strip()))


def metrics_token() -> SecretStr | None:
    """Return RELEASE_DESK_METRICS_TOKEN: the bearer token a scraper reads the metrics with; None: admins only."""
    value = _environment("RELEASE_DESK_METRICS_TOKEN")
    if value is not None and len(value) < 16:
        raise SettingsError("RELEASE_DESK_METRICS_TOKEN must have 16 characters at least.")
    return SecretStr(value) if value else None


def port() -> int | None:
    """Return RELEASE_DESK_PORT, where Airflow's page should be on one machine; None leaves the choice to `up`."""
    value = _environment("RELEASE_DESK_PORT")
    if value is None:
        return None
    if not value.isdecimal():
        raise SettingsError(f"RELEASE_DESK_PORT must be a port number, not '{value}'.")
    return int(value)


def public_address() -> str | None:
    """Return RELEASE_DESK_PUBLIC_ADDRESS without a slash at its end: where platforms reach Airflow's page; or None."""
    value = (_environment("RELEASE_DESK_PUBLIC_ADDRESS") or "").rstrip("/")
    if not value:
        return None
    address = urlsplit(value)
    if address.scheme not in {"http", "https"} or not address.hostname or address.query or address.fragment:
        raise SettingsError(f"RELEASE_DESK_PUBLIC_ADDRESS must be like https://desk.example.com, not '{value}'.")
    return value


def hosting_root() -> Path:
    """Return RELEASE_DESK_HOSTING_ROOT, default `.desk/hosted`: the folder the desk serves files from."""
    return Path(_environment("RELEASE_DESK_HOSTING_ROOT") or PROJECT / ".desk" / "hosted").absolute()


def video_retention_days() -> int:
    """Return VIDEO_RETENTION_DAYS, default 7: how long hosted copies are kept after the last time one was asked for."""
    value = _environment("VIDEO_RETENTION_DAYS") or "7"
    if not value.isdecimal() or int(value) < 1:
        raise SettingsError(f"VIDEO_RETENTION_DAYS must be a whole number of days from 1 on, not '{value}'.")
    return int(value)


def supabase_key() -> SecretStr:
    """Return the key of our Supabase project (its service role): the password of the Airflow Connection `supabase`."""
    found = _airflow_connection("supabase")
    if found is None or not found[1]:
        raise SettingsError(
            "Supabase has no key: set the Airflow Connection 'supabase', the service-role key as its password."
        )
    return SecretStr(found[1])


def google_storage(connection: str) -> Any:
    """Return a `google.cloud.storage.Client` that signs in as the Airflow Connection says, through the provider's hook.

    It speaks to `gcs.storage` of endpoints.yaml. Raises `SettingsError` when the connection cannot be used.
    """
    try:
        from airflow.providers.google.cloud.hooks.gcs import GCSHook
        from google.cloud import storage

        hook = GCSHook(gcp_conn_id=connection)
        credentials, project = hook.get_credentials_and_project_id()
    except Exception as error:  # the hook raises whatever it met: no connection, a broken key, no default credentials
        raise SettingsError(f"The Airflow Connection '{connection}' cannot sign in at Google Cloud: {error}") from None
    options = hook.get_client_options(endpoints().get("gcs", {}).get("storage"))
    return storage.Client(project=project or "none", credentials=credentials, client_options=options)


def surroundings() -> dict[str, str]:
    """Return a copy of the environment for programs we start; what is set to nothing is left out."""
    return {name: value for name, value in os.environ.items() if value}


def adopt(values: dict[str, str]) -> None:
    """Set variables for this process and what it starts, and read everything anew."""
    os.environ.update(values)
    forget()


def forget() -> None:
    """Read everything anew at the next question."""
    for reader in (warehouse_url, warehouse_owner_url, endpoints, distribution, analytics, metrics, configured):
        reader.cache_clear()
    _backend_keys.clear()
