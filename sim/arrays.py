"""The arrays of the model, by world: their types."""

from typing import Any

from numpy.typing import NDArray

type Array = NDArray[Any]
type Value = Array | float
"""A number, or an array of (agents, worlds), (1, worlds) or (agents, 1)."""
