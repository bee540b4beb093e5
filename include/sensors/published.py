"""The Asset other DAGs wait on: an event for each publication that is out.

A DAG of yours with `schedule=[Asset("release_desk_published")]` runs after publications; what came out is in the
events' `extra`. It is emitted through an alias, because a task with the Asset itself as its outlet would announce
something whenever it succeeds, also when nothing came out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, AssetAlias

if TYPE_CHECKING:
    from include.releases.publication import Publication

PUBLISHED = Asset("release_desk_published")
PUBLISHED_HERE = AssetAlias("release_desk_published_here")
"""The `outlets` of tasks that publish."""


def announce(context: Any, publication: Publication) -> None:
    """Let this task's success be an event for a publication that is out; does nothing for any other."""
    from include.releases.publication import State  # not while the DAG file is parsed

    if publication.state != State.PUBLISHED:
        return
    context["outlet_events"][PUBLISHED_HERE].add(PUBLISHED, extra=extra_of(publication))


def extra_of(publication: Publication) -> dict[str, Any]:
    """Return what the event says; all of it may be seen by everybody who may see assets in Airflow."""
    return {
        "publication_id": publication.publication_id,
        "owner": publication.owner,
        "release_id": publication.release_id,
        "platform": publication.platform,
        "account": publication.account_id,
        "placement": publication.placement.value,
        "video_id": publication.video_id,
        "url": publication.url,
        "published_at": publication.published_at.isoformat() if publication.published_at else None,
    }
