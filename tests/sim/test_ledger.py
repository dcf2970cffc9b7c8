"""Every number of the model is in the ledger, with unit, meaning, grade and source; and no module hides a number."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
from experiments.config.defaults import declared

MACHINERY = (
    "cache", "compiled", "design", "dice", "distributions", "kind", "parameters", "priors", "rule", "sampled_parameters", "tape",
    "worlds",
)  # fmt: skip
"""Modules of drawing and compiling: their numbers are those of algorithms, and the description tells them."""
SOURCES = sorted(file for file in Path(sim.__file__).parent.rglob("*.py") if file.stem not in MACHINERY)
CONVERSIONS = {
    "_DAYS_A_YEAR": 365, "_MONTHS_A_YEAR": 12, "_DAYS_A_TERM": 1461, "DAYS_A_WEEK": 7, "MONTH": 30,
    "_NO_DATE": 1e9, "_NEVER_DECIDED": 30_000, "_GOLDEN": 0.6180339887498949,
}  # fmt: skip
"""Constants of a module that are no numbers of the model: units of time, days that never come, and the golden ratio."""
ENTRIES = [(f"{group}.{name}", entry) for group, entries in declared().items() for name, entry in entries.items()]


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=[name for name, _ in ENTRIES])
def test_an_entry_says_what_it_is_and_where_it_comes_from(name: str, entry: dict[str, object]) -> None:
    for field in ("value", "domain", "unit", "meaning", "grade", "source"):
        assert entry.get(field) not in (None, ""), field
    assert entry["grade"] in ("A", "B", "C")
    assert ("prior" in entry) != (entry.get("fixed") is True)
    assert len(str(entry["meaning"])) > 8
    assert str(entry["source"]).strip() != "judgement", "a judgement needs an argument that somebody could attack"


def test_the_ledger_has_at_most_240_entries() -> None:
    assert len(ENTRIES) <= 240


def test_sources_name_no_file_that_the_project_does_not_hold() -> None:
    held = {file.name for file in (Path(sim.__file__).parent / "data").iterdir()}
    named = {(name, file) for name, entry in ENTRIES for file in re.findall(r"\w+\.csv", str(entry["source"]))}
    assert {entry for entry in named if entry[1] not in held} == set()


def hidden_numbers(source: str) -> list[tuple[int, float]]:
    """Return the line and value of every number but 0, 1, 2, conversions by their names, and members of an enumeration."""
    tree = ast.parse(source)
    named: set[int] = set()
    for statement in tree.body:
        for names, values in _assigned(statement):
            members = [value.value for value in values if isinstance(value, ast.Constant)]
            if members == [CONVERSIONS.get(name) for name in names] or members == list(range(len(names))):
                named |= {id(value) for value in values}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and id(node) not in named
        if not isinstance(node.value, bool) and node.value not in (0, 1, 2)
    ]


def _assigned(statement: ast.stmt) -> Iterator[tuple[list[str], list[ast.expr]]]:
    """Yield the names and values of an assignment of a module, a sign left out."""
    if not isinstance(statement, ast.Assign):
        return
    target, value = statement.targets[0], statement.value
    both = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
    pairs = zip(target.elts, value.elts, strict=True) if both else [(target, value)]
    found = [(ast.unparse(name), entry.operand if isinstance(entry, ast.UnaryOp) else entry) for name, entry in pairs]
    yield [name for name, _ in found], [entry for _, entry in found]


@pytest.mark.parametrize("file", SOURCES, ids=[file.stem for file in SOURCES])
def test_no_module_hides_a_number(file: Path) -> None:
    assert hidden_numbers(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "def rule(x):\n    return 0.35 * x",
        "def rule(x, weight=0.35):\n    return weight * x",
        "WEIGHT = 0.35",
        "_DAYS_A_YEAR = 0.35",
        "LOW, HIGH = 0, 0.35",
        "class Kind:\n    weight: float = -0.35",
        "OUTCOME = (lambda m: m.attacks / 0.35)",
        "WEIGHTS = {'embassy': [0.35]}",
    ],
)
def test_the_finder_finds_a_hidden_number(source: str) -> None:
    assert [value for _, value in hidden_numbers(source)] == [0.35]


def test_the_finder_lets_conversions_and_enumerations_pass() -> None:
    assert hidden_numbers("_DAYS_A_YEAR, _MONTHS_A_YEAR = 365.0, 12.0\nOPEN, REDUCED, MOVED, CLOSED = 0, 1, 2, 3") == []
