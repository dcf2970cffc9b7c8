"""New worlds for changed arms: all new arms in one model, with the worlds shared among threads. The last request wins."""

import gc
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from itertools import islice, pairwise

import loky

from experiments.config.arm import Arm
from experiments.config.defaults import HEADLINES
from experiments.engine.block import compile_rules
from experiments.engine.labelled import Labelled, end_to_end
from experiments.engine.replayed import Replayed, replay
from experiments.engine.side_by_side import SideBySide, families, share_draws
from experiments.studies.explore.seen import BY_PLACE, Seen, SupersededError, name_of
from sim.record.outcomes import BY_NAME, DAYS_A_WEEK
from sim.worlds import Worlds

NAMES = dict.fromkeys(name for one in HEADLINES for name in (one.outcome, one.by_week) if name)
_RECORDED = tuple(BY_NAME[name] for name in (*NAMES, BY_PLACE))
"""Only the outcomes that the page draws are recorded, which takes a twentieth of the time."""
_KEPT = 20
_FEWEST = 256
"""Fewest worlds of a thread over all arms: with fewer worlds, another model costs as much as it gains."""
_READY = 2
"""Sets of models that are kept to restart with other policies: those of a single arm, and those of all arms."""
_SOONEST = 0.4
"""Shortest time between two drawings of growing fans, seconds: more frequent drawing would only delay the last one."""
_LEARNT = 2
"""Days in which a model records the calls of its day; two threads that did so at once would mostly wait for each other."""


class Runs:
    """Runs arms and keeps the newest results; for one analyst at a time."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Labelled] = OrderedDict()
        self._ready: list[list[SideBySide]] = []
        self._pool = ThreadPoolExecutor(loky.cpu_count())
        self._packing = threading.Lock()
        self._has_outlived = self._is_frozen = False
        self.completed = 0

    def see(self, arms: Sequence[Arm], is_wanted: Callable[[], bool]) -> Iterator[Seen]:
        """Run the missing arms, and yield all arms as they progress, as `Runner.see` says."""
        new = {name: arm for arm in arms if (name := name_of(arm)) not in self._kept}
        if new:
            compile_rules(next(iter(new.values())))
        for family in families(new):
            for day, data in self._run(list(family.values()), is_wanted):
                found = dict(zip(family, data, strict=True))
                shown = [found.get(name_of(arm), self._kept.get(name_of(arm))) for arm in arms]
                if day < arms[0].days and all(one is not None for one in shown):
                    yield Seen(tuple(one for one in shown if one is not None), day, False, len(new))
            self._keep(found)
        self.completed += bool(new)
        for arm in arms:
            self._kept.move_to_end(name_of(arm))
        yield Seen(tuple(self._kept[name_of(arm)] for arm in arms), arms[0].days, True, len(new))

    def _run(self, arms: Sequence[Arm], is_wanted: Callable[[], bool]) -> Iterator[tuple[int, list[Labelled]]]:
        blocks, days = self._blocks(arms), arms[0].days
        running, passed = [block.run() for block in blocks], [0] * len(blocks)

        def advance(place: int, level: int, until: float) -> None:
            while passed[place] < days and (passed[place] < level or time.perf_counter() < until):
                if not is_wanted():
                    raise SupersededError
                with self._packing if passed[place] < _LEARNT else nullcontext():
                    passed[place] = next(running[place])

        def together(level: int, until: float = 0.0) -> int:
            """Pass at least the days up to a level, and others until a time; return the latest day."""
            for _ in self._pool.map(lambda place: advance(place, level, until), range(len(blocks))):
                pass
            return max(passed)

        day = 0
        while day < days:
            day = together(together(day + DAYS_A_WEEK, time.perf_counter() + _SOONEST))  # fans grow by whole weeks
            if day == days:
                for run in running:
                    next(run, None)  # it checks its states
            parts = [block.labelled() for block in blocks]
            yield day, [end_to_end(pieces) for pieces in zip(*parts, strict=True)]

    def get_ready(self, arms: Sequence[Arm]) -> None:
        """Set up the models that a move of the last arm needs; they also serve arms that differ only in their policies.

        The memory of earlier models is freed first.
        """
        if self._has_outlived:
            gc.collect()  # the parts of a model hold each other
            self._has_outlived = False
        for block in self._blocks(arms[-1:]):
            for _ in islice(block.run(), _LEARNT):
                pass
        if not self._is_frozen:
            gc.collect()
            gc.freeze()  # what every run needs is looked through no more
            self._is_frozen = True

    def story(self, arms: Sequence[Arm], world: int) -> Replayed:
        """Run one world of two arms, the reference first, with its events."""
        return replay(dict(zip(("reference", "arm"), arms, strict=True)), world)

    def _blocks(self, arms: Sequence[Arm]) -> list[SideBySide]:
        """Return models of arms before their first day: those of arms that shared their draws, else new ones."""
        first = arms[0]
        for blocks in self._ready:
            then = blocks[0].arms
            if len(then) == len(arms) and then[0].worlds == first.worlds and share_draws(then[0], first):
                for block in blocks:
                    block.become(arms)
                return blocks
        number = max(1, min(loky.cpu_count(), len(arms) * first.worlds // _FEWEST, first.worlds))
        edges = [place * first.worlds // number for place in range(number + 1)]
        blocks = [SideBySide(arms, Worlds(low, high - low), _RECORDED) for low, high in pairwise(edges)]
        self._ready = [blocks, *self._ready]
        self._has_outlived |= len(self._ready) > _READY
        del self._ready[_READY:]
        return blocks

    def _keep(self, found: dict[str, Labelled]) -> None:
        self._kept.update(found)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
