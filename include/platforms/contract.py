"""What a platform (or gateway) must do, and the answers it may give.

| verb       | may change the platform? | may be repeated?                                                        |
|------------|--------------------------|-------------------------------------------------------------------------|
| `validate` | no                       | freely                                                                  |
| `upload`   | yes                      | only after `find` has looked for what an earlier try left               |
| `check`    | no                       | freely: the trigger calls it                                            |
| `finish`   | yes                      | never on its own; after it succeeded `check` says `Published`, not `Ready` |
| `find`     | no                       | freely                                                                  |

A *note* is the platform's own JSON object (session address, publish id, video id). We store it encrypted and never
open it; the platform gets back exactly what it handed out last. `upload` and `finish` call `save(note)` before each
step that cannot be taken back, so that whoever comes after a crash starts from the newest note.

Every verb may raise the errors of `platforms/errors.py`. A verb that changes the platform raises `TryAgain` only when
nothing was created, otherwise `OutcomeUnknown`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from include.platforms.errors import Rejected
from include.releases.picture import Picture as Picture  # platforms know it by the contract
from include.releases.publication import Placement
from include.releases.video_facts import VideoFacts

Note = dict[str, Any]
SaveNote = Callable[[Note], None]
ReportBytes = Callable[[int], None]
"""Called with the number of bytes the platform has confirmed so far; cheap, may be called often."""


@dataclass(frozen=True, kw_only=True)
class Pending:
    """The platform has all bytes and is working on them; ask again after `look_again_after` seconds."""

    note: Note
    percent: float | None = None
    look_again_after: float | None = None


@dataclass(frozen=True, kw_only=True)
class Ready:
    """Processing is over; `finish` makes it public."""

    note: Note


@dataclass(frozen=True, kw_only=True)
class Published:
    """It is out. `video_id` and `url` are None where the platform tells them later or never (private TikTok posts).

    `warnings` are sentences about things that did not work but do not undo the publication (a thumbnail refused).
    """

    video_id: str | None
    url: str | None
    note: Note = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """`find` only: an earlier upload stopped half-way; calling `upload` with this note continues it."""

    note: Note


@dataclass(frozen=True, kw_only=True)
class CannotTell:
    """`find` only: the platform cannot say (yet) whether an earlier try got through.

    With `look_again_after` (seconds) another look is worth it and `note` remembers how many there were; without it a
    person has to decide.
    """

    why: str
    note: Note
    look_again_after: float | None = None


Answer = Pending | Ready | Published
Found = Pending | Ready | Published | Unfinished | CannotTell | None
"""None: nothing was left; a fresh `upload` (note None) is safe."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One rule a release breaks on a platform, with what was found and what is allowed.

    `fix` says whether we can mend it ourselves ("convertible"), a person must ("refused"), or it is only worth
    knowing ("warning").
    """

    rule: str
    found: str
    allowed: str
    message: str
    fix: Literal["refused", "convertible", "warning"] = "refused"


class VideoFile(Protocol):
    """The release's video, streamed; never wholly in memory."""

    @property
    def name(self) -> str:
        """File name without folders."""
        ...

    @property
    def size(self) -> int:
        """Size in bytes."""
        ...

    @property
    def content_type(self) -> str:
        """Media type by content, such as ``video/mp4``."""
        ...

    def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
        """Yield the bytes from `start` up to (not including) `stop`; raise `Rejected` when the file has changed."""
        ...


class Hosting(Protocol):
    """Where a platform that fetches by address gets a file from."""

    def video_address(self) -> str:
        """Put the posting's video there unless it is there already; return a signed address that works for 24 hours.

        Raises `Rejected` when no hosting that the platform could reach is set up, `TryAgain` when it does not answer.
        """
        ...

    def picture_address(self, picture: Picture) -> str:
        """Do the same for a picture of the posting."""
        ...


class NoHosting:
    """Stands where no hosting is set up: asking for an address is refused with what to do."""

    def video_address(self) -> str:
        """Refuse."""
        raise Rejected(NO_HOSTING)

    def picture_address(self, picture: Picture) -> str:
        """Refuse."""
        raise Rejected(NO_HOSTING)


NO_HOSTING = (
    "The platform fetches the file from an address, and no hosting is set up: "
    "set RELEASE_DESK_PUBLIC_ADDRESS or choose another hosting in config/distribution.yaml."
)


@dataclass(frozen=True, kw_only=True)
class PictureRule:
    """What a placement shows as its still picture: pixels, the most bytes, and the media types it takes."""

    width: int
    height: int
    max_bytes: int
    content_types: tuple[str, ...] = ("image/jpeg", "image/png")


@dataclass(frozen=True, kw_only=True)
class Posting:
    """Everything a platform needs to know to post one publication.

    `title` … `tags` are final: the target's overrides are already merged over the platform's and the release's texts.
    `caption` is what caption platforms show (text and hashtags). `options` are platform specific and were checked by
    the platform's `payloads.py`. `publish_at` (UTC) asks the platform to make it public later, where it can.
    `video` already fits the placement's `FileRules` and `thumbnail` its `PictureRule`, where they could be made to.
    """

    publication_id: str
    placement: Placement
    title: str
    description: str
    caption: str
    tags: tuple[str, ...]
    privacy: str
    language: str | None
    category: str | None
    made_for_kids: bool
    synthetic_media: bool
    publish_at: datetime | None
    options: Mapping[str, Any]
    video: VideoFile
    facts: VideoFacts
    thumbnail: Picture | None
    hosting: Hosting = field(default_factory=NoHosting)


class Publisher(Protocol):
    """What every platform's `publish.py` offers; one instance serves one account during one step."""

    def validate(self, posting: Posting) -> list[Problem]:
        """Return every rule `posting` breaks, as the account stands now; empty when good."""
        ...

    def upload(self, posting: Posting, note: Note | None, save: SaveNote, sent: ReportBytes) -> Answer:
        """Send the video (or go on from `note`), saving each new note before the step it protects."""
        ...

    def check(self, posting: Posting, note: Note) -> Answer:
        """Look once how far the platform is."""
        ...

    def finish(self, posting: Posting, note: Note, save: SaveNote) -> Published:
        """Take the last step that makes it public or complete."""
        ...

    def find(self, posting: Posting, note: Note | None) -> Found:
        """Look for what an earlier `upload` or `finish` left; never changes the platform."""
        ...
