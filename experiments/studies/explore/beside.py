"""A second process for the worlds of the page: it imports Mesa and loads the rules while the config is composed."""

import atexit
import functools
import gc
import importlib
import multiprocessing
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import cloudpickle

from experiments.config.defaults import own_folder, use_own_folder
from experiments.config.libraries import hide
from experiments.errors import InputError

if TYPE_CHECKING:
    from experiments.config.arm import Arm
    from experiments.engine.replayed import Replayed
    from experiments.studies.explore.seen import Seen

_OFTEN = 0.01
"""Seconds between two checks whether the request is still wanted."""
type _Request = tuple[str, Path | None, tuple[Any, ...]]
"""The name of the request, the analyst's folder of configs, and the arguments."""


@functools.cache
def beside() -> "Beside":
    """Return the second process; the first call starts it.

    Neither process writes or reads with pyarrow, and texts that pandas pickled with it never go to the one that hides it.
    """
    hide("pyarrow")
    return Beside()


class _Process:
    """The second process and its two pipes: one for worlds, one for stories."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        (self.worlds, worlds), (self.stories, stories) = context.Pipe(), context.Pipe()
        self.process = context.Process(target=_serve, args=(worlds, stories, gc.get_threshold()), daemon=True)
        self.process.start()
        worlds.close()
        stories.close()


class Beside:
    """Runs arms in a second process, with the `Runs` of that process."""

    def __init__(self) -> None:
        self.completed = 0
        self._process = _Process()
        self._is_running = False
        self._shown: tuple[tuple[str, ...], Any] = (), None
        """The arms and worlds of the last complete answer: the page asks first for what was run while it started."""
        self._telling, self._replacing = threading.Lock(), threading.Lock()
        self._has_ended = False
        atexit.register(self.end)

    def end(self) -> None:
        """Start no further process: the page ends, and with it the process."""
        self._has_ended = True

    def see(self, arms: Sequence["Arm"], is_wanted: Callable[[], bool]) -> Iterator["Seen"]:
        """Run the missing arms, and yield all arms as they progress, as `Runner.see` says.

        Raises:
            InputError: the process ended.
        """
        from experiments.studies.explore.seen import SupersededError, name_of

        names = tuple(map(name_of, arms))
        if names == self._shown[0]:
            yield replace(self._shown[1], anew=0)
            return
        with self._replaced_if_it_ends() as process:
            if self._is_running:  # whoever asked for it reads no more
                _ask(process.worlds, "stop")
                while not _is_last(process.worlds.recv()):
                    pass
            _ask(process.worlds, "see", tuple(arms))
            self._is_running = True
            while True:
                if not is_wanted():
                    raise SupersededError
                if self._process is not process:
                    raise EOFError
                if not process.worlds.poll(_OFTEN):
                    continue
                found = process.worlds.recv()
                self._is_running = not _is_last(found)
                if isinstance(found, Exception):
                    raise found
                if found.is_done:
                    self.completed += found.anew > 0
                    self._shown = names, found
                yield found
                if found.is_done:
                    return

    def get_ready(self, arms: Sequence["Arm"]) -> None:
        """Set up the models that a move of the last arm needs, without waiting for it."""
        with self._replaced_if_it_ends() as process:
            _ask(process.worlds, "get_ready", tuple(arms))

    def story(self, arms: Sequence["Arm"], world: int) -> "Replayed":
        """Run one world of two arms, the reference first, and record its events; InputError: the process ended."""
        with self._telling, self._replaced_if_it_ends() as process:
            _ask(process.stories, "story", tuple(arms), world)
            found = process.stories.recv()
        if isinstance(found, Exception):
            raise found
        return found

    @contextmanager
    def _replaced_if_it_ends(self) -> Generator[_Process]:
        """Yield the process; if it ends meanwhile, start another one and raise InputError, since the request is lost."""
        process = self._process
        try:
            yield process
        except (EOFError, OSError):
            process.process.join(1.0)
            with self._replacing:
                if self._process is process and not self._has_ended:
                    self._process, self._is_running = _Process(), False
            ended = process.process.exitcode
            raise InputError(
                f"the process with the worlds has stopped ({ended}), and a new process has started: move a setting again"
            ) from None


def _ask(connection: Connection, what: str, *about: Any) -> None:
    connection.send_bytes(cloudpickle.dumps((what, own_folder(), about)))  # pickle takes no read-only mapping


def _is_last(answer: object) -> bool:
    return isinstance(answer, Exception) or getattr(answer, "is_done", True)


def _serve(worlds: Connection, stories: Connection, threshold: tuple[int, int, int]) -> None:
    """Answer requests until the page's process ends."""
    gc.set_threshold(*threshold)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the page, whose end is the end of this
    hide("pyarrow")
    importlib.import_module("mesa")  # first, as for every job
    from experiments.studies.explore.runs import Runs, SupersededError

    runs, waiting = Runs(), SimpleQueue[_Request | None]()

    def listen() -> None:
        while True:
            try:
                waiting.put(worlds.recv())
            except (EOFError, OSError):
                waiting.put(None)
                return

    def see(arms: Sequence["Arm"]) -> None:
        try:
            for seen in runs.see(arms, waiting.empty):
                worlds.send(seen)
        except (SupersededError, ArithmeticError, InputError) as error:
            worlds.send(error)

    def tell() -> None:
        while True:
            try:
                _, own, (arms, world) = stories.recv()
                use_own_folder(own)
                stories.send(runs.story(arms, world))
            except (EOFError, BrokenPipeError):
                return
            except ArithmeticError as error:
                stories.send(error)

    for work in (listen, tell):
        threading.Thread(target=work, daemon=True).start()
    while (request := waiting.get()) is not None:
        what, own, about = request
        use_own_folder(own)
        if what == "see":
            see(*about)
        elif what == "get_ready" and waiting.empty():
            runs.get_ready(*about)
