"""The PostgreSQL server from pip: who reaches it, what it survives, and that it leaves nothing open."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from include.database.embedded import EmbeddedPostgres
from include.database.embedded_home import SYSTEM_FOLDER, EmbeddedError, find_home
from include.database.processes import is_gone, wait_until_gone
from include.settings import PROJECT
from tests.postgres_server import PostgresServer, Warehouse

pytestmark = pytest.mark.long  # a durable server on the disk for each test
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to run the server as")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A durable server of this test alone."""
    made = EmbeddedPostgres(tmp_path / "state")
    made.start()
    yield made
    made.remove()


def python_for_everybody() -> str:
    """Return a Python of our version that an ordinary user may run; ours may be in a folder of root's."""
    for path in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            subprocess.run([path, "-c", ""], user=65534, group=65534, extra_groups=[], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return path
    pytest.skip("no Python of this version can be run by an ordinary user")


def warehouse_of(server: EmbeddedPostgres) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server.addresses.warehouse_owner.url(), autocommit=True)


def test_data_survives_stop_and_start_on_the_same_port(server: EmbeddedPostgres) -> None:
    with warehouse_of(server) as connection:
        connection.execute("create table kept as select 42 as answer")
    port = server.port
    server.stop()
    assert not server.is_running()
    server.start()
    assert server.port == port
    with warehouse_of(server) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)


def test_data_survives_a_killed_server(server: EmbeddedPostgres) -> None:
    with warehouse_of(server) as connection:
        connection.execute("create table kept as select generate_series(1, 1000) as number")
    process = server.process()
    assert process is not None
    process.kill()
    wait_until_gone([process], 5)
    server.start()
    with warehouse_of(server) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (1000,)


def test_every_commit_reaches_the_disk(server: EmbeddedPostgres) -> None:
    with server.connect() as connection:
        shown = [connection.execute(f"show {name}").fetchone() for name in ("fsync", "synchronous_commit")]
    assert shown == [("on",), ("on",)]


def test_nobody_enters_without_a_password(server: EmbeddedPostgres) -> None:
    rules = (find_home(server.root).data / "pg_hba.conf").read_text().splitlines()
    assert [line for line in rules if not line.startswith("#")] == ["host all all 127.0.0.1/32 scram-sha-256"]
    for user in ("postgres", "airflow", "desk_owner", "desk_app"):
        for password in ("", user, "postgres"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(f"host=127.0.0.1 port={server.port} user={user} password='{password}' dbname=postgres")


def test_it_listens_on_the_loopback_only(server: EmbeddedPostgres) -> None:
    process = server.process()
    assert process is not None
    listening = [each for each in process.net_connections("inet") if each.status == psutil.CONN_LISTEN]
    assert {each.laddr.ip for each in listening} == {"127.0.0.1"}
    assert not [each for each in process.net_connections("unix") if each.laddr]


def test_passwords_are_for_their_owner_only(server: EmbeddedPostgres) -> None:
    assert stat.S_IMODE(server.store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.root.stat().st_mode) == 0o700
    assert stat.S_IMODE(find_home(server.root).folder.stat().st_mode) == 0o700
    process = server.process()
    assert process is not None
    secrets = [value for name, value in server.store.read().items() if name.startswith("POSTGRES_PASSWORD")]
    shown = " ".join(process.cmdline()) + server.log.read_text()
    assert len(secrets) == 4
    assert not [secret for secret in secrets if secret in shown]


def test_no_role_of_ours_may_step_over_row_level_security(server: EmbeddedPostgres) -> None:
    with server.connect() as connection:
        rows = connection.execute(
            "select rolname, rolcanlogin from pg_roles"
            " where rolname in ('airflow', 'desk_owner', 'desk_app', 'desk_dispatch')"
            " and not (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication) order by 1"
        ).fetchall()
    assert rows == [("airflow", True), ("desk_app", True), ("desk_dispatch", False), ("desk_owner", True)]


def test_each_role_enters_its_own_database_only(server: EmbeddedPostgres) -> None:
    found = server.addresses
    for address, database in (
        (found.warehouse_app, "airflow"), (found.warehouse_owner, "airflow"), (found.metadata, "warehouse"),
    ):  # fmt: skip
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(address.url().rsplit("/", 1)[0] + f"/{database}")


def test_a_second_start_changes_nothing(server: EmbeddedPostgres) -> None:
    before = server.process()
    EmbeddedPostgres(server.root).start()
    assert EmbeddedPostgres(server.root).process() == before


def test_a_taken_port_is_named_and_another_one_chosen(server: EmbeddedPostgres) -> None:
    server.stop()
    port = server.port
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", port)):
        again = EmbeddedPostgres(server.root, say=heard.append)
        again.start()
    assert again.port != port
    assert any(str(port) in sentence for sentence in heard)


def test_a_stale_process_number_is_not_taken_for_the_server(server: EmbeddedPostgres) -> None:
    note = find_home(server.root).data / "postmaster.pid"
    content = note.read_text()
    server.stop()
    owner = find_home(server.root).data.stat().st_uid if os.geteuid() == 0 else None
    stranger = subprocess.Popen(["/bin/sleep", "600"], user=owner)
    try:
        note.write_text(content.replace(content.split()[0], str(stranger.pid), 1))
        assert not server.is_running()
        server.stop()
        assert stranger.poll() is None
        server.start()
        assert server.is_running()
    finally:
        stranger.kill()
        stranger.wait()


def test_it_outlives_whoever_started_it(tmp_path: Path) -> None:
    root = tmp_path / "state"
    code = (
        "import sys; from pathlib import Path; from include.database.embedded import EmbeddedPostgres\n"
        "EmbeddedPostgres(Path(sys.argv[1])).start(); input()"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, root], cwd=PROJECT, stdin=subprocess.PIPE, start_new_session=True
    )
    server = EmbeddedPostgres(root)
    try:
        until = time.monotonic() + 30
        while not server.is_running() and time.monotonic() < until:
            time.sleep(0.05)
        os.killpg(starter.pid, 9)
        starter.wait()
        server.start()
        process = server.process()
        assert process is not None
        members = [process, *process.children(recursive=True)]
        server.stop()
        assert all(is_gone(member) for member in members)
    finally:
        starter.communicate()
        server.remove()


