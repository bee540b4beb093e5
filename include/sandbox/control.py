"""The sandbox's own controls for tests, the demo and people; no platform has these."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from include.sandbox.accounts import default_app, make_account, with_apps
from include.sandbox.asking import BadControl, object_of
from include.sandbox.faults import BadRule, Faults
from include.sandbox.numbers import numbers_routes
from include.sandbox.platforms import BadAccount, all_platforms, platform
from include.sandbox.published import everything
from include.sandbox.switches import UnknownSwitch
from include.sandbox.things import App
from include.sandbox.workshop import Workshop
from include.sandbox.world import World, new_id


async def health(request: Request) -> Response:
    """`GET /sandbox/health`."""
    world: World = request.app.state.world
    kinds = [kept.kind for place in all_platforms() for kept in place.kept if kept.file]
    return JSONResponse({"status": "healthy", "things": {kind.__name__: len(world.shelf(kind)) for kind in kinds}})


async def published(request: Request) -> Response:
    """`GET /sandbox/published[?platform=…]`: waits until every file is hashed, so that `sha256` is always there."""
    workshop: Workshop = request.app.state.workshop
    if request.query_params.get("wait") != "no":
        await workshop.idle()
    entries = everything(request.app.state.world, str(request.base_url).rstrip("/"))
    wanted = request.query_params.get("platform")
    return JSONResponse([one for one in entries if wanted in (None, one["platform"])])


async def accounts(request: Request) -> Response:
    """`POST /sandbox/accounts`: credentials without a browser. `GET`: who there is."""
    world: World = request.app.state.world
    if request.method == "GET":
        return JSONResponse(
            [{"platform": one.platform, "name": one.name, "id": one.id, **one.traits} for one in world.accounts]
        )
    try:
        return JSONResponse(make_account(world, await object_of(request)), 201)
    except BadAccount as error:
        raise BadControl(str(error)) from None


async def apps(request: Request) -> Response:
    """`POST /sandbox/apps`: register a client with its redirect addresses. `GET`: the ready-made ones."""
    world: World = request.app.state.world
    if request.method == "GET":
        ready = {name: default_app(world, name) for name in with_apps()}
        return JSONResponse({name: {"client_id": one.id, "client_secret": one.secret} for name, one in ready.items()})
    wanted = await object_of(request)
    if wanted.get("platform") not in with_apps() or set(wanted) - {"platform", "redirect_uris", "loopback"}:
        raise BadControl(f"An app has a platform, one of {', '.join(with_apps())}, redirect_uris and loopback.")
    app = App(
        id=platform(wanted["platform"]).new_app_id(), platform=wanted["platform"], secret=new_id(28),
        redirect_uris=wanted.get("redirect_uris", []), loopback=wanted.get("loopback", True),
    )  # fmt: skip
    world.apps.keep(app)
    return JSONResponse({"client_id": app.id, "client_secret": app.secret}, 201)


async def faults(request: Request) -> Response:
    """`POST /sandbox/faults`: add a rule. `GET`: all rules with hit counts. `DELETE`: behave."""
    rules: Faults = request.app.state.faults
    if request.method == "POST":
        try:
            return JSONResponse({"id": rules.add(await object_of(request)).id}, 201)
        except BadRule as error:
            raise BadControl(str(error)) from None
    if request.method == "DELETE":
        rules.clear()
    return JSONResponse(rules.all())


async def settings(request: Request) -> Response:
    """`GET /sandbox/settings`: every switch. `POST`: change some."""
    world: World = request.app.state.world
    if request.method == "POST":
        for place in all_platforms():
            place.settle(world)  # what is over by the old switches stays over
        try:
            world.switches.change(await object_of(request))
        except UnknownSwitch as error:
            raise BadControl(str(error)) from None
    return JSONResponse(world.switches.as_dict())


async def reset(request: Request) -> Response:
    """`POST /sandbox/reset`: forget everything but the switches."""
    workshop: Workshop = request.app.state.workshop
    request.app.state.faults.clear()
    await workshop.idle()
    request.app.state.world.forget_everything()
    return JSONResponse({"status": "empty"})


async def calls(request: Request) -> Response:
    """`GET /sandbox/calls`: every request to a platform, `DELETE`: forget them."""
    world: World = request.app.state.world
    if request.method == "DELETE":
        world.calls.clear()
    return JSONResponse(world.calls.all())


async def endpoints(request: Request) -> Response:
    """`GET /sandbox/endpoints`: what `config/endpoints.yaml` has to say to lead here."""
    base = str(request.base_url).rstrip("/")
    bases = {one.name: {key: base + path for key, path in one.bases.items()} for one in all_platforms()}
    return JSONResponse(bases)


def control_routes() -> list[BaseRoute]:
    """Return every control."""
    return [
        Route("/sandbox/health", health, methods=["GET"]),
        Route("/sandbox/published", published, methods=["GET"]),
        Route("/sandbox/accounts", accounts, methods=["GET", "POST"]),
        Route("/sandbox/endpoints", endpoints, methods=["GET"]),
        Route("/sandbox/apps", apps, methods=["GET", "POST"]),
        Route("/sandbox/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/sandbox/settings", settings, methods=["GET", "POST"]),
        Route("/sandbox/reset", reset, methods=["POST"]),
        Route("/sandbox/calls", calls, methods=["GET", "DELETE"]),
        *numbers_routes(),
    ]
