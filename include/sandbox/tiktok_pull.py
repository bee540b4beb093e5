"""PULL_FROM_URL: the sandbox fetches a video itself, without following redirects (A.7)."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from include.sandbox.tiktok_answers import Caller
from include.sandbox.tiktok_things import Post
from include.sandbox.workshop import file_of

PIECE_BYTES = 1 << 20
SECONDS = 60


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Refuses every redirect, as TikTok does."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Follow nothing: the 3xx then counts as an error."""


async def pull(caller: Caller, post: Post, url: str) -> None:
    """Fetch the video and let it be processed; whatever goes wrong ends in `video_pull_failed`."""
    path = file_of(caller.world, post)
    try:
        post.received = post.total = await asyncio.to_thread(fetch, url, path)
    except (OSError, ValueError):
        post.failed = "video_pull_failed"
    else:
        post.uploaded_at = caller.world.now()
        caller.workshop.take(post)
    caller.world.shelf(Post).keep(post)


def fetch(url: str, path: Path) -> int:
    """Copy what an address holds into a file and return its size."""
    opener = urllib.request.build_opener(NoRedirects, urllib.request.ProxyHandler({}))
    size = 0
    with opener.open(url, timeout=SECONDS) as answer, open(path, "wb") as target:
        while piece := answer.read(PIECE_BYTES):
            size += len(piece)
            target.write(piece)
    return size
