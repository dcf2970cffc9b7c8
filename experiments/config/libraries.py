"""Libraries that xarray and pandas import if they are installed: the import takes half a second, though few jobs use them."""

import sys

_RARE = {"dask": "xarray", "pyarrow": "pandas"}
"""Each with the library that imports it."""


def hide() -> None:
    """Hide the libraries from those that have not looked for them yet."""
    for name, importer in _RARE.items():
        if not {name, importer} & {*sys.modules}:
            sys.modules[name] = None  # ty: ignore[invalid-assignment]  # Python's mark for what cannot be imported


def show() -> None:
    """Let this process find the libraries again."""
    for name in _RARE:
        if sys.modules.get(name, sys) is None:
            del sys.modules[name]
