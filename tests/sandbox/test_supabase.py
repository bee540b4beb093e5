"""Supabase Storage in the sandbox: as strict as the papers, with its trap of status 400."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from tests.sandbox_server import SandboxServer

KEY = {"Authorization": "Bearer sandbox-service-role-key"}
TUS = {**KEY, "Tus-Resumable": "1.0.0"}
PART = 6 << 20


@pytest.fixture
def storage(sandbox: SandboxServer) -> httpx.Client:
    """A client of a project with one private bucket."""
    client = httpx.Client(base_url=str(sandbox.endpoints()["supabase"]["storage"]), trust_env=False)
    client.post("/bucket", json={"name": "films", "public": False}, headers=KEY).raise_for_status()
    return client


def told(answer: httpx.Response) -> tuple[int, str, str]:
    """Return the real status, and the one and the code in the body."""
    body = answer.json()
    return answer.status_code, body["statusCode"], body["code"]


def start(storage: httpx.Client, size: int, name: str = "a.mp4", **headers: str) -> httpx.Response:
    pairs = {"bucketName": "films", "objectName": name, "contentType": "video/mp4"}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
    given = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata, **headers}
    return storage.post("/upload/resumable", headers=given)


def part(storage: httpx.Client, address: str, offset: int, content: bytes, **headers: str) -> httpx.Response:
    kind = "application/offset+octet-stream"
    given = {**TUS, "Upload-Offset": str(offset), "Content-Type": kind, **headers}
    return storage.patch(address, content=content, headers=given)


def test_nearly_every_error_comes_as_400_with_the_real_status_in_the_body(storage: httpx.Client):
    put = {"content": b"x", "headers": KEY}
    assert storage.post("/object/films/a.mp4", **put).json()["Key"] == "films/a.mp4"  # type: ignore[arg-type]
    assert told(storage.post("/object/films/a.mp4", **put)) == (400, "409", "KeyAlreadyExists")  # type: ignore[arg-type]
    assert told(storage.post("/object/none/a.mp4", **put)) == (400, "404", "NoSuchBucket")  # type: ignore[arg-type]
    assert told(storage.get("/object/info/films/b.mp4", headers=KEY)) == (400, "404", "NoSuchKey")
    wrong = {"Authorization": "Bearer other"}
    assert told(storage.get("/object/info/films/a.mp4", headers=wrong)) == (400, "403", "AccessDenied")
    assert told(storage.get("/object/info/films/a.mp4")) == (400, "400", "InvalidRequest")


@pytest.mark.parametrize("name", ["%C3%BC.mp4", "a%23b.mp4", "a%25b.mp4", "a~b.mp4", "a%5B1%5D.mp4", "a//b.mp4"])
def test_a_key_has_plain_letters_and_whole_steps_only(storage: httpx.Client, name: str):
    assert told(storage.post(f"/object/films/{name}", content=b"x", headers=KEY)) == (400, "400", "InvalidKey")


def test_x_upsert_replaces(storage: httpx.Client):
    for content in (b"one", b"two"):
        answer = storage.post("/object/films/a.mp4", content=content, headers={**KEY, "x-upsert": "true"})
        assert answer.status_code == 200
    assert storage.get("/object/authenticated/films/a.mp4", headers=KEY).content == b"two"


def test_only_what_is_there_is_signed_and_the_address_is_relative(storage: httpx.Client):
    assert told(storage.post("/object/sign/films/a.mp4", json={"expiresIn": 60}, headers=KEY))[1:] == (
        "404", "NoSuchKey",
    )  # fmt: skip
    storage.post("/object/films/a.mp4", content=b"film", headers=KEY)
    for seconds in (60, "60"):
        answer = storage.post("/object/sign/films/a.mp4", json={"expiresIn": seconds}, headers=KEY)
        assert answer.json()["signedURL"].startswith("/object/sign/films/a.mp4?token=ey")
    for wrong in (0, -1, 1.5, None, "x"):
        answer = storage.post("/object/sign/films/a.mp4", json={"expiresIn": wrong}, headers=KEY)
        assert told(answer) == (400, "400", "InvalidRequest")


def test_a_token_is_for_one_object_and_expires(storage: httpx.Client, sandbox: SandboxServer):
    for name in ("a.mp4", "b.mp4"):
        storage.post(f"/object/films/{name}", content=b"film", headers=KEY)
    address = storage.post("/object/sign/films/a.mp4", json={"expiresIn": 60}, headers=KEY).json()["signedURL"]
    assert storage.get(address).content == b"film"
    assert told(storage.get(address.replace("a.mp4?", "b.mp4?"))) == (400, "400", "InvalidSignature")
    assert told(storage.get(address[:-1] + ("A" if address[-1] != "A" else "E"))) == (400, "400", "InvalidJWT")
    sandbox.settings(clock_offset_seconds=61)
    assert told(storage.get(address)) == (400, "400", "InvalidJWT")


def test_many_are_signed_listed_and_deleted_at_once(storage: httpx.Client):
    for name in ("a.mp4", "deep/b.mp4"):
        storage.post(f"/object/films/{name}", content=b"film", headers=KEY)
    paths: dict[str, Any] = {"expiresIn": 60, "paths": ["a.mp4", "none.mp4"]}
    signed = storage.post("/object/sign/films", json=paths, headers=KEY).json()
    assert [one["signedURL"] is None for one in signed] == [False, True]
    listed = storage.post("/object/list/films", json={"prefix": ""}, headers=KEY).json()
    assert [(one["name"], one["id"] is None) for one in listed] == [("a.mp4", False), ("deep", True)]
    gone = storage.request("DELETE", "/object/films", json={"prefixes": ["a.mp4", "none.mp4"]}, headers=KEY).json()
    assert [one["name"] for one in gone] == ["a.mp4"]


def test_a_resumable_upload_takes_parts_of_six_mebibytes_in_order(storage: httpx.Client):
    content = bytes(PART) + b"rest"
    address = start(storage, len(content)).headers["Location"]
    assert part(storage, address, 0, content[:1000]).status_code == 400
    assert part(storage, address, 5, content[:PART]).status_code == 409
    assert part(storage, address, 0, content[:PART], **{"Content-Type": "video/mp4"}).status_code == 415
    assert part(storage, address, 0, content[:PART], Authorization="Bearer other").status_code == 403
    first = part(storage, address, 0, content[:PART])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(PART))
    assert storage.head(address).headers["Upload-Offset"] == str(PART)  # needs no key
    assert "NoSuchKey" in storage.get("/object/info/films/a.mp4", headers=KEY).text
    last = part(storage, address, PART, b"rest")
    assert last.headers["Tus-Complete"] == "1"
    assert storage.get("/object/authenticated/films/a.mp4", headers=KEY).content == content
    assert storage.head(address).status_code == 410


def test_resumable_errors_have_a_real_status_and_plain_text(storage: httpx.Client, sandbox: SandboxServer):
    storage.post("/object/films/a.mp4", content=b"film", headers=KEY)
    there = start(storage, 10)
    assert (there.status_code, there.text) == (409, "The resource already exists")
    assert start(storage, 10, **{"x-upsert": "true"}).status_code == 201
    assert start(storage, 10, "b.mp4", Authorization="Bearer other").status_code == 403
    assert start(storage, 10, "b.mp4", **{"Tus-Resumable": "0.2"}).status_code == 412
    address = start(storage, 10, "b.mp4").headers["Location"]
    sandbox.settings(clock_offset_seconds=90_000)
    assert storage.head(address).status_code == 410
    assert storage.head("/upload/resumable/unknown").status_code == 404
