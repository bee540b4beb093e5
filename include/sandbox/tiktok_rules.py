"""What TikTok accepts in an init: fields, texts, chunk plans, addresses to pull from (A.4, A.6, A.7)."""

from __future__ import annotations

from include.sandbox.tiktok_answers import Json, TikTokError
from include.sandbox.world import World

MAX_TITLE_UTF16 = 2200
MIN_CHUNK, MAX_CHUNK, MAX_LAST_CHUNK, MAX_SINGLE = 5_000_000, 64_000_000, 128_000_000, 64_000_000
MAX_VIDEO_BYTES = 4 * 1024**3
MAX_CHUNKS = 1000
PRIVACY = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY")
INFO_FIELDS: dict[str, type] = {
    "title": str, "privacy_level": str, "disable_duet": bool, "disable_comment": bool, "disable_stitch": bool,
    "video_cover_timestamp_ms": int, "brand_content_toggle": bool, "brand_organic_toggle": bool, "is_aigc": bool,
}  # fmt: skip


def only_known(given: Json, known: set[str], where: str) -> None:
    """Refuse fields that do not exist."""
    if odd := set(given) - known:
        raise TikTokError("invalid_param", f"Unknown field {sorted(odd)[0]} in {where}.")


def check_info(info: Json) -> None:
    """Check the texts and switches of a post by their kinds and limits."""
    only_known(info, set(INFO_FIELDS), "post_info")
    for name, value in info.items():
        kind = INFO_FIELDS[name]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise TikTokError("invalid_param", f"Invalid type of {name}.")
    if info.get("privacy_level") not in PRIVACY:
        raise TikTokError("invalid_param", "privacy_level is required and must be a known value.")
    if len(info.get("title", "").encode("utf-16-le", "surrogatepass")) // 2 > MAX_TITLE_UTF16:
        raise TikTokError("invalid_param", "title is longer than 2200 UTF-16 runes.")
    if info.get("brand_content_toggle") and info["privacy_level"] == "SELF_ONLY":
        raise TikTokError("invalid_param", "Branded content visibility cannot be set to private.")


def read_source(world: World, source: Json) -> Json:
    """Check where the video comes from; return it with whole numbers."""
    if source.get("source") == "PULL_FROM_URL":
        only_known(source, {"source", "video_url"}, "source_info")
        url = source.get("video_url")
        if not isinstance(url, str):
            raise TikTokError("invalid_param", "video_url is required.")
        check_ownership(world, url)
        return {"video_url": url, "video_size": 0, "chunk_size": 0, "total_chunk_count": 0}
    if source.get("source") != "FILE_UPLOAD":
        raise TikTokError("invalid_param", "source must be FILE_UPLOAD or PULL_FROM_URL.")
    only_known(source, {"source", "video_size", "chunk_size", "total_chunk_count"}, "source_info")
    for name in ("video_size", "chunk_size", "total_chunk_count"):
        value = source.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise TikTokError("invalid_param", f"{name} must be a positive integer.")
    check_chunks(source["video_size"], source["chunk_size"], source["total_chunk_count"])
    return source


def check_ownership(world: World, url: str) -> None:
    """Want https and a verified prefix for videos TikTok is to fetch itself (A.7)."""
    prefixes = world.switches.tiktok_pull_prefixes or []
    if not any(url.startswith(prefix) for prefix in prefixes):
        raise TikTokError("url_ownership_unverified")


def check_chunks(size: int, chunk: int, count: int) -> None:
    """Check the plan of an upload (A.6): the count is rounded down, the last chunk takes the rest."""
    if size > MAX_VIDEO_BYTES:
        raise TikTokError("invalid_param", "The video is larger than 4 GB.")
    if chunk == size and count == 1 and size <= MAX_SINGLE:
        return
    last = size - chunk * (count - 1)
    fits = MIN_CHUNK <= chunk <= MAX_CHUNK and count == size // chunk and count <= MAX_CHUNKS
    if not fits or last > MAX_LAST_CHUNK or count < 2:
        raise TikTokError("invalid_param", "The total chunk count is invalid.")
