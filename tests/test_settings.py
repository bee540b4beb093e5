"""Settings: read once, refused by the name of what is wrong, and never showing a secret."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from include import gateways, settings
from include.platforms import NAMES
from include.platforms.youtube.payloads import YouTubeSettings
from include.settings import SettingsError

OURS = ("RELEASE_DESK_", "AIRFLOW_CONN_", "SECRET_MASTER_KEY", "YOUTUBE_", "TIKTOK_")


@pytest.fixture(autouse=True)
def _a_bare_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [each for each in os.environ if each.startswith(OURS)]:
        monkeypatch.delenv(name)
    settings.forget()
    yield
    settings.forget()


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return a writer of distribution.yaml: a change is a path of keys and a value."""

    def write(*changes: tuple[str, Any]) -> Path:
        config = yaml.safe_load((settings.PROJECT / "config/distribution.yaml").read_text())
        for path, value in changes:
            *above, last = path.split(".")
            place = config
            for key in above:
                place = place[key]
            place[last] = value
        (tmp_path / "distribution.yaml").write_text(yaml.safe_dump(config))
        monkeypatch.setenv("RELEASE_DESK_CONFIG", str(tmp_path))
        settings.forget()
        return tmp_path / "distribution.yaml"

    return write


# the warehouse's address


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("postgresql://u:p@h:5432/w", "postgresql+psycopg://u:p@h:5432/w"),
        ("postgres://u:p@h/w", "postgresql+psycopg://u:p@h/w"),
        ("postgresql+psycopg2://u:p@h/w", "postgresql+psycopg://u:p@h/w"),
        ("postgresql://u:p%40ss@h/w?sslmode=require", "postgresql+psycopg://u:p%40ss@h/w?sslmode=require"),
        (
            json.dumps({"conn_type": "postgres", "host": "h", "login": "u", "password": "p@ss/word", "schema": "w"}),
            "postgresql+psycopg://u:p%40ss%2Fword@h:5432/w",
        ),
        ('{"conn_type": "postgres", "port": 6000}', "postgresql+psycopg://:@127.0.0.1:6000/warehouse"),
    ],
)
def test_both_forms_of_an_airflow_connection_are_read(monkeypatch, given: str, wanted: str):
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", given)
    settings.forget()
    assert settings.warehouse_url() == wanted
    assert settings.warehouse_owner_url() == wanted


def test_migrations_may_have_a_login_of_their_own(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", "postgresql://app@h/w")
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE_OWNER", "postgresql://owner@h/w")
    settings.forget()
    assert settings.warehouse_owner_url() == "postgresql+psycopg://owner@h/w"
    assert settings.warehouse_url() == "postgresql+psycopg://app@h/w"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "AIRFLOW_CONN_WAREHOUSE is not set: the Postgres that keeps"),
        ("", "AIRFLOW_CONN_WAREHOUSE is not set"),
        ("mysql://u:secret@h/w", "must be a postgresql:// address, not mysql://"),
        ("{not json secret", "begins like JSON but is not"),
        ("just words secret", "must be a postgresql:// address, not nothing"),
    ],
)
def test_a_wrong_address_is_said_without_its_password(monkeypatch, given: str | None, said: str):
    if given is not None:
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", given)
    settings.forget()
    with pytest.raises(SettingsError, match=said) as refused:
        settings.warehouse_url()
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("read", [settings.export_root, settings.output_root])
def test_a_root_that_is_not_set_is_named_with_an_example(read: Callable[[], str]):
    with pytest.raises(SettingsError, match=r"RELEASE_DESK_(EXPORT|OUTPUT)_ROOT is not set: .* e\.g\. file:///srv/"):
        read()


# the app's credentials


