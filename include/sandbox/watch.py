"""The page on which a person watches what was published, and the files it needs."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from include.sandbox.pages import error_page, frame
from include.sandbox.platforms import Kept, all_platforms, platform
from include.sandbox.published import everything
from include.sandbox.workshop import file_of, poster_of
from include.sandbox.world import World

REFRESH_SECONDS = 5
MEDIA_TYPES = {"mp4": "video/mp4", "webm": "video/webm"}
NO_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 90"><rect width="120" height="90" fill="#888"/></svg>'
)


async def show_all(request: Request) -> Response:
    """`GET /`: every published video with a player, the newest first; reloads itself while something is processed."""
    entries = everything(request.app.state.world, str(request.base_url).rstrip("/"))[::-1]
    busy = any(colour(entry) == "wait" for entry in entries)
    cards = "".join(card(entry) for entry in entries)
    empty = '<p class="quiet">Nothing yet. As soon as something is uploaded, it can be watched here.</p>'
    head = (
        '<h1>Published in the sandbox</h1><p class="quiet">This server stands in for '
        f"{', '.join(one.place for one in all_platforms())}. "
        f"{len(entries)} video{'' if len(entries) == 1 else 's'} so far. "
        '<a href="/sandbox/published">As JSON</a> · <a href="/sandbox/calls">Calls</a> · '
        '<a href="/sandbox/settings">Switches</a></p>'
    )
    body = f'<main>{head}{f"""<div class="cards">{cards}</div>""" if cards else empty}</main>'
    return HTMLResponse(frame("Sandbox", body, REFRESH_SECONDS if busy or not entries else None))


async def show_one(request: Request) -> Response:
    """`GET /watch/{platform}/{key}`: one video."""
    entries = everything(request.app.state.world, str(request.base_url).rstrip("/"))
    path = request.url.path
    found = [entry for entry in entries if entry["url_to_watch"].endswith(path)]
    if not found:
        return HTMLResponse(error_page("There is no such video."), 404)
    body = f'<main><p><a href="/">All videos</a></p><div class="cards">{card(found[0])}</div></main>'
    return HTMLResponse(frame(found[0]["title"] or "Video", body))


def card(entry: dict[str, Any]) -> str:
    """Return one video as HTML."""
    reason = f": {entry['reason']}" if entry["reason"] else ""
    labels = [
        label(platform(entry["platform"]).place),
        label(entry["kind"]),
        label(entry["privacy"] or "draft"),
        label(f"{entry['state']}{reason}", colour(entry)),
    ]
    if entry["made_for_kids"] is not None:
        labels.append(label("made for kids" if entry["made_for_kids"] else "not made for kids"))
    if entry["synthetic_media"]:
        labels.append(label("AI-generated"))
    text = f'<div class="text small">{escape(entry["description"])}</div>' if entry["description"] else ""
    tags = f'<p class="small quiet">{escape(", ".join(entry["tags"]))}</p>' if entry["tags"] else ""
    return (
        f'<article class="card">{player(entry)}<div class="words"><h2>{escape(entry["title"] or "(no caption)")}</h2>'
        f'<p class="small quiet">{escape(entry["account"] or "")} · {escape(spoken_time(entry["created_at"]))}</p>'
        f'<div class="labels">{"".join(labels)}</div>{text}{tags}<dl>{rows(main_facts(entry))}</dl>'
        f"<details><summary>Everything else</summary><dl>{rows(other_facts(entry))}</dl></details></div></article>"
    )


def colour(entry: dict[str, Any]) -> str:
    """Tell whether an entry's state is a good or a bad end, or none."""
    place = platform(entry["platform"])
    return "good" if entry["state"] in place.good else "bad" if entry["state"] in place.bad else "wait"


def label(text: str, kind: str = "") -> str:
    """Return a small label."""
    return f'<span class="label {kind}">{escape(text)}</span>'


