"""Hosting on Supabase Storage, against the sandbox: small and large files, lost connections, the trap of status 400."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from pydantic import SecretStr

from include import settings
from include.media.hosting import chosen
from include.media.supabase import SupabaseStore
from include.media.supabase_tus import PART_BYTES, TRIES
from include.platforms.errors import Rejected, TryAgain
from tests.media.test_hosting_local import NAME, Streamed
from tests.sandbox_server import SandboxServer, running_sandbox

BUCKET, KEY = "videos", "sandbox-service-role-key"
SMALL = b"a small film " * 1000
LARGE = os.urandom(PART_BYTES) * 2 + b"and a rest"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """One sandbox for all tests here."""
    with running_sandbox(tmp_path_factory.mktemp("supabase")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(server: SandboxServer) -> SandboxServer:
    """The sandbox, empty but for one private bucket."""
    server.reset()
    server.settings(clock_offset_seconds=0)
    make_bucket(server)
    server.forget_calls()
    return server


def make_bucket(server: SandboxServer, **wanted: Any) -> None:
    answer = httpx.post(
        f"{base(server)}/bucket", json={"id": BUCKET, "name": BUCKET, "public": False, **wanted}, headers=auth(),
        trust_env=False,
    )  # fmt: skip
    answer.raise_for_status()


def base(server: SandboxServer) -> str:
    return str(server.endpoints()["supabase"]["storage"])


def auth(key: str = KEY) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def pauses() -> list[float]:
    """How long the store would have waited."""
    return []


@pytest.fixture
def store(sandbox: SandboxServer, pauses: list[float]) -> SupabaseStore:
    """The store, with a sleep that takes no time."""
    return SupabaseStore(base(sandbox), SecretStr(KEY), BUCKET, "release-desk", pauses.append)


def fetched(address: str, **headers: str) -> httpx.Response:
    return httpx.get(address, headers=headers, trust_env=False)


def in_a_day() -> datetime:
    return datetime.now(UTC) + timedelta(hours=24)


def sizes(sandbox: SandboxServer) -> list[int]:
    """Return how many bytes each part brought."""
    return [call["received"] for call in sandbox.calls("resumable.part")]


@pytest.mark.parametrize("content", [SMALL, LARGE, LARGE[:PART_BYTES], LARGE[: PART_BYTES + 1]])
def test_a_platform_fetches_what_was_put(store: SupabaseStore, content: bytes):
    store.put(NAME, Streamed(content))
    address = store.address(NAME, in_a_day())
    answer = fetched(address)
    assert hashlib.sha256(answer.content).digest() == hashlib.sha256(content).digest()
    assert answer.headers["content-type"] == "video/mp4"
    assert fetched(address, Range="bytes=5-9").content == content[5:10]


def test_a_large_file_goes_up_in_parts_of_six_mebibytes(store: SupabaseStore, sandbox: SandboxServer):
    store.put(NAME, Streamed(LARGE))
    assert sizes(sandbox) == [PART_BYTES, PART_BYTES, len(b"and a rest")]
    assert sandbox.calls("object.put") == []


def test_what_is_there_is_not_sent_again(store: SupabaseStore, sandbox: SandboxServer):
    for _ in range(2):
        store.put(NAME, Streamed(SMALL))
    assert len(sandbox.calls("object.put")) == 1


def test_an_object_of_another_size_is_replaced(store: SupabaseStore):
    store.put(NAME, Streamed(SMALL))
    store.put(NAME, Streamed(SMALL + b"more"))
    assert fetched(store.address(NAME, in_a_day())).content == SMALL + b"more"


@pytest.mark.parametrize("action", ["drop_before", "drop_after"])
def test_a_lost_part_is_asked_for_and_sent_once(
    store: SupabaseStore, sandbox: SandboxServer, pauses: list[float], action: str
):
    sandbox.fault(match={"endpoint": "resumable.part", "nth": 2}, action=action, times=1)
    store.put(NAME, Streamed(LARGE))
    assert len(sandbox.calls("resumable.tell")) == 1
    assert len(pauses) == 1
    assert fetched(store.address(NAME, in_a_day())).content == LARGE


def test_a_part_that_broke_off_goes_on_where_it_broke(store: SupabaseStore, sandbox: SandboxServer):
    sandbox.fault(match={"endpoint": "resumable.part", "nth": 1}, action="cut_after_bytes", bytes=1_000_000, times=1)
    store.put(NAME, Streamed(LARGE))
    assert fetched(store.address(NAME, in_a_day())).content == LARGE


@pytest.mark.parametrize("status", [409, 423, 500, 503])
def test_a_server_in_trouble_is_asked_again(store: SupabaseStore, sandbox: SandboxServer, status: int):
    sandbox.fault(match={"endpoint": "resumable.part", "nth": 3}, action="status", status=status, times=1)
    store.put(NAME, Streamed(LARGE))
    assert fetched(store.address(NAME, in_a_day())).content == LARGE


def test_it_gives_up_after_some_tries_and_nothing_is_there(
    store: SupabaseStore, sandbox: SandboxServer, pauses: list[float]
):
    sandbox.fault(match={"endpoint": "resumable.part"}, action="status", status=503, times=1000)
    with pytest.raises(TryAgain, match="takes no more"):
        store.put(NAME, Streamed(LARGE))
    assert len(sandbox.calls("resumable.part")) == TRIES
    assert pauses == sorted(pauses)
    with pytest.raises(TryAgain, match="was removed"):
        store.address(NAME, in_a_day())


def test_a_forgotten_upload_starts_again(store: SupabaseStore, sandbox: SandboxServer):
    sandbox.fault(match={"endpoint": "resumable.part", "nth": 2}, action="forget_session", times=1)
    with pytest.raises(TryAgain, match="forgotten"):
        store.put(NAME, Streamed(LARGE))
    store.put(NAME, Streamed(LARGE))
    assert fetched(store.address(NAME, in_a_day())).content == LARGE


def test_an_address_is_for_one_object_until_a_time(store: SupabaseStore, sandbox: SandboxServer):
    other = "d" * 64 + ".mp4"
    for name in (NAME, other):
        store.put(name, Streamed(SMALL))
    address = store.address(NAME, in_a_day())
    assert address.startswith(f"{base(sandbox)}/object/sign/{BUCKET}/release-desk/{NAME}?token=")
    for wrong in (address.replace(NAME, other), address[:-3], address.partition("?")[0]):
        assert fetched(wrong).status_code == 400
    sandbox.settings(clock_offset_seconds=86_300)
    assert fetched(address).status_code == 200
    sandbox.settings(clock_offset_seconds=86_500)
    assert "exp" in fetched(address).json()["message"]


def test_an_expired_object_is_gone_and_expiring_it_again_is_fine(store: SupabaseStore):
    store.put(NAME, Streamed(SMALL))
    address = store.address(NAME, in_a_day())
    store.expire(NAME)
    assert fetched(address).json()["statusCode"] == "404"
    store.expire(NAME)


def test_a_wrong_key_is_said_and_never_shown(sandbox: SandboxServer):
    store = SupabaseStore(base(sandbox), SecretStr("a-wrong-key"), BUCKET, "p")
    for act in (
        lambda: store.put(NAME, Streamed(SMALL)), lambda: store.address(NAME, in_a_day()), lambda: store.expire(NAME)
    ):  # fmt: skip
        with pytest.raises(Rejected, match="does not accept our key") as refusal:
            act()
        assert refusal.value.status == 403
        assert "a-wrong-key" not in str(refusal.value)


@pytest.mark.parametrize("content", [SMALL, LARGE])
def test_a_missing_bucket_says_what_to_make(sandbox: SandboxServer, content: bytes):
    store = SupabaseStore(base(sandbox), SecretStr(KEY), "elsewhere", "p")
    with pytest.raises(Rejected, match="bucket elsewhere does not exist: make a private"):
        store.put(NAME, Streamed(content))


@pytest.mark.parametrize("content", [SMALL, LARGE])
@pytest.mark.parametrize(
    ("limit", "sentence"),
    [({"file_size_limit": 1000}, "larger than"), ({"allowed_mime_types": ["image/png"]}, "does not take this type")],
)
def test_a_buckets_limits_are_sentences(server: SandboxServer, content: bytes, limit: dict[str, Any], sentence: str):
    server.reset()
    make_bucket(server, **limit)
    with pytest.raises(Rejected, match=sentence):
        SupabaseStore(base(server), SecretStr(KEY), BUCKET, "p").put(NAME, Streamed(content))


@pytest.mark.parametrize(
    "body",
    [
        {"statusCode": "500", "code": "InternalError", "error": "Internal", "message": "Internal Server Error"},
        {"statusCode": "544", "code": "DatabaseTimeout", "error": "", "message": "timeout"},
        {"statusCode": "429", "code": "SlowDown", "error": "too_many_connections", "message": "slow down"},
    ],
)
def test_a_passing_fault_is_tried_again_also_when_the_status_says_400(
    store: SupabaseStore, sandbox: SandboxServer, body: dict[str, str]
):
    sandbox.fault(match={"endpoint": "object.put"}, action="status", status=400, body=body, times=1)
    with pytest.raises(TryAgain, match=body["message"]):
        store.put(NAME, Streamed(SMALL))


def test_silence_is_tried_again():
    store = SupabaseStore("http://127.0.0.1:9/storage/v1", SecretStr(KEY), BUCKET, "p")
    with pytest.raises(TryAgain, match="does not answer"):
        store.put(NAME, Streamed(SMALL))


def test_it_is_set_up_by_settings_and_says_what_is_missing(
    sandbox: SandboxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    config = yaml.safe_load((settings.config_folder() / "distribution.yaml").read_text())
    config["hosting"] = {"kind": "supabase", "bucket": BUCKET}
    (tmp_path / "distribution.yaml").write_text(yaml.safe_dump(config))
    (tmp_path / "endpoints.yaml").write_text(yaml.safe_dump({"supabase": {"storage": base(sandbox)}}))
    monkeypatch.setenv("RELEASE_DESK_CONFIG", str(tmp_path))
    monkeypatch.delenv("AIRFLOW_CONN_SUPABASE", raising=False)
    settings.forget()
    monkeypatch.setenv("AIRFLOW_CONN_SUPABASE", "http://:@/")
    with pytest.raises(Rejected, match="Connection 'supabase'"):
        chosen()
    monkeypatch.setenv("AIRFLOW_CONN_SUPABASE", f"http://service:{KEY}@/")
    store = chosen()
    store.put(NAME, Streamed(SMALL))
    assert (store.kind, store.place) == ("supabase", BUCKET)
    assert fetched(store.address(NAME, in_a_day())).content == SMALL
    (tmp_path / "endpoints.yaml").write_text(yaml.safe_dump({"supabase": {"storage": "https://PROJECT.supabase.co"}}))
    settings.forget()
    with pytest.raises(Rejected, match="put your project's into supabase"):
        chosen()
    settings.forget()
