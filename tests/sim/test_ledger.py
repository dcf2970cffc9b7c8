"""Every number of the model has a home in the ledger, with unit, meaning, grade and source; and no rule hides one."""

import ast
import re
from pathlib import Path

import pytest

import sim
from experiments.shipped import declared

SOURCES = sorted((Path(sim.__file__).parent / "agents").glob("*.py"))
UNIT_CONVERSIONS = {365, 12, 1461, 30, 1e9, -1e9}
"""Days and months of a year, days of a four-year term, and stand-ins for dates that never come."""
ENTRIES = [(f"{group}.{name}", entry) for group, entries in declared().items() for name, entry in entries.items()]


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=[name for name, _ in ENTRIES])
def test_an_entry_says_what_it_is_and_where_it_comes_from(name: str, entry: dict[str, object]) -> None:
    for field in ("value", "domain", "unit", "meaning", "grade", "source"):
        assert entry.get(field) not in (None, ""), field
    assert entry["grade"] in ("A", "B", "C")
    assert ("prior" in entry) != (entry.get("fixed") is True)
    assert len(str(entry["meaning"])) > 8


def test_sources_name_no_file_that_the_project_does_not_hold() -> None:
    held = {file.name for file in (Path(sim.__file__).parent / "data").iterdir()}
    named = {(name, file) for name, entry in ENTRIES for file in re.findall(r"\w+\.csv", str(entry["source"]))}
    assert {entry for entry in named if entry[1] not in held} == set()


@pytest.mark.parametrize("file", SOURCES, ids=[file.stem for file in SOURCES])
def test_no_rule_hides_a_number(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    hidden = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            value = node.value if isinstance(node, ast.Constant) else 0
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if is_number and abs(value) not in (0, 1, 2) and value not in UNIT_CONVERSIONS:
                hidden.append((function.name, node.lineno, value))
    assert hidden == []


def test_the_finder_finds_a_hidden_number() -> None:
    tree = ast.parse("def rule(x):\n    return 0.35 * x")
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert found == [0.35]
