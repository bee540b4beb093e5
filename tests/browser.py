"""A real browser for a test: the system's Chromium, driven by Playwright's Python package."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "Chromium is missing; install it (on Debian and Ubuntu: apt-get install chromium)."
PATIENCE_MILLISECONDS = 15_000


@contextmanager
def open_page() -> Iterator[Page]:
    """Open an empty page in a headless browser; skip the test with one sentence where there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(MISSING)
    # Chromium's own sandbox refuses root; only pages of this machine are shown
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        try:
            page = browser.new_page()
            page.set_default_timeout(PATIENCE_MILLISECONDS)
            yield page
        finally:
            browser.close()
