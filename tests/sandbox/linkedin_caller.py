"""A bare HTTP caller of LinkedIn in the sandbox; the product's client is not used here."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx

from tests.sandbox_server import SandboxServer

VERSION = "202610"
PART = 4_194_304


class LinkedInCaller:
    """One member and its token; posts as its page unless `posts_as` is member."""

    def __init__(self, sandbox: SandboxServer, name: str = "Ana Gil", **wanted: Any) -> None:
        self.credentials = sandbox.account("linkedin", name, **wanted)
        self.author = str(self.credentials["author_urn"])
        self.api = sandbox.endpoints()["linkedin"]["api"]
        self.http = httpx.Client(
            headers={
                "Authorization": f"Bearer {self.credentials['access_token']}",
                "LinkedIn-Version": VERSION,
                "X-Restli-Protocol-Version": "2.0.0",
            },
            timeout=30,
            trust_env=False,
        )
        self.bare = httpx.Client(timeout=30, trust_env=False)

    def begin(self, size: int, **changes: Any) -> httpx.Response:
        """Ask for upload addresses."""
        asked = {"owner": self.author, "fileSizeBytes": size, "uploadCaptions": False, "uploadThumbnail": False}
        body = {"initializeUploadRequest": asked | changes}
        return self.http.post(f"{self.api}/rest/videos?action=initializeUpload", json=body)

    def put(self, address: str, content: bytes, **headers: str) -> httpx.Response:
        """Send bytes, without a token."""
        return self.bare.put(address, content=content, headers=headers)

    def put_all(self, value: dict[str, Any], content: bytes) -> list[str]:
        """Send every part and return the ETags."""
        etags = []
        for part in value["uploadInstructions"]:
            answer = self.put(part["uploadUrl"], content[part["firstByte"] : part["lastByte"] + 1])
            assert answer.status_code == 200, answer.text
            etags.append(answer.headers["ETag"])
        return etags

    def finalize(self, video: str, etags: list[str], token: str = "") -> httpx.Response:
        """Say that all parts are there."""
        asked = {"video": video, "uploadToken": token, "uploadedPartIds": etags}
        return self.http.post(f"{self.api}/rest/videos?action=finalizeUpload", json={"finalizeUploadRequest": asked})

    def upload(self, content: bytes) -> str:
        """Upload a whole video and return its URN."""
        value = self.begin(len(content)).json()["value"]
        assert self.finalize(value["video"], self.put_all(value, content)).status_code == 200
        return str(value["video"])

    def video(self, urn: str) -> httpx.Response:
        """Ask how far a video is."""
        return self.http.get(f"{self.api}/rest/videos/{quote(urn, safe='')}")

    def post(self, video: str | None, text: str = "A walk", **changes: Any) -> httpx.Response:
        """Make a post."""
        body: dict[str, Any] = {
            "author": self.author, "commentary": text, "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": []}, "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }  # fmt: skip
        body |= {"content": {"media": {"id": video, "title": "A title"}}} if video else {}
        body |= changes
        return self.http.post(
            f"{self.api}/rest/posts", json={name: value for name, value in body.items() if value is not None}
        )

    def read(self, urn: str) -> httpx.Response:
        """Read one post."""
        return self.http.get(f"{self.api}/rest/posts/{quote(urn, safe='')}")

    def posts(self, **query: Any) -> httpx.Response:
        """List the author's posts."""
        rest = "".join(f"&{name}={value}" for name, value in query.items())
        return self.http.get(f"{self.api}/rest/posts?q=author&author={quote(self.author, safe='')}{rest}")

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Call any address."""
        return self.http.get(f"{self.api}/{path}", headers=headers)


def code(answer: httpx.Response) -> tuple[int, Any]:
    """Return status and code of an error."""
    return answer.status_code, answer.json().get("code")
