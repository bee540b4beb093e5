"""Which TikTok code means which error of ours, as two tables (tiktok reference A.2 and A.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from include.platforms.errors import AccountTrouble, PlatformError, QuotaExhausted, Rejected, TryAgain

RATE_LIMIT_SECONDS = 60.0
"""TikTok's rate limits look at a sliding minute (developers.tiktok.com, rate limits, 2026-08-04)."""
DAILY_CAP = timedelta(hours=24)
"""TikTok does not say when its day ends: a full day later the cap is over in every reading."""

RATE_LIMITED = "rate_limit_exceeded"
UNAUDITED = "unaudited_client_can_only_post_to_private_accounts"
UNAUDITED_EXPLAINED = (
    "TikTok has not audited this app yet. Until it has, a post may only be private, the creator's account "
    "must be set to private while posting, and at most 5 users a day may post."
)


@dataclass(frozen=True)
class Meaning:
    """What a code means for us: the class that decides what happens next, and the sentence a person reads."""

    kind: type[PlatformError]
    message: str


_DAILY_POSTS = Meaning(
    QuotaExhausted, "TikTok's daily number of posts for this account is reached (about 15, over all apps)."
)
_BANNED = Meaning(AccountTrouble, "TikTok has banned this account from posting. Lift the ban in its app.")
_RECONNECT = Meaning(AccountTrouble, "TikTok no longer accepts our access to this account. Connect it again.")
_WRONG_VALUE = Meaning(Rejected, "TikTok refused a value we sent.")

CODES = {
    "access_token_invalid": _RECONNECT,
    "scope_not_authorized": Meaning(
        AccountTrouble, "The creator did not allow what this needs. Connect the account again and allow it."
    ),
    "scope_permission_missed": Meaning(
        AccountTrouble, "Our TikTok app may not ask for this. Add the scope to the app, then connect again."
    ),
    RATE_LIMITED: Meaning(TryAgain, "TikTok asks us to slow down: too many calls in one minute."),
    "invalid_param": _WRONG_VALUE,
    "invalid_params": _WRONG_VALUE,
    "invalid_file_upload": Meaning(Rejected, "TikTok refused the upload of this file."),
    "invalid_publish_id": Meaning(Rejected, "TikTok does not know this publish id (any more)."),
    "token_not_authorized_for_specified_publish_id": Meaning(
        AccountTrouble, "This upload belongs to another TikTok account. Connect the one it was begun with."
    ),
    "publish_not_cancellable": Meaning(Rejected, "TikTok can no longer cancel this post."),
    "app_version_check_failed": Meaning(
        AccountTrouble, "The creator's TikTok app is too old (31.8 is needed). Update the app on the phone."
    ),
    "spam_risk_too_many_posts": _DAILY_POSTS,
    "spam_risk_user_banned_from_posting": _BANNED,
    "reached_active_user_cap": Meaning(
        QuotaExhausted, "As many users as TikTok allows our app a day have posted (5 while not audited)."
    ),
    "spam_risk_too_many_pending_share": Meaning(
        QuotaExhausted, "5 drafts of the last 24 hours wait in the TikTok inbox. Finish or delete some."
    ),
    UNAUDITED: Meaning(Rejected, f"{UNAUDITED_EXPLAINED} Post with privacy 'private', or have the app audited."),
    "url_ownership_unverified": Meaning(Rejected, "TikTok has not verified the address the video comes from."),
    "privacy_level_option_mismatch": Meaning(
        Rejected, "The account does not offer this privacy (any more). Look what it offers and choose again."
    ),
    "internal_error": Meaning(TryAgain, "TikTok had a fault of its own."),
}
"""`error.code` of the envelope. `internal_error` may even be repeated on init: no bytes, no post."""

FAIL_REASONS = {
    "file_format_check_failed": Meaning(Rejected, "TikTok could not use the file. Encode it as H.264 in MP4."),
    "duration_check_failed": Meaning(Rejected, "The video is too long or too short for this TikTok account."),
    "frame_rate_check_failed": Meaning(Rejected, "TikTok takes 23 to 60 frames a second. Encode it again."),
    "picture_size_check_failed": Meaning(Rejected, "TikTok takes sides of 360 to 4096 pixels. Encode it again."),
    "internal": Meaning(TryAgain, "TikTok had a fault while processing the video; nothing was posted."),
    "video_pull_failed": Meaning(TryAgain, "TikTok could not fetch the video; nothing was posted."),
    "photo_pull_failed": Meaning(TryAgain, "TikTok could not fetch a photo; nothing was posted."),
    "publish_cancelled": Meaning(Rejected, "The post was cancelled."),
    "auth_removed": Meaning(AccountTrouble, "The creator withdrew our access while TikTok processed the video."),
    "spam_risk_too_many_posts": _DAILY_POSTS,
    "spam_risk_user_banned_from_posting": _BANNED,
    "spam_risk_text": Meaning(Rejected, "TikTok takes the caption for spam. Change the caption."),
    "spam_risk": Meaning(Rejected, "TikTok takes this post for spam."),
}
"""`fail_reason` of a publish that FAILED; none of them leaves a post behind."""


