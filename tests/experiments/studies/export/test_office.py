"""The tables of a comparison are exported for texts and spreadsheets, with the numbers of the comparison."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from comparing import comparison
from conftest import Answer, is_one_line
from docx import Document

from experiments.storage.about import write_about
from experiments.studies.export import study
from experiments.studies.export.office import caption, headlines, in_text

SCRIPTS = Path(study.__file__).parent


def row(arm: str, outcome: str = "attacks", unit: str = "attacks", **numbers: float) -> dict[str, object]:
    given = {"median": 26.0, "q05": 19.0, "q95": 1044.0, "mean": 0.25, "mean_error": 0.02, "difference_mean": -0.125}
    paired = {"difference_median": -16.0, "difference_q05": -31.2, "difference_q95": 0.2, "difference_error": 1.0, "worse": 0.1}
    return {"arm": arm, "outcome": outcome, "unit": unit, "day": 730, **given, **paired, **numbers}


def test_a_text_has_medians_ranges_and_signed_differences() -> None:
    rare = row("us_pullout", "incident_hazard", "hazard")
    found = in_text(headlines(pd.DataFrame([row("us_pullout"), rare, row("us_pullout", day=365, median=1.0)])))
    attacks, incident = found.to_dict("records")
    assert attacks["Scenario"] == "US pullout"
    assert attacks["By then"] == "26 (19 to 1,044)"
    assert attacks["Difference from the reference"] == "−16 (−31 to 0)"
    assert (incident["Unit"], incident["By then"]) == ("probability", "0.25 ± 0.04")
    assert incident["Difference from the reference"] == "−0.12"


def test_one_arm_alone_has_no_differences() -> None:
    alone = {name: value for name, value in row("stay").items() if not name.startswith("difference")}
    rare = {**alone, "outcome": "incident_hazard"}
    found = in_text(headlines(pd.DataFrame([alone, rare])))
    assert list(found.columns) == ["Outcome", "Unit", "Scenario", "By then"]
    assert found["By then"].tolist() == ["26 (19 to 1,044)", "0.25 ± 0.04"]
    assert caption({}, 730, "", is_paired=False).endswith("± two Monte Carlo errors.")


def test_a_caption_says_by_when_and_how_to_read_it() -> None:
    assert caption({}, 730, "29 September 2022").startswith("Outcomes by day 730 (29 September 2022): medians")
    assert caption({"title": "How sure?"}, 730, "").startswith("How sure? Outcomes by day 730:")


@pytest.fixture
def folder() -> Path:
    found = comparison(Path("results"))
    write_about(found, {"title": "All leave | at once", "names": {"us_pullout": "All leave"}})
    return found


def test_the_three_formats_hold_the_same_table(knockon: Callable[..., Answer], folder: Path) -> None:
    for format_ in ("md", "docx", "xlsx"):
        answer = knockon("export", f"format={format_}")
        assert (answer.code, answer.err) == (0, "")
        assert answer.out == f"Tables of 2 arms by day 730: {folder}/export/tables.{format_}\n"
    lines = (folder / "export/tables.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if line.startswith("|")]
    document = Document(str(folder / "export/tables.docx"))
    (table,) = document.tables
    assert [[cell.text for cell in one.cells] for one in table.rows] == [cells[0], *cells[2:]]
    assert "All leave | at once. Outcomes by day 730" in document.paragraphs[0].text
    assert "All leave" in {one[2] for one in cells}

    sheets = pd.read_excel(folder / "export/tables.xlsx", sheet_name=None)
    assert list(sheets) == ["Headlines", "All outcomes", "Arms", "Codebook"]
    numbers = sheets["All outcomes"]
    assert set(numbers["arm"]) == {"stay", "us_pullout"}
    assert set(numbers["day"]) == {730}


def test_the_codebook_says_by_when_and_what_a_variant_means(knockon: Callable[..., Answer], folder: Path) -> None:
    assert knockon("export").code == 0
    book = pd.read_csv(folder / "export/codebook.csv", keep_default_na=False).set_index("name")
    assert book.loc["attacks", "by"].startswith("day 730")
    assert "deter: strikes lower militia attacks" in book.loc["form_strikes", "values"]
    assert all(book["meaning"])


@pytest.mark.parametrize(
    ("format_", "script"), [("csv", "read_in_r.R"), ("parquet", "read_in_r.R"), ("dta", "read_in_stata.do")]
)
def test_a_script_that_reads_them_lies_beside_the_worlds(
    knockon: Callable[..., Answer], folder: Path, format_: str, script: str
) -> None:
    assert knockon("export", f"format={format_}").code == 0
    text = (folder / "export" / script).read_text(encoding="utf-8")
    assert text == (SCRIPTS / script).read_text(encoding="utf-8")
    assert {"arm", "reference", "world"} <= set(re.findall(r"\w+", text))
    named = set(re.findall(r"[\w/]+\.(?:csv|parquet|dta)", text))
    assert f"worlds.{format_}" in named


def test_an_extra_that_is_missing_is_named(
    knockon: Callable[..., Answer], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study.importlib.util, "find_spec", lambda name: None)
    is_one_line(knockon("export", "format=docx"), "format=docx needs pip install 'knockon[office]'")
    is_one_line(knockon("export", "format=xls"), "did you mean xlsx?")
