"""Which rules a posting breaks when it goes through Blotato: the platform's own, and what Blotato cannot carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from include.gateways import platform_rules
from include.gateways.blotato.payloads import CARRIED, MAX_BYTES, PLACEMENTS
from include.gateways.placing import serving_problem
from include.gateways.wishes import not_carried, upload_problems
from include.platforms.contract import Posting, Problem

TITLE = "Blotato"
PUBLIC_ONLY = frozenset({"facebook", "linkedin"})
"""Blotato has no field for who may see a post there: it is public."""


def problems_of(platform: str, posting: Posting, settings: Mapping[str, Any]) -> list[Problem]:
    """Return everything that is wrong with `posting`; nobody is asked."""
    wrong = serving_problem(TITLE, PLACEMENTS, platform, posting)
    if wrong is not None:
        return [wrong]
    found = platform_rules.problems_of(platform, posting, settings)
    found += [*upload_problems(posting), *not_carried(TITLE, posting, CARRIED[platform])]
    found += [*_size(posting), *_privacy(platform, posting, settings), *_left_out(platform, posting)]
    return found


def playlist_problems(posting: Posting, account: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each playlist the channel does not have: Blotato makes none."""
    known: Mapping[str, str] = account["playlists"]
    names = {*known, *known.values()}
    return [
        Problem(
            rule="playlists",
            found=str(name),
            allowed=", ".join(known) or "none",
            message=f"The channel has no playlist '{name}', and Blotato cannot make one.",
        )
        for name in posting.options["playlists"]
        if name not in names
    ]


def _size(posting: Posting) -> Iterator[Problem]:
    if posting.facts.size_bytes > MAX_BYTES:
        yield Problem(
            rule="size",
            found=f"{posting.facts.size_bytes:,} bytes",
            allowed=f"up to {MAX_BYTES:,} bytes",
            message=f"The file has {posting.facts.size_bytes:,} bytes; Blotato takes up to {MAX_BYTES:,}.",
        )


def _privacy(platform: str, posting: Posting, settings: Mapping[str, Any]) -> Iterator[Problem]:
    asked = (posting.privacy or str(settings.get("privacy") or "")).lower()
    if platform in PUBLIC_ONLY and asked not in ("", "public"):
        yield Problem(
            rule="privacy",
            found=asked,
            allowed="'public'",
            message=f"Through Blotato this would be public on {platform}, not '{asked}'.",
        )


def _left_out(platform: str, posting: Posting) -> Iterator[Problem]:
    """Warn of what the direct route would carry."""
    if platform == "youtube":
        left = [name for name in ("tags", "category") if getattr(posting, name)] + ["thumbnail"]
        yield Problem(
            rule="left_out",
            found=", ".join(left),
            allowed="title, description, privacy, made for kids, synthetic media, playlists",
            message=f"Blotato has no field for {', '.join(left)} of a YouTube video: it goes out without.",
            fix="warning",
        )
    elif platform in ("facebook", "linkedin") and posting.thumbnail is not None:
        yield Problem(
            rule="left_out",
            found="thumbnail",
            allowed="text and video",
            message=f"Blotato has no field for a thumbnail on {platform}: the platform chooses one.",
            fix="warning",
        )
