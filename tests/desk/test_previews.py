"""What a job would publish, looked at before a yes: the very files, in parts as players ask, for its owner only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from include.accounts import audit
from include.publishing import ledger, previews
from include.publishing.postings import posting_for
from tests.desk.people import Ask
from tests.desk.test_api import is_a_problem
from tests.publishing.studio import OWNER, Studio
from tests.publishing.test_fitting import PORTRAIT, exported

RELEASE = {"segment": "women", "age_bucket": "18-23", "title_id": "t1", "require_approval": True}
WHEN = {"scheduled_for": "2027-01-15T09:00:00", "timezone": "Europe/Madrid"}
PAGE = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def job(studio: Studio, ask: Ask) -> str:
    """A job of Alice's that waits for a yes, on two platforms."""
    studio.configure(youtube={"schedule": "ours"})
    for platform in ("youtube", "tiktok"):
        studio.connect(platform)
    targets = [
        {"account": "my_youtube", "title": "Bees <script>alert(1)</script>", "tags": ["sea"], "privacy": "unlisted"},
        {"account": "my_tiktok", "caption": "Bees!"},
    ]
    answer = ask(OWNER).post("/publish/scheduled", json=RELEASE | WHEN | {"targets": targets})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


def look(ask: Ask, job: str, name: str = OWNER, query: str = "") -> dict[str, dict[str, Any]]:
    """Return what a job's preview says, by platform."""
    answer = ask(name).get(f"/jobs/{job}/preview{query}")
    assert answer.status_code == 200, answer.text
    return {each["platform"]: each for each in answer.json()["publications"]}


def media(each: dict[str, Any], what: str = "video") -> str:
    """Return the address a page at `/jobs/…/preview` would ask for."""
    return str(each[what]).removeprefix("../..")


def test_each_account_is_told_with_its_texts_time_and_files(studio: Studio, ask: Ask, job: str):
    found = look(ask, job)
    youtube, tiktok = found["youtube"], found["tiktok"]
    assert (youtube["account_id"], youtube["placement"], youtube["privacy"]) == ("my_youtube", "short", "unlisted")
    assert youtube["title"] == "Bees <script>alert(1)</script>"
    assert youtube["tags"] == ["sea"]
    assert tiktok["caption"].startswith("Bees!")
    assert tiktok["privacy"] is None
    assert {(each["scheduled_local"], each["timezone"], each["scheduled_for"]) for each in found.values()} == {
        ("2027-01-15T09:00:00", "Europe/Madrid", "2027-01-15T08:00:00Z")
    }
    assert (youtube["kept_by"], youtube["to_come"], youtube["problem"]) == ("ours", None, None)
    assert (youtube["width"], youtube["height"]) == (540, 960)


def test_what_is_shown_is_what_is_sent(studio: Studio, ask: Ask, job: str):
    video = studio.folder / "export/women/18-23/t1.mp4"
    for each in look(ask, job).values():
        sent = posting_for(ledger.read(OWNER, each["publication_id"]), to_send=True)
        shown = ask(OWNER).get(media(each))
        assert (shown.status_code, shown.headers["content-type"]) == (200, "video/mp4")
        assert shown.content == b"".join(sent.video.pieces(0, sent.video.size)) == video.read_bytes()
        if each["thumbnail"]:
            picture = ask(OWNER).get(media(each, "thumbnail"))
            assert sent.thumbnail is not None
            assert (picture.content, picture.headers["content-type"]) == (
                sent.thumbnail.content, sent.thumbnail.content_type,
            )  # fmt: skip
    assert [each["platform"] for each in look(ask, job).values() if each["thumbnail"]]


def test_a_player_gets_the_part_it_asks_for(studio: Studio, ask: Ask, job: str):
    whole = (studio.folder / "export/women/18-23/t1.mp4").read_bytes()
    address = media(look(ask, job)["youtube"])
    answer = ask(OWNER).get(address, headers={"Range": "bytes=100-299"})
    assert (answer.status_code, answer.content) == (206, whole[100:300])
    assert answer.headers["content-range"] == f"bytes 100-299/{len(whole)}"
    assert answer.headers["cache-control"] == "no-store"
    tag = answer.headers["etag"]
    last = ask(OWNER).get(address, headers={"Range": "bytes=-10", "If-Range": tag})
    assert (last.status_code, last.content) == (206, whole[-10:])
    for changed in ({"If-Range": '"another"'}, {"Range": "bytes=0-1,5-6"}, {"Range": "pages=1-2"}):
        assert ask(OWNER).get(address, headers={"Range": "bytes=0-9"} | changed).content == whole
    beyond = ask(OWNER).get(address, headers={"Range": f"bytes={len(whole)}-"})
    is_a_problem(beyond, 416)
    assert beyond.headers["content-range"] == f"bytes */{len(whole)}"


