"""How fast the desk gives out a large hosted file, beside nginx or, where that is missing, `python -m http.server`.

Ours is the real thing: the signed address, served by the app inside Airflow's API server, behind all its middlewares.
The other serves the same file from the same disk. Both are fetched by curl, which throws the bytes away; one fetch of
each side is not counted and compared with the file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil

from benchmarks.figures import MIB, Figure, Say, in_turns, middle
from benchmarks.installed import Installed, installed
from benchmarks.workplace import sha256_of
from include import settings
from include.cli import components, ports
from include.cli.errors import CommandFailed
from include.media.clips import Clip, pad_to, write_clip
from include.media.hosting import stored_name
from include.media.local import LocalStore
from include.releases.files import File
from include.releases.video import Video

RUNS = 5
SIZE_MIB = 1024
START_SECONDS = 20
NGINX = """
daemon off; {user} worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off; sendfile on; tcp_nopush on; default_type video/mp4;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Fetch a file of `mib` MiB `runs` times from each side, in turns."""
    if shutil.which("curl") is None:
        raise CommandFailed("curl is missing: it fetches the file from both.")
    runs, size = runs or RUNS, (mib or SIZE_MIB) * MIB
    with installed(say) as place:
        say(f"writing a file of {size // MIB} MiB and hosting it")
        film = _film(place, size)
        address, served = _hosted(film)
        with _other(served.parent) as (name, base):
            for url in (address, f"{base}/{served.name}"):
                _check(url, film)
            memory = _Memory(place)

            def ours(number: int) -> float:
                return _told(say, "ours", number, runs, size, _fetch(address))

            def theirs(number: int) -> float:
                return _told(say, name, number, runs, size, _fetch(f"{base}/{served.name}"))

            mine, others = in_turns(ours, theirs, runs)
            growth = memory.growth()
    return Figure(
        bench="hosting",
        figure=middle(mine),
        unit="MiB/s",
        against=f"{name}, same file, same disk, same run",
        against_figure=middle(others),
        runs=runs,
        peak_rss_growth_mib=growth,
        more={"size_mib": size // MIB},
    )


def _film(place: Installed, size: int) -> Path:
    path = place.exports / "film.mp4"
    write_clip(path, Clip(width=360, height=640, seconds=1))
    return pad_to(path, size)


def _hosted(film: Path) -> tuple[str, Path]:
    """Host the file as a publication would; return its signed address and where it is."""
    video = Video(File(name=film.name, path=str(film)))
    name = stored_name("bench", "film", video.content_type)
    root = settings.hosting_root()
    store = LocalStore(root)
    store.put(name, video)
    return store.address(name, datetime.now(UTC) + timedelta(hours=1)), root / name[:2] / name


@contextmanager
def _other(root: Path) -> Iterator[tuple[str, str]]:
    """Run the server that is measured against over the same folder; give its name and address."""
    port = ports.free_for(None)
    with tempfile.TemporaryDirectory(prefix="release-desk-bench-nginx-") as folder:
        nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
        if nginx:
            config = Path(folder) / "nginx.conf"
            # started by root its worker would be nobody, who may not read our folder
            user = "user root;" if os.geteuid() == 0 else ""
            config.write_text(NGINX.format(folder=folder, port=port, root=root, user=user), encoding="utf-8")
            command = [nginx, "-p", folder, "-c", str(config)]
        else:
            command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(root)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            base = f"http://127.0.0.1:{port}"
            _wait(base, process)
            yield ("nginx" if nginx else "python -m http.server"), base
        finally:
            process.terminate()
            process.wait(10)


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(base, trust_env=False)
        except httpx.TransportError:
            if process.poll() is not None or time.monotonic() > until:
                raise CommandFailed("The server to measure against does not come up.") from None
            time.sleep(0.05)
        else:
            return


def _check(url: str, film: Path) -> None:
    digest = hashlib.sha256()
    with httpx.stream("GET", url, trust_env=False, timeout=600) as answer:
        answer.raise_for_status()
        for piece in answer.iter_raw():
            digest.update(piece)
    if digest.hexdigest() != sha256_of(film):
        raise CommandFailed("What was served is not the file.")


def _fetch(url: str) -> float:
    """Fetch with curl, bytes thrown away; return curl's own count of seconds."""
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "-o", "/dev/null", "-w", "%{time_total}", url],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode != 0:
        raise CommandFailed(f"curl could not fetch: {done.stderr.strip()}")
    return float(done.stdout)


def _told(say: Say, who: str, number: int, runs: int, size: int, seconds: float) -> float:
    speed = size / MIB / seconds
    say(f"{who} {number + 1}/{runs}: {speed:.0f} MiB/s")
    return speed


class _Memory:
    """By how much the API server grows while it serves; one process serves all of a connection."""

    def __init__(self, place: Installed) -> None:
        running = components.find(place.installation.state, "api-server")
        first = running.process() if running else None
        if first is None:
            raise CommandFailed("The API server has ended.")
        self._before = {each: each.memory_info().rss for each in (first, *first.children(recursive=True))}
        for each in self._before:  # the peak begins anew: that of the start is not the serving's
            with suppress(OSError):
                Path(f"/proc/{each.pid}/clear_refs").write_text("5", encoding="ascii")

    def growth(self) -> float:
        """Return the largest growth of a process since then, in MiB; its peak where Linux tells it."""
        return max(_peak(process) - before / MIB for process, before in self._before.items())


def _peak(process: psutil.Process) -> float:
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return float(process.memory_info().rss / MIB)
    told = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(told["VmHWM"].split()[0]) / 1024
