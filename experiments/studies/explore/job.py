"""Move a policy or an assumption on a local page, see new paired worlds, keep the view: knockon explore."""

import importlib.util
import secrets
import socket
import threading
import webbrowser
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Annotated

from experiments.config.compose import name_of
from experiments.config.fields import Section, YesNo, whole
from experiments.config.files import place_of, write_whole
from experiments.config.read import resolved
from experiments.errors import InputError
from experiments.studies.runner import Call, Result, job

if TYPE_CHECKING:
    from experiments.studies.explore.explorer import Explorer

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class _Explore(Section):
    port: Annotated[int, whole(0, 65535)]
    browser: YesNo
    save: str | None = None


def work(call: Call) -> Result | None:
    """Serve the page until Ctrl-C and write nothing; or, without a server, write the view as one page."""
    if missing := [name for name in ("starlette", "uvicorn") if importlib.util.find_spec(name) is None]:
        raise InputError(f"knockon explore needs {' and '.join(missing)}: pip install 'knockon[explore]'")
    from experiments.studies.explore.beside import beside
    from experiments.studies.explore.explorer import Explorer
    from experiments.studies.explore.state import Border, Chosen, State, held_by

    settings, scenario = call.section(_Explore), call.choices["scenario"]
    plain = {name: value for name, value in resolved(call.config).items() if name not in call.own}
    reference, ensemble = str(plain["reference"]), plain["ensemble"]
    other = reference if reference != scenario else "stay"
    held = held_by(call.overrides)
    first = State((Chosen(other), Chosen(scenario)), ensemble["worlds"], ensemble["days"], ensemble["seed"], held)
    rest = [override for override in call.overrides if name_of(override) not in held]
    border = Border(rest, {} if held else {scenario: plain})
    border.arms(first)
    explorer = Explorer(border, first, beside())
    if settings.save is not None:
        _save(explorer, settings.save)
        return None
    for work in (explorer.begin, explorer.learn_to_tell):
        threading.Thread(target=work, daemon=True).start()
    import uvicorn  # here, and the server: they are imported while worlds are run

    from experiments.studies.explore.server import app

    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, settings.port))
        except OSError as error:
            raise InputError(f"explore.port={settings.port} cannot be used ({error.strerror}): try explore.port=0") from None
        listening.listen()  # a browser that is faster than the server waits
        address = f"http://{HOST}:{listening.getsockname()[1]}/{(token := secrets.token_urlsafe(16))}/"
        print(f"The page is at {address}\nOnly this machine can open it; Ctrl-C ends it.", flush=True)
        if settings.browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        config = uvicorn.Config(app(explorer, token), log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        leave = server.handle_exit

        def end(signal: int, frame: FrameType | None) -> None:
            explorer.end()  # else the server would wait for worlds that nobody wants any more
            leave(signal, frame)

        vars(server)["handle_exit"] = end
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
    return None


def _save(explorer: "Explorer", where: str) -> None:
    file = place_of(where)
    if file.suffix != ".html" or not file.parent.is_dir():
        raise InputError(f"explore.save={where} does not end in .html, or its folder is missing: write explore.save=view.html")
    try:
        write_whole(file, explorer.still())
    except OSError as error:
        raise InputError(f"explore.save={where} cannot be written ({error.strerror})") from None
    print(f"Page: {file}", flush=True)


main = job("explore", work)
