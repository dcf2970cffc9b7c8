"""What made the results of an arm: config, and for each run that computed some of its worlds the versions, time and speed."""

import platform
import subprocess
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.config.arm import Arm

_LIBRARIES = ("knockon", "mesa", "numpy", "scipy", "numba", "xarray", "zarr", "hydra-core")


class Manifest:
    """The manifest of an arm while a run extends it."""

    def __init__(self, arm: Arm, before: Mapping[str, Any] | None) -> None:
        """Begin the record of a run.

        Args:
            arm: one, composed.
            before: the manifest that earlier runs left.
        """
        earlier = (before or {}).get("runs", [])
        self._began, self._setup = time.perf_counter(), arm
        self._earlier: list[Any] = earlier if isinstance(earlier, list) else []
        self._this: dict[str, object] = {
            "began": datetime.now(UTC).isoformat(timespec="seconds"),
            "workers": arm.compute.workers,
            "block": arm.compute.block,
            "versions": {library: version(library) for library in _LIBRARIES},
            "python": platform.python_version(),
            "commit": commit(),
        }

    def plain(self, worlds: int, computed: int) -> dict[str, object]:
        """Return the manifest as plain values.

        Args:
            worlds: that are finished, by this run or an earlier one.
            computed: by this run until now, those of unfinished chunks left out.
        """
        seconds = time.perf_counter() - self._began
        speed = {"worlds": computed, "seconds": round(seconds, 2), "worlds_per_second": round(computed / seconds, 1)}
        return {
            "scenario": self._setup.scenario,
            "key": self._setup.key,
            "seed": self._setup.seed,
            "days": self._setup.days,
            "worlds": worlds,
            "swept": list(self._setup.swept),
            "runs": [*self._earlier, {**speed, **self._this}],
            "identity": self._setup.identity,
        }


def commit() -> str | None:
    """Return the git commit of the code, "-dirty" where files differ from it, None outside a checkout."""
    folder = Path(__file__).parents[2]
    if not (folder / ".git").exists():
        return None
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def short_commit(commit: object) -> str:
    """Return the first ten digits of a commit, and "-dirty" where it is; empty where there is none."""
    name, dirty, _ = str(commit or "").partition("-dirty")
    return name[:10] + dirty


def listed(values: Iterable[object]) -> str:
    """Return each value once, "unknown" where there is none."""
    return ", ".join(dict.fromkeys(str(value) for value in values if value)) or "unknown"
