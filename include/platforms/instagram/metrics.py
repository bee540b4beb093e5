"""Instagram's numbers: counters and insights of posts, stories while they live, the account's days, its audience.

What each dataset asks for are the metrics of config/metrics/instagram.yaml; the readers are in the files beside this.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from include.platforms.instagram.account_days import read_account
from include.platforms.instagram.audience import read_audience
from include.platforms.instagram.counters import PAGE, read_counters
from include.platforms.instagram.stories import read_stories
from include.platforms.meta_graph.batch import MAX_PARTS
from include.platforms.reading import PACIFIC, Dataset
from include.releases.publication import Placement

INSIGHTS = (
    "instagram_basic|instagram_business_basic",
    "instagram_manage_insights|instagram_business_manage_insights",
)

DATASETS = (
    Dataset(
        name="video_counters",
        kind="analytics",
        of="video",
        read=read_counters,
        tables=("instagram.video_counter", "instagram.media_insight", "instagram.hashtag"),
        cadence="counters",
        zone=PACIFIC,
        needs=INSIGHTS,
        placements=(Placement.REEL, Placement.FEED),
    ),
    Dataset(
        name="stories",
        kind="analytics",
        of="video",
        read=read_stories,
        tables=("instagram.story",),
        cadence="story",
        zone=PACIFIC,
        needs=INSIGHTS,
        placements=(Placement.STORY,),
    ),
    Dataset(
        name="account",
        kind="accounts",
        of="account",
        read=read_account,
        tables=(
            "instagram.account_counter",
            "instagram.account_daily",
            "instagram.account_insight",
            "instagram.online_followers",
        ),
        cadence="daily",
        zone=PACIFIC,
        looks_back_days=2,  # values settle in 24 to 48 hours (meta.md 3.3)
        reaches_days=88,  # kept for 90 days (meta.md 3.2)
        final_after_days=3,
        daily=True,
        needs=INSIGHTS,
    ),
    Dataset(
        name="audience",
        kind="accounts",
        of="account",
        read=read_audience,
        tables=("instagram.demographics",),
        cadence="weekly",
        zone=PACIFIC,
        needs=INSIGHTS,
    ),
)


def fewest_calls(videos: int) -> Mapping[str, int]:
    """Return the fewest requests the API allows for one daily load of `videos` posts that are all our own reels.

    Counters and insights come with the list, 50 posts a page (meta.md 8.4, ranks 1 and 2); comments as batches of 50
    (8.3: 50 parts at most), one page for each post; the account's day and its demographics are one batch each.
    """
    return {
        "video_counters": math.ceil(videos / PAGE),
        "comments": math.ceil(videos / MAX_PARTS),
        "account": 1,
        "audience": 1,
    }
