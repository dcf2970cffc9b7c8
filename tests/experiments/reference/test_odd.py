"""sim/ODD.md says what the code and the configs have: nothing generated is stale, nothing is left out."""

import ast
import re
from pathlib import Path

import pytest

from experiments.config.mechanisms import shipped_mechanisms
from experiments.config.policies import shipped_policies
from experiments.errors import InputError
from experiments.reference import catalogue, odd
from sim.kind import Kind
from sim.ledger.grades import GRADES
from sim.model import DAY
from sim.record.outcomes import OUTCOMES
from sim.rule import PACKAGE

TEXT = odd.FILE.read_text(encoding="utf-8")
BY_HAND = odd.without_blocks(TEXT)
SUBMODELS = BY_HAND.partition("## 7. Submodels")[2].partition("## 8. Outcomes")[0]
ROWS = {name: block.splitlines()[2:] for name, block in odd.blocks(TEXT).items()}
STAGES = {
    2: "lead.decide_on_exit", 3: "lead.perceive", 7: "government.govern", 10: "sites.deploy", 12: "militias.attack",
    13: "sites.land", 14: "elsewhere.land", 15: "harm.add_up", 16: "islamic_state.fight", 20: "government.politics",
    22: "militias.remember", 23: "government.remember", 24: "lead.remember", 25: "situation.remember",
}  # fmt: skip
"""Stages that the text calls by their number."""


def has_word(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def first_cells(table: str) -> list[str]:
    return [row.split("|")[1].strip().strip("`") for row in ROWS[table] if row.startswith("|")]


def rules_in_the_sources() -> set[str]:
    """Find the rules by their decorators, not by what the catalogue of names finds."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                names = {decorator.id for decorator in node.decorator_list if isinstance(decorator, ast.Name)}
                found |= {node.name} if names & {"rule", "total"} else set()
    return found


def test_every_generated_table_is_up_to_date() -> None:
    stale = [name for name, block in odd.blocks(odd.renewed(TEXT)).items() if block != odd.blocks(TEXT)[name]]
    assert not stale, f"out of date: {', '.join(stale)}; run python -m experiments.reference.odd"
    assert odd.renewed(TEXT) == TEXT


@pytest.mark.parametrize("name", odd.TABLES)
def test_a_missing_marker_is_an_error(name: str) -> None:
    without = TEXT.replace(f"<!-- generated: {name} -->", "")
    with pytest.raises(InputError, match=f"no marker for .*{name}"):
        odd.renewed(without)


def test_an_unknown_marker_is_an_error() -> None:
    with pytest.raises(InputError, match="marker for weather, which is no table"):
        odd.renewed(TEXT + "\n<!-- generated: weather -->\n<!-- end -->\n")


def test_writing_repairs_a_table_and_leaves_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "ODD.md"
    file.write_text(TEXT.replace("| `stay` |", "| `go` |"), encoding="utf-8")
    odd.write(file)
    assert file.read_text(encoding="utf-8") == TEXT


def test_every_rule_is_described_among_the_submodels() -> None:
    rules = rules_in_the_sources()
    assert rules == set(catalogue.rules())
    assert not [name for name in sorted(rules) if f"`{name}`" not in SUBMODELS]
    assert sorted(first_cells("rules")) == sorted(rules)


def test_tables_have_a_row_for_everything() -> None:
    graded = [name for grade in GRADES for name in first_cells(f"parameters {grade}")]
    assert sorted(graded) == sorted(catalogue.parameters())
    assert first_cells("stages") == [str(number) for number in range(1, len(DAY) + 1)]
    assert all(stage.story in row for stage, row in zip(DAY, ROWS["stages"], strict=True))
    assert first_cells("outcomes") == [outcome.name for outcome in OUTCOMES]
    assert sorted(first_cells("policies")) == sorted(shipped_policies())
    assert set(first_cells("effects")) == set(shipped_policies())
    assert sorted(first_cells("scenarios")) == sorted(catalogue.scenarios())
    assert sorted(first_cells("mechanisms")) == sorted(shipped_mechanisms())
    assert sorted(first_cells("switches")) == sorted(catalogue.switches())


def test_grades_stand_under_their_headings() -> None:
    for grade in GRADES:
        wrong = [name for name in first_cells(f"parameters {grade}") if catalogue.parameters()[name]["grade"] != grade]
        assert not wrong


def test_switches_and_their_forms_have_a_meaning() -> None:
    for name, weights in catalogue.switches().items():
        _, forms = catalogue.switch_meaning(name)
        assert list(forms) == list(weights)


def test_every_parameter_stands_in_an_equation_or_a_sentence() -> None:
    assert not [name for name in catalogue.parameters() if not has_word(name.partition(".")[2], BY_HAND)]


def test_every_state_and_every_draw_is_explained() -> None:
    states, draws = first_cells("states"), 0
    for kind in _kinds():
        draws += len(kind.decisions)
        missing = [d for d in kind.decisions if f"U({d})" not in SUBMODELS and f"Z({d})" not in SUBMODELS]
        missing += [state for state in kind.states if not has_word(state, BY_HAND)]
        assert not missing, type(kind).__name__
    assert len(states) == len(_kinds())
    assert draws > 0


def _kinds() -> list[Kind]:
    from experiments.reference import odd_tables

    return list(odd_tables._kinds().values())


def test_policies_and_numbers_of_stages_are_right() -> None:
    assert not [name for name in shipped_policies() if not has_word(name, SUBMODELS)]
    for number, name in STAGES.items():
        assert f"{DAY[number - 1].kind}.{DAY[number - 1].method}" == name
    told = {int(n) for pair in re.findall(r"[Ss]tages? (\d+)(?: (?:and|to) (\d+))?", BY_HAND) for n in pair if n}
    assert told - {1} <= set(STAGES)


def test_it_names_nothing_outside_the_project() -> None:
    assert not [word for word in ("../", "/work", "helper", "design", "\N{EM DASH}") if word in TEXT]
    files = set(re.findall(r"\w+\.(?:csv|md)", TEXT)) - {"ODD.md"}
    assert files <= {file.name for file in (PACKAGE / "data").glob("*.csv")}
