"""What can go wrong at a platform, sorted by what we do next.

PlatformError
├── Rejected          it will never be accepted like this: the release or its options must change
├── AccountTrouble    the account cannot act: a person reconnects it or lifts the block
├── QuotaExhausted    a limit is reached: the same call may work after `resets_at`
├── TryAgain          a passing fault, and nothing was created: safe to try again after `after` seconds
└── OutcomeUnknown    the platform may have acted and we could not tell: look (`find`) before anything else

`publishing/retries.py` decides on the class only. Which platform code means which class stands in each platform's
own `errors.py`, as a table.
"""

from __future__ import annotations

from datetime import datetime


class PlatformError(Exception):
    """A platform refused, failed or kept silent; `message` is a sentence for a person.

    `code` is the platform's own code (``quotaExceeded``, ``spam_risk_too_many_posts``), `status` the HTTP status,
    `request_id` what the platform's support asks for. None of them ever holds a token or an upload address.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.request_id = request_id

    def as_record(self) -> dict[str, str | int | None]:
        """Return the error as the JSON object the ledger and the receipt keep."""
        return {
            "kind": type(self).__name__,
            "message": self.message,
            "code": self.code,
            "status": self.status,
            "request_id": self.request_id,
        }


class Rejected(PlatformError):
    """The platform will never accept this as it is."""


class AccountTrouble(PlatformError):
    """The account cannot act until a person does something (reconnect, grant a scope, lift a ban)."""


class QuotaExhausted(PlatformError):
    """A limit of the platform is used up until `resets_at` (UTC, aware)."""

    def __init__(
        self,
        message: str,
        *,
        resets_at: datetime,
        code: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, code=code, status=status, request_id=request_id)
        if resets_at.tzinfo is None:
            raise ValueError("resets_at must carry a time zone")
        self.resets_at = resets_at


class TryAgain(PlatformError):
    """A passing fault that created nothing; `after` is the platform's own wish in seconds, if it named one."""

    def __init__(
        self,
        message: str,
        *,
        after: float | None = None,
        code: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, code=code, status=status, request_id=request_id)
        self.after = after


class OutcomeUnknown(PlatformError):
    """The answer was lost: the platform may have acted."""
