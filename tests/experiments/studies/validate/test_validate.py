"""`knockon validate`: its runs, its scorecard, its exit code."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import arm

from experiments.cli import main
from experiments.config.arm import Arm
from experiments.engine.block import build_model
from experiments.errors import InputError
from experiments.studies import runner
from experiments.studies.validate import report as validation
from experiments.studies.validate.pattern_runs import SCENARIOS, Run, run_all, runs_of
from experiments.studies.validate.patterns import PATTERN_STATISTICS, Ensembles
from experiments.studies.validate.patterns_attacks import fano_factor
from experiments.studies.validate.report import read_targets, targets_file, validate
from experiments.studies.validate.scorecard import PASS
from sim.worlds import Worlds

pytestmark = pytest.mark.slow

FEW = 32
WIDE = {"low": -1e9, "high": 1e9, "rule": "estimate inside"}


def arms(*overrides: str) -> dict[str, Arm]:
    return {scenario: arm(scenario, *overrides) for scenario in SCENARIOS}


@pytest.fixture(scope="module")
def ensembles() -> Ensembles:
    """Run a few worlds of everything."""
    return run_all(arms(), FEW)


@pytest.fixture(scope="module")
def composed() -> dict[str, Arm]:
    return arms(f"ensemble.worlds={FEW}")


@pytest.fixture
def quick(ensembles: Ensembles, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the job find its ensembles finished."""
    monkeypatch.setattr(validation, "run_all", lambda *_: ensembles)


def targets_with(
    tmp_path: Path, changes: Mapping[str, Mapping[str, object]], every: Mapping[str, object] | None = None
) -> Path:
    """Write the shipped targets with some entries changed."""
    content = yaml.safe_load(targets_file().read_text(encoding="utf-8"))
    for key, entry in content["targets"].items():
        content["targets"][key] = {**entry, **(every or {}), **changes.get(key, {})}
    file = tmp_path / "targets.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return file


def at(arms: Mapping[str, Arm], results: Path) -> dict[str, Arm]:
    """Let arms write below a folder."""
    return {name: replace(arm, results=results) for name, arm in arms.items()}


def knockon(tmp_path: Path, *arguments: str) -> int:
    """Call the job in this process; return its exit code."""
    try:
        main(["validate", *arguments, f"ensemble.worlds={FEW}", f"results={tmp_path / 'results'}"])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_every_measure_has_a_target_and_the_required_ones_are_those_of_the_model() -> None:
    targets = read_targets(targets_file())
    assert set(targets) == set(PATTERN_STATISTICS)
    assert {target.number for target in targets.values()} == {*map(str, range(1, 20)), "sign"}
    required = {target.number for target in targets.values() if target.required}
    assert required == {"3", "4", "5", "6", "7", "8", "10", "11", "12", "13", "17", "18", "19"}
    not_required = {target.number for target in targets.values() if target.calibrated and not target.required}
    assert not_required == {"1", "2"}  # what the year was like, not its parameters: sim/CALIBRATION.md, section 3
    assert {t.number for t in targets.values() if t.informed_a_prior} == {"2", "8", "9", "14"}
    assert {int(t.number) for t in targets.values() if t.calibrated} == {1, 2, 3, 6, 7, 8, 11, 12, 13, 19}
    assert all(target.source for target in targets.values())


