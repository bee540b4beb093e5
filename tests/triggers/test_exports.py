"""The watcher of the export folder: it wakes the DAG when something is due, and nothing makes it stop watching."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from include import settings
from include.publishing import landing
from include.triggers import exports
from include.triggers.exports import ExportsTrigger
from tests.publishing.studio import OWNER, Studio


@pytest.fixture
def quick(studio: Studio) -> Studio:
    """A studio whose exports are looked at often and are complete at once."""
    path = settings.config_folder() / "distribution.yaml"
    content = yaml.safe_load(path.read_text())
    content["exports"] = {"owner": OWNER, "look_every_seconds": 0.05, "unchanged_for_seconds": 0}
    path.write_text(yaml.safe_dump(content))
    settings.forget()
    return studio


async def fired(run: AsyncIterator[Any], seconds: float = 10) -> Any:
    """Return the payload of the next event."""
    return (await asyncio.wait_for(anext(run), seconds)).payload


async def test_a_release_that_landed_wakes_the_dag(quick: Studio):
    run = ExportsTrigger().run()
    assert await fired(run) == {"waiting": 1}
    (due,) = landing.due()
    assert due.triple.title_id == "t1"


async def test_the_same_release_wakes_it_once_and_a_second_one_again(quick: Studio, source: Path):
    run = ExportsTrigger().run()
    assert await fired(run) == {"waiting": 1}
    with pytest.raises(asyncio.TimeoutError):
        await fired(run, 0.5)
    run = ExportsTrigger().run()  # a triggerer that was started again tells it again
    assert await fired(run) == {"waiting": 1}
    quick.export(source, "t2")
    assert await fired(run) == {"waiting": 2}


async def test_nothing_is_told_of_what_was_started(quick: Studio):
    landing.look()
    await asyncio.sleep(0.05)
    (due,) = landing.due()
    landing.started(landing.fields_of(due.triple), due.job_id)
    with pytest.raises(asyncio.TimeoutError):
        await fired(ExportsTrigger().run(), 0.5)


async def test_an_event_whose_run_never_came_is_repeated(quick: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exports, "SAY_AGAIN_SECONDS", 0.5)
    run = ExportsTrigger().run()
    assert await fired(run) == {"waiting": 1}
    began = time.monotonic()
    assert await fired(run) == {"waiting": 1}
    assert time.monotonic() - began >= 0.5


async def test_a_folder_out_of_reach_is_looked_at_again(quick: Studio, caplog: pytest.LogCaptureFixture):
    root = Path(settings.export_root())
    away = root.rename(root.with_name("away"))  # noqa: ASYNC240  one move of a test's folder
    run = ExportsTrigger().run()
    waiting = asyncio.create_task(fired(run))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    assert "could not be looked at" in caplog.text
    away.rename(root)
    assert await asyncio.wait_for(waiting, 10) == {"waiting": 1}


def test_airflow_stores_nothing_but_its_name():
    assert ExportsTrigger().serialize() == ("include.triggers.exports.ExportsTrigger", {})
