"""TikTok tells no earnings, RPM or qualified views by any API (reference A.14): they are imported as CSV.

`./desk import tiktok_rewards FILE.csv` brings what TikTok Studio exports.
"""

from __future__ import annotations

from include.platforms.reading import Dataset

DATASETS: tuple[Dataset, ...] = ()
