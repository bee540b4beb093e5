"""A run that cannot be done as asked ends with the sentence and sends nothing; a dry run sends nothing either."""

from __future__ import annotations

from typing import Any

import pytest

from include.cli.airflow_api import ApiError
from tests.airflow.house import DAG, Desk, House

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown-key": ({"platfroms": ["youtube"]}, "platfroms"),
    "foreign-account": ({"targets": [{"account": "stranger_youtube"}]}, "You have no account named 'stranger_youtube'"),
    "leaves-the-root": ({"title_id": "../../secret"}, "title_id must be a file name"),
    "missing-file": ({"title_id": "never-exported"}, "never-exported.mp4 is missing"),
}


def log_of(desk: Desk, run_id: str, task_id: str) -> str:
    """Return what a task's first try logged."""
    path = f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/{task_id}/logs/1?full_content=true"
    return str(desk.house.api.get(path)["content"])


def test_every_wrong_conf_fails_its_run_with_the_sentence_and_sends_nothing(house: House):
    house.owner("stranger", platforms=("youtube",))
    desk = house.owner("wrong")
    desk.export()
    runs = {name: desk.start(name, **changes) for name, (changes, _) in WRONG.items()}
    for name, run_id in runs.items():
        sentence = WRONG[name][1]
        assert desk.ended(run_id) == "failed", name
        tasks = desk.tasks(run_id)
        assert tasks["register"] == "failed", tasks
        assert desk.instance(run_id, "register")["try_number"] == 1, f"{name}: a refusal was tried again"
        assert sentence in log_of(desk, run_id, "register"), name
        assert sentence in log_of(desk, run_id, "verdict"), name
        assert not [task for task in tasks if task.startswith("publish/")], tasks
    desk.nothing_was_sent()
    Desk(house=house, owner="stranger", title_id="").nothing_was_sent()


def test_an_unknown_segment_is_refused_before_there_is_a_run(house: House):
    desk = house.owner("lost", platforms=())
    with pytest.raises(ApiError, match=r"segment.*'nobody'|'nobody'.*segment"):
        desk.start(segment="nobody")


def test_a_dry_run_is_green_and_sends_nothing(house: House):
    desk = house.owner("dry")
    desk.export()
    run_id = desk.start(dry_run=True)
    assert desk.ended(run_id) == "success", desk.tasks(run_id)
    assert "Dry run: nothing was published. It would go to" in log_of(desk, run_id, "register")
    assert desk.publications(run_id) == []
    desk.nothing_was_sent()
