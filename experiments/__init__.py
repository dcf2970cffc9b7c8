"""Knock-on for analysts: `from knockon import answer, compare, findings, load, model, run`, or `python -m knockon JOB`.

The wheel also installs this file as the package `knockon`, so that the import has the project's name.
"""

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.api import answer, compare, findings, load, model, run

__all__ = ["__version__", "answer", "compare", "findings", "load", "model", "run"]
_ROOMS = {"experiments": "experiments.api", "sim": "sim.worlds"}
"""The packages of Knock-on, each with a module that other packages of this name lack."""


def __getattr__(name: str) -> Any:
    """Import a name at its first use, since the list of jobs needs no numba."""
    if name == "__version__":
        from importlib.metadata import version  # here: it takes a third of the time that the list of jobs needs

        return version("knockon")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if (shadow := _shadow()) is not None:
        raise ImportError(shadow)
    from experiments import api

    return getattr(api, name)


def main() -> None:
    """Run the command line, unless other packages hide those of Knock-on."""
    if (shadow := _shadow()) is not None:
        print(f"knockon: {shadow}", file=sys.stderr)
        raise SystemExit(2)
    from experiments.cli import main as knockon

    knockon()


def _shadow() -> str | None:
    """Return a line on another package that hides one of Knock-on's, if any does."""
    for package, ours in _ROOMS.items():
        try:
            found = find_spec(ours)
        except ModuleNotFoundError:  # the other one is a single module
            found = None
        if found is None:
            other = getattr(sys.modules.get(package) or find_spec(package), "__file__", None)
            where = f" ({other})" if other else ""
            return (
                f"another package called {package!r}{where} hides a package of Knock-on: call knockon from another"
                " folder, or install it in its own environment (uv venv)"
            )
    return None
