"""The description says what the code and the configs have: no table is stale, no name in the text is unknown."""

import re
from functools import cache
from pathlib import Path

import pytest

from experiments.config.mechanisms import shipped_mechanisms
from experiments.config.policies import shipped_policies
from experiments.reference import catalogue, odd
from sim.cache import PACKAGE
from sim.day import DAY
from sim.ledger.grades import GRADES
from sim.record.outcomes import OUTCOMES

PAGES = {name: (PACKAGE / f"{name}.md").read_text(encoding="utf-8") for name in ("ODD", "CALIBRATION", "PAST_COALITIONS")}
STALE = "sim/ODD_tables.md is out of date; run python -m experiments.reference.odd"
STAGES = {f"{stage.kind}.{stage.method}" for stage in DAY}
MADE = {heading: cache(made) for heading, made in odd.TABLES.items()}


@pytest.fixture(autouse=True)
def _make_each_table_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(odd, "TABLES", MADE)


def rows(heading: str) -> list[list[str]]:
    """Return the cells of a generated table, row by row, without the code font."""
    return [[cell.strip().strip("`") for cell in line.split(" | ")] for line in odd.TABLES[heading]().splitlines()[2:]]


def first_cells(heading: str) -> list[str]:
    return [row[0].removeprefix("| ").strip("`") for row in rows(heading)]


def test_the_tables_are_up_to_date() -> None:
    assert odd.tables() == odd.FILE.read_text(encoding="utf-8"), STALE


def test_writing_makes_the_file_anew(tmp_path: Path) -> None:
    file = tmp_path / "ODD_tables.md"
    file.write_text("| `go` |", encoding="utf-8")
    odd.write(file)
    assert file.read_bytes().decode() == odd.tables()


def test_tables_have_a_row_for_everything() -> None:
    graded = [name for grade in GRADES for name in first_cells(f"Parameters of grade {grade}")]
    assert sorted(graded) == sorted(catalogue.parameters())
    assert first_cells("Stages") == [str(number) for number in range(1, len(DAY) + 1)]
    assert all(row[1] == stage.story for stage, row in zip(DAY, rows("Stages"), strict=True))
    assert first_cells("Outcomes") == [outcome.name for outcome in OUTCOMES]
    assert sorted(first_cells("Policies")) == sorted(shipped_policies())
    assert sorted(first_cells("Scenarios")) == sorted(catalogue.scenarios())
    assert sorted(first_cells("Mechanisms")) == sorted(shipped_mechanisms())
    assert sorted(first_cells("Switches")) == sorted(catalogue.switches())
    assert sorted(first_cells("Rules")) == sorted(catalogue.rules())


def test_every_parameter_has_a_user() -> None:
    assert not [row[0] for grade in GRADES for row in rows(f"Parameters of grade {grade}") if not row[-2]]


def test_every_state_and_every_draw_has_a_row() -> None:
    kinds = odd._model().kinds()
    states = {row[0].removeprefix("| `"): row[2] for row in rows("States")}
    assert list(states) == [f"{name}.{state}" for name, kind in kinds.items() for state in kind.memory]
    assert not [name for name, meaning in states.items() if not meaning], "give it a line below States: in its kind's docstring"
    agents = dict(zip(first_cells("Agents"), rows("Agents"), strict=True))
    assert not [name for name, kind in kinds.items() for draw in kind.decisions if draw not in agents[name][-1]]


def test_switches_and_their_variants_have_a_meaning() -> None:
    for name, weights in catalogue.switches().items():
        _, variants = catalogue.switch_meaning(name)
        assert list(variants) == list(weights)


def test_parameters_in_the_text_exist_with_their_symbol() -> None:
    groups = {name.partition(".")[0] for name in catalogue.parameters()}
    found = re.findall(r"`(\w+\.\w+)`(?: \((\w+)\))?", PAGES["ODD"])
    named = {
        name: symbol
        for name, symbol in found
        if name.partition(".")[0] in groups and name not in STAGES and not name.endswith(".csv")
    }
    assert len(named) > 200
    assert not [name for name in named if name not in catalogue.parameters()]
    assert not [name for name, symbol in named.items() if symbol and symbol != catalogue.parameters()[name]["symbol"]]


def test_names_in_code_font_among_the_submodels_exist() -> None:
    submodels = PAGES["ODD"].partition("### 7.3")[2].partition("## 8.")[0]
    known = {part for name in catalogue.parameters() for part in name.split(".")}
    known |= {row[0].partition(".")[2] for row in rows("States")}
    known |= {*catalogue.rules(), *catalogue.scenarios(), *shipped_policies()}
    known |= {variant for variants in catalogue.switches().values() for variant in variants}
    assert not {*re.findall(r"`(\w+)`", submodels)} - known


def test_the_catalogue_finds_every_rule() -> None:
    files = [file for file in PACKAGE.rglob("*.py") if file.stem not in ("arithmetic", "dice")]
    decorated = re.compile(r"^@(?:rule|total)\b.*\ndef (\w+)", re.MULTILINE)
    found = {name for file in files for name in decorated.findall(file.read_text(encoding="utf-8"))}
    assert found == set(catalogue.rules())


def test_stages_in_the_text_exist() -> None:
    named = re.findall(r"[Ss]tages?\s`(\w+\.\w+)`|^\| `(\w+\.\w+)` \|", PAGES["ODD"] + PAGES["CALIBRATION"], re.MULTILINE)
    named = {first or second for first, second in named if not second.endswith(".csv")}
    assert len(named) > 10
    assert named <= STAGES


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for file, heading in re.findall(r"\]\((\w+\.md)(?:#([\w-]+))?\)", PAGES[page]):
        text = (PACKAGE / file).read_text(encoding="utf-8")
        anchors = {line.lstrip("# ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")}
        assert not heading or heading in anchors, f"{file}#{heading}"


@pytest.mark.parametrize("page", PAGES)
def test_it_names_nothing_outside_the_project(page: str) -> None:
    assert not [word for word in ("../", "/work", "helper", "design", "\N{EM DASH}") if word in PAGES[page]]
    assert {*re.findall(r"\w+\.csv", PAGES[page])} <= {file.name for file in (PACKAGE / "data").glob("*.csv")}
