"""The progress of a run or sweep: worlds done, worlds per second, time left; outside a terminal one line per arm."""

import sys
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from experiments.errors import tell

_SHOWN = "{desc}: {percentage:3.0f}% |{bar:20}| {n:,} of {total:,} worlds, {rate_noinv_fmt}, {remaining} left"


class Progress:
    """The bar of a sweep, or of the one arm of a run.

    Hydra runs the arms of a sweep one after another and passes nothing between them, so there is one object per process.
    """

    def __init__(self) -> None:
        self._arms: dict[Path, tuple[str, int]] = {}
        self._bar: tqdm | None = None

    def plan(self, arms: Iterable[tuple[Path, str, int]]) -> None:
        """Announce the arms of a sweep in the order of their runs: folder, label and number of worlds that are missing."""
        self._close()
        for folder, label, worlds in arms:
            self._arms.setdefault(folder, (label, worlds))

    @contextmanager
    def of(self, folder: Path, label: str, worlds: int) -> Generator[tqdm]:
        """Show the progress of an arm, which its folder identifies in a sweep; `label` is for an arm outside a sweep.

        The `worlds` are those to compute, without the stored ones.

        Yields:
            The bar, to `update` with the number of worlds of each finished block.
        """
        if folder not in self._arms:
            self.plan([(folder, label, worlds)])
        label = self._arms[folder][0]
        self._arms[folder] = (label, worlds)  # another process may have stored some meanwhile
        if len(self._arms) > 1:
            label = f"arm {list(self._arms).index(folder) + 1} of {len(self._arms)}, {label}"
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
            tell(f"{label}: {worlds:,} worlds in {seconds:,.0f} s, {worlds / seconds:,.1f} worlds/s")

    def _show(self, label: str, worlds: int) -> tqdm:
        """Show the bar with a mean rate, since as many blocks as workers finish at about the same time."""
        if self._bar is None:
            self._bar = tqdm(
                desc=label,
                total=worlds,
                unit=" worlds",
                bar_format=_SHOWN,
                smoothing=0,
                position=0,
                leave=False,
                file=sys.stderr,
                disable=not sys.stderr.isatty(),
            )
        self._bar.total = worlds
        self._bar.set_description_str(label)
        return self._bar

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar, self._arms = None, {}

    def _in_all(self) -> int:
        return sum(worlds for _, worlds in self._arms.values())


PROGRESS = Progress()
