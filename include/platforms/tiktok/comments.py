"""TikTok gives apps no comments: neither the Display nor the Business API lists them (reference A.11, A.12).

Only the Research API does, which its terms keep from creators, advertisers and businesses (A.13). What is known is how
many there are: `tiktok.video_counter.comment_count`.
"""

from __future__ import annotations

from include.platforms.reading import Dataset

DATASETS: tuple[Dataset, ...] = ()
