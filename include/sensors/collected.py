"""The Asset `build_warehouse` waits on: an event whenever a reading has changed rows.

It is emitted through an alias, because a task with the Asset itself as its outlet would announce something whenever it
succeeds, also when nothing has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, AssetAlias

if TYPE_CHECKING:
    from include.analytics.outcomes import Outcome

COLLECTED = Asset("release_desk_collected")
COLLECTED_HERE = AssetAlias("release_desk_collected_here")
"""The `outlets` of tasks that read."""


def announce(context: Any, owner: str, outcomes: Sequence[Outcome]) -> None:
    """Let this task's success be an event when rows have changed; everybody who may see assets may see the event."""
    changed = sum(one.rows_changed for one in outcomes)
    if changed:
        extra = {"owner": owner, "account": outcomes[0].account_id, "rows_changed": changed}
        context["outlet_events"][COLLECTED_HERE].add(COLLECTED, extra=extra)
