"""After all that ran before, and a run of its own: no secret in a log, an XCom, a rendered field or a table."""

from __future__ import annotations

from include.database.embedded import EmbeddedPostgres
from include.platforms import NAMES
from tests.airflow.house import DAG, House, until
from tests.airflow.leaks import leaks, secrets_of

META = ("instagram", "facebook")
UPLOADS = {"youtube": "videos.insert.put", "tiktok": "video.put"}
UPLOAD_SECRETS = frozenset({"Session id", "Post upload", "Post secret", "LinkedInVideo secret"})
OPTIONS = {"instagram": {"upload": "hosting"}}
"""Meta fetches our file: its signed address must not be told anywhere either."""


def test_no_secret_is_found_anywhere_after_a_run_with_renewed_tokens_and_a_failed_upload(house: House):
    before = secrets_of(house)
    desk = house.owner("discreet", NAMES)
    video = desk.export()
    for platform in NAMES:
        mine = {"account": f"{platform} of discreet"}
        house.sandbox.fault(match=mine, action="expire_token")
        if platform in UPLOADS:
            match = {"endpoint": UPLOADS[platform], **mine}
            house.sandbox.fault(match=match, action="status", status=500, body="not now")
    targets = [{"account": f"discreet_{name}", "options": OPTIONS.get(name, {})} for name in NAMES]
    run_id = desk.start(targets=targets)
    assert desk.ended(run_id) == "success", desk.tasks(run_id)
    desk.one_video_each(video)
    secrets = secrets_of(house)
    new = [what for secret, what in secrets.items() if secret not in before]
    assert {"access token", "refresh token", "MetaToken id", "hosted address", *UPLOAD_SECRETS} <= set(new)
    assert new.count("access token") > len(NAMES) - len(META), "no token was renewed"
    assert {"SECRET_MASTER_KEY", "FERNET_KEY", "JWT_SECRET", "App secret"} <= set(secrets.values())
    assert leaks(house, secrets) == []


def test_the_search_finds_what_is_planted_in_a_log_and_in_both_databases(house: House):
    secret, what = next((secret, what) for secret, what in secrets_of(house).items() if what == "access token")
    wanted = {secret: what}
    assert leaks(house, wanted) == []
    run_id, log = planted_run(house), house.folder / "logs" / "planted.log"
    server = EmbeddedPostgres(house.folder)
    plant = (
        "insert into desk.account_secret (owner, account_id, field, envelope) "
        "values ('discreet', 'discreet_youtube', 'x', %s)"
    )
    try:
        log.write_text(f"GET /upload?upload_id={secret}\n")
        path = f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/register/xcomEntries"
        house.send("POST", path, {"key": "planted", "value": {"address": f"https://x/?t={secret}"}})
        with server.connect("warehouse") as connection:
            connection.execute(plant, (f"token={secret}".encode(),))
        assert leaks(house, wanted) == [
            "access token in airflow.public.log",  # Airflow's audit log keeps what its API was sent
            "access token in airflow.public.xcom",
            "access token in logs/planted.log",
            "access token in warehouse.desk.account_secret",
        ]
    finally:
        log.unlink(missing_ok=True)
        with server.connect("airflow") as connection:
            connection.execute("delete from xcom where key = 'planted'")
            connection.execute("delete from log where extra like '%%planted%%'")
        with server.connect("warehouse") as connection:
            connection.execute("delete from desk.account_secret where field = 'x'")
    assert leaks(house, wanted) == []


def planted_run(house: House) -> str:
    """Return a run that has a task instance to hang an XCom on."""
    runs = house.api.get(f"/dags/{DAG}/dagRuns?limit=1")["dag_runs"]
    if runs:
        return str(runs[0]["dag_run_id"])
    desk = house.owner("discreet", platforms=())
    run_id = desk.start()
    until(lambda: desk.ended(run_id), "a run is over")
    return run_id
