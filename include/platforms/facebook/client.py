"""Facebook's calls for one Page, one method each; every answer is checked, every refusal becomes one of our errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from include.platforms.contract import Picture, VideoFile
from include.platforms.errors import Rejected, TryAgain
from include.platforms.facebook import multipart
from include.platforms.facebook.errors import MEANINGS, offsets_in, sharpened
from include.platforms.facebook.payloads import Offsets, PageNode, ReelBegun, VideoBegun, VideoNode
from include.platforms.http import UPLOAD_TIMEOUT, Calls
from include.platforms.meta_graph import paging, rupload
from include.platforms.meta_graph.errors import is_missing
from include.platforms.meta_graph.graph import VERSION, Base, Graph
from include.releases.publication import Placement

Model = TypeVar("Model", bound=BaseModel)

VIDEO_FIELDS = "id,status,published,permalink_url,post_id,title,description,scheduled_publish_time"
"""One unknown field would fail the whole call; all of these are in Meta's own package (reference 5.5)."""
PAGE_FIELDS = (
    "id,name,category,username,followers_count,picture{url}",
    "id,name,category,username",
    "id,name,category",
)
"""What to ask about a Page; fewer when Facebook does not know, or does not allow, one of them.

A person has no `category`, so a person's token is refused all three."""
EDGES = {Placement.REEL: "video_reels", Placement.VIDEO: "videos"}
NEWEST = 100
"""How many of the Page's newest videos are looked through for one that cannot be read by its id."""


class WrongOffset(Exception):
    """Facebook holds another number of bytes than we thought; it says how to go on."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__(f"Facebook wants bytes {start} to {end}")
        self.start, self.end = start, end


@dataclass(frozen=True, kw_only=True)
class Client:
    """Facebook for one Page, over one `Calls` whose token is the Page's own."""

    calls: Calls
    page_id: str
    version: str = VERSION

    def start_video(self, size: int) -> VideoBegun:
        """Open an upload for a video; harmless to repeat, because nothing is posted before it is finished."""
        form = {"upload_phase": "start", "file_size": size}
        return _read(self._post("videos", form, "videos.start", changes=False), VideoBegun)

    def send_chunk(self, session: str, video: VideoFile, start: int, stop: int) -> Offsets:
        """Send bytes `start` up to (not including) `stop`; return which Facebook wants next.

        Raises `WrongOffset` when it wants others, `TryAgain` for lost answers: asking it once more does no harm.
        """
        graph = self._graph("video")
        part = multipart.FilePart(
            field="video_file_chunk",
            name=video.name,
            content_type="application/octet-stream",
            size=stop - start,
            pieces=lambda: video.pieces(start, stop),
        )
        form = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": start}
        try:
            answer = multipart.send(graph, f"{self.page_id}/videos", part, endpoint="videos.transfer", form=form)
        except multipart.Refused as refused:
            wanted = offsets_in(refused.error)
            if wanted is not None:
                raise WrongOffset(*wanted) from None
            raise multipart.as_our_error(graph, refused) from None
        return _read(answer, Offsets)

    def finish_video(self, session: str, fields: Mapping[str, Any]) -> None:
        """Publish (schedule, keep) what was uploaded; a lost answer is `OutcomeUnknown`."""
        form = {"upload_phase": "finish", "upload_session_id": session, **fields}
        self._post("videos", form, "videos.finish", changes=True)

    def start_reel(self) -> ReelBegun:
        """Open an upload for a reel; harmless to repeat, because nothing is posted before it is finished."""
        form = {"upload_phase": "start"}
        return _read(self._post("video_reels", form, "video_reels.start", changes=False), ReelBegun)

    def send_reel(self, upload_url: str, video: VideoFile, offset: int) -> None:
        """Send everything from `offset` on; `TryAgain` means: ask `video` how far it got, then go on."""
        rupload.send_bytes(self.calls, upload_url, video, offset=offset, endpoint="video_reels.bytes")

    def finish_reel(self, video_id: str, fields: Mapping[str, Any]) -> None:
        """Publish (schedule, keep) what was uploaded; a lost answer is `OutcomeUnknown`."""
        form = {"upload_phase": "finish", "video_id": video_id, **fields}
        self._post("video_reels", form, "video_reels.finish", changes=True)

    def video(self, video_id: str) -> VideoNode | None:
        """Return a video of the Page, or None when Facebook knows none of that id (as it says of healthy ones, too)."""
        try:
            answer = self._graph().get(video_id, endpoint="video.read", params={"fields": VIDEO_FIELDS})
        except Rejected as error:
            if is_missing(error):
                return None
            raise
        return _read(answer, VideoNode)

    def lists(self, placement: Placement, video_id: str) -> bool:
        """Say whether the Page's list of its newest videos or reels shows `video_id`."""
        listed = paging.entries(
            self._graph(), f"{self.page_id}/{EDGES[placement]}", endpoint=f"{EDGES[placement]}.list",
            params={"fields": "id", "limit": NEWEST},
        )  # fmt: skip
        return any(str(each.get("id")) == video_id for each in islice(listed, NEWEST))

    def update(self, video_id: str, fields: Mapping[str, Any]) -> None:
        """Change what is said of a video that is there; saying it twice does no harm."""
        self._graph().post(video_id, endpoint="video.update", form=fields, changes=False)

    def set_thumbnail(self, video_id: str, picture: Picture) -> None:
        """Make a picture the video's cover; doing it twice does no harm."""
        graph = self._graph()
        part = multipart.FilePart(
            field="source",
            name="thumbnail.png" if picture.content_type == "image/png" else "thumbnail.jpg",
            content_type=picture.content_type,
            size=len(picture.content),
            pieces=lambda: [picture.content],
        )
        try:
            multipart.send(
                graph, f"{video_id}/thumbnails", part, endpoint="thumbnails.set", form={"is_preferred": True}
            )
        except multipart.Refused as refused:
            raise multipart.as_our_error(graph, refused) from None

    def own_page(self) -> PageNode | None:
        """Return the Page the token is of, with as many fields as Facebook gives; None for a person's token."""
        for fields in PAGE_FIELDS:
            try:
                return _read(self._graph().get("me", endpoint="page.read", params={"fields": fields}), PageNode)
            except Rejected as error:
                if not str(error.code or "").startswith("100") or is_missing(error):
                    raise
        return None

    def _post(self, edge: str, form: Mapping[str, Any], endpoint: str, *, changes: bool) -> dict[str, Any]:
        """Make one of the calls that begin or end an upload; `/videos` has a host of its own (reference 0.1)."""
        graph = self._graph("video" if edge == "videos" else "graph")
        try:
            return graph.post(
                f"{self.page_id}/{edge}", endpoint=endpoint, form=form, changes=changes, timeout=UPLOAD_TIMEOUT
            )
        except Rejected as error:
            raise sharpened(error) from None

    def _graph(self, base: Base = "graph") -> Graph:
        return Graph(
            calls=self.calls,
            base=base,
            version=self.version,
            own_ids=frozenset({self.page_id}),
            meanings=MEANINGS,
        )


def _read(answer: dict[str, Any], model: type[Model]) -> Model:
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        raise TryAgain(f"Facebook's answer lacks what we need ({wrong}).") from None
