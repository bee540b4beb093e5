"""Media and covers that Instagram fetches itself by their addresses (meta.md 2.1, 9.3)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from include.sandbox.looking import picture_kind
from include.sandbox.meta_errors import GraphError, instagram_error
from include.sandbox.meta_fetch import CannotFetch, fetch
from include.sandbox.meta_things import IgContainer
from include.sandbox.workshop import Workshop, file_of
from include.sandbox.world import World

MAX_BYTES = {"REELS": 1 << 30, "STORIES": 100_000_000, "IMAGE": 8 << 20}
MAX_COVER_BYTES = 8 << 20
LOST = "1363008"


async def get_everything(world: World, workshop: Workshop, container: IgContainer) -> None:
    """Fetch what a container names: its cover, then its media; what goes wrong becomes its error."""
    shelf = world.shelf(IgContainer)
    await get_cover(world, container)
    if container.source == "url" and container.failed is None:
        await get_media(world, workshop, container)
    if shelf.get(container.id) is container:
        shelf.keep(container)


async def get_media(world: World, workshop: Workshop, container: IgContainer) -> None:
    """Fetch the video or picture."""
    address = container.params.get("video_url") or container.params.get("image_url") or ""
    path, seconds = file_of(world, container), world.switches.meta_fetch_seconds
    try:
        size = await asyncio.to_thread(fetch, address, path, seconds=seconds, most=MAX_BYTES[container.kind])
    except CannotFetch as error:
        container.failed, container.detail = "2207003" if error.timed_out else "2207052", error.detail
        return
    container.size = container.total = size
    container.uploaded_at = world.now()
    container.stuck = container.fail == LOST
    if world.shelf(IgContainer).get(container.id) is container:
        workshop.take(container)


async def get_cover(world: World, container: IgContainer) -> None:
    """Fetch the cover of a reel: a JPEG of at most 8 MB."""
    address = container.params.get("cover_url")
    if not address or container.kind != "REELS" or container.cover:
        return
    path = world.pictures / f"instagram-{container.id}.cover"
    seconds = world.switches.meta_fetch_seconds
    try:
        size = await asyncio.to_thread(fetch, address, path, seconds=seconds, most=2 * MAX_COVER_BYTES)
    except CannotFetch as error:
        container.failed, container.detail = "2207052", error.detail
        return
    container.failed = await asyncio.to_thread(wrong_cover, path, size)
    container.cover = path.name if container.failed is None else None


def wrong_cover(path: Path, size: int) -> str | None:
    """Return the subcode for which a cover is refused."""
    if size > MAX_COVER_BYTES:
        return "2207004"
    return None if picture_kind(path.read_bytes()) == "image/jpeg" else "2207005"


def resume(world: World, workshop: Workshop) -> None:
    """After a restart, fetch again what was not there yet."""
    for one in world.shelf(IgContainer):
        needed = (one.source == "url" and one.uploaded_at is None) or (one.params.get("cover_url") and not one.cover)
        if needed and one.failed is None and one.published_at is None:
            workshop.run(get_everything(world, workshop, one))


def fetch_error(container: IgContainer) -> GraphError:
    """Make the error of a container whose media could not be fetched, for the creating call."""
    if container.failed == "2207003":
        return instagram_error(-2, 2207003, "It takes too long to download the media.", transient=True)
    return fetch_refused(container.detail or "")


def fetch_refused(detail: str) -> GraphError:
    """Make the error 9004/2207052."""
    told = f"The media could not be fetched from this URI. {detail}"
    return instagram_error(9004, 2207052, "Only photo or video can be accepted as media type.", told)
