"""Bare HTTP callers of the sandbox, as strict and as dumb as a wire; the product's clients are not used here."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx

from tests.sandbox_server import SandboxServer

UNIT = 262_144


class YouTubeCaller:
    """One channel and its token."""

    def __init__(self, sandbox: SandboxServer, name: str = "Channel", **wanted: Any) -> None:
        self.credentials = sandbox.account("youtube", name, **wanted)
        places = sandbox.endpoints()["youtube"]
        self.api, self.upload = f"{places['api']}/youtube/v3", f"{places['upload']}/youtube/v3"
        self.http = httpx.Client(
            headers={"Authorization": f"Bearer {self.credentials['access_token']}"}, timeout=30, trust_env=False
        )

    def start(
        self, size: int | None, title: Any = "A clip", part: str = "snippet,status", **body: Any
    ) -> httpx.Response:
        """Start an upload; keyword arguments replace whole parts of the body."""
        resource = {"snippet": {"title": title}, "status": {"privacyStatus": "private"}, **body}
        headers = {"X-Upload-Content-Type": "video/mp4", "Slug": "clip.mp4"}
        if size is not None:
            headers["X-Upload-Content-Length"] = str(size)
        address = f"{self.upload}/videos?uploadType=resumable&part={part}"
        return self.http.post(address, json=resource, headers=headers)

    def put(self, session: str, content: bytes, content_range: str | None = None, **headers: str) -> httpx.Response:
        """Send bytes to a session."""
        if content_range:
            headers["Content-Range"] = content_range
        return self.http.put(session, content=content, headers=headers)

    def ask(self, session: str, total: int | str) -> httpx.Response:
        """Ask how many bytes a session has."""
        return self.put(session, b"", f"bytes */{total}")

    def publish(self, content: bytes, **wanted: Any) -> str:
        """Upload a whole video and return its id."""
        started = self.start(len(content), **wanted)
        assert started.status_code == 200, started.text
        done = self.put(started.headers["Location"], content)
        assert done.status_code == 201, done.text
        return str(done.json()["id"])

    def get(self, what: str, **query: Any) -> httpx.Response:
        """Call a list method."""
        return self.http.get(f"{self.api}/{what}", params=query)

    def video(
        self, key: str, part: str = "id,snippet,status,processingDetails,fileDetails,contentDetails"
    ) -> dict[str, Any]:
        """Return one video resource."""
        (item,) = self.get("videos", id=key, part=part).json()["items"]
        return dict(item)


class TikTokCaller:
    """One creator and its token."""

    def __init__(self, sandbox: SandboxServer, name: str = "creator", **wanted: Any) -> None:
        self.credentials = sandbox.account("tiktok", name, **wanted)
        self.api = f"{sandbox.endpoints()['tiktok']['api']}/v2"
        self.http = httpx.Client(
            headers={"Authorization": f"Bearer {self.credentials['access_token']}"}, timeout=30, trust_env=False
        )
        self.bare = httpx.Client(timeout=30, trust_env=False)

    def post(self, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """Call an API method."""
        return self.http.post(f"{self.api}/{path}", json=body, params=query or None)

    def creator_info(self) -> httpx.Response:
        """Ask what the creator may do."""
        return self.http.post(f"{self.api}/post/publish/creator_info/query/")

    def init(self, size: int, chunk: int | None = None, count: int = 1, **info: Any) -> httpx.Response:
        """Ask for a direct post, after asking for the creator's options."""
        self.creator_info()
        return self.bare_init(size, chunk, count, **info)

    def bare_init(self, size: int, chunk: int | None = None, count: int = 1, **info: Any) -> httpx.Response:
        """Ask for a direct post."""
        source = {
            "source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk or size, "total_chunk_count": count,
        }  # fmt: skip
        texts = {"title": "A clip", "privacy_level": "PUBLIC_TO_EVERYONE", **info}
        return self.post("post/publish/video/init/", {"post_info": texts, "source_info": source})

    def draft(self, size: int) -> httpx.Response:
        """Ask for an upload to the inbox."""
        source = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": size, "total_chunk_count": 1}
        return self.post("post/publish/inbox/video/init/", {"source_info": source})

    def put(self, address: str, content: bytes, first: int, total: int, **headers: str) -> httpx.Response:
        """Send one chunk, without a token."""
        described = {"Content-Type": "video/mp4", "Content-Range": f"bytes {first}-{first + len(content) - 1}/{total}"}
        return self.bare.put(address, content=content, headers={**described, **headers})

    def status(self, publish_id: str) -> dict[str, Any]:
        """Return the data of a status call."""
        answer = self.post("post/publish/status/fetch/", {"publish_id": publish_id})
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])

    def publish(self, content: bytes, **info: Any) -> str:
        """Post a whole video and return its publish id."""
        data = self.init(len(content), **info).json()["data"]
        assert self.put(data["upload_url"], content, 0, len(content)).status_code == 201
        return str(data["publish_id"])


def code_of(answer: httpx.Response) -> str:
    """Return TikTok's error code."""
    return str(answer.json()["error"]["code"])


def reason_of(answer: httpx.Response) -> str:
    """Return YouTube's reason."""
    return str(answer.json()["error"]["errors"][0]["reason"])


def sha256(content: bytes) -> str:
    """Return the SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()
