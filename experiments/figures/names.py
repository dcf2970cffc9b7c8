"""Names that an analyst gave to arms, in tables, pages and figures."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

_GIVEN: dict[str, str] = {}


@contextmanager
def named(names: Mapping[str, str]) -> Generator[None]:
    """Let `arm_name` return these names, by label of an arm."""
    before = dict(_GIVEN)
    _GIVEN.update(names)
    try:
        yield
    finally:
        _GIVEN.clear()
        _GIVEN.update(before)


def given_name(label: str) -> str | None:
    """Return the name that was given to an arm, if any."""
    return _GIVEN.get(label)
