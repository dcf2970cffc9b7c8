"""The server of the page: for this machine and one analyst only; it writes nothing until the analyst keeps a view."""

import asyncio
import gc
import json
import threading
from collections.abc import Callable, Iterator, Mapping
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

from experiments.engine.replayed import replay
from experiments.errors import InputError
from experiments.studies.explore import messages
from experiments.studies.explore.keep import PAGE, Keeper, page_without_server
from experiments.studies.explore.runs import Runs, SupersededError
from experiments.studies.explore.settings import about
from experiments.studies.explore.state import Border, State, labels_of, read_state
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


class Explorer:
    """The page of one analyst: the last request wins, and only one request runs at a time."""

    def __init__(self, border: Border, first: State) -> None:
        self.border = border
        self.first = first
        self.keeper = Keeper(border)
        self.runs = Runs()
        self._asked = 0
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Run the first state while the browser starts, and get ready for the first move of a policy.

        Rules that must be compiled are left to the page, which says so.
        """
        if not self.runs.must_compile:
            with self._lock:
                arms = self.border.arms(self.first)
                for _ in self.runs.see(arms, lambda: True):
                    pass
                self.runs.set_up(arms[-1:])
                gc.collect()
                gc.freeze()  # what every run needs is looked through no more

    def end(self) -> None:
        """Stop the current run: nobody needs it any more."""
        self._asked += 1

    def about(self) -> dict[str, Any]:
        """Return all settings that can be moved, and the first state."""
        return {**about(self.border.arm(self.first, self.first.arms[0])), "state": self._first()}

    def _first(self) -> dict[str, Any]:
        """Return the first state as the page sends one."""
        chosen = [{"scenario": one.scenario, "policies": self.border.policies(one.scenario)} for one in self.first.arms]
        numbers = {name: getattr(self.first, name) for name in ("worlds", "days", "seed")}
        return {"arms": chosen, "held": dict(self.first.held), **numbers}

    def see(self, given: object) -> Iterator[dict[str, Any]]:
        """Return the messages of a newly requested state: growing fans, then all results; or the reason why there are none."""
        self._asked += 1
        return self._one_at_a_time(self._messages(given, self._asked))

    def _one_at_a_time(self, steps: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Take each step under the lock, and release the lock between steps, since a reader may have gone."""
        while True:
            with self._lock:
                message = next(steps, None)
            if message is None:
                return
            yield message

    def _messages(self, given: object, mine: int) -> Iterator[dict[str, Any]]:
        if mine != self._asked:
            yield {"kind": "superseded"}
            return
        try:
            state = read_state(given)
            arms, labels = self.border.arms(state), labels_of(self.border, state)
            if self.runs.must_compile:
                yield {"kind": "compiling"}
            for seen in self.runs.see(arms, lambda: mine == self._asked):
                if not seen.is_done:
                    yield messages.growing(seen)
            matters = arms[0].matters
            yield (first := messages.first(seen, labels, state.held, matters))
            about = {"kind": "done", "keys": [arm.key for arm in arms], "runs": self.runs.completed}
            yield {**first, **messages.drawn(seen, matters), **about}
            for place in range(1, len(arms)):
                if mine != self._asked:
                    return
                told = messages.headline(seen.data, labels, place, matters, by_form=True)
                yield {"kind": "headline", "place": place - 1, **told}
            if seen.anew:
                self.runs.set_up(arms[-1:])
            if self.runs.has_outlived:
                gc.collect()  # the parts of a model hold each other, and the next would come on top of it
                self.runs.has_outlived = False
        except SupersededError:
            yield {"kind": "superseded"}
        except (InputError, NotFiniteError) as error:
            yield {"kind": "error", "text": " ".join(str(error).split())}

    def story(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the story of one world, of an arm and the reference."""
        state, place = read_state(given["state"]), given.get("arm", 1)
        arms, labels = self.border.arms(state), labels_of(self.border, state)
        if not isinstance(place, int) or not 1 <= place < len(arms):
            raise InputError(f"arm={place!r} is none of 1 to {len(arms) - 1}")
        world = given.get("world")
        if isinstance(world, bool) or not isinstance(world, int) or not 0 <= world < state.worlds:
            raise InputError(f"world={world!r} is none of 0 to {state.worlds - 1}")
        found = replay({"reference": arms[0], "arm": arms[place]}, world)
        return messages.story(found, [labels[0], labels[place]])

    def still(self) -> str:
        """Return the first state as one page without a server."""
        given = self._first()
        told = {message["kind"]: message for message in self.see(given)}
        if "error" in told:
            raise InputError(told["error"]["text"])
        shown = told["done"] | {"headlines": [told["headline"]]}
        known = {name: self.about()[name] for name in ("outcomes", "outlines")}
        parts = {"about": known, "shown": shown, "kept": self.keeper.kept(given), "arm": 0, "told": None, "world": None}
        return page_without_server(parts)


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
