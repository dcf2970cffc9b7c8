"""Knock-on for analysts: `from experiments import run, compare, load, model`."""

from typing import Any

__all__ = ["compare", "load", "model", "run"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: listing the jobs needs no numba."""
    if name in __all__:
        from experiments import api

        return getattr(api, name)
    raise AttributeError(f"module 'experiments' has no attribute {name!r}")
