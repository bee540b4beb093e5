"""Instagram's side of the publish contract: reels, stories and feed videos, by container.

Nothing is visible before `media_publish`: everything up to there may be repeated, that one call never is before it is
proven that it did nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime
from typing import Any

from include.platforms.contract import (
    Answer,
    Found,
    Note,
    Posting,
    Problem,
    Published,
    ReportBytes,
    SaveNote,
)
from include.platforms.errors import (
    AccountTrouble,
    OutcomeUnknown,
    PlatformError,
    QuotaExhausted,
    Rejected,
)
from include.platforms.http import Calls
from include.platforms.instagram import limits, quota, rules
from include.platforms.instagram.client import Client
from include.platforms.instagram.errors import PROFESSIONAL_ONLY
from include.platforms.instagram.lost import candidates, seen_now
from include.platforms.instagram.payloads import InstagramOptions, container_form
from include.platforms.instagram.progress import PROCESSING, PUBLISHED, PUBLISHING, SENDING, Progress
from include.platforms.instagram.transfer import Transfer
from include.releases.publication import Placement

LIMIT_CODE = "9/2207042"
NO_COVER = "Instagram shows a picture of the video as its cover: {why}"


@dataclass(frozen=True)
class Publisher:
    """Publishes to one Instagram account.

    `settings` is `platforms.instagram` of config/distribution.yaml, `account` what `whoami` returned: `ig_user_id`,
    `login` and `account_type` are used. Raises the errors of `platforms/errors.py`.
    """

    calls: Calls
    _: KW_ONLY
    settings: Mapping[str, Any]
    account: Mapping[str, Any]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def client(self) -> Client:
        """Instagram's calls for this account."""
        return Client.of(self.calls, self.account, self.settings)

    def validate(self, posting: Posting) -> list[Problem]:
        """Return every rule `posting` breaks; raise `QuotaExhausted` when the publishing limit is used up now."""
        if posting.placement not in limits.PLACEMENTS:
            return [rules.wrong_placement(posting)]
        options, problems = rules.read_options(posting)
        problems += rules.problems_of(posting, options, self.account)
        if not any(problem.fix == "refused" for problem in problems):
            quota.reserve_place(self.client, self.now())
        return problems

    def upload(self, posting: Posting, note: Note | None, save: SaveNote, sent: ReportBytes) -> Answer:
        """Make a container and get the video there, or go on with the bytes of the one in `note`."""
        if note and note.get("attempted_at"):
            raise OutcomeUnknown("This video may be published already; it is looked for before anything is sent.")
        if note is None or note.get("stage") != SENDING or int(note["size"]) != posting.video.size:
            note, offset = self._begin(posting, save), 0
        else:
            offset = self._transfer(posting, note, sent).received()
        if note["stage"] == SENDING:
            sent(offset)
            self._transfer(posting, note, sent).send(offset)
            note = {**note, "stage": PROCESSING, "sent_at": self.now().isoformat()}
            save(note)
        return self._progress.pending(note)

    def check(self, posting: Posting, note: Note) -> Answer:
        """Look once how far the container is, or complete a post without an address."""
        return self._progress.answer(note)

    def finish(self, posting: Posting, note: Note, save: SaveNote) -> Published:
        """Publish the container; `OutcomeUnknown` for every answer that does not prove that nothing was published."""
        if note.get("media_id"):
            return self._progress.published(note, str(note["media_id"]))
        client = self.client
        if note.get("attempted_at"):
            self._still_unpublished(client, note)
        quota.reserve_place(client, self.now())
        if not note.get("attempted_at"):
            note = {**note, "seen": seen_now(client, note, self.now()), "attempted_at": self.now().isoformat()}
        note = {**note, "stage": PUBLISHING}
        save(note)
        media_id = self._publish(client, note, save)
        note = {**note, "stage": PUBLISHED, "media_id": media_id}
        save(note)
        return self._progress.published(note, media_id)

    def find(self, posting: Posting, note: Note | None) -> Found:
        """Look for what an earlier try left; a container that was never named to us can never be published."""
        if not note or not note.get("container_id"):
            return None
        return self._progress.left(note)

    @property
    def _progress(self) -> Progress:
        return Progress(client=self.client, settings=self.settings, now=self.now)

    def _transfer(self, posting: Posting, note: Note, sent: ReportBytes) -> Transfer:
        return Transfer(client=self.client, posting=posting, note=note, sent=sent)

    def _begin(self, posting: Posting, save: SaveNote) -> Note:
        """Make a container; a lost answer leaves one that nobody will ever see."""
        options = self._checked(posting)
        by_bytes = rules.upload_way(options, self.settings, self.account) == "bytes"
        video_url = None if by_bytes else posting.hosting.video_address()
        cover_url, warnings = self._cover(posting, options)
        note: Note = {
            "stage": SENDING if by_bytes else PROCESSING,
            "placement": posting.placement.value,
            "caption": "" if posting.placement is Placement.STORY else posting.caption,
            "size": posting.video.size,
            "created_at": self.now().isoformat(),
            "warnings": warnings,
        }
        save(note)
        form = container_form(
            posting, options, share_to_feed=self._in_feed(posting, options), video_url=video_url, cover_url=cover_url
        )
        created = self.client.create(form)
        note = {**note, "container_id": created.id} | ({"uri": created.uri} if by_bytes and created.uri else {})
        save(note)
        return note

    def _checked(self, posting: Posting) -> InstagramOptions:
        if posting.placement not in limits.PLACEMENTS:
            raise Rejected(rules.wrong_placement(posting).message)
        if rules.is_personal(self.account):
            raise AccountTrouble(PROFESSIONAL_ONLY)
        if posting.video.size < 1:
            raise Rejected("The video file is empty.")
        options, problems = rules.read_options(posting)
        if problems:
            raise Rejected(" ".join(problem.message for problem in problems))
        return options

    def _in_feed(self, posting: Posting, options: InstagramOptions) -> bool:
        wished = self.settings.get("share_to_feed", True) if options.share_to_feed is None else options.share_to_feed
        return posting.placement is Placement.FEED or bool(wished)

    def _cover(self, posting: Posting, options: InstagramOptions) -> tuple[str | None, list[str]]:
        """Return the cover's address, and a warning where a thumbnail cannot be used: Meta only takes an address."""
        picture = posting.thumbnail
        rule = limits.picture_rule(posting.placement)
        if picture is None or rule is None or options.thumb_offset is not None:
            return None, []
        if picture.content_type not in rule.content_types or len(picture.content) > rule.max_bytes:
            return None, [NO_COVER.format(why="the thumbnail is no JPEG of up to 8 MB.")]
        try:
            return posting.hosting.picture_address(picture), []
        except Rejected as error:  # a reel without its own cover is better than none
            return None, [NO_COVER.format(why=error.message)]

    def _still_unpublished(self, client: Client, note: Note) -> None:
        """Raise `OutcomeUnknown` unless the container and the account's list both say that nothing is out.

        A refusal that an earlier try got is told now: asking once more would not change it.
        """
        container = client.container(str(note["container_id"]))
        if container is None or container.status_code != "FINISHED" or candidates(client, note).posts:
            raise OutcomeUnknown("An earlier try may have published this video; it is looked for first.")
        refused = note.get("refused")
        if refused:
            raise Rejected(
                str(refused["message"]),
                code=refused["code"],
                status=refused["status"],
                request_id=refused["request_id"],
            )

    def _publish(self, client: Client, note: Note, save: SaveNote) -> str:
        try:
            return client.publish(str(note["container_id"]))
        except QuotaExhausted as error:
            raise self._with_time(client, error) from None
        except Rejected as error:  # some refusals published nevertheless: once that is disproved, it is told
            save({**note, "refused": error.as_record()})
            raise _unknown(error) from None

    def _with_time(self, client: Client, error: QuotaExhausted) -> QuotaExhausted:
        """Say when the publishing limit frees a place; Instagram's refusal itself does not."""
        if error.code != LIMIT_CODE:
            return error
        try:
            limit = client.limit()
            return quota.used_up(client, limit, self.now()) if limit.is_used_up else error
        except PlatformError:
            return error


def _unknown(error: PlatformError) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Instagram may have published the video nevertheless. {error.message}",
        code=error.code,
        status=error.status,
        request_id=error.request_id,
    )