def player(entry: dict[str, Any]) -> str:
    """Return a video player, or why there is none."""
    if entry["width"] is None:
        why = "This file is not a video." if entry["sha256"] else "Being looked at …"
        return f'<div class="nothing">{why}</div>'
    poster = escape(entry["url_of_picture"])
    return f'<video controls preload="none" poster="{poster}" src="{escape(entry["url_of_file"])}"></video>'


def main_facts(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what a person wants to see first."""
    picture = f"{entry['width']} × {entry['height']}, {entry['duration']:.1f} s" if entry["width"] else None
    return {
        "picture": picture,
        "thumbnail": "set" if entry["thumbnail"] else None,
        "playlists": ", ".join(one for one in entry["playlists"] if one) or None,
        "goes public": spoken_time(entry["publish_at"]) if entry["publish_at"] else None,
    }


def other_facts(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the rest, for who looks closer."""
    size = f"{entry['size']:,} bytes"
    return {
        "id": entry["id"],
        "publish id": entry["publish_id"] if entry["publish_id"] != entry["id"] else None,
        "file": f"{entry['file_name']}, {size}" if entry["file_name"] else size,
        "category": entry["category"],
        **{name.replace("_", " "): value for name, value in entry["options"].items()},
        "SHA-256": entry["sha256"],
    }


def rows(facts: dict[str, Any]) -> str:
    """Return facts as terms and descriptions, without those that are unknown."""
    known = {name: value for name, value in facts.items() if value is not None}
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(spoken(value))}</dd>" for name, value in known.items())


def spoken_time(moment: str) -> str:
    """Write an RFC 3339 time for a person."""
    return datetime.fromisoformat(moment).strftime("%d %b %Y, %H:%M:%S UTC")


def spoken(value: Any) -> str:
    """Write a value for a person."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def thing_of(request: Request) -> tuple[Kept, Any] | None:
    """Return what an address names, with how it is kept; None when its bytes are not complete."""
    world: World = request.app.state.world
    name, key = request.path_params["platform"], request.path_params["key"]
    for place in (one for one in all_platforms() if one.name == name):
        for kept in (one for one in place.kept if one.file):
            for thing in world.shelf(kept.kind):
                if kept.watch_key(thing) == key and kept.arrived(thing):
                    return kept, thing
    return None


async def give_file(request: Request) -> Response:
    """`GET /files/{platform}/{key}`: the uploaded bytes, also in ranges."""
    found = thing_of(request)
    if found is None:
        return Response("Not Found", 404)
    container = (found[1].facts or {}).get("container", "")
    kind = next((media for name, media in MEDIA_TYPES.items() if name in container), "application/octet-stream")
    return FileResponse(file_of(request.app.state.world, found[1]), media_type=kind)


async def give_picture(request: Request) -> Response:
    """`GET /pictures/{platform}/{key}`: the thumbnail that was set, otherwise the first picture of the video."""
    world: World = request.app.state.world
    found = thing_of(request)
    if found is None:
        return Response(NO_PICTURE, media_type="image/svg+xml")
    kept, thing = found
    if thumbnail := kept.thumbnail(world, thing):
        return FileResponse(thumbnail[0], media_type=thumbnail[1])
    poster = poster_of(world, thing)
    if not poster.exists():
        return Response(NO_PICTURE, media_type="image/svg+xml")
    return FileResponse(poster, media_type="image/jpeg")


async def give_avatar(request: Request) -> Response:
    """`GET /pictures/account/…`: a grey square."""
    return Response(NO_PICTURE, media_type="image/svg+xml")


def watch_routes() -> list[BaseRoute]:
    """Return the pages and files for people."""
    return [
        Route("/", show_all, methods=["GET"]),
        Route("/watch/{platform}/{key}", show_one, methods=["GET"]),
        Route("/files/{platform}/{key}", give_file, methods=["GET", "HEAD"]),
        Route("/pictures/account/{key}.svg", give_avatar, methods=["GET"]),
        Route("/pictures/none.svg", give_avatar, methods=["GET"]),
        Route("/pictures/{platform}/{key}/{size}.jpg", give_picture, methods=["GET"]),  # every size is the same here
        Route("/pictures/{platform}/{key}", give_picture, methods=["GET"]),
    ]
