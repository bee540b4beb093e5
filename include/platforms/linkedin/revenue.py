"""LinkedIn pays nobody for organic posts, so there is nothing to read: no API of it tells of money (reference B.5)."""

from __future__ import annotations

from include.platforms.reading import Dataset

DATASETS: tuple[Dataset, ...] = ()
