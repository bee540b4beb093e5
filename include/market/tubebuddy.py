"""TubeBuddy has no API (reference E.3, checked 2026-11-21): its tables come as files that people export."""

from __future__ import annotations

from pathlib import Path

from include.analytics.imports import importing
from include.analytics.imports.importing import Imported

KIND = "tubebuddy"


def bring(owner: str, path: Path, *, dry_run: bool = False) -> Imported:
    """Import one of its files, as `./desk import tubebuddy FILE` does; raises `ImportRefused`."""
    return importing.run(importing.Wanted(owner=owner, kind=KIND, path=path, dry_run=dry_run))
