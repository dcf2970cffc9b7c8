"""The worked examples of CONTRIBUTING.md: in a copy of the repository each works as described, and no other file changes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SMALL = ("ensemble.worlds=8", "ensemble.days=30", "ensemble.record=totals")


def knockon(*arguments: str, folder: Path) -> str:
    """Call the command line of a copy of the repository, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "experiments", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository with the examples in it."""
    copy = tmp_path_factory.mktemp("copy")
    for room in ("sim", "experiments", "conf"):
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__", "*.ipynb"))
    files = re.findall(r"`([\w/]+\.(?:py|yaml))`[^`]*?:\n\n```(?:python|yaml)\n(.*?)```", PAGE, flags=re.DOTALL)
    changes = re.findall(r"`([\w/]+\.py)`[^`]*?\n\n```diff\n(.*?)```", PAGE, flags=re.DOTALL)
    assert [name for name, _ in files] == [
        "sim/policies/donor_conference.py", "conf/policy/donor_conference.yaml", "sim/agents/donors.py",
        "conf/parameters/donors.yaml", "experiments/studies/toll/job.py", "conf/toll.yaml",
    ]  # fmt: skip
    assert [name for name, _ in changes] == ["sim/day.py", "sim/record/outcomes.py"]
    for name, text in files:
        assert not (copy / name).exists()
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text(text, encoding="utf-8")
    for name, diff in changes:
        lines = diff.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if not line.startswith("+"))
        text = (copy / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{before} is not in {name}"
        (copy / name).write_text(text.replace(before, "".join(line[1:] for line in lines)), encoding="utf-8")
    return copy


@pytest.mark.slow
@pytest.mark.promised
def test_the_examples_run_beside_the_shipped_scenarios(extended: Path) -> None:
    knockon("compare", "scenario=stay", "+policies.donor_conference.strength=0,0.5", *SMALL, folder=extended)
    (table,) = extended.glob("results/compare-*/tables/comparison.csv")
    rows = {line.split(",")[0]: line for line in table.read_text().splitlines() if ",political_capital," in line}
    assert len(rows) == 2
    assert ",pledges," in table.read_text()
    assert "deaths (" in knockon("toll", "scenario=us_pullout", *SMALL, folder=extended)


@pytest.mark.slow
@pytest.mark.promised
def test_each_is_described_without_being_told(extended: Path) -> None:
    assert "toll " in knockon("--help", folder=extended)
    assert "pledges_after" in knockon("describe", "donors.pledge_rate", folder=extended)
    assert "Donors meet on the start day" in knockon("describe", "donor_conference", folder=extended)
    assert "pledges of donors" in knockon("describe", "pledges", folder=extended)