def test_observed_values_follow_from_the_observed_series() -> None:
    content = yaml.safe_load(targets_file().read_text(encoding="utf-8"))
    targets, observed = content["targets"], content["observed_monthly_attacks"]
    for series, before, peak in (("rockets", 42, 20), ("convoys", 5, 21)):
        counts = np.array([observed[series]])
        assert (counts[:, :10].sum(), counts[:, 10:].sum()) == (before, peak)
        assert fano_factor(counts)[0] == pytest.approx(targets[f"dispersion_of_{series}"]["low"], abs=0.005)
        assert targets[f"{series}_at_the_peak"]["low"] < peak < targets[f"{series}_at_the_peak"]["high"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"death_tolls": {"low": 9.0}}, "death_tolls"),
        ({"death_tolls": {"rule": "rather inside"}}, "rather inside"),
        ({"death_tolls": {"heigh": 2.0}}, "heigh"),
    ],
)
def test_a_target_that_cannot_be_read_is_named(tmp_path: Path, changes: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_targets(targets_with(tmp_path, changes))


def test_a_missing_or_unknown_target_is_named(tmp_path: Path) -> None:
    file = targets_with(tmp_path, {})
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["targets"]["death_tols"] = content["targets"].pop("death_tolls")
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    with pytest.raises(InputError, match=r"death_tols.*did you mean death_tolls"):
        read_targets(file)


@pytest.mark.slow
def test_the_job_writes_its_scorecard_and_passes_where_all_required_targets_are_met(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = targets_with(tmp_path, {}, WIDE)
    monkeypatch.setattr(validation, "targets_file", lambda: file)
    assert knockon(tmp_path) == 0
    printed = capsys.readouterr().out
    assert "Required: 18 of 18 pass." in printed
    (folder,) = (tmp_path / "results").iterdir()  # no arm, no comparison
    assert folder.name.startswith("validate-")
    assert {path.name for path in (folder / "figures").iterdir()} >= {"scorecard_1.pdf", "scorecard_1.png", "scorecard_1.txt"}
    written, about = pd.read_csv(folder / "tables" / "scorecard.csv"), json.loads((folder / "asked.json").read_text())
    assert list(written["key"]) == list(PATTERN_STATISTICS)
    assert about["found"]["failed"] == []
    assert set(pd.read_csv(folder / "arms.csv")["worlds"]) == {FEW}
    lines = [line for line in printed.splitlines() if " pass" in line]
    assert len(lines) >= len(PATTERN_STATISTICS)


def test_an_impossible_required_target_fails_the_job_and_is_named(
    tmp_path: Path,
    quick: None,
    composed: dict[str, Arm],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(runner.Call, "arm", lambda _, scenario: at(composed, tmp_path / "results")[scenario])
    impossible = targets_with(tmp_path, {"death_tolls": {"low": 90.0, "high": 91.0}}, WIDE)
    monkeypatch.setattr(validation, "targets_file", lambda: impossible)
    assert knockon(tmp_path) == 1
    printed = capsys.readouterr().out
    assert "FAIL: 5 (tail exponent of deaths per fatal event)" in printed
    (folder,) = (tmp_path / "results").iterdir()
    assert json.loads((folder / "asked.json").read_text())["found"]["failed"] == ["5 (tail exponent of deaths per fatal event)"]


def test_an_impossible_target_that_is_only_reported_does_not_fail_the_job(
    tmp_path: Path, quick: None, composed: dict[str, Arm], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner.Call, "arm", lambda _, scenario: at(composed, tmp_path / "results")[scenario])
    file = targets_with(tmp_path, {"cabinet_falls": {"low": 90.0, "high": 91.0}}, WIDE)
    monkeypatch.setattr(validation, "targets_file", lambda: file)
    assert knockon(tmp_path) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-m", "model=core,full"], "leave out -m"),
        (["ensemble.days=100"], "ensemble.days=100 would change nothing: the patterns set this"),
        (["scenario=us_pullout"], "scenario=us_pullout would change nothing: the patterns set this"),
        (["militias.self_excitatoin=0.2"], "self_excitation"),
    ],
)
def test_what_would_change_nothing_is_refused_in_one_line(
    tmp_path: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert knockon(tmp_path, *arguments) == 2
    errors = capsys.readouterr().err.strip().splitlines()
    assert message in errors[-1]


# the runs


def test_the_runs_know_who_leaves_when(ensembles: Ensembles) -> None:
    assert (ensembles.announced_on, ensembles.left_on, ensembles.leaver) == (14.0, 30.0, "denmark")
    assert set(ensembles.dependants) == {"estonia", "latvia", "lithuania"}
    assert len(ensembles.others) == 25
    assert float(ensembles.mid_member_exit["exit_day_by_member"].sel(member="denmark").max()) <= 30.0
    assert ensembles.stay.sizes["world"] == ensembles.year_before.sizes["world"] == FEW
    assert len(set(ensembles.memory_alone["draw"].values)) == 1


def test_runs_do_not_depend_on_the_block() -> None:
    run = replace(runs_of(arms(), FEW)["year_before"], worlds=8)
    short = replace(run, arm=replace(run.arm, days=40))
    whole, part = short.block(Worlds(0, 8)), short.block(Worlds(4, 4))
    for name in ("attacks", "convoy_attacks", "members_leaving"):
        np.testing.assert_array_equal(whole[name].values[4:], part[name].values)


def test_days_are_kept_as_the_model_ran_them() -> None:
    chosen = replace(arm("stay"), days=30)
    run = Run(chosen, 4, ("attacks", "coalition_deaths"))
    data, model = run.block(Worlds(0, 4)), build_model(chosen, Worlds(0, 4))
    for day in range(30):
        model.step()
        np.testing.assert_array_equal(data["attacks"].isel(date=day), model.sites.attacks_in_all[0])
        np.testing.assert_array_equal(data["coalition_deaths"].isel(date=day), model.sites.coalition_deaths.T)


@pytest.mark.slow
def test_the_model_reproduces_what_it_must_but_for_what_is_told() -> None:
    """`sim/CALIBRATION.md` and the README say what fails; nothing else may."""
    scorecard = validate(arms("compute=local", "ensemble.uncertainty=posterior"), read_targets(targets_file()), worlds=1000)
    told = {"retaliation: fatal days", "contained exits: other members", "security closure: probability"}
    known = [one.split(": ") for one in told]
    failed = scorecard[scorecard["required"] & scorecard["verdict"].ne(PASS)]
    for row in failed.to_dict("records"):
        assert any(row["pattern"] == pattern and row["statistic"].startswith(begin) for pattern, begin in known), row
    signs = scorecard[(scorecard["number"] == "sign") & scorecard["rule"].ne("reported")]
    assert set(signs.loc[signs["verdict"] != PASS, "statistic"]) <= {"propensity to attack lower during the exit"}
