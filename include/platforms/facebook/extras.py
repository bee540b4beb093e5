"""What comes once a video is out: its thumbnail, crossposting, an older date.

Nothing that fails here undoes the publication: it becomes a warning. Each of them may be done twice without harm.
"""

from __future__ import annotations

from include.platforms.contract import Posting
from include.platforms.errors import PlatformError
from include.platforms.facebook.client import Client
from include.platforms.facebook.payloads import FacebookOptions, detail_fields
from include.platforms.patience import repeat

TRIES = 4
THUMBNAIL = "thumbnail"
DETAILS = "details"


def wanted(posting: Posting) -> list[str]:
    """Return what is to be done once the video is out, in order, by the names the note keeps."""
    details = detail_fields(posting, FacebookOptions.model_validate(dict(posting.options)))
    return [THUMBNAIL] * (posting.thumbnail is not None) + [DETAILS] * bool(details)


def do(client: Client, posting: Posting, video_id: str, name: str) -> str | None:
    """Do one of `wanted`; return None when it worked, else a sentence that says what did not and why."""
    try:
        if name == THUMBNAIL:
            picture = posting.thumbnail
            if picture is not None:
                repeat(lambda: client.set_thumbnail(video_id, picture), client.calls.pause, TRIES)
        else:
            fields = detail_fields(posting, FacebookOptions.model_validate(dict(posting.options)))
            repeat(lambda: client.update(video_id, fields), client.calls.pause, TRIES)
    except PlatformError as error:
        what = "The thumbnail was not set" if name == THUMBNAIL else "Crossposting, date or labels were not set"
        return f"{what}: {error.message}"
    return None
