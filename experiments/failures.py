"""What is left of a block of worlds that could not be computed: which worlds, and why, without anybody's paths."""

import os
import sys
import sysconfig
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sim.worlds import Worlds


@dataclass(frozen=True, slots=True)
class BlockFailure:
    """A block that raised, or whose worker died too often.

    Attributes:
        worlds: of the block.
        summary: one line, such as "ValueError: a negative rate".
        traceback: the whole of it, its files named from their package on.
    """

    worlds: Worlds
    summary: str
    traceback: str

    @classmethod
    def of(cls, worlds: Worlds, error: BaseException) -> Self:
        """Make the failure of what a block raised, best where it was raised: there the traceback is whole."""
        summary = " ".join("".join(traceback.format_exception_only(error)).split())
        return cls(worlds, without_paths(summary), without_paths("".join(traceback.format_exception(error))))


def without_paths(text: str) -> str:
    """Return a text with files named from their package on, and the home folder as `~`."""
    known = {Path(__file__).parent.parent, Path.cwd(), *map(Path, sys.path), *map(Path, sysconfig.get_paths().values())}
    folders = {str(folder) for path in known for folder in (path, path.resolve()) if folder.is_absolute()}
    for folder in sorted(folders, key=len, reverse=True):
        if folder != os.sep:
            text = text.replace(folder + os.sep, "")
    home = str(Path.home())
    return text if home == os.sep else text.replace(home, "~")
