"""What a step works with: the posting and the open publisher of one claimed publication, put together once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import TracebackType

from include.media.convert import ConversionFailed
from include.platforms.contract import Posting, Publisher
from include.platforms.errors import PlatformError, Rejected
from include.publishing import answers, second_route
from include.publishing.clients import open_publisher
from include.publishing.ledger import Claim
from include.publishing.postings import ReleaseChanged, posting_for
from include.publishing.progress import Progress
from include.publishing.quotas import Turn
from include.releases.export import ExportError, FileChanged
from include.releases.picture import PictureError

Work = Callable[[Claim, Posting, Publisher], Progress]


class Stage:
    """A claimed publication's posting and platform: opened when the first step needs them, kept for the next ones.

    After an error of the platform they are closed; a step after that opens them anew, perhaps on another route.
    """

    def __init__(self, held: Claim) -> None:
        self._held = held
        self._stack = ExitStack()
        self._turn = Turn(publication_id=held.publication.publication_id, priority=held.publication.priority)
        self._opened: tuple[Posting, Publisher] | None = None

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def ask(self, work: Work, *, reads: bool = False) -> Progress:
        """Do one step's work; an error of the platform is written down and becomes what follows from it.

        `reads`: the work only looks, so its calls yield to publishing.
        """
        try:
            with speaking_plainly():
                posting, publisher = self._open()
                self._turn.reads = reads
                return work(self._held, posting, publisher)
        except PlatformError as error:
            self._close(error)
            return second_route.instead(self._held, error) or answers.record_error(self._held, error)

    def _open(self) -> tuple[Posting, Publisher]:
        if self._opened is None:
            held, publication = self._held, self._held.publication
            account = second_route.account_of(publication)
            posting = posting_for(publication, to_send=not held.uploaded and not held.unsettled, sent=held.uploaded)
            opened = open_publisher(account, publication.publication_id, turn=self._turn)
            self._opened = posting, self._stack.enter_context(opened)
        return self._opened

    def _close(self, error: PlatformError) -> None:
        self._opened = None
        self._stack.pop_all().__exit__(type(error), error, error.__traceback__)


@contextlib.contextmanager
def speaking_plainly() -> Iterator[None]:
    """Turn files that changed or vanished under our hands into the refusal they are."""
    try:
        yield
    except (FileChanged, ReleaseChanged) as changed:
        raise Rejected(str(changed)) from changed
    except ConversionFailed as failed:
        raise Rejected(str(failed)) from failed
    except (ExportError, PictureError) as gone:
        raise Rejected(f"{gone} Export it again, then trigger it again.") from gone
