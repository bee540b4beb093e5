"""Instagram's own errors as a table: class, and a sentence that says what helps (meta.md 2.9, checked 2026-11-21)."""

from __future__ import annotations

from include.platforms.errors import AccountTrouble, PlatformError, QuotaExhausted, Rejected, TryAgain
from include.platforms.instagram.payloads import STUCK_CODE, Container
from include.platforms.meta_graph.codes import Meaning, Meanings
from include.platforms.meta_graph.errors import error_for

PROFESSIONAL_ONLY = (
    "Instagram Reels require a Business or Creator account. Here's how to convert: open the Instagram app, go to your "
    "profile, Menu, Account type and tools, Switch to professional account, choose Creator or Business, and then "
    "connect the account here again."
)
"""What an owner of a personal account reads."""
PERSONAL_WORDS = "not an Instagram Business"
"""How the Graph API names a personal account (meta.md 1.5)."""

BLOCKED_SECONDS = 6 * 3600.0
"""After a block for suspected spam: hours, says meta.md 2.9; asking sooner makes it last longer."""
LIMIT_LOOK_SECONDS = 3600.0
"""How soon to look again when Instagram does not tell when its publishing limit frees a place."""


def _new(message: str) -> Meaning:
    """A passing fault of one container: a new one may work."""
    return Meaning(kind=TryAgain, message=message)


def _wrong(message: str) -> Meaning:
    return Meaning(kind=Rejected, message=message)


SUBCODES: dict[int, Meaning] = {
    2207001: _new("Instagram had a fault of its own. If it comes back, post less often: it may suspect spam."),
    2207003: _new("Instagram's download of the video took too long. Check that our address is fast from outside."),
    2207004: _wrong("The cover is larger than 8 MB. Use a smaller JPEG."),
    2207005: _wrong("Instagram does not take the cover's format. Use a JPEG."),
    2207006: _new("Instagram does not find the upload. If it comes back, connect the account again."),
    2207008: _new("Instagram no longer knows the upload, or it has expired. It is begun anew."),
    2207009: _wrong("Instagram does not take this aspect ratio. Use 9:16, or set fit to pad or crop."),
    2207010: _wrong("The caption is too long or has too many hashtags: 2,200 characters and 30 hashtags fit."),
    2207020: _new("Instagram has thrown the upload away because it was too old. It is begun anew."),
    2207023: _wrong("Instagram does not know this kind of post."),
    2207026: _wrong("Instagram does not take this video format. Encode it as H.264 and AAC in MP4 or MOV."),
    2207027: _new("Instagram is not through with the video yet. It is asked again."),
    2207028: _wrong("A carousel has 2 to 10 parts. Add parts, or post one video alone."),
    2207032: _new("Instagram could not begin the upload. It is tried again."),
    2207035: _wrong("Instagram does not take the place of a product tag. Change or remove it."),
    2207036: _wrong("Instagram does not take a product tag. Change or remove it."),
    2207037: _wrong("Instagram does not take a tagged product. Change or remove it."),
    2207040: _wrong("The caption mentions too many accounts: 20 fit. Remove some @ names."),
    2207042: Meaning(
        kind=QuotaExhausted,
        message="Instagram's limit of posts in 24 hours is used up for this account.",
        after=LIMIT_LOOK_SECONDS,
    ),
    2207050: Meaning(
        kind=AccountTrouble,
        message="Instagram has restricted this account or wants a security check. "
        "Open the Instagram app, sign in and follow the notice there.",
    ),
    2207051: Meaning(
        kind=QuotaExhausted,
        message="Instagram has blocked this action because it looks like spam. Wait some hours and post less often.",
        after=BLOCKED_SECONDS,
        lost_when_changing=True,
    ),
    2207052: _new("Instagram could not fetch the file. Check that our address can be reached from the internet."),
    2207053: _new("Instagram could not take the upload. It is begun anew."),
    2207057: _wrong("The cover is asked behind the end of the video. Lower thumb_offset (milliseconds)."),
    2207073: _wrong("Instagram does not offer this for this kind of post."),
    2207076: _new("Instagram could not process the video. It is tried again; if it comes back, encode it again."),
    2207077: _new("Instagram's own storage failed while taking the video. It is begun anew."),
    2207081: _wrong("This account may not post trial reels. Remove the option trial."),
    2207082: _new("Instagram's upload of the video failed. It is begun anew; if it comes back, check its sound track."),
    2207085: _new("Instagram failed while handling the video. It is begun anew."),
    STUCK_CODE: _new("Instagram lost the uploaded file. It is begun anew; if it comes back, set upload to hosting."),
}
"""`error_subcode`, also the number at the end of a container's `status`."""

MEANINGS: Meanings = {(None, subcode): meaning for subcode, meaning in SUBCODES.items()} | {
    (25, None): SUBCODES[2207050],
    (352, None): SUBCODES[2207026],
    (9, None): SUBCODES[2207042],
    (9004, None): SUBCODES[2207052],
    (9007, None): SUBCODES[2207027],
    (36000, None): SUBCODES[2207004],
    (36001, None): SUBCODES[2207005],
    (36003, None): SUBCODES[2207009],
    (36004, None): SUBCODES[2207010],
}
"""What `Graph` looks up first."""


def container_error(container: Container) -> PlatformError:
    """Return why a container failed; by the number in its sentence, otherwise a new one is tried."""
    if container.is_stuck and container.status_code != "ERROR":
        return error_for({"error_subcode": STUCK_CODE}, meanings=MEANINGS)
    if container.status_code == "EXPIRED":
        return error_for({"error_subcode": 2207020}, meanings=MEANINGS)
    subcode = container.subcode
    if subcode in SUBCODES:
        return error_for({"error_subcode": subcode}, meanings=MEANINGS)
    said = container.status or "no reason given"
    return TryAgain(f"Instagram could not use the video: {said}", code=str(subcode) if subcode else "ERROR")


def explained(error: PlatformError) -> PlatformError:
    """Return the error, or for a personal account the sentence that says how to convert it."""
    if PERSONAL_WORDS.lower() not in error.message.lower():
        return error
    return AccountTrouble(PROFESSIONAL_ONLY, code=error.code, status=error.status, request_id=error.request_id)
