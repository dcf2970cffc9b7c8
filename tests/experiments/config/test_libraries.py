"""Rare libraries are hidden from the libraries that would import them without need, and are found where they are needed."""

import sys
from importlib.util import find_spec

import pytest

from experiments.config.libraries import hide, show


def _forget(monkeypatch: pytest.MonkeyPatch, *libraries: str) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in libraries]:
        monkeypatch.delitem(sys.modules, name)


def test_hidden_libraries_are_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    _forget(monkeypatch, "dask", "xarray")
    hide("dask")
    with pytest.raises(ImportError):
        import dask
    assert find_spec("dask") is None
    assert "dask" not in sys.modules, "scikit-learn takes whatever is there for the library"
    show()
    import dask

    hide("dask")
    assert sys.modules["dask"] is dask, "a library that was imported stays"


def test_what_has_been_looked_for_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """xarray remembers that Dask is there, and would fail without it."""
    import xarray  # noqa: F401

    _forget(monkeypatch, "dask")
    hide("dask")
    import dask  # noqa: F401
