"""Signed addresses: what they give out, and everything they refuse."""

from __future__ import annotations

import asyncio
import base64
import os
from pathlib import Path

import httpx
import pytest

from include.desk.hosted import NOT_VALID, HostedFiles
from tests.desk.conftest import CONTENT, NAME, PUBLIC, address_of, put


async def test_an_address_gives_out_the_file_with_length_and_type(platform: httpx.AsyncClient, root: Path):
    answer = await platform.get(address_of(root))
    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_head_tells_everything_and_sends_nothing(platform: httpx.AsyncClient, root: Path):
    answer = await platform.head(address_of(root), headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["etag"] == (await platform.get(address_of(root))).headers["etag"]


async def _refused(platform: httpx.AsyncClient, address: str, **options: object) -> None:
    answer = await platform.get(address, **options)  # type: ignore[arg-type]
    assert answer.status_code == 403, address
    assert answer.text.strip() == NOT_VALID


async def test_no_altered_character_of_an_address_is_accepted(platform: httpx.AsyncClient, root: Path):
    address = address_of(root)
    path, query = address.split("?")
    token = query.partition("token=")[2]
    for at in (0, len(token) // 2, len(token) - 2):
        other = "A" if token[at] != "A" else "B"
        await _refused(platform, address.replace(token, token[:at] + other + token[at + 1 :]))
    for wrong in ("", "?until=9999999999", f"?token={token}", f"?until=&token={token}", "?until=9999999999&token=é"):
        await _refused(platform, path + wrong)
    await _refused(platform, address + "0")
    await _refused(platform, address.replace("token=", "key="))


async def test_the_time_in_an_address_cannot_be_moved(platform: httpx.AsyncClient, root: Path):
    address = address_of(root)
    until = address.partition("until=")[2].partition("&")[0]
    for later in (str(int(until) + 1), f"0{until}", f"{until}.0", f"+{until}", "9" * 5000):
        await _refused(platform, address.replace(until, later))


async def test_an_expired_address_is_refused(root: Path):
    put(root)
    address, now = address_of(root, seconds=60), [0.0]
    until = int(address.partition("until=")[2].partition("&")[0])
    transport = httpx.ASGITransport(HostedFiles(now=lambda: now[0]))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        now[0] = until - 0.5
        assert (await client.get(address)).status_code == 200
        now[0] = until
        await _refused(client, address)


async def test_an_address_works_for_no_other_file(platform: httpx.AsyncClient, root: Path):
    other = put(root, "b" * 64 + ".mp4")  # the same bytes, even
    status = os.stat(root / "aa" / NAME)
    os.utime(root / "bb" / other, ns=(status.st_mtime_ns, status.st_mtime_ns))
    assert (await platform.get(address_of(root, other))).status_code == 200
    await _refused(platform, address_of(root).replace(NAME, other))


@pytest.mark.parametrize(
    "path",
    [
        "/hosted", "/hosted/", "/hosted/aa", "/hosted/aa/", f"/hosted/aa/{NAME}", f"/hosted/../hosted/aa/{NAME}",
        f"/hosted/..%2f..%2f{NAME}", f"/hosted/%2e%2e/{NAME}", f"/hosted//{NAME}", f"/hosted/{NAME}/",
        f"/hosted/{NAME}%00", f"/hosted/{NAME}%0a", f"/hosted/{NAME.upper()}", "/hosted/../../../../etc/passwd",
        "/hosted/%2fetc%2fpasswd", f"/hosted/incoming/{NAME}", "/hosted/a\\b",
    ],
)  # fmt: skip
async def test_no_path_leads_elsewhere_and_no_folder_is_listed(platform: httpx.AsyncClient, root: Path, path: str):
    (root / "secret.mp4").write_bytes(b"secret")
    query = address_of(root).partition("?")[2]
    request = platform.build_request("GET", PUBLIC)
    request.url = httpx.URL(PUBLIC).copy_with(raw_path=f"{path}?{query}".encode())  # as it is, not made plain
    answer = await platform.send(request)
    assert (answer.status_code, answer.text.strip()) == (403, NOT_VALID)


async def test_a_link_in_the_folder_is_not_followed(platform: httpx.AsyncClient, root: Path, tmp_path: Path):
    (tmp_path / "outside").write_bytes(CONTENT)
    status = os.stat(root / "aa" / NAME)
    (root / "aa" / NAME).unlink()
    address = None
    put(root)
    os.utime(root / "aa" / NAME, ns=(status.st_mtime_ns, status.st_mtime_ns))
    os.utime(tmp_path / "outside", ns=(status.st_mtime_ns, status.st_mtime_ns))
    address = address_of(root)
    (root / "aa" / NAME).unlink()
    (root / "aa" / NAME).symlink_to(tmp_path / "outside")
    await _refused(platform, address)


async def test_a_file_that_was_written_to_is_not_given_out_under_its_old_address(
    platform: httpx.AsyncClient, root: Path
):
    address = address_of(root)
    (root / "aa" / NAME).write_bytes(CONTENT[::-1])
    await _refused(platform, address)
    assert (await platform.get(address_of(root))).status_code == 200


async def test_only_reading_is_offered(platform: httpx.AsyncClient, root: Path):
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = await platform.request(method, address_of(root))
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert (root / "aa" / NAME).exists()


async def test_addresses_outlive_a_rotated_key_and_no_other(
    platform: httpx.AsyncClient, root: Path, monkeypatch: pytest.MonkeyPatch
):
    address, old = address_of(root), os.environ["SECRET_MASTER_KEY"]
    monkeypatch.setenv("SECRET_MASTER_KEY", base64.b64encode(os.urandom(32)).decode())
    await _refused(platform, address)
    monkeypatch.setenv("SECRET_MASTER_KEY_PREVIOUS", old)
    assert (await platform.get(address)).status_code == 200
    assert (await platform.get(address_of(root))).status_code == 200


async def test_a_signature_is_hidden_from_whoever_logs_the_request(root: Path):
    put(root)
    app, seen = HostedFiles(), []

    async def logging(scope, receive, send):  # type: ignore[no-untyped-def]
        try:
            await app(scope, receive, send)
        finally:
            seen.append(scope["query_string"])

    async with httpx.AsyncClient(transport=httpx.ASGITransport(logging), base_url=PUBLIC) as client:
        assert (await client.get(address_of(root))).status_code == 200
    assert seen == [b""]


async def test_it_works_below_a_place_and_behind_a_proxy_that_cuts_one_off(root: Path):
    put(root)
    app = HostedFiles()
    for path, root_path in (("/desk/hosted/", "/desk/hosted"), ("/hosted/", "/desk/hosted"), ("/hosted/", "/hosted")):

        async def mounted(scope, receive, send, path=path, root_path=root_path):  # type: ignore[no-untyped-def]
            await app({**scope, "path": path + NAME, "root_path": root_path}, receive, send)

        async with httpx.AsyncClient(transport=httpx.ASGITransport(mounted), base_url=PUBLIC) as client:
            assert (await client.get(address_of(root))).status_code == 200, (path, root_path)


async def test_nothing_more_is_read_for_a_client_that_has_left(root: Path):
    put(root, content=bytes(5 << 20))
    path, _, query = address_of(root).partition("?")
    sent = []

    async def receive():  # type: ignore[no-untyped-def]
        return {"type": "http.disconnect"}

    async def send(message):  # type: ignore[no-untyped-def]
        sent.append(len(message.get("body", b"")))
        await asyncio.sleep(0)  # as a server does that hands bytes to its socket

    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
    await HostedFiles()(scope, receive, send)
    assert sum(sent) <= 2 << 20
