"""What an analyst brought is kept with the comparison, and its command finds it."""

from dataclasses import replace
from pathlib import Path

import pytest
from composing import composed

from experiments.arms import Arm
from experiments.own import flag_of, keep_own
from experiments.shipped import use_own_folder

POLICY = "from sim.policies.crackdown import Crackdown\n\n\nclass Escort(Crackdown):\n    pass\n"


def test_configs_and_sources_are_kept_and_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cfg" / "scenario").mkdir(parents=True)
    (tmp_path / "cfg" / "scenario" / "mine.yaml").write_text("policies: {}\n")
    (tmp_path / "policy_of_an_analyst.py").write_text(POLICY)
    monkeypatch.syspath_prepend(str(tmp_path))
    import policy_of_an_analyst  # ty: ignore[unresolved-import]

    given = composed("crackdown", "ensemble.uncertainty=none")
    (name, shipped), *_ = given.policies
    mine = policy_of_an_analyst.Escort(start=shipped.start, strength=shipped.strength)
    folder = tmp_path / "compare"
    use_own_folder(tmp_path / "cfg")
    try:
        keep_own(folder, [Arm("mine", replace(given, policies=((name, mine),)), "mine")])
    finally:
        use_own_folder(None)
    assert (folder / "own" / "conf" / "scenario" / "mine.yaml").read_text() == "policies: {}\n"
    assert [file.name for file in (folder / "own" / "python").rglob("*")] == ["policy_of_an_analyst.py"]
    assert flag_of(folder, "result") == ("PYTHONPATH=result/own/python ", " --config-dir result/own/conf")
    keep_own(folder, [Arm("crackdown", given, "crackdown")])
    assert flag_of(folder, "result") == ("", "")
    assert not (folder / "own").exists()
