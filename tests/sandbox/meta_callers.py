"""Bare HTTP callers of Meta's side of the sandbox, and a small host of files for it to fetch from."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from tests.sandbox import clips
from tests.sandbox_server import SandboxServer

VERSION = "v26.0"
SIDES = (540, 960)


def reel(seconds: float = 4, fps: int = 25, width: int = SIDES[0], height: int = SIDES[1]) -> bytes:
    """Return a video that both Instagram and Facebook take as a reel."""
    return clips.video(width, height, seconds, fps)


class Meta:
    """One account and its token on a graph host."""

    platform = ""
    base_key = "graph"

    def __init__(self, sandbox: SandboxServer, name: str = "Ada", **wanted: Any) -> None:
        self.sandbox = sandbox
        self.credentials = sandbox.account(self.platform, name, **wanted)
        self.places = sandbox.endpoints()[self.platform]
        self.token = self.credentials["access_token"]
        self.http = httpx.Client(timeout=60, trust_env=False)

    def url(self, path: str, version: str = VERSION) -> str:
        """Return a graph address."""
        return f"{self.places[self.base_key]}/{version}/{path}"

    def ask(self, method: str, path: str, token: str | None = None, **more: Any) -> httpx.Response:
        """Call the graph with the account's token, or another."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return self.http.request(method, self.url(path), headers=headers, **more)

    def get(self, path: str, **query: Any) -> httpx.Response:
        """Read a node or list."""
        return self.ask("GET", path, params=query)

    def post(self, path: str, **form: Any) -> httpx.Response:
        """Send a form."""
        return self.ask("POST", path, data=form)

    def upload(
        self, url: str, content: bytes, offset: int = 0, size: int | None = None, **headers: str
    ) -> httpx.Response:
        """Send bytes to rupload."""
        told = {
            "Authorization": f"OAuth {self.token}", "offset": str(offset), "file_size": str(size or len(content)),
            **headers,
        }  # fmt: skip
        return self.http.post(url, content=content, headers=told)


class InstagramCaller(Meta):
    """An Instagram account."""

    platform = "instagram"

    def __init__(self, sandbox: SandboxServer, name: str = "Ada", **wanted: Any) -> None:
        super().__init__(sandbox, name, **wanted)
        self.user = self.credentials["ig_user_id"]
        self.base_key = "instagram_graph" if self.credentials["login"] == "instagram" else "graph"

    def create(self, **form: Any) -> httpx.Response:
        """Ask for a container."""
        return self.post(f"{self.user}/media", **{"media_type": "REELS", **form})

    def container(self, **form: Any) -> str:
        """Make a container and return its id."""
        answer = self.create(**form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def status(self, container: str) -> dict[str, Any]:
        """Return everything a container says."""
        answer = self.get(container, fields="id,status_code,status,video_status")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def settled(self, container: str) -> dict[str, Any]:
        """Return what a container says once it is no longer in progress (or has every byte, but is stuck)."""
        for _ in range(200):
            told = self.status(container)
            if told["status_code"] != "IN_PROGRESS" or told["video_status"]["uploading_phase"]["status"] == "error":
                return told
            time.sleep(0.02)
        raise AssertionError(f"still in progress: {told}")

    def ready(self, **form: Any) -> str:
        """Make a container and wait until it may be published."""
        container = self.container(**form)
        told = self.settled(container)
        assert told["status_code"] == "FINISHED", told
        return container

    def publish(self, container: str) -> httpx.Response:
        """Publish a container."""
        return self.post(f"{self.user}/media_publish", creation_id=container)

    def published(self, **form: Any) -> str:
        """Publish something new and return the media id."""
        answer = self.publish(self.ready(**form))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])


