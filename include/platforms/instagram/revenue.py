"""Instagram's money: there is no public API for earnings of any kind (meta.md 6.4), so nothing is read here.

Bonuses, gifts and partnership payments come in with ``./desk import meta_bonus``.
"""

from __future__ import annotations

from include.platforms.reading import Dataset

DATASETS: tuple[Dataset, ...] = ()
