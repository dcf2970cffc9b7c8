"""The mark of a finished chunk: how many worlds it has, and by which its files can be told from damaged ones.

Nothing is forced out to the disk before a mark is written: after a power failure a mark may be there before its files are,
and then it does not fit them, as it does not fit a file that is truncated, changed, swapped or gone.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from experiments.config.files import write_whole
from experiments.errors import InputError
from experiments.storage.zarr_layout import LAYOUT, checksum, is_described


@dataclass(frozen=True, slots=True)
class Mark:
    """What was finished.

    Attributes:
        chunk: its number. `worlds`: how many are finished of it, from its first on.
        description: checksum of the labels and descriptions that the files are read by.
        files: checksums by file, in the dataset. There are two while a chunk is replaced by one with more worlds: the
            worlds that are marked are the same in both.
    """

    chunk: int
    worlds: int
    description: int
    files: Mapping[str, Sequence[int]]

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """Read a mark, None where there is none that can be read.

        Raises:
            InputError: another version of the program wrote it.
        """
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            if "checksum" in content and content.pop("checksum") != _checksum(content):
                return None
            layout = content.pop("layout", 1)
            if layout != LAYOUT and isinstance(layout, int):
                raise InputError(
                    f"{file.parent.parent} was written by another version of knockon and cannot be read by this one;"
                    " nothing of it was changed: use that version, or results=FOLDER for another folder"
                )
            return cls(**content)
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, AttributeError, TypeError):
            return None

    def write(self, file: Path) -> None:
        """Write the mark, whole or not at all."""
        content = {"layout": LAYOUT, **asdict(self)}
        write_whole(file, json.dumps({**content, "checksum": _checksum(content)}))

    def fits(self, dataset: Path) -> bool:
        """Tell whether all files are as they were when they were marked."""
        try:
            return is_described(dataset, self.description) and all(
                checksum(dataset / name) in allowed for name, allowed in self.files.items()
            )
        except OSError:
            return False


def _checksum(content: Mapping[str, object]) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())