def test_a_deleted_secrets_file_is_said_in_a_sentence(server: EmbeddedPostgres) -> None:
    server.stop()
    kept = server.store.path.read_text()
    server.store.path.unlink()
    with pytest.raises(EmbeddedError, match="another password"):
        server.start()
    assert not server.is_running()
    server.store.path.write_text(kept)


@as_root
def test_root_hands_it_to_a_user_of_its_own_and_opens_no_other_folder() -> None:
    with tempfile.TemporaryDirectory() as folder:  # 0700, as /root is
        before = {path: path.stat().st_mode for path in (Path(folder), *Path(folder).parents, SYSTEM_FOLDER.parent)}
        server = EmbeddedPostgres(Path(folder) / "state")
        try:
            server.start()
            process = server.process()
            assert process is not None
            assert process.uids().real != 0
            home = find_home(server.root)
            assert home.folder.stat().st_uid == process.uids().real
            assert home.programs.stat().st_uid == 0
            assert not home.programs.stat().st_mode & 0o022
        finally:
            server.remove()
        assert {path: path.stat().st_mode for path in before} == before


@as_root
def test_a_deleted_installation_leaves_no_server_behind(tmp_path: Path) -> None:
    root = tmp_path / "state"
    first = EmbeddedPostgres(root)
    first.start()
    forgotten, folder = first.process(), find_home(root).folder
    assert forgotten is not None
    root.rename(tmp_path / "deleted")
    heard: list[str] = []
    second = EmbeddedPostgres(root, say=heard.append)
    second.start()
    try:
        assert is_gone(forgotten)
        assert any(str(folder) in sentence for sentence in heard)
        with warehouse_of(second) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        second.remove()
        EmbeddedPostgres(tmp_path / "deleted").remove()
    assert not folder.exists()


@as_root
def test_an_ordinary_user_runs_it_in_a_folder_of_its_own() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        own = Path(folder) / "own"
        own.mkdir(mode=0o700)
        os.chown(own, 65534, 65534)
        code = (
            "import sys; from pathlib import Path; from include.database.embedded import EmbeddedPostgres as E\n"
            "s = E(Path(sys.argv[1])); s.start(); p = s.process(); print(p.uids().real, s.addresses.superuser.url())\n"
            "s.stop(); s.start(); s.remove(); print('gone', s.is_running())"
        )
        python = python_for_everybody()
        world = {"PYTHONPATH": f"{PROJECT}:{sysconfig.get_path('platlib')}", "PATH": os.defpath, "HOME": str(own)}
        ran = subprocess.run(
            [python, "-c", code, own / "state"], cwd=own, env=world, user=65534, group=65534, extra_groups=[],
            text=True, capture_output=True,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.startswith("65534 postgresql://")
        assert ran.stdout.endswith("gone False\n")


def test_a_copy_is_migrated_and_alone(postgres_server: PostgresServer, warehouse: Warehouse) -> None:
    other = postgres_server.clone_database()
    with psycopg.connect(warehouse.owner_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("create table public.only_here ()")
        assert connection.execute("select count(*) from public.desk_migration").fetchone() != (0,)
    with psycopg.connect(other.owner_url.replace("+psycopg", "")) as connection:
        assert connection.execute("select to_regclass('public.only_here')").fetchone() == (None,)
    postgres_server.drop(other)
