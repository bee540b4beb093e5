"""Instagram's calls, one method each; every answer is checked, every refusal becomes one of our errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from include.platforms.contract import VideoFile
from include.platforms.errors import OutcomeUnknown, PlatformError, Rejected, TryAgain
from include.platforms.instagram.errors import MEANINGS, explained
from include.platforms.instagram.payloads import Container, Created, Limit, Media
from include.platforms.meta_graph import rupload
from include.platforms.meta_graph.errors import is_missing
from include.platforms.meta_graph.graph import VERSION, Graph
from include.platforms.meta_graph.paging import pages

Model = TypeVar("Model", bound=BaseModel)

PUBLISH_TIMEOUT = httpx.Timeout(connect=10, read=180, write=60, pool=10)
"""Seconds; Meta may take tens of seconds to answer `media_publish` (meta.md 2.4)."""
CONTAINER_FIELDS = "id,status_code,status,video_status"
MEDIA_FIELDS = "id,caption,timestamp,media_type,media_product_type,permalink"
PLAIN_MEDIA_FIELDS = "id,timestamp,media_type,permalink"
"""Instagram Login may not know `caption` and `media_product_type` (meta.md 1, unconfirmed)."""
MISSING_PAUSES_SECONDS = (2.0, 5.0)
"""Meta says "no such object" of healthy containers at times: asked so many times more (meta.md 2.3)."""
MAX_LOOKED_AT = 200
"""Posts of the last minutes; a listing longer than this is cut."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """Instagram for one account: `graph` is the host of its login, `user` its professional account's id."""

    graph: Graph
    user: str

    @classmethod
    def of(cls, calls: Any, account: Mapping[str, Any], settings: Mapping[str, Any]) -> Client:
        """Return the client of an account as `whoami` described it."""
        user = str(account.get("ig_user_id") or account.get("platform_user_id") or "")
        own = frozenset(str(each) for each in (user, account.get("page_id")) if each)
        graph = Graph(
            calls=calls,
            base="instagram_graph" if account.get("login") == "instagram" else "graph",
            version=str(settings.get("graph_version") or VERSION),
            own_ids=own,
            meanings=MEANINGS,
        )
        return cls(graph=graph, user=user)

    def create(self, form: Mapping[str, Any]) -> Created:
        """Make a container; harmless to repeat, because nobody sees one that is not published."""
        with _explaining():
            answer = self.graph.post(f"{self.user}/media", endpoint="media.create", form=form, changes=False)
        return _read(answer, Created)

    def send_bytes(self, container_id: str, uri: str | None, video: VideoFile, offset: int) -> None:
        """Send everything of `video` from `offset` on; the errors of `rupload.send_bytes`."""
        calls = self.graph.calls
        address = uri or calls.address("upload", f"ig-api-upload/{self.graph.version}/{container_id}")
        rupload.send_bytes(calls, address, video, offset=offset, endpoint="container.upload")

    def container(self, container_id: str) -> Container | None:
        """Return how far a container is; None when Meta says three times that there is none."""
        for pause in (*MISSING_PAUSES_SECONDS, None):
            try:
                answer = self.graph.get(container_id, endpoint="container.read", params={"fields": CONTAINER_FIELDS})
                return _read(answer, Container)
            except Rejected as error:
                if not is_missing(error):
                    raise
            if pause is not None:
                self.graph.calls.pause(pause)
        return None

    def publish(self, container_id: str) -> str:
        """Publish a container and return the post's id; never repeated here, whatever comes back."""
        form = {"creation_id": container_id}
        with _explaining():
            answer = self.graph.post(
                f"{self.user}/media_publish", endpoint="media.publish", form=form, timeout=PUBLISH_TIMEOUT
            )
        media_id = answer.get("id")
        if not media_id:
            raise OutcomeUnknown("Instagram's answer to the publication names no post.")
        return str(media_id)

    def limit(self, since: datetime | None = None) -> Limit:
        """Return how much of the publishing limit is used, since a moment within the last 24 hours if one is given."""
        params = {"fields": "config,quota_usage", "since": int(since.timestamp()) if since else None}
        with _explaining():
            path = f"{self.user}/content_publishing_limit"
            answer = self.graph.get(path, endpoint="publishing_limit.read", params=params)
        rows = answer.get("data")
        return _read(rows[0] if isinstance(rows, list) and rows else {}, Limit)

    def media(self, media_id: str) -> Media:
        """Return a post."""
        params = {"fields": "id,permalink"}
        return _read(self.graph.get(media_id, endpoint="media.read", params=params), Media)

    def posted_since(self, moment: datetime, *, stories: bool) -> tuple[list[Media], bool]:
        """Return the account's posts (or live stories) since `moment`, and whether their captions are known."""
        try:
            return self._posted(moment, stories, MEDIA_FIELDS), True
        except Rejected as error:
            if not str(error.code or "").startswith("100") or is_missing(error):
                raise
        return self._posted(moment, stories, PLAIN_MEDIA_FIELDS), False

    def _posted(self, moment: datetime, stories: bool, fields: str) -> list[Media]:
        edge, endpoint = ("stories", "stories.list") if stories else ("media", "media.list")
        found: list[Media] = []
        params = {"fields": fields, "limit": 25}
        for page in pages(self.graph, f"{self.user}/{edge}", endpoint=endpoint, params=params):
            media = [_read(each, Media) for each in page]
            found += [each for each in media if each.timestamp is None or each.timestamp >= moment]
            older = any(each.timestamp is not None and each.timestamp < moment for each in media)  # newest first
            if older or len(found) >= MAX_LOOKED_AT:
                break
        return found


@contextmanager
def _explaining() -> Iterator[None]:
    """Let a personal account's refusals say how to convert it."""
    try:
        yield
    except PlatformError as error:
        told = explained(error)
        if told is error:
            raise
        raise told from None


def _read(answer: Any, model: type[Model]) -> Model:
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        raise TryAgain(f"Instagram's answer lacks what we need ({wrong}).") from None
