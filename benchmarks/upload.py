"""How fast a large video goes out, beside `curl -T`: the real `upload` step with its ledger, quotas and checks.

Ours is the whole step in a process of its own: claim the publication, open the session, send every chunk, record. curl
sends the same file in one request to a session of the same YouTube sandbox that was opened for it before its clock
starts. After every run the bytes that arrived are compared, and thrown away.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from benchmarks.figures import MIB, Figure, Say, in_turns, middle
from benchmarks.workplace import AGE_BUCKET, OWNER, SEGMENT, Workplace, sha256_of, workplace
from include import settings
from include.cli.errors import CommandFailed
from include.publishing import registration, steps
from include.publishing.progress import Done

TITLE = "large"
RUNS = 5
SIZE_MIB = 1024
PLATFORMS = ("youtube", "tiktok")


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Upload a video of `mib` MiB `runs` times to each platform, in turns with curl, after a turn that is not counted.

    The first turn fills memory and the page cache for all that follow.
    """
    if shutil.which("curl") is None:
        raise CommandFailed("curl is missing: the upload is measured against it.")
    runs, size = runs or RUNS, (mib or SIZE_MIB) * MIB
    with workplace(say) as place:
        curl_token = place.connect("curl", "youtube")["access_token"]
        for platform in PLATFORMS:
            for number in range(runs + 1):
                place.connect(f"{platform}{number}", platform)
        say(f"writing a video of {size // MIB} MiB and registering it")
        video = place.export(TITLE, size)
        publications = _register(runs + 1)
        expected = sha256_of(video)
        took: dict[str, list[dict[str, float]]] = {platform: [] for platform in PLATFORMS}
        theirs: list[float] = []

        def ours(number: int) -> None:
            for platform in PLATFORMS:
                answer = _upload(place, publications[f"{platform}{number}"])
                _check(place, expected)
                took[platform].append(answer)
                say(_told("ours", number, runs, size, answer["seconds"]) + f" to {platform}")

        def curl(number: int) -> None:
            seconds = _curl(place, video, str(curl_token))
            _check(place, expected)
            theirs.append(seconds)
            say(_told("curl", number, runs, size, seconds))

        in_turns(ours, curl, runs + 1)
    return _figure(size, {name: answers[1:] for name, answers in took.items()}, theirs[1:])


def _figure(size: int, took: dict[str, list[dict[str, float]]], theirs: list[float]) -> Figure:
    against = middle([_speed(size, seconds) for seconds in theirs])
    speeds = {name: middle([_speed(size, each["seconds"]) for each in answers]) for name, answers in took.items()}
    slowest = min(speeds, key=lambda name: speeds[name])
    each = {
        name: {
            "figure": round(speeds[name], 1),
            "ratio": round(speeds[name] / against, 3),
            "peak_rss_growth_mib": round(max(answer["peak_rss_growth_mib"] for answer in answers), 1),
        }
        for name, answers in took.items()
    }
    return Figure(
        bench="upload",
        figure=speeds[slowest],
        unit="MiB/s",
        against="curl -T, same file, same server, same run",
        against_figure=against,
        runs=len(theirs),
        peak_rss_growth_mib=max(each[name]["peak_rss_growth_mib"] for name in each),
        more={"size_mib": size // MIB, "slowest": slowest, "platforms": each},
    )


def _register(runs: int) -> dict[str, str]:
    """Register the release for every account, check it there, and return publications by account."""
    names = [f"{platform}{number}" for platform in PLATFORMS for number in range(runs)]
    conf: dict[str, Any] = {"segment": SEGMENT, "age_bucket": AGE_BUCKET, "title_id": TITLE, "owner": OWNER}
    found = registration.register(conf | {"targets": [{"account": name} for name in names]}, "bench")
    for each in found.publications:
        progress = steps.validate(OWNER, each.publication_id)
        if not isinstance(progress, Done):
            raise CommandFailed(f"The video does not pass: {progress}")
    return {each.account_id: each.publication_id for each in found.publications}


def _upload(place: Workplace, publication_id: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.upload_task", OWNER, publication_id]
    done = subprocess.run(command, cwd=settings.PROJECT, capture_output=True, text=True, env=settings.surroundings())
    if done.returncode != 0:
        raise CommandFailed(f"The upload failed:\n{done.stderr[-3000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _curl(place: Workplace, video: Path, token: str) -> float:
    """Send the file to a new session with `curl -T` and return curl's own count of seconds."""
    session = httpx.post(
        f"{place.sandbox}/youtube/upload/youtube/v3/videos",
        params={"uploadType": "resumable", "part": "snippet,status"},
        headers={"Authorization": f"Bearer {token}", "X-Upload-Content-Type": "video/mp4",
                 "X-Upload-Content-Length": str(video.stat().st_size)},
        json={"snippet": {"title": "curl"}, "status": {"privacyStatus": "private"}},
        trust_env=False,
    ).raise_for_status()  # fmt: skip
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "-T", str(video), "-o", os.devnull,
         "-H", f"Authorization: Bearer {token}", "-H", "Content-Type: video/mp4", "-w", "%{time_total}",
         session.headers["Location"]],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode != 0:
        raise CommandFailed(f"curl could not upload: {done.stderr.strip()}")
    return float(done.stdout)


def _check(place: Workplace, expected: str) -> None:
    """Compare what has just arrived; the sandbox keeps counting videos, so the newest is the last."""
    if place.received()[-1] != expected:
        raise CommandFailed("What arrived is not the file that was sent.")


def _told(who: str, number: int, runs: int, size: int, seconds: float) -> str:
    return f"{who} {number}/{runs}: {_speed(size, seconds):.0f} MiB/s" + " (not counted)" * (number == 0)


def _speed(size: int, seconds: float) -> float:
    return size / MIB / seconds
