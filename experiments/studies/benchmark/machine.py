"""What the numbers were measured on: enough to read them, nothing about whose machine it is."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import joblib

_LIBRARIES = ("knockon", "mesa", "numpy", "scipy", "numba", "llvmlite", "joblib")


def describe_machine() -> dict[str, object]:
    """Return processor, cores, system and versions.

    `load` is the mean number of processes that wanted a core in the minute before: with as many as there are cores, the
    timings were disturbed.
    """
    return {
        "processor": _processor(),
        "cores": joblib.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "system": platform.system(),
        "python": sys.version.split()[0],
        "versions": {library: version(library) for library in _LIBRARIES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
