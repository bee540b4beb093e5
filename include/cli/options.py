"""Options several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StateFolder = Annotated[
    Path | None,
    typer.Option("--state", help="Another folder than .desk, for a second installation.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
