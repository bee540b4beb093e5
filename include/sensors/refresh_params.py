"""The trigger form of the `load_*` DAGs: what a person can ask them to read."""

from __future__ import annotations

from airflow.sdk import Param

OPTIONAL_TEXT = ["null", "string"]


def refresh_params() -> dict[str, Param]:
    """Return the form's fields; an unknown key or a wrong value is refused by `plan`, with its name."""
    return {
        "owner": Param(None, type=OPTIONAL_TEXT, description="Whose accounts, for admins; empty: your own"),
        "account": Param(None, type=OPTIONAL_TEXT, description="Only this account; empty: all of them"),
        "dataset": Param(None, type=OPTIONAL_TEXT, description="Only this, e.g. video_daily; empty: everything"),
        "day": Param(
            None, type=OPTIONAL_TEXT, format="date", description="Read this day again; empty: everything there is now"
        ),
        "now": Param(
            None, type=OPTIONAL_TEXT, format="date-time",
            description="The moment to act at, with its zone: what is due then is read",
        ),
    }  # fmt: skip
