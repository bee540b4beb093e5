"""The desk's hosting under uvicorn in a thread of the test process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from include.desk.hosted import PREFIX, HostedFiles
from tests.sandbox_server import free_port


@contextmanager
def hosting() -> Iterator[str]:
    """Serve hosted files until the end; yields the public address."""
    port = free_port()
    app = Starlette(routes=[Mount(PREFIX, HostedFiles())])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, name="hosting", daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
