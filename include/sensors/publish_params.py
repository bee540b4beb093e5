"""The trigger form of `publish_release`: every key of its conf, with the configured choices."""

from __future__ import annotations

from airflow.sdk import Param

from include import settings
from include.platforms import NAMES

OPTIONAL_TEXT = ["null", "string"]


def publish_params() -> dict[str, Param]:
    """Return the form's fields; an unknown key or a wrong value is refused by `register`, with its name."""
    distribution = settings.distribution()
    return {
        "segment": Param(
            type="string", enum=list(distribution.segments), section="Release", description="Folder of the export root"
        ),
        "age_bucket": Param(
            type="string", enum=list(distribution.age_buckets), section="Release", description="Folder of the segment"
        ),
        "title_id": Param(type="string", minLength=1, section="Release", description="File name without .mp4"),
        "export_root": Param(
            None, type=OPTIONAL_TEXT, section="Release", description="Where the export wrote; empty: as configured"
        ),
        "owner": Param(
            None, type=OPTIONAL_TEXT, section="Where to", description="Whose accounts, for admins; empty: your own"
        ),
        "platforms": Param(
            [], type="array", items={"type": "string"}, examples=list(NAMES), section="Where to",
            description="Default accounts on these platforms; none and no targets: every default account",
        ),
        "targets": Param(
            [], type="array", items={"type": "object"}, section="Where to",
            description='Accounts, and what differs there: [{"account": "my_youtube", "privacy": "private"}]',
        ),
        "scheduled_for": Param(
            None, type=OPTIONAL_TEXT, section="When", description="Local date and time, e.g. 2026-12-01T09:00:00"
        ),
        "timezone": Param(
            "UTC", type="string", section="When", description="IANA zone of scheduled_for, e.g. Europe/Madrid"
        ),
        "priority": Param(5, type="integer", minimum=1, maximum=10, section="When", description="10 goes first"),
        "max_retries": Param(
            3, type="integer", minimum=0, maximum=10, section="When", description="Tries after the first one"
        ),
        "require_approval": Param(False, type="boolean", section="When", description="Hold until a person says yes"),
        "force": Param(
            False, type="boolean", section="When", description="Publish the same video to the same account again"
        ),
        "dry_run": Param(False, type="boolean", section="When", description="Check everything, publish nothing"),
        "campaign": Param(None, type=OPTIONAL_TEXT, section="Notices", description="A name to find it by later"),
        "webhook_url": Param(None, type=OPTIONAL_TEXT, section="Notices", description="Kept for the notices"),
        "callback_data": Param({}, type="object", section="Notices", description="Your own data, given back as it is"),
    }  # fmt: skip
