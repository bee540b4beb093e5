"""Airflow's own API server gives out hosted files: nobody signs in, and nothing but the address's file can be had."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from include.media.hosting import stored_name
from include.media.local import LocalStore
from include.releases.files import File
from include.releases.video import Video
from tests.airflow.house import House, until


def test_a_platform_fetches_a_hosted_file_from_the_api_server(house: House):
    film = house.drop(house.exports, "hosted")
    video = Video(File(name=film.name, path=str(film)))
    root = Path(house.installation.environment["RELEASE_DESK_HOSTING_ROOT"])
    assert house.installation.environment["RELEASE_DESK_PUBLIC_ADDRESS"] == house.installation.airflow_url
    name, store = stored_name("hosted", "film", video.content_type), LocalStore(root)
    store.put(name, video)
    address = store.address(name, datetime.now(UTC) + timedelta(hours=24))
    assert address.startswith(f"{house.installation.airflow_url}/hosted/{name}?")
    with httpx.Client(trust_env=False) as platform:
        whole = platform.get(address, headers={"Accept-Encoding": "gzip"})
        assert (whole.status_code, whole.content) == (200, film.read_bytes())
        assert whole.headers["content-length"] == str(video.size)
        assert (whole.headers["content-type"], "content-encoding" in whole.headers) == ("video/mp4", False)
        assert platform.get(address, headers={"Range": "bytes=100-199"}).content == film.read_bytes()[100:200]
        assert platform.head(address).headers["content-length"] == str(video.size)
        for wrong in (address[:-1], address.replace(name, "0" * 64 + ".mp4"), address.partition("?")[0]):
            assert platform.get(wrong).status_code == 403
        assert platform.get(f"{house.installation.airflow_url}/hosted/").status_code == 403
    log = house.installation.state.log("api-server")
    until(lambda: f"/hosted/{name}" in log.read_text(), "the request in the access log", 10)
    token = re.search(r"token=([\w-]+)", address)
    assert token
    assert token[1] not in log.read_text()
