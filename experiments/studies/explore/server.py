"""The server of the page: for this machine and one analyst only; it writes nothing until the analyst keeps a view."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from experiments.errors import InputError
from experiments.studies.explore.explorer import Explorer
from experiments.studies.explore.keep import PAGE, page_without_server
from sim.state import NotFiniteError

_POLICY = "content-security-policy"
_OF_REPORTS = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'"
"""The policy in the page of a comparison, which is a single file."""
_HEADERS = {
    # Plot writes its few rules into the drawings themselves, hence inline styles; scripts are of this folder alone
    _POLICY: "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def app(explorer: Explorer, token: str) -> Starlette:
    """Return the application; every address begins with the token, which no other user of the machine knows."""
    keeper = explorer.keeper

    def answer(work: Callable[[Any], object]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            try:
                return JSONResponse(await run_in_threadpool(work, await request.json()))
            except (InputError, NotFiniteError) as error:
                return JSONResponse({"kind": "error", "text": " ".join(str(error).split())})

        return endpoint

    async def see(request: Request) -> Response:
        lines = (json.dumps(message) + "\n" for message in explorer.see(await request.json()))
        return StreamingResponse(lines, media_type="application/x-ndjson")

    async def zipped(request: Request) -> Response:
        whole = await run_in_threadpool(keeper.zipped, await request.json())
        return Response(whole, media_type="application/zip")

    async def still(request: Request) -> Response:
        return Response(page_without_server(await request.json()), media_type="text/html")

    def report(request: Request) -> Response:
        made = keeper.reports.get(request.path_params["name"])
        if made is None or not made.is_file():
            return Response("There is no such report.", 404, media_type="text/plain")
        return Response(made.read_bytes(), media_type="text/html", headers={_POLICY: _OF_REPORTS})

    routes = [
        Route("/about", lambda _: JSONResponse(explorer.about())),
        Route("/scenario/{name}", lambda request: JSONResponse(explorer.border.policies(request.path_params["name"]))),
        Route("/see", see, methods=["POST"]),
        Route("/story", answer(explorer.story), methods=["POST"]),
        Route("/kept", answer(keeper.kept), methods=["POST"]),
        Route("/keep", answer(keeper.keep), methods=["POST"]),
        Route("/report", answer(keeper.report), methods=["POST"]),
        Route("/report/{name}", report),
        Route("/zip", zipped, methods=["POST"]),
        Route("/still", still, methods=["POST"]),
        Route("/", lambda _: Response((PAGE / "explore.html").read_text(encoding="utf-8"), media_type="text/html")),
        Mount("/", StaticFiles(directory=str(PAGE))),
    ]
    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]), Middleware(_Headers)]
    return Starlette(routes=[Mount(f"/{token}", routes=routes)], middleware=middleware)


class _Headers:
    """Adds the headers that keep the page to itself."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                given = {name.decode() for name, _ in message["headers"]}
                more = [(name.encode(), text.encode()) for name, text in _HEADERS.items() if name not in given]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        with suppress(asyncio.CancelledError):  # the server ends: no reason for a traceback
            await self.app(scope, receive, with_headers)
