"""`desk bench`: figures of speed and memory, each beside what it is measured against."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from include import settings
from include.platforms import NAMES

OURS = ("RELEASE_DESK_", "AIRFLOW_", "SECRET_MASTER_KEY", "BLOTATO_", "UPLOAD_POST_", "SOCIAL_BLADE_")
"""Beginnings of the variables a measurement must not see, besides those of our apps at the platforms: it never touches
the warehouse, the accounts or the keys of an installation."""


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="What to measure; without a name everything.")
    ] = None,
    runs: Annotated[
        int | None, typer.Option(min=1, help="How often each side is measured.", show_default=False)
    ] = None,
    mib: Annotated[
        int | None, typer.Option(min=1, help="Size of the video where one is needed.", show_default="1024")
    ] = None,
) -> None:
    """Measure, in turns with what it is measured against; prints progress to stderr and one JSON line a name.

    Works in temporary folders with databases of its own, and takes some minutes.
    """
    from benchmarks import BUILT, TO_COME
    from include.cli.errors import WrongUsage

    wanted = list(dict.fromkeys(names or BUILT))
    known = f"there are: {', '.join(BUILT)}"
    if strange := [name for name in wanted if name not in BUILT + TO_COME]:
        raise WrongUsage(f"There is no measurement called {', '.join(strange)}; {known}.")
    if later := [name for name in wanted if name in TO_COME]:
        raise WrongUsage(f"What {', '.join(later)} would measure is not built yet; {known}.")
    options = [f"--runs={runs}"] * (runs is not None) + [f"--mib={mib}"] * (mib is not None)
    apps = {variable for platform in NAMES for variable in settings.app_variables(platform)[1:]}
    given = settings.surroundings().items()
    environment = {name: value for name, value in given if not name.startswith(OURS) and name not in apps}
    environment["PYTHONPATH"] = str(settings.PROJECT)
    os.chdir(settings.PROJECT)
    command = [sys.executable, "-m", "benchmarks", *wanted, *options]
    os.execve(sys.executable, command, environment)  # noqa: S606 - no shell is wanted
