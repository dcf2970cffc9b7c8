"""Keeps the tables of sim/ODD.md as code and configs have them: `python -m experiments.reference.odd` writes them anew."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from experiments.errors import InputError, fail
from experiments.reference import odd_tables
from sim.rule import PACKAGE

FILE = PACKAGE / "ODD.md"
TABLES: Mapping[str, Callable[[], str]] = {
    "patterns": odd_tables.patterns,
    "agents": odd_tables.agents,
    "states": odd_tables.states,
    "stages": odd_tables.stages,
    "events": odd_tables.events,
    "known events": odd_tables.known_events,
    "kinds of events": odd_tables.kinds_of_events,
    "conditions": odd_tables.conditions,
    "goes on": odd_tables.goes_on,
    "draws": odd_tables.draws,
    "switches": odd_tables.switches,
    "mechanisms": odd_tables.mechanisms,
    "policies": odd_tables.policies,
    "effects": odd_tables.effects,
    "scenarios": odd_tables.scenarios,
    "outcomes": odd_tables.outcomes,
    "parameters A": odd_tables.parameters("A"),
    "parameters B": odd_tables.parameters("B"),
    "parameters C": odd_tables.parameters("C"),
    "rules": odd_tables.rules,
}
"""What is generated, by the name in its marker."""
_BLOCK = re.compile(r"(<!-- generated: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def blocks(text: str) -> dict[str, str]:
    """Return what stands between each pair of markers, by name."""
    return {found[2]: found[0][len(found[1]) : -len(found[3])].strip("\n") for found in _BLOCK.finditer(text)}


def without_blocks(text: str) -> str:
    """Return what was written by hand."""
    return _BLOCK.sub("", text)


def renewed(text: str) -> str:
    """Return the description with every generated table made anew.

    Raises:
        InputError: a marker is missing, or names no table.
    """
    given = [found[2] for found in _BLOCK.finditer(text)]
    if missing := [name for name in TABLES if name not in given]:
        raise InputError(f"{FILE.name} has no marker for {', '.join(missing)}: <!-- generated: NAME --> ... <!-- end -->")
    if unknown := [name for name in given if name not in TABLES]:
        raise InputError(f"{FILE.name} has a marker for {', '.join(unknown)}, which is no table: {', '.join(TABLES)}")
    return _BLOCK.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n\n{found[3]}", text)


def write(file: Path = FILE) -> None:
    """Write the tables anew into the description."""
    file.write_text(renewed(file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    try:
        write()
    except InputError as error:
        fail(error)
