"""Records of blocks that could not be computed: their worlds and the errors, without personal paths."""

import os
import re
import sys
import sysconfig
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import yaml

from experiments.config.files import write_whole
from sim.worlds import Worlds

FAILURES = "failures"
"""Folder of the records of failed blocks, inside the folder of the arm."""


@dataclass(frozen=True, slots=True)
class BlockFailure:
    """A block that raised, or whose worker died too often: a one-line summary, and a traceback with paths within packages."""

    worlds: Worlds
    summary: str
    traceback: str

    @classmethod
    def of(cls, worlds: Worlds, error: BaseException) -> Self:
        """Make the failure of an exception, in the process that raised it: there the traceback is complete."""
        summary = " ".join("".join(traceback.format_exception_only(error)).split())
        return cls(worlds, without_paths(summary), without_paths("".join(traceback.format_exception(error))))


def without_paths(text: str) -> str:
    """Return a text with paths shortened to those within packages, and the home folder as `~`."""
    known = {Path(__file__).parents[2], Path.cwd(), *map(Path, sys.path), *map(Path, sysconfig.get_paths().values())}
    folders = {str(folder) for path in known for folder in (path, path.resolve()) if folder.is_absolute()}
    for folder in sorted(folders, key=len, reverse=True):
        if folder != os.sep:
            text = text.replace(folder + os.sep, "")
    home = os.path.expanduser("~")  # unchanged for an unknown user
    return text if home == os.sep else text.replace(home, "~")


@dataclass(frozen=True, slots=True)
class FailureFolder:
    """The records of an arm's failed blocks, one file per block; the folder exists only while there are any."""

    path: Path

    def record(self, failure: BlockFailure, config: Mapping[str, object]) -> None:
        """Write a failure, with the config of the block; OSError if that is impossible."""
        worlds = failure.worlds
        self.path.mkdir(exist_ok=True)
        block = {"first": worlds.first, "count": worlds.count}
        content = {"worlds": block, "error": failure.summary, "traceback": failure.traceback, "config": dict(config)}
        text = yaml.dump(content, Dumper=_Readable, sort_keys=False, allow_unicode=True)
        write_whole(self.path / f"{worlds.first:09d}-{worlds.first + worlds.count - 1:09d}.yaml", text)

    def forget(self, worlds: Worlds) -> None:
        """Remove the records of blocks whose worlds are now being computed."""
        for file in self.path.glob("*.yaml"):
            block = re.fullmatch("([0-9]+)-([0-9]+)", file.stem)
            if block and worlds.first <= int(block[1]) and int(block[2]) < worlds.first + worlds.count:
                file.unlink(missing_ok=True)
        if self.path.exists() and not any(self.path.iterdir()):
            self.path.rmdir()


class _Readable(yaml.SafeDumper):
    """Writes texts of several lines, such as tracebacks, as blocks."""


_Readable.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)
)
