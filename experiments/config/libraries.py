"""Libraries that xarray and pandas import wherever they are installed: half a second, though hardly a job uses them."""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_RARE = {"dask": "xarray", "pyarrow": "pandas"}
"""Each with the library that imports it."""
_hidden: set[str] = set()


class _Finder(PathFinder):
    """Finds installed modules, but for the hidden libraries."""

    @classmethod
    def find_spec(cls, fullname: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        return None if fullname in _hidden else super().find_spec(fullname, path, target)


def hide(*libraries: str) -> None:
    """Hide some of these libraries, dask or pyarrow, where xarray or pandas has not looked for them yet.

    A process without pyarrow cannot read texts that pandas pickled with it: hide pyarrow only where no such texts arrive.
    """
    # no None in sys.modules, which is Python's own mark of this: scikit-learn takes whatever is there for the library
    _hidden.update(name for name in libraries if not {name, _RARE[name]} & {*sys.modules})
    sys.meta_path[:] = [_Finder if finder is PathFinder else finder for finder in sys.meta_path]


def show() -> None:
    """Let this process find the libraries again."""
    _hidden.clear()