def test_a_browser_gets_a_page_without_scripts_that_plays_the_video(ask: Ask, job: str):
    answer = ask(OWNER).get(f"/jobs/{job}/preview", headers=PAGE)
    assert answer.headers["content-type"].startswith("text/html")
    assert "media-src 'self'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert "Bees &lt;script&gt;" in answer.text
    assert "2027-01-15 09:00:00 (Europe/Madrid), kept by our queue" in answer.text
    for each in look(ask, job).values():
        assert f'src="{each["video"]}"' in answer.text
    assert f"/dags/publish_release/runs/{job}/tasks/approve/required_actions" in answer.text


def test_anothers_job_is_one_that_does_not_exist_also_with_its_owner_in_the_address(ask: Ask, job: str):
    found = look(ask, job)["youtube"]
    for name in ("bob", "vera"):
        for query in ("", f"?owner={OWNER}", "?owner=nobody", "?owner=*"):
            for path in (f"/jobs/{job}/preview", media(found), media(found, "thumbnail")):
                is_a_problem(ask(name).get(path + query), 404)
                answer = ask(name).get(path + query, headers=PAGE)
                assert answer.status_code == 404
                assert "Bees" not in answer.text
    is_a_problem(ask(None).get(media(found)), 401)
    assert audit.read(OWNER) == []


def test_an_admin_looks_by_the_link_and_each_look_is_written_down(ask: Ask, job: str):
    is_a_problem(ask("admin").get(f"/jobs/{job}/preview"), 404)
    found = look(ask, job, "admin", f"?owner={OWNER}")["youtube"]
    assert found["video"].endswith(f"/video?owner={OWNER}")
    assert ask("admin").get(media(found)).status_code == 200
    assert [(each.who, each.what) for each in audit.read(OWNER)] == [
        ("admin", "GET /api/publishing/publications/{publication_id}/video"),
        ("admin", "GET /api/publishing/jobs/{job_id}/preview"),
    ]


def test_files_that_are_gone_are_told_and_nothing_is_shown(studio: Studio, ask: Ask, job: str):
    before = look(ask, job)["youtube"]
    video = studio.folder / "export/women/18-23/t1.mp4"
    video.write_bytes(video.read_bytes() + b"more")
    found = look(ask, job)["youtube"]
    assert "was replaced" in found["problem"]
    assert (found["video"], found["thumbnail"], found["title"]) == (None, None, "")
    is_a_problem(ask(OWNER).get(media(before)), 409)
    page = ask(OWNER).get(f"/jobs/{job}/preview", headers=PAGE)
    assert "was replaced" in page.text
    assert "<video" not in page.text


def test_what_is_converted_is_shown_as_exported_until_it_was_prepared(
    studio: Studio, ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("RELEASE_DESK_RENDITIONS_ROOT", str(tmp_path / "renditions"))
    exported_video = exported(studio, PORTRAIT, ".mkv")
    studio.connect("tiktok")
    answer = ask(OWNER).post("/publish/scheduled", json=RELEASE | WHEN)
    assert answer.status_code == 202, answer.text
    job = answer.json()["job_id"]
    before = look(ask, job)["tiktok"]
    assert "mp4" in before["to_come"].lower()
    seen = ask(OWNER).get(media(before))
    assert (seen.content, seen.headers["content-type"]) == (exported_video.read_bytes(), "video/x-matroska")
    assert before["to_come"] in ask(OWNER).get(f"/jobs/{job}/preview", headers=PAGE).text
    previews.prepare(OWNER, job)
    (made,) = (tmp_path / "renditions").glob("*.mp4")
    after = look(ask, job)["tiktok"]
    assert after["to_come"] is None
    seen = ask(OWNER).get(media(after))
    assert (seen.content, seen.headers["content-type"]) == (made.read_bytes(), "video/mp4")
    sent = posting_for(ledger.read(OWNER, after["publication_id"]), to_send=True)
    assert b"".join(sent.video.pieces(0, sent.video.size)) == made.read_bytes()


def test_a_job_that_was_refused_has_nothing_to_look_at(studio: Studio, ask: Ask):
    studio.connect("youtube")
    ask(OWNER).post("/publish/immediate", json=RELEASE | {"platforms": ["tiktok"]})
    (job,) = ask(OWNER).get("/jobs").json()["jobs"]
    assert look(ask, job["job_id"]) == {}
    assert "There is nothing to publish." in ask(OWNER).get(f"/jobs/{job['job_id']}/preview", headers=PAGE).text
