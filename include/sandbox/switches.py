"""The sandbox's switches: where the platforms' papers are silent, slow or changeable, a switch decides."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any


class UnknownSwitch(ValueError):
    """A switch was named that does not exist, or got a value of the wrong kind."""


@dataclass(kw_only=True)
class Switches:
    """Every switch with its default, the strict or documented reading; `POST /sandbox/settings` changes them.

    Times are seconds. `youtube.md` and `tiktok_linkedin_gateways.md` sections are named where a number comes from.
    """

    clock_offset_seconds: float = 0.0
    clock_stopped_at: float = 0.0
    """A Unix time at which the clock stands still; 0: it goes."""
    """Added to the real time, so that midnight, a week or an expired token can be had at once."""
    processing_seconds: float = 2.0
    """From the last byte to "processed"; 0 is as soon as the file has been looked at."""
    max_log_entries: int = 100_000
    """How many requests `GET /sandbox/calls` remembers."""

    # YouTube: sign-in (1.3, 1.5)
    youtube_token_seconds: float = 3599
    youtube_code_seconds: float = 600
    youtube_rotate_refresh_tokens: bool = False
    youtube_testing_mode: bool = False
    """Consent screen "External, Testing": refresh tokens die after 7 days."""
    youtube_max_refresh_tokens: int = 100
    # YouTube: uploads (2.2, 2.3, 2.6)
    youtube_session_seconds: float = 7 * 86400
    youtube_gone_status: int = 404
    """404 or 410 for a session that is over."""
    youtube_finished_status: int = 201
    """201 (papers) or 200 (often seen)."""
    youtube_put_without_token: bool = False
    youtube_unaligned_stores_prefix: bool = False
    """A chunk that is no multiple of 262144: refused with 400, or its aligned part is stored."""
    youtube_store_at_most: int = 0
    """Bytes kept of a chunk that is not the last; 0 keeps all of it. Multiples of 262144."""
    youtube_hide_range: bool = False
    youtube_move_sessions: bool = False
    """Every 308 carries a new `Location`."""
    youtube_uploads_list_lag_seconds: float = 0.0
    """Until a new video shows in the uploads list (eventual consistency)."""
    youtube_empty_uploads_list_is_missing: bool = False
    """A channel without videos: its uploads list is empty, or answers 404 `playlistNotFound`."""
    # YouTube: rules that changed lately (0, 3.6, 5.1, 7)
    unverified_project_private_lock: bool = False
    youtube_thumbnail_max_bytes: int = 52_428_800
    youtube_shorts_max_seconds: float = 180.0
    youtube_playlist_max_items: int = 5000
    youtube_playlists_refuse_duplicates: bool = False
    # YouTube: quota a day and project (6.1), limits a channel (6.3); 0 switches a limit off
    youtube_quota_queries: int = 10_000
    youtube_quota_uploads: int = 100
    youtube_quota_search: int = 100
    youtube_quota_batch_stats: int = 10_000
    youtube_queries_per_minute: int = 0
    youtube_channel_uploads_per_day: int = 100
    youtube_thumbnails_per_hour: int = 0
    # YouTube: figures (10.4, 10.6, 10.9, 11.2)
    youtube_reports_lag_hours: float = 48.0
    """From the end of a Pacific day until reports show it."""
    youtube_reports_settle_hours: float = 72.0
    """Until its numbers are final; between the two they are smaller, and restated."""
    youtube_reports_provisional_percent: int = 90
    youtube_reports_per_minute: int = 0
    youtube_demographics_min_views: int = 100
    youtube_retention_min_views: int = 50
    youtube_one_video_is_a_dimension: bool = False
    """Whether a `video` filter with one value only may also be a dimension; the papers speak of several."""
    youtube_retired_metrics: list[str] | None = None
    """Metrics of Analytics that are "Unknown identifier" from now on."""
    youtube_unsupported_metrics: list[str] | None = None
    """Metrics with which "The query is not supported", without saying which it is."""
    youtube_reporting_first_hours: float = 48.0
    """From the making of a job until its first files."""
    youtube_reporting_backfill_days: int = 30
    youtube_reporting_keep_days: int = 60
    youtube_reporting_keep_backfill_days: int = 30
    youtube_comments_page_tokens_live: bool = True
    """False: every page token of comments has expired."""

    # TikTok: sign-in (A.1)
    tiktok_token_seconds: float = 86_400
    tiktok_refresh_seconds: float = 31_536_000
    tiktok_code_seconds: float = 300
    tiktok_rotate_refresh_tokens: bool = True
    tiktok_oauth_error_status: int = 400
    # TikTok: posting (A.3 to A.6, A.9)
    unaudited: bool = False
    tiktok_unaudited_hides_options: bool = False
    tiktok_unaudited_users_per_day: int = 5
    tiktok_privacy_options: list[str] | None = None
    """None: by whether the account is public or private."""
    tiktok_max_duration_seconds: int = 300
    require_fresh_creator_info: bool = True
    tiktok_creator_info_seconds: float = 300
    tiktok_upload_url_seconds: float = 3600
    tiktok_206_header: str = "last_byte"
    """`last_byte`: `bytes 0-{last}/{total}`; `count`: `bytes 0-{count}/{total}`."""
    tiktok_moderation_seconds: float = 1.0
    tiktok_moderation_polls: int = 0
    """Status calls after PUBLISH_COMPLETE before a public post shows its id."""
    tiktok_pull_prefixes: list[str] | None = None
    """Verified URL prefixes for PULL_FROM_URL; `http:` ones are for tests on one machine."""
    tiktok_init_per_minute: int = 6
    tiktok_status_per_minute: int = 30
    tiktok_creator_info_per_minute: int = 20
    tiktok_display_per_minute: int = 600
    tiktok_posts_per_day: int = 15
    tiktok_pending_shares: int = 5
    # TikTok: Business API (A.12)
    tiktok_business_per_minute: int = 600
    """Not published."""
    tiktok_business_lag_days: int = 1
    """How many whole days are still missing."""
    tiktok_business_curves: bool = True
    """Whether it knows retention and likes by second, as one project saw and another did not."""

    # LinkedIn: versions, sign-in and limits (B.1, B.2)
    linkedin_versions: list[str] | None = None
    """None: all that are alive on the next switch's day, and those that came later."""
    linkedin_versions_as_of: str = "2026-11-21"
    """A day, so that a demo of next year still works; empty is today by the sandbox's clock."""
    linkedin_partner: bool = True
    """Whether the app is an approved partner's: only those get refresh tokens."""
    linkedin_token_seconds: float = 5_184_000
    linkedin_refresh_seconds: float = 31_536_000
    linkedin_expired_code: int = 65602
    """65602 or 65601 for an expired token; sources disagree."""
    linkedin_member_calls_per_day: int = 150
    linkedin_page_calls_per_day: int = 0
    # LinkedIn: videos and posts (B.3, B.4)
    linkedin_upload_url_seconds: float = 2_592_000.0
    linkedin_upload_token: str = ""
    linkedin_max_bytes: int = 500_000_000
    linkedin_thumbnail_max_bytes: int = 10_000_000
    linkedin_duplicate_seconds: float = 600.0
    linkedin_duplicate_code: str = "UNPROCESSABLE_ENTITY"
    """Or `DUPLICATE_POST`."""
    linkedin_duplicates_look_at_media: bool = False
    """False: the same text by the same author is enough."""
    linkedin_posts_lag_seconds: float = 0.0
    """Until a new post shows in its author's list."""

    # Supabase Storage (E.4)
    supabase_service_key: str = "sandbox-service-role-key"
    """What our project's key has to be."""
    supabase_upload_seconds: float = 86400
    """How long the address of a resumable upload lives: a day when hosted, an hour on a server of one's own."""

    # Blotato (C.1, C.3, C.5)
    blotato_posts_per_minute: int = 30
    blotato_reads_per_minute: int = 60
    blotato_media_per_minute: int = 10
    """10 in one of its papers, 30 in another."""
    blotato_uploads_per_minute: int = 120
    blotato_presigned_seconds: float = 300.0
    blotato_unknown_id: str = "in_progress"
    """`in_progress`, as users report, or `not_found`, as the papers say."""
    blotato_list_shows: str = "text"
    """What an item of the list tells beyond the papers: `nothing`, account and `text`, or `media`, too."""
    blotato_list_lag_seconds: float = 0.0
    """Until a post that is out shows in the list."""

    # upload-post.com (D.2, D.3, D.8)
    upload_post_calls_per_minute: int = 600
    """Not published."""
    upload_post_sync_seconds: float = 59.0
    """After that an upload that was not `async_upload` goes on in the background."""
    upload_post_results: str = "list"
    """`list`, as documented, or `object`, as an official sample shows."""
    upload_post_tiktok_refuses: bool = False
    """TikTok refuses direct posts: they land in the inbox as drafts, reported as successes, if not forbidden."""
    upload_post_cap: int = 0
    """Posts in 24 hours for each account; 0: what is documented for each platform."""
    upload_post_duplicate_seconds: float = 172_800.0

    # Meta: sign-in and limits (1, 7)
    meta_short_token_seconds: float = 5108
    meta_long_token_seconds: float = 5_183_944
    meta_instagram_login_answers: str = "list"
    """`list`: the documented answer `{"data": [...]}`; `flat`: what shipping code reads."""
    meta_require_proof: bool = False
    """Whether every call needs `appsecret_proof`."""
    meta_token_error_status: int = 400
    meta_limit_error_status: int = 400
    meta_calls_per_user_hour: int = 200
    """Of the app: so many for each person."""
    meta_calls_per_account_day: int = 4800
    """4800 × impressions (or engaged users) of a day; a new account counts as one."""
    meta_app_usage_percent: int = 0
    """What `x-app-usage` says instead of the counter; 0 lets the counter speak."""
    meta_retired_metrics: list[str] | None = None
    """Metrics that Meta has retired meanwhile: each fails the whole call."""
    meta_insights_lag_seconds: float = 0.0
    """How old the newest number of insights is (up to 48 hours); plain counters are always of now."""
    meta_batch_nulls: int = 0
    """So many parts of the next batch are "not processed in time"."""
    meta_instagram_login_batch: bool = False
    meta_accounts_list_business_pages: bool = True
    """Whether `/me/accounts` shows Pages of a business to who has `business_management`; if not, the business does."""
    # Meta: uploads and fetching (2.2, 5.1)
    meta_upload_seconds: float = 86_400
    meta_fetch_seconds: float = 60
    """Until fetching an address counts as timed out (2207003)."""
    meta_places: list[str] | None = None
    """Ids that are places; None: every id is."""
    # Instagram (2)
    instagram_quota_total: int = 50
    instagram_stories_count: bool = True
    instagram_containers_per_day: int = 400
    instagram_publish_again: str = "not_ready"
    """A second `media_publish`: `not_ready` (9007), `not_found` (24), `same_id`, or even `publish` once more."""
    instagram_publish_lag_seconds: float = 0.0
    """How long a container goes on saying FINISHED after it was published."""
    instagram_listing_lag_seconds: float = 0.0
    instagram_fetch_errors_at_once: bool = False
    """Media that cannot be fetched: the container's ERROR, or error 9004 of the creating call."""
    instagram_login_resumable: bool = False
    instagram_wants_moov_first: bool = False
    """Whether an MP4 whose `moov` comes after its `mdat` is refused, as the papers say and uploads do not confirm."""
    instagram_login_knows_captions: bool = True
    # Facebook (5)
    facebook_chunk_bytes: int = 1_048_576
    facebook_reels_max_seconds: float = 90.0
    facebook_reels_per_day: int = 30
    facebook_listing_lag_seconds: float = 0.0
    facebook_videos_list_reels: bool = False
    facebook_videos_have_reel_addresses: bool = True

    def change(self, changes: dict[str, Any]) -> None:
        """Set the named switches, all or none; raises `UnknownSwitch` with the reason."""
        known = {field.name for field in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise UnknownSwitch(f"There is no switch {name!r}. Known are: {', '.join(sorted(known))}.")
            if not fits(value, getattr(Switches, name)):
                raise UnknownSwitch(f"{name!r} cannot be {value!r}; its default is {getattr(Switches, name)!r}.")
        for name, value in changes.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """Return every switch with its value."""
        return asdict(self)


def fits(value: Any, default: Any) -> bool:
    """Tell whether `value` is of the kind `default` is of; None stands for "no list"."""
    if default is None:
        return value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value))
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, (int, float))
    return isinstance(value, type(default))