_NO_BUSINESS = Meaning(AccountTrouble, "TikTok gives this account no business insights, or not to our app.")
_BUSY = Meaning(TryAgain, "TikTok asks us to slow down: too many calls to its Business API.")
_BUSINESS_FAULT = Meaning(TryAgain, "TikTok's Business API had a fault of its own.")

BUSINESS_CODES = {
    40000: _WRONG_VALUE,
    40001: _NO_BUSINESS,
    40002: _WRONG_VALUE,
    40003: _NO_BUSINESS,
    40100: _BUSY,
    40102: _RECONNECT,
    40103: _RECONNECT,
    40104: _RECONNECT,
    40105: _RECONNECT,
    40107: _RECONNECT,
    40110: _RECONNECT,
    40130: CODES["scope_not_authorized"],
    40131: CODES["scope_not_authorized"],
    40132: _BUSY,
    40201: Meaning(TryAgain, "TikTok's Business API is not done with this yet."),
    40700: _WRONG_VALUE,
    41000: Meaning(AccountTrouble, "TikTok has blocked this account or our app from its Business API."),
    50000: _BUSINESS_FAULT,
    50002: _BUSINESS_FAULT,
    51010: _BUSINESS_FAULT,
}
"""`code` of the Business API's envelope, from TikTok's own SDK (reference A.12); it comes with HTTP 200."""
BUSINESS_LIMITS = frozenset(code for code, meaning in BUSINESS_CODES.items() if meaning is _BUSY)
"""Those that say we asked too often, 40100 and 40132: a limit as a 429 is one elsewhere."""


def business_error_for(
    code: int | None,
    *,
    detail: str = "",
    status: int | None = None,
    request_id: str | None = None,
    after: float | None = None,
) -> PlatformError:
    """Return our error for a `code` of the Business API; an unknown one may pass."""
    meaning = BUSINESS_CODES.get(code or 0) or _by_status(status)
    if meaning is _BUSY and after is None:
        after = RATE_LIMIT_SECONDS
    known = code in BUSINESS_CODES and meaning is not _WRONG_VALUE
    message = meaning.message if known or not detail else f"{meaning.message} TikTok says: {detail}"
    told = str(code) if code is not None else None
    return _build(meaning.kind, message, code=told, status=status, request_id=request_id, after=after)


def error_for(
    code: str | None,
    *,
    detail: str = "",
    status: int | None = None,
    request_id: str | None = None,
    after: float | None = None,
) -> PlatformError:
    """Return our error for `error.code`; an unknown code is sorted by the HTTP status.

    `after` are the seconds the platform asked us to wait, `detail` its own message.
    """
    meaning = CODES.get(code or "")
    if code == RATE_LIMITED or (meaning is None and status == 429):
        after = after if after is not None else RATE_LIMIT_SECONDS
    if meaning is None:
        meaning = _by_status(status)
        detail = f"{code}: {detail}" if code and detail else code or detail
    with_detail = meaning is _WRONG_VALUE or code not in CODES
    message = f"{meaning.message} TikTok says: {detail}" if detail and with_detail else meaning.message
    return _build(meaning.kind, message, code=code, status=status, request_id=request_id, after=after)


def error_for_reason(reason: str, *, request_id: str | None = None) -> PlatformError:
    """Return our error for the `fail_reason` of a FAILED publish; an unknown one is `Rejected` by name."""
    unknown = Meaning(Rejected, f"TikTok did not post the video: {reason or 'no reason given'}.")
    meaning = FAIL_REASONS.get(reason, unknown)
    return _build(meaning.kind, meaning.message, code=reason or "FAILED", request_id=request_id)


def _by_status(status: int | None) -> Meaning:
    if status == 401:
        return _RECONNECT
    if status is None or status in (408, 429) or status >= 500 or status < 400:
        return Meaning(TryAgain, "TikTok did not give a usable answer.")
    return Meaning(Rejected, "TikTok refused the call.")


def _build(
    kind: type[PlatformError],
    message: str,
    *,
    code: str | None,
    status: int | None = None,
    request_id: str | None = None,
    after: float | None = None,
) -> PlatformError:
    if kind is QuotaExhausted:
        resets_at = datetime.now(UTC) + DAILY_CAP
        return QuotaExhausted(message, resets_at=resets_at, code=code, status=status, request_id=request_id)
    if kind is TryAgain:
        return TryAgain(message, after=after, code=code, status=status, request_id=request_id)
    return kind(message, code=code, status=status, request_id=request_id)
