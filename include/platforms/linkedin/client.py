"""LinkedIn's calls, one method each; every answer is checked, every refusal becomes one of our errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from include.platforms.errors import TryAgain
from include.platforms.http import UPLOAD_TIMEOUT, Calls, body_of
from include.platforms.linkedin import versions
from include.platforms.linkedin.errors import error_for
from include.platforms.linkedin.payloads import Begun, PostSeen, UserInfo, VideoSeen

Model = TypeVar("Model", bound=BaseModel)

NEW_TOKEN_SECONDS = 5.0
"""A token that was just renewed may be refused for a few seconds (reference B.1)."""
PAGE = 50
BYTES_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Client:
    """LinkedIn for one account, over one `Calls`, in one version of its API."""

    calls: Calls
    version: str = versions.VERSION

    def begin_upload(self, body: dict[str, Any]) -> Begun:
        """Ask for upload addresses; harmless to repeat, a video without a post is seen by nobody."""
        answer = self._json(
            self._send("POST", "videos?action=initializeUpload", endpoint="videos.initializeUpload", body=body)
        )
        return _parsed(answer.get("value"), Begun)

    def put_part(self, address: str, pieces: Iterable[bytes], length: int) -> httpx.Response:
        """Send one part; return the answer, whatever it is. Raises `TryAgain` when there is none."""
        return self._put(address, pieces, length, "videos.put", {})

    def put_thumbnail(self, address: str, content: bytes) -> httpx.Response:
        """Send the picture; return the answer, whatever it is. Raises `TryAgain` when there is none."""
        return self._put(address, content, len(content), "videos.thumbnail", {"media-type-family": "STILLIMAGE"})

    def finish_upload(self, body: dict[str, Any]) -> None:
        """Say that all parts are there; harmless to repeat, nothing is public by it."""
        self._json(self._send("POST", "videos?action=finalizeUpload", endpoint="videos.finalizeUpload", body=body))

    def video(self, urn: str) -> VideoSeen:
        """Return how far LinkedIn is with a video."""
        response = self._send("GET", f"videos/{quote(urn, safe='')}", endpoint="videos.get")
        return _parsed(self._json(response), VideoSeen)

    def create_post(self, body: dict[str, Any]) -> str | None:
        """Make the post public and return its URN, None when LinkedIn does not tell it.

        Never repeat it on its own. Raises `OutcomeUnknown` whenever it may have been made, `Duplicate` when LinkedIn
        takes it for one, and the other errors when nothing was made.
        """
        response = self._send("POST", "posts", endpoint="posts.create", body=body, changes=True)
        urn = response.headers.get("x-restli-id") or response.headers.get("x-linkedin-id")
        if response.is_success and (urn or response.status_code == httpx.codes.CREATED):
            return urn or None
        error = error_for(response, request_id=self.calls.request_id(response), changes=True)
        raise self.calls.heed(response, error)

    def post(self, urn: str) -> PostSeen:
        """Return one post."""
        return _parsed(self._json(self._send("GET", f"posts/{quote(urn, safe='')}", endpoint="posts.get")), PostSeen)

    def posts_of(self, author: str, start: int) -> list[PostSeen]:
        """Return a page of an author's posts, those that changed last first."""
        query = f"author={quote(author, safe='')}&q=author&count={PAGE}&start={start}&sortBy=LAST_MODIFIED"
        response = self._send("GET", f"posts?{query}", endpoint="posts.list", headers={"X-RestLi-Method": "FINDER"})
        return [_parsed(each, PostSeen) for each in _elements(self._json(response))]

    def read(self, path: str, endpoint: str, *, method: str | None = None) -> dict[str, Any]:
        """Return the answer to a read; `path` carries its query as Rest.li wants it (reference B.2)."""
        headers = {"X-RestLi-Method": method} if method else None
        return self._json(self._send("GET", path, endpoint=endpoint, headers=headers))

    def read_all(self, path: str, endpoint: str, *, page: int, pages: int = 100) -> Iterator[list[dict[str, Any]]]:
        """Yield a list page by page, as long as LinkedIn says that there is a next one."""
        joined = "&" if "?" in path else "?"
        for number in range(pages):
            answer = self.read(f"{path}{joined}start={number * page}&count={page}", endpoint)
            yield _elements(answer)
            paging = answer.get("paging")
            links = paging.get("links") if isinstance(paging, dict) else None
            if not any(isinstance(link, dict) and link.get("rel") == "next" for link in links or ()):
                return

    def user_info(self) -> UserInfo:
        """Return who the member is; LinkedIn wants no version here."""
        address = self.calls.address("api", "v2/userinfo")
        response = self._signed(lambda: self.calls.send("GET", address, endpoint="userinfo", changes=False))
        return _parsed(self._json(response), UserInfo)

    def administered(self) -> tuple[str, ...]:
        """Return the URNs of the organisations whose administrator the member is."""
        query = "q=roleAssignee&role=ADMINISTRATOR&state=APPROVED"
        response = self._send(
            "GET",
            f"organizationAcls?{query}",
            endpoint="organizationAcls.list",
            headers={"X-RestLi-Method": "FINDER"},
        )
        found = [each.get("organization") or each.get("organizationTarget") for each in _elements(self._json(response))]
        return tuple(dict.fromkeys(str(urn) for urn in found if urn))

    def organization(self, urn: str) -> dict[str, Any]:
        """Return what is known of an organisation (`localizedName`, `vanityName`)."""
        number = urn.rsplit(":", 1)[-1]
        return self._json(self._send("GET", f"organizations/{quote(number, safe='')}", endpoint="organizations.get"))

    def followers(self, urn: str) -> int | None:
        """Return how many members follow an organisation."""
        path = f"networkSizes/{quote(urn, safe='')}?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
        size = self._json(self._send("GET", path, endpoint="networkSizes.get")).get("firstDegreeSize")
        return size if isinstance(size, int) else None

    def _send(
        self,
        method: str,
        path: str,
        *,
        endpoint: str,
        body: dict[str, Any] | None = None,
        changes: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send one versioned call; `path` carries its query as LinkedIn wants it escaped."""
        versions.warn_once(self.version, datetime.now(UTC).date())
        every = {"LinkedIn-Version": self.version, "X-Restli-Protocol-Version": "2.0.0"}
        address = self.calls.address("api", f"rest/{path}")
        return self._signed(
            lambda: self.calls.send(
                method,
                address,
                endpoint=endpoint,
                changes=changes,
                headers={**every, **(headers or {})},
                json_body=body,
            )
        )

    def _signed(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Send, and once more a little later when even a renewed token was refused; a 401 did nothing."""
        response = send()
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self.calls.pause(NEW_TOKEN_SECONDS)
            response = send()
        return response

    def _put(
        self, address: str, content: bytes | Iterable[bytes], length: int, endpoint: str, headers: dict[str, str]
    ) -> httpx.Response:
        # changes=False: a part may be sent again as often as needed, and a video without a post is seen by nobody
        return self.calls.send(
            "PUT",
            address,
            endpoint=endpoint,
            changes=False,
            signed=False,  # the address is the key (reference B.3)
            headers={"Content-Type": BYTES_TYPE, "Content-Length": str(length), **headers},
            content=content,
            timeout=UPLOAD_TIMEOUT,
        )

    def _json(self, response: httpx.Response) -> dict[str, Any]:
        if not response.is_success:
            raise self.calls.heed(response, error_for(response, request_id=self.calls.request_id(response)))
        body = body_of(response)
        return body if isinstance(body, dict) else {}


def _elements(answer: dict[str, Any]) -> list[dict[str, Any]]:
    elements = answer.get("elements")
    if not isinstance(elements, list):
        raise TryAgain("LinkedIn's list lacks its elements.")
    return [each for each in elements if isinstance(each, dict)]


def _parsed(data: Any, model: type[Model]) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, each["loc"])) or "everything" for each in error.errors())
        raise TryAgain(f"LinkedIn's answer lacks what we need ({wrong}).") from None
