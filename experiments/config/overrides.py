"""Overrides before Hydra composes them: names it would stumble over put in quotes, and what is not knockon's refused."""

import re
from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Override, RangeSweep

from experiments.errors import InputError

MOST_ARMS = 1000
"""Arms of one sweep: each is composed and checked before the first is run."""
_NAMES = re.compile(r"[\w./-]+(?:,[\w./-]+)*")
_DIGITS = r"[-+]?[0-9_.]*[0-9][0-9_.]*(?:[eE][-+]?[0-9_]+)?"
_OF_HYDRA = re.compile(r"hydra/(?:launcher|job_logging|hydra_logging)|hydra\.(?:launcher\..+|job\.chdir|mode|verbose)")
"""What can be set of Hydra on the command line; folders and arms are knockon's."""


def for_hydra(overrides: Sequence[str]) -> list[str]:
    """Return overrides as Hydra takes them: names of files that are numbers, or have letters beyond ASCII, in quotes.

    Raises:
        InputError: an override sets something of Hydra's that knockon does not use.
    """
    for override in overrides:
        name = override.partition("=")[0].lstrip("+~")
        if re.match(r"hydra[./=@]|hydra$", name) and not _OF_HYDRA.fullmatch(name):
            instead = {
                "hydra.sweeper.params": "write the sweep itself, scenario=stay,us_pullout",
                "hydra.searchpath": "give your folder of configs with --config-dir",
            }.get(".".join(name.split(".")[:3]), "results=FOLDER says where results go")
            raise InputError(f"{override}: knockon does not use this setting of Hydra; {instead}")
    return [_quoted(override) for override in overrides]


def _quoted(override: str) -> str:
    name, _, value = override.partition("=")
    is_group = name.lstrip("+") in ("scenario", "experiment")
    if _NAMES.fullmatch(value) and (is_group or not value.isascii()):
        parts = [f'"{part}"' if not part.isascii() or _is_number(part) else part for part in value.split(",")]
        return f"{name}={','.join(parts)}"
    return override


def _is_number(text: str) -> bool:
    return re.fullmatch(rf"{_DIGITS}|(?i:[-+]?(?:inf|nan)|true|false|null)", text) is not None


def arms_of(loader: ConfigLoader, overrides: Sequence[str]) -> list[list[str]]:
    """Return the overrides of each arm of a sweep.

    Arms that are shuffled are sorted: Hydra shuffles anew each time it looks, and the first arm may be the reference.

    Raises:
        InputError: the sweep has no arm, or too many.
    """
    parsed = OverridesParser.create(config_loader=loader).parse_overrides(list(overrides))
    by_name = {override.get_key_element(): override for override in parsed}
    sizes = {override.input_line: _size(override) for override in by_name.values()}
    for line, size in sizes.items():
        if size == 0:
            raise InputError(f"{line} has no value: nothing matches it, and there is no arm to run")
    if (arms := prod(sizes.values())) > MOST_ARMS:
        swept = ", ".join(str(line) for line, size in sizes.items() if size > 1)
        raise InputError(f"{swept}: a sweep can have {MOST_ARMS:,} arms, and this one has {arms:,}")
    expanded = [list(arm) for batch in BasicSweeper.split_arguments(parsed, max_batch_size=None) for arm in batch]
    is_shuffled = any(getattr(override._value, "shuffle", False) for override in parsed)
    return sorted(expanded, key=lambda arm: [_in_order(value) for value in arm]) if is_shuffled else expanded


def _size(override: Override) -> int:
    if not override.is_sweep_override():
        return 1
    values: Any = override.value()
    if isinstance(values, ChoiceSweep):
        return len(values.list)
    if isinstance(values, RangeSweep):
        start, stop, step = float(values.start or 0), float(values.stop or 0), float(values.step)
        return max(0, int(-((start - stop) // step))) if step else MOST_ARMS + 1
    return sum(1 for _ in _first(override))


def _first(override: Override) -> Iterator[str]:
    for number, value in enumerate(override.sweep_string_iterator()):
        if number > MOST_ARMS:
            return
        yield value


def _in_order(override: str) -> tuple[str, float, str]:
    name, _, value = override.partition("=")
    try:
        return name, float(value), ""
    except ValueError:
        return name, 0.0, value
