"""The brief: one page that agrees with the tables, in three formats."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from comparing import comparison
from conftest import Answer
from docx import Document
from hand_made import dataset

from experiments.analysis.findings import dots, find
from experiments.analysis.matters import Matters

OUTCOMES = ("civilian_deaths", "members_out", "attacks")


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Return a comparison whose pullout has 200 more deaths in the 60 worlds where enablers matter, and 300 attacks less."""
    folder = comparison(tmp_path / "results")
    enablers = np.arange(100) < 60
    stay = dataset({name: [1000.0] * 100 for name in OUTCOMES})
    leave = dataset(
        {"civilian_deaths": list(np.where(enablers, 1200.0, 1000.0)), "members_out": [1000.0] * 100, "attacks": [700.0] * 100}
    )
    form = ("world", (~enablers).astype(np.int8), {"forms": ["enablers", "itself"]})
    arms = {label: data.assign(form_islamic_state_depends_on=form) for label, data in (("stay", stay), ("us_pullout", leave))}
    references = {"stay": "stay", "us_pullout": "stay"}
    find(arms, references, OUTCOMES, Matters()).to_csv(folder / "tables" / "findings.csv", index=False)
    dots(arms, references, OUTCOMES).to_csv(folder / "tables" / "dots.csv", index=False)
    return folder


def test_it_says_what_was_found_and_what_it_hinges_on(knockon: Callable[..., Answer], written: Path) -> None:
    answer = knockon("brief", str(written), "format=md")
    assert answer.code == 0, answer.err
    text = (written / "brief.md").read_text(encoding="utf-8")
    assert text.startswith("# US pullout: more Iraqi civilians die in 60 of 100 worlds (fewer in 0)")
    assert (
        "More in 100 of 100 where coalition enablers hold IS down (weight 60 %) and 0 where IS limits itself (40 %); the weights"
        " are a bet." in text
    )
    assert "Iraqi civilian deaths: about the same in 100 of 100 where IS limits itself." in text
    assert "Key 0123456789, seed 20200930" in text
    assert "sites and convoys" not in text  # it follows from leaving
    assert "has no answer of knockon discover" in text


def test_what_discover_answered_on_the_arm_is_told(knockon: Callable[..., Answer], written: Path) -> None:
    for name, key in (("discover-1", "another"), ("discover-2", "0123456789")):
        folder = written.parent / name
        folder.mkdir()
        (folder / "answer.txt").write_text(f"Mostly yes where {name} says so\n")
        pd.DataFrame([{"arm": "us_pullout", "key": key}]).to_csv(folder / "arms.csv", index=False)
    assert knockon("brief", str(written), "format=md").code == 0
    text = (written / "brief.md").read_text(encoding="utf-8")
    assert "Mostly yes where discover-2 says so" in text
    assert "discover-1" not in text


def test_the_pdf_is_one_page_and_the_document_has_its_sections(knockon: Callable[..., Answer], written: Path) -> None:
    assert knockon("brief", str(written)).code == 0
    pdf = (written / "brief.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") == 1
    assert knockon("brief", str(written), "format=docx").code == 0
    texts = [paragraph.text for paragraph in Document(str(written / "brief.docx")).paragraphs]
    for heading in ("What was found", "What it hinges on", "What the model leaves out", "What would change our mind"):
        assert heading in texts


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("format=pdff", "format=pdff is none of pdf, docx, md; did you mean pdf?"),
        ("arm=us_pulout", "arm=us_pulout is not compared; did you mean us_pullout?"),
        ("arn=us_pullout", "arn=us_pullout is no setting of brief; did you mean arm?"),
    ],
)
def test_a_typing_error_is_one_line(knockon: Callable[..., Answer], written: Path, argument: str, said: str) -> None:
    answer = knockon("brief", str(written), argument)
    assert answer.code == 2
    assert said in answer.err
    assert not list(written.glob("brief.*"))
