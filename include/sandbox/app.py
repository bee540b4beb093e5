"""The sandbox as one ASGI application: every platform's routes, the controls and the pages, behind one door."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from include.sandbox import asking, control, oauth
from include.sandbox.answers import AnswerKeeper
from include.sandbox.door import Door
from include.sandbox.faults import Faults
from include.sandbox.inbox import Inbox, inbox_routes
from include.sandbox.platforms import all_platforms
from include.sandbox.signing_in import OAuthError
from include.sandbox.switches import Switches
from include.sandbox.watch import watch_routes
from include.sandbox.workshop import Workshop
from include.sandbox.world import World


def make_app(data: Path, switches: Switches, *, keep_answers: bool = False, smtp_port: int | None = None) -> ASGIApp:
    """Return the sandbox over what is kept below `data`.

    With `keep_answers` every JSON body of YouTube's API is also written to `data/answers.jsonl`, for a test that
    compares them with Google's own definition. Letters are taken at `smtp_port`.
    """
    world, faults, inbox = World(data, switches), Faults(), Inbox()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.workshop = Workshop(world)
        app.state.workshop.start_again()
        letters = await inbox.listen(smtp_port) if smtp_port else None
        yield
        if letters is not None:
            letters.close()
        world.close()

    app = Starlette(
        routes=[
            *(route for platform in all_platforms() for route in platform.routes()),
            *oauth.oauth_routes(), *control.control_routes(), *inbox_routes(), *watch_routes(),
        ],
        exception_handlers={
            **{kind: handler for platform in all_platforms() for kind, handler in platform.error_handlers.items()},
            OAuthError: oauth.answer_error,
            asking.BadControl: asking.answer_error,
            ClientDisconnect: client_left,
        },
        lifespan=lifespan,
    )  # fmt: skip
    app.router.redirect_slashes = False
    app.state.world, app.state.faults, app.state.inbox = world, faults, inbox
    served: ASGIApp = AnswerKeeper(app, data / "answers.jsonl") if keep_answers else app
    return Door(served, world, faults)


async def client_left(request: Request, error: Exception) -> Response:
    """Answer nobody: the client left in the middle of its body, and nothing was done."""
    return Response(status_code=400)
