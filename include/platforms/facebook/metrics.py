"""Facebook's numbers: counters and insights of videos and their posts, retention and audience, the Page's days.

What each dataset asks for are the metrics of config/metrics/facebook.yaml; the readers are in the files beside this.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from include.platforms.facebook.page_days import read_page
from include.platforms.facebook.posts import read_posts
from include.platforms.facebook.watching import PAGE, VIDEO_PLACEMENTS, read_counters, read_retention
from include.platforms.meta_graph.batch import MAX_PARTS
from include.platforms.reading import PACIFIC, Dataset

INSIGHTS = ("read_insights", "pages_read_engagement")


DATASETS = (
    Dataset(
        name="video_counters",
        kind="analytics",
        of="video",
        read=read_counters,
        tables=("facebook.video_counter", "facebook.video_insight", "facebook.reaction"),
        cadence="counters",
        zone=PACIFIC,
        needs=INSIGHTS,
        placements=VIDEO_PLACEMENTS,
    ),
    Dataset(
        name="posts",
        kind="analytics",
        of="video",
        read=read_posts,
        tables=("facebook.post",),
        cadence="counters",
        zone=PACIFIC,
        needs=INSIGHTS,
        placements=VIDEO_PLACEMENTS,
    ),
    Dataset(
        name="retention",
        kind="analytics",
        of="video",
        read=read_retention,
        tables=("facebook.retention", "facebook.audience"),
        cadence="retention",
        zone=PACIFIC,
        needs=INSIGHTS,
        placements=VIDEO_PLACEMENTS,
    ),
    Dataset(
        name="page",
        kind="accounts",
        of="account",
        read=read_page,
        tables=("facebook.page_counter", "facebook.page_daily"),
        cadence="daily",
        zone=PACIFIC,
        looks_back_days=2,
        reaches_days=88,  # at most 90 days a call (meta.md 6.3)
        final_after_days=3,
        daily=True,
        needs=INSIGHTS,
    ),
)


def fewest_calls(videos: int) -> Mapping[str, int]:
    """Return the fewest requests the API allows for one daily load of `videos` videos that are all our own reels.

    Counters and retention come with the list, 50 videos a page (meta.md 8.4). Posts have no list that shows reels
    (5.3), so their insights come as batches of 50 (8.3: 50 parts at most), and so do comments and money, one call for
    each video. The Page's days are one batch, and its money one. The first load also asks once for each video's post.
    """
    pages, batches = math.ceil(videos / PAGE), math.ceil(videos / MAX_PARTS)
    return {
        "video_counters": pages,
        "posts": batches,
        "retention": pages,
        "page": 1,
        "comments": batches,
        "revenue": 1,
        "video_revenue": batches,
    }
