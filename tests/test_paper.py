"""The paper's material: its numbers are those of the stored results, its citations and its figure exist, the API page builds."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from experiments.config.defaults import declared

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "experiments" / "paper"
PAPER = (FOLDER / "paper.md").read_text(encoding="utf-8")
WORDS = " ".join(PAPER.split())
LONGEST_JOSS = 1000


def test_its_numbers_are_those_of_the_stored_results() -> None:
    findings = pd.read_csv(ROOT / "results/reference/tables/findings.csv").fillna({"switch": ""})
    whole = findings[(findings["switch"] == "") & (findings["arm"] == "us_pullout")].set_index("outcome")
    told = {
        "civilian_deaths": "More Iraqi civilians die in {more} of 100 worlds and fewer in {fewer} ",
        "members_out": "More members leave for good in {more} worlds and fewer in {fewer}.",
        "islamic_state_ratio": "IS attacks more in {more} worlds and less in {fewer}.",
    }
    for outcome, sentence in told.items():
        shares = {side: f"{100 * whole.loc[outcome, side]:.0f}" for side in ("more", "fewer")}
        assert sentence.format(**shares) in WORDS
    assert "1,000 worlds and 730 days" in WORDS
    assert set(whole["worlds"]) == {1000}
    grades = [entry["grade"] for entries in declared().values() for entry in entries.values()]
    assert f"Of its {len(grades)} numbers, {grades.count('C')} are expert judgement" in WORDS


def test_it_has_the_form_that_joss_takes() -> None:
    cited = set(re.findall(r"@(\w+)", PAPER.partition("---\n\n")[2]))
    entries = set(re.findall(r"^@\w+\{(\w+),", (FOLDER / "paper.bib").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert cited == entries
    for part in ("# Summary", "# Statement of need", "# State of the field", "# References"):
        assert f"\n{part}\n" in PAPER
    for picture in re.findall(r"!\[[^]]*\]\(([^)]*)\)", PAPER):
        assert (FOLDER / picture).is_file()
    body = re.sub(r"<!--.*?-->", "", PAPER.partition("---\n\n")[2], flags=re.DOTALL)
    assert 250 < len(body.split()) <= LONGEST_JOSS


@pytest.mark.promised
@pytest.mark.slow
def test_the_api_page_builds_with_the_command_of_contributing(tmp_path: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^uv run (pdoc .*)$", text, flags=re.MULTILINE)
    words = [str(tmp_path) if word == "api" else word for word in shlex.split(command)]
    subprocess.run([sys.executable, "-m", *words], check=True, cwd=ROOT, capture_output=True)
    page = (tmp_path / "experiments" / "api.html").read_text(encoding="utf-8")
    assert "Run several scenarios on the same worlds and compare them with the reference." in page
    assert (tmp_path / "sim" / "policies" / "policy.html").is_file()
    assert (tmp_path / "experiments" / "engine" / "replayed.html").is_file()
