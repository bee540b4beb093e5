"""A disk that is small enough to fill, for tests of what happens then."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, kibibytes: int) -> Iterator[Path]:
    """Mount a disk of that size at `folder`, or skip the test where nobody may; it is gone afterwards."""
    if os.geteuid() != 0:
        pytest.skip("Only root may mount the small disk that this test fills.")
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "desk-test", str(folder)], check=False)
    if made.returncode != 0:
        pytest.skip("This machine does not let even root mount the small disk that this test fills.")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
