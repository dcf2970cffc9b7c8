"""The progress of a run or sweep: worlds done, time left; outside a terminal one line per arm."""

import shutil
import sys
import threading
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

from experiments.errors import tell
from sim.worlds import Worlds

_SHOWN = "{desc}: {percentage:3.0f}% |{bar}| {n:,.0f} of {total:,} worlds, {remaining} left"
_WITH_RATE = _SHOWN.replace(" worlds, ", " worlds, {rate_noinv_fmt}, ")
_BESIDE_THE_LABEL = len(": 100% |....| 10,000 of 19,000 worlds, 1:00:00 left")
_RATE = len("1,000.00 worlds/s, ")
_WIDE, _WIDEST = 100, 120
"""Columns of a terminal with room for the rate, and the largest width of the bar."""


class Progress:
    """The bar of a sweep, or of the one arm of a run.

    Hydra runs the arms of a sweep one after another and passes nothing between them, so a process has one object.
    """

    def __init__(self) -> None:
        self._arms: dict[Path, tuple[str, int]] = {}
        self._bar: tqdm | None = None
        self._within: dict[Worlds, float] = {}
        self._side_by_side = 1
        self._lock = threading.Lock()

    def plan(self, arms: Iterable[tuple[Path, str, int]]) -> None:
        """Announce the arms of a sweep in the order of their runs: folder, label and number of worlds that are missing."""
        self._close()
        for folder, label, worlds in arms:
            self._arms.setdefault(folder, (label, worlds))

    @contextmanager
    def of(self, folder: Path, label: str, worlds: int, beside: Sequence[Path] = ()) -> Generator[tqdm]:
        """Show the progress of an arm, which its folder identifies in a sweep; `label` is for an arm outside a sweep.

        The `worlds` are those to compute, without the stored ones, for this arm and for each arm `beside` it in one model.

        Yields:
            The bar. It moves by `block`; work that is not cut into worlds may `update` it.
        """
        if folder not in self._arms:
            self.plan([(folder, label, worlds)])
        label = self._arms[folder][0]
        self._arms[folder] = (label, worlds)  # another process may have stored some meanwhile
        self._arms.update({other: (self._arms.get(other, (label,))[0], worlds) for other in beside})
        self._side_by_side = 1 + len(beside)
        if beside:
            label = f"{self._side_by_side} arms side by side"
        elif len(self._arms) > 1:
            label = f"arm {list(self._arms).index(folder) + 1} of {len(self._arms)}, {label}"
        self._within.clear()
        bar = self._show(label, self._in_all())
        began = time.perf_counter()
        try:
            yield bar
        except BaseException:
            self._close()
            raise
        if bar.n >= self._in_all():
            self._close()
        if bar.disable:
            seconds = time.perf_counter() - began
            computed = worlds * self._side_by_side
            tell(f"{label}: {computed:,} worlds in {seconds:,.0f} s, {computed / seconds:,.1f} worlds/s")

    def block(self, worlds: Worlds, share: float = 1.0) -> None:
        """Show that a share of the days of a block has passed, by default all days.

        Blocks that run in this process report every day; blocks in other processes report only their end.
        """
        if self._bar is None or self._bar.disable:
            return
        with self._lock:
            done = share * worlds.count * self._side_by_side
            if self._bar.n == 0 and share < 1.0:  # what was set up before the first day says nothing of the time left
                self._bar.start_t = time.time()
            self._bar.update(done - self._within.get(worlds, 0.0))
            self._within[worlds] = done

    def _show(self, label: str, worlds: int) -> tqdm:
        """Show the bar with a mean rate, since as many blocks as workers finish at about the same time."""
        columns = min(shutil.get_terminal_size((80, 24)).columns, _WIDEST)
        if self._bar is None:
            text, is_hidden = _WITH_RATE if columns >= _WIDE else _SHOWN, not sys.stderr.isatty()
            look: dict[str, Any] = {"unit": " worlds", "smoothing": 0, "position": 0, "leave": False, "file": sys.stderr}
            self._bar = tqdm(desc=label, total=worlds, bar_format=text, ncols=columns, disable=is_hidden, **look)
        self._bar.total = worlds
        self._bar.set_description_str(_short(label, columns - _BESIDE_THE_LABEL - (columns >= _WIDE) * _RATE))
        return self._bar

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar, self._arms = None, {}

    def _in_all(self) -> int:
        return sum(worlds for _, worlds in self._arms.values())


def _short(label: str, room: int) -> str:
    return label if len(label) <= room else label[: max(room - 1, 0)] + "\N{HORIZONTAL ELLIPSIS}"


PROGRESS = Progress()
