"""The page of one analyst: the last request wins, and only one request runs at a time."""

import importlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from experiments.engine.labelled import Labelled
from experiments.errors import InputError
from experiments.studies.explore.keep import Keeper, page_without_server
from experiments.studies.explore.seen import Runner, SupersededError
from experiments.studies.explore.settings import about
from experiments.studies.explore.state import Border, State, labels_of, read_state
from sim.cache import rules_are_compiled
from sim.state import NotFiniteError


class Explorer:
    """The page of one analyst: the last request wins, and only one request runs at a time."""

    def __init__(self, border: Border, first: State, runs: Runner) -> None:
        self.border = border
        self.first = first
        self.keeper = Keeper(border)
        self.runs = runs
        self._asked = 0
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Run the first state while the server and the browser start.

        Rules that must be compiled are left to the page, which says so.
        """
        if rules_are_compiled():
            with self._lock, suppress(InputError, NotFiniteError):  # the page asks again, and is told
                for _ in self.runs.see(self.border.arms(self.first), lambda: True):
                    pass

    def learn_to_tell(self) -> None:
        """Import pandas and xarray while the worlds run; xarray imports Dask when it makes its first dataset."""
        importlib.import_module("experiments.studies.explore.messages")
        Labelled({"none": (["world"], np.zeros(1), {})}, {}, {}).dataset()

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
        from experiments.studies.explore import messages  # here: see `learn_to_tell`

        try:
            state = read_state(given)
            arms, labels = self.border.arms(state), labels_of(self.border, state)
            if not rules_are_compiled():
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
            self.runs.get_ready(arms)
        except SupersededError:
            yield {"kind": "superseded"}
        except (InputError, NotFiniteError) as error:
            yield {"kind": "error", "text": " ".join(str(error).split())}

    def story(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the story of one world, of an arm and the reference."""
        from experiments.studies.explore import messages

        state, place = read_state(given["state"]), given.get("arm", 1)
        arms, labels = self.border.arms(state), labels_of(self.border, state)
        if not isinstance(place, int) or not 1 <= place < len(arms):
            raise InputError(f"arm={place!r} is none of 1 to {len(arms) - 1}")
        world = given.get("world")
        if isinstance(world, bool) or not isinstance(world, int) or not 0 <= world < state.worlds:
            raise InputError(f"world={world!r} is none of 0 to {state.worlds - 1}")
        found = self.runs.story((arms[0], arms[place]), world)
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
