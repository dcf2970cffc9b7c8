"""After an edit to a helper in another file, no rule that calls it gives numbers from a stale cache."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ASK = """
import numpy as np
from sim.agents.patron import restraint_after
out = np.empty((1, 3))
restraint_after(0.5, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.5, 0.0, out=out)
print(repr(float(out[0, 0])))
"""


def _ask(folder: Path) -> float:
    environment = {**os.environ, "PYTHONPATH": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    answer = subprocess.run(
        [sys.executable, "-c", ASK], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return float(answer.stdout)


@pytest.mark.promised
@pytest.mark.slow
def test_an_edited_helper_gives_other_numbers(tmp_path: Path) -> None:
    package = tmp_path / "sim"
    shutil.copytree(Path(sim.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    first = _ask(tmp_path)
    assert abs(first - 0.7310585786300049) < 1e-12  # sigma(1)
    compiled = list((tmp_path / "cache").rglob("*.o"))
    assert compiled
    assert _ask(tmp_path) == first
    helpers = package / "distributions.py"
    text = helpers.read_text(encoding="utf-8")
    assert text.count("1.0 / (1.0 + math.exp(-logit))") == 1
    helpers.write_text(text.replace("1.0 / (1.0 + math.exp(-logit))", "0.25 + 0.0 * logit"), encoding="utf-8")
    assert _ask(tmp_path) == 0.25
    assert len(list((tmp_path / "cache").rglob("*.o"))) > len(compiled)