def test_an_app_comes_from_variables_or_from_an_airflow_connection(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_YOUTUBE_APP", "generic://an-id:a%2Fsecret@")
    assert settings.app("youtube").client_id == "an-id"
    assert settings.app("youtube").client_secret.get_secret_value() == "a/secret"
    monkeypatch.setenv("AIRFLOW_CONN_YOUTUBE_APP", json.dumps({"login": "id2", "password": "secret2"}))
    assert settings.app("youtube").client_id == "id2"
    monkeypatch.setenv("YOUTUBE_CLIENT_ID", "id3")
    assert settings.app("youtube").client_id == "id2", "half of a pair counts for nothing"
    monkeypatch.setenv("YOUTUBE_CLIENT_SECRET", "secret3")
    assert settings.app("youtube").client_id == "id3"
    assert "secret3" not in repr(settings.app("youtube"))


@pytest.mark.parametrize("platform", NAMES)
def test_a_missing_app_is_told_in_both_its_ways(platform: str):
    connection, id_name, secret_name = settings.app_variables(platform)
    with pytest.raises(SettingsError, match=f"set {id_name} and {secret_name}.*'{connection}' with login and password"):
        settings.app(platform)


# config/distribution.yaml


def test_the_configuration_that_comes_with_us_is_right():
    found = settings.distribution()
    assert set(found.platforms) == set(NAMES)
    assert set(NAMES) <= set(found.quotas) <= set(NAMES) | set(gateways.ROUTES)
    YouTubeSettings.model_validate(found.platforms["youtube"])
    assert found.age_buckets["10-13"].made_for_kids
    assert not found.age_buckets["18-23"].made_for_kids
    assert found.publishing == settings.Publishing(), "a default differs from the file people read"
    assert found.platforms["youtube"]["schedule"] == "theirs"
    assert found.platforms["tiktok"]["schedule"] == "ours"


def test_every_wrong_line_is_named_at_once(configure):
    configure(
        ("publishing.jitter", 2), ("publishing.retry_minutes", []), ("exports.owners", "x"),
        ("quotas.youtube.uploads.limit", 0), ("quotas.youtube.units.resets", "Mars/Olympus"), ("segment", []),
    )  # fmt: skip
    with pytest.raises(SettingsError) as refused:
        settings.distribution()
    told = str(refused.value)
    for part in (
        "distribution.yaml: ", "publishing.jitter", "publishing.retry_minutes", "exports.owners",
        "quotas.youtube.uploads.limit", "quotas.youtube.units.resets", "segment: Extra inputs",
    ):  # fmt: skip
        assert part in told


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "America", "../etc/passwd", "/etc/passwd", "a b"])
def test_a_zone_that_does_not_exist_is_refused(configure, zone: str):
    configure(("quotas.youtube.units.resets", zone))
    with pytest.raises(SettingsError, match=r"quotas\.youtube\.units\.resets"):
        settings.distribution()


@pytest.mark.parametrize(
    ("content", "said"), [(None, "does not exist"), ("a: [", "is not valid YAML"), ("- 1", "valid dict")]
)
def test_a_file_that_cannot_be_read_is_named(configure, content: str | None, said: str):
    path = configure()
    path.unlink() if content is None else path.write_text(content)
    settings.forget()
    with pytest.raises(SettingsError, match=said) as refused:
        settings.distribution()
    assert str(path) in str(refused.value)


@pytest.mark.parametrize("value", ["sometimes", None, True])
def test_youtubes_schedule_is_theirs_or_ours(value: Any):
    with pytest.raises(ValueError, match="schedule"):
        YouTubeSettings.model_validate({"schedule": value})


def test_settings_are_read_once_and_again_when_told(configure):
    path = configure(("exports.owner", "alice"))
    assert settings.distribution().exports.owner == "alice"
    path.write_text(path.read_text().replace("alice", "bob"))
    assert settings.distribution().exports.owner == "alice"
    settings.forget()
    assert settings.distribution().exports.owner == "bob"


# the addresses we call


def test_addresses_may_come_from_a_file_of_their_own(monkeypatch, tmp_path: Path):
    assert settings.endpoints()["youtube"]["api"] == "https://www.googleapis.com"
    (tmp_path / "mine.yaml").write_text("youtube: {api: http://127.0.0.1:1/youtube}")
    monkeypatch.setenv("RELEASE_DESK_ENDPOINTS", str(tmp_path / "mine.yaml"))
    settings.forget()
    assert settings.endpoints() == {"youtube": {"api": "http://127.0.0.1:1/youtube"}}
    (tmp_path / "mine.yaml").write_text("youtube: http://127.0.0.1:1/youtube")
    settings.forget()
    with pytest.raises(SettingsError, match="must map each platform to its addresses"):
        settings.endpoints()


@pytest.mark.parametrize("value", ["http", "80 ", "-1", "8080.0"])
def test_a_port_is_a_number(monkeypatch, value: str):
    assert settings.port() is None
    monkeypatch.setenv("RELEASE_DESK_PORT", value)
    with pytest.raises(SettingsError, match="RELEASE_DESK_PORT must be a port number"):
        settings.port()


@pytest.mark.parametrize(
    ("value", "names"), [(None, {"admin"}), ("alice", {"alice"}), (" alice , bob,", {"alice", "bob"}), ("", {"admin"})]
)  # fmt: skip
def test_admins_are_named_with_commas_between(monkeypatch, value: str | None, names: set[str]):
    if value is not None:
        monkeypatch.setenv("RELEASE_DESK_ADMINS", value)
    assert settings.admins() == names
