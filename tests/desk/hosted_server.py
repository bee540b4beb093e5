"""The desk's app under uvicorn in a process of its own, behind middlewares like those of Airflow's API server.

`python -m tests.desk.hosted_server PORT`; hosting folder and key come from the environment, as in the product.
"""

from __future__ import annotations

import sys

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from include.desk.hosted import PREFIX, HostedFiles


class Through(BaseHTTPMiddleware):
    """As Airflow's own: hands every request on."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Hand it on."""
        return await call_next(request)


def main() -> None:
    """Serve until killed."""
    import uvicorn

    stack = [Middleware(GZipMiddleware, minimum_size=1024), Middleware(Through)]
    app = Starlette(routes=[Mount(PREFIX, HostedFiles())], middleware=stack)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="info")


if __name__ == "__main__":
    main()
