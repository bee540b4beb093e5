"""Hosting on Google Cloud Storage: the real library and hook against an emulator, over HTTP."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
import yaml
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from gcp_storage_emulator.server import create_server

from include import settings
from include.media.gcs import UPLOAD_BYTES, GoogleStore
from include.media.hosting import chosen
from include.platforms.errors import Rejected, TryAgain
from tests import airflow_home
from tests.media.test_hosting_local import CONTENT, NAME, Streamed

airflow_home.settle()

BUCKET = "videos"
EMAIL = "desk@project.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """A service account's key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def tokens() -> Iterator[str]:
    """Google's token endpoint, as the key file names it."""

    class Tokens(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps({"access_token": "ya29.test", "expires_in": 3600, "token_type": "Bearer"}).encode()
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/token"
    server.shutdown()
    server.server_close()


@pytest.fixture
def emulator() -> Iterator[str]:
    """An empty emulator with one bucket."""
    server = create_server("127.0.0.1", 0, in_memory=True, default_bucket=BUCKET)
    server.start()
    host, port = server._api._httpd.socket.getsockname()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def signing_in(
    tmp_path: Path, emulator: str, tokens: str, key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The product's settings: hosting on gcs, the emulator's address, a connection with a service account's key."""
    config = yaml.safe_load((settings.config_folder() / "distribution.yaml").read_text())
    config["hosting"] = {"kind": "gcs", "bucket": BUCKET, "prefix": "release-desk"}
    (tmp_path / "distribution.yaml").write_text(yaml.safe_dump(config))
    (tmp_path / "endpoints.yaml").write_text(yaml.safe_dump({"gcs": {"storage": emulator}}))
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    keyfile = {
        "type": "service_account", "project_id": "project", "private_key_id": "k1", "private_key": pem,
        "client_email": EMAIL, "client_id": "1", "token_uri": tokens,
    }  # fmt: skip
    connection = {"conn_type": "google_cloud_platform", "extra": {"keyfile_dict": json.dumps(keyfile)}}
    monkeypatch.setenv("AIRFLOW_CONN_GOOGLE_CLOUD_DEFAULT", json.dumps(connection))
    monkeypatch.setenv("RELEASE_DESK_CONFIG", str(tmp_path))
    settings.forget()


@pytest.fixture
def store(signing_in: None) -> Iterator[GoogleStore]:
    """The store as the product opens it."""
    found = chosen()
    assert isinstance(found, GoogleStore)
    yield found
    settings.forget()


def in_a_day() -> datetime:
    return datetime.now(UTC) + timedelta(hours=24)


def fetched(address: str) -> httpx.Response:
    return httpx.get(address, trust_env=False)


def test_a_platform_fetches_what_was_put(store: GoogleStore):
    store.put(NAME, Streamed())
    answer = fetched(store.address(NAME, in_a_day()))
    assert answer.content == CONTENT
    assert answer.headers["content-type"] == "video/mp4"


def test_a_large_file_goes_up_in_pieces(store: GoogleStore, monkeypatch: pytest.MonkeyPatch):
    import requests

    sizes, real = [], requests.Session.request

    def request(self, method, url, data=None, **more):  # type: ignore[no-untyped-def]
        if method == "PUT":
            sizes.append(len(data))
        return real(self, method, url, data=data, **more)

    monkeypatch.setattr(requests.Session, "request", request)
    content = hashlib.sha256(b"x").digest() * ((20 << 20) // 32)
    store.put(NAME, Streamed(content))
    assert sizes == [UPLOAD_BYTES, UPLOAD_BYTES, (20 << 20) - 2 * UPLOAD_BYTES]
    assert hashlib.sha256(fetched(store.address(NAME, in_a_day())).content).digest() == hashlib.sha256(content).digest()


def test_what_is_there_is_not_sent_again(store: GoogleStore):
    class Unread(Streamed):
        def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
            raise AssertionError("it was read again")

    store.put(NAME, Streamed())
    store.put(NAME, Unread())


def test_the_signature_is_the_documented_one_for_this_file_and_a_day(store: GoogleStore, key: rsa.RSAPrivateKey):
    """Rebuilt from cloud.google.com/storage/docs/authentication/signatures and checked with the public key."""
    store.put(NAME, Streamed())
    address = urlsplit(store.address(NAME, in_a_day()))
    told = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert told["X-Goog-Algorithm"] == "GOOG4-RSA-SHA256"
    assert re.fullmatch(rf"{re.escape(EMAIL)}/\d{{8}}/auto/storage/goog4_request", told["X-Goog-Credential"])
    assert 86_390 <= int(told["X-Goog-Expires"]) <= 86_400
    assert address.path == f"/{BUCKET}/release-desk/{NAME}"
    signature = bytes.fromhex(told.pop("X-Goog-Signature"))
    query = "&".join(f"{quote(name, safe='')}={quote(told[name], safe='')}" for name in sorted(told))
    request = f"GET\n{address.path}\n{query}\nhost:{address.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    scope = told["X-Goog-Credential"].partition("/")[2]
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"GOOG4-RSA-SHA256\n{told['X-Goog-Date']}\n{scope}\n{digest}"
    key.public_key().verify(signature, text.encode(), padding.PKCS1v15(), hashes.SHA256())


def test_an_expired_file_is_gone_and_expiring_it_again_is_fine(store: GoogleStore):
    store.put(NAME, Streamed())
    address = store.address(NAME, in_a_day())
    store.expire(NAME)
    assert fetched(address).status_code == 404
    store.expire(NAME)


def test_a_missing_bucket_is_named(signing_in: None):
    client = settings.google_storage("google_cloud_default")
    with pytest.raises(Rejected, match="bucket elsewhere"):
        GoogleStore(client, "elsewhere", "p").put(NAME, Streamed())


def test_a_source_that_fails_half_way_leaves_no_object(store: GoogleStore):
    class Changed(Streamed):
        def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
            yield bytes(UPLOAD_BYTES)
            raise RuntimeError("the file was changed")

    with pytest.raises(RuntimeError, match="was changed"):
        store.put(NAME, Changed(bytes(20 << 20)))
    assert fetched(store.address(NAME, in_a_day())).status_code == 404


def test_silence_is_tried_again(signing_in: None, tmp_path: Path):
    (tmp_path / "endpoints.yaml").write_text(yaml.safe_dump({"gcs": {"storage": "http://127.0.0.1:9"}}))
    settings.forget()
    client = settings.google_storage("google_cloud_default")
    from google.cloud.storage.retry import DEFAULT_RETRY

    blob_class = client.bucket(BUCKET).blob("x").__class__
    real = blob_class.exists
    with pytest.MonkeyPatch.context() as patch:  # the library tries for two minutes before it gives up
        short = DEFAULT_RETRY.with_timeout(0.3)
        patch.setattr(blob_class, "exists", lambda self, timeout: real(self, timeout=timeout, retry=short))
        with pytest.raises(TryAgain, match="does not answer"):
            GoogleStore(client, BUCKET, "p").put(NAME, Streamed())


def test_credentials_that_cannot_sign_say_what_is_missing(signing_in: None):
    from google.auth.credentials import AnonymousCredentials

    client = settings.google_storage("google_cloud_default")
    client._credentials = AnonymousCredentials()
    with pytest.raises(Rejected, match="cannot sign"):
        GoogleStore(client, BUCKET, "p").address(NAME, in_a_day())


def test_a_broken_connection_is_named(signing_in: None, monkeypatch: pytest.MonkeyPatch):
    broken = {"conn_type": "google_cloud_platform", "extra": {"keyfile_dict": "{"}}
    monkeypatch.setenv("AIRFLOW_CONN_GOOGLE_CLOUD_DEFAULT", json.dumps(broken))
    with pytest.raises(Rejected, match="'google_cloud_default' cannot sign in"):
        chosen()