class FacebookCaller(Meta):
    """A Page."""

    platform = "facebook"

    def __init__(self, sandbox: SandboxServer, name: str = "Ada", **wanted: Any) -> None:
        super().__init__(sandbox, name, **wanted)
        self.page = self.credentials["page_id"]

    def videos(self, files: Any = None, **form: Any) -> httpx.Response:
        """Post to the Page's videos on the host for bytes."""
        url = f"{self.places['video']}/{VERSION}/{self.page}/videos"
        return self.http.post(url, data=form, files=files, headers={"Authorization": f"Bearer {self.token}"})

    def start(self, content: bytes) -> dict[str, Any]:
        """Open a chunked upload."""
        answer = self.videos(upload_phase="start", file_size=len(content))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def transfer(self, session: str, content: bytes, start: int, end: int) -> httpx.Response:
        """Send one chunk."""
        chunk = {"video_file_chunk": ("chunk", content[start:end], "application/octet-stream")}
        return self.videos(chunk, upload_phase="transfer", upload_session_id=session, start_offset=start)

    def sent(self, content: bytes) -> dict[str, Any]:
        """Upload everything in chunks; return what the start said."""
        begun = self.start(content)
        start, end = int(begun["start_offset"]), int(begun["end_offset"])
        while start < end:
            answer = self.transfer(begun["upload_session_id"], content, start, end)
            assert answer.status_code == 200, answer.text
            start, end = int(answer.json()["start_offset"]), int(answer.json()["end_offset"])
        return begun

    def finish(self, session: str, **form: Any) -> httpx.Response:
        """Publish a chunked upload."""
        return self.videos(upload_phase="finish", upload_session_id=session, **form)

    def published(self, content: bytes, **form: Any) -> str:
        """Publish a video and return its id."""
        begun = self.sent(content)
        answer = self.finish(begun["upload_session_id"], **form)
        assert answer.json() == {"success": True}
        return str(begun["video_id"])

    def start_reel(self) -> dict[str, Any]:
        """Open an upload for a reel."""
        answer = self.post(f"{self.page}/video_reels", upload_phase="start")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def sent_reel(self, content: bytes) -> str:
        """Upload a reel and return its id."""
        begun = self.start_reel()
        answer = self.upload(begun["upload_url"], content)
        assert answer.status_code == 200, answer.text
        return str(begun["video_id"])

    def finish_reel(self, video: str, state: str = "PUBLISHED", **form: Any) -> httpx.Response:
        """Publish a reel."""
        return self.post(f"{self.page}/video_reels", upload_phase="finish", video_id=video, video_state=state, **form)

    def status(self, video: str) -> dict[str, Any]:
        """Return a video's status."""
        return dict(self.get(video, fields="status").json()["status"])


def code_of(answer: httpx.Response) -> tuple[int, int | None]:
    """Return an error's code and subcode."""
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


class FileHost:
    """Serves files over HTTP as a hosting would, and misbehaves on demand."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, str]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.ranges = True
        self.break_after: int | None = None
        self.silent_seconds = 0.0
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.answer(self)

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def put(self, name: str, content: bytes, kind: str = "video/mp4") -> str:
        """Serve a file and return its address."""
        self.files[name] = (content, kind)
        return f"{self.base}/{name}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        wanted = request.headers.get("Range")
        self.asked.append((request.path, wanted))
        time.sleep(self.silent_seconds)
        found = self.files.get(request.path.lstrip("/"))
        if found is None:
            request.send_error(404)
            return
        content, kind = found
        match = re.fullmatch(r"bytes=(\d+)-(\d+)", wanted or "") if self.ranges else None
        start, end = (int(match[1]), min(int(match[2]) + 1, len(content))) if match else (0, len(content))
        request.send_response(206 if match else 200)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(end - start))
        if match:
            request.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(content)}")
        request.end_headers()
        body = content[start:end]
        if self.break_after is not None:
            body, self.break_after = body[: self.break_after], None
            request.close_connection = True
        request.wfile.write(body)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def file_host() -> Iterator[FileHost]:
    """Serve files for a while."""
    host = FileHost()
    try:
        yield host
    finally:
        host.close()
