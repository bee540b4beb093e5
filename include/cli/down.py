"""`desk down`: stop the one-machine installation."""

from __future__ import annotations

import json

from include.cli.options import AsJson, StateFolder


def down(state: StateFolder = None, as_json: AsJson = False) -> None:
    """Stop everything `up` started; data, logs and secrets stay."""
    from include.cli import launcher

    ran = launcher.down(state)
    if as_json:
        print(json.dumps({"stopped": ran}))
    else:
        print(f"Stopped {', '.join(ran)}." if ran else "Nothing was running.")
