"""A small run of `knockon calibrate`: its steps, its files, and that a second run gives the same."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import Answer, is_one_line
from conftest import arm as composed

from experiments.config.arm import Arm
from experiments.config.compute import Backend
from experiments.config.defaults import conf_folder
from experiments.config.ledger import drawn_numbers, drawn_switches
from experiments.config.posterior import read_posterior
from experiments.engine.block import build_model
from experiments.errors import InputError
from experiments.studies.calibrate.families import run_families
from experiments.studies.calibrate.rolling import known_by
from experiments.studies.calibrate.settings import (
    Calibration,
    Coverage,
    Matching,
    Rolling,
    Screening,
    Step,
    read_calibration,
)
from experiments.studies.calibrate.study import calibrate
from experiments.studies.calibrate.waves import Matched, match, names_of, plausible_wave
from sim.history.forcings import BaseHandover
from sim.worlds import Worlds

pytestmark = pytest.mark.slow

FITTED = ("militias.mean_rocket_rate", "switches.strikes")
FEW = {"worlds": 128, "accepted": 0.25, "kept": 16, "family": 8, "fitted": FITTED, "beside": ("militias.self_excitation",)}


@pytest.fixture(scope="module")
def small() -> Calibration:
    entries: dict[str, Any] = yaml.safe_load((conf_folder() / "calibration" / "default.yaml").read_text(encoding="utf-8"))
    shipped = read_calibration({"calibration": entries}, composed())
    steps = {"screening": Screening(2, 1), "coverage": Coverage(40, 128), "rolling": Rolling((10,), 128, 8)}
    steps["placebo"] = replace(shipped.placebo, dates=shipped.placebo.dates[-2:], draws=8)
    return replace(shipped, matching=Matching(32, 4, 6.0), tolerances=(1.0, 3.0), **steps, **FEW)


def small_arm(tmp_path: Path) -> Arm:
    return replace(composed(), results=tmp_path)


@pytest.fixture(scope="module")
def done(small: Calibration, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Do all steps once; what they leave."""
    return calibrate(small_arm(tmp_path_factory.mktemp("done")), replace(small, steps=tuple(Step)))


def test_a_calibration_leaves_a_posterior_that_runs_use(small: Calibration, done: tuple[Path, list[str]]) -> None:
    folder, (_, said, *_) = done
    assert {file.name for file in folder.iterdir()} == {
        "posterior.npz", "posterior.json", "arms.csv", "asked.json", "tables", "figures",
    }  # fmt: skip
    assert {file.stem for file in (folder / "tables").iterdir()} == {
        "predictions", "parameters", "correlations", "matching", "screening", "coverage",
        "tolerance", "rolling", "rolling_summary", "placebo",
    }  # fmt: skip
    assert {file.stem for file in (folder / "figures").glob("*.pdf")} == {"year", "parameters"}
    about = json.loads((folder / "posterior.json").read_text(encoding="utf-8"))
    posterior = read_posterior(str(folder / "posterior.npz"))
    assert about["digest"] == posterior.digest
    assert posterior.draws == about["kept"] == 16
    assert set(small.fitted) < set(posterior.names) == {*drawn_numbers(composed()), *drawn_switches(composed())}
    assert about["worlds"] == {"prior": 128, "plausible": 128, "families": 128}
    assert 1.0 <= about["effective_draws"] <= about["accepted"] == 32
    assert len(about["effective_of_a_family_by_month"]) == 12
    assert max(about["effective_of_a_family_by_month"]) <= about["family"] == 8
    assert "the 32 nearest of these worlds" in said
    parameters = pd.read_csv(folder / "tables" / "parameters.csv")
    assert set(parameters["name"]) == set(FITTED)
    assert len(pd.read_csv(folder / "tables" / "correlations.csv")) == 3
    predictions = pd.read_csv(folder / "tables" / "predictions.csv").set_index("observation")
    before, after = (abs(predictions[f"{wave}_median"] - predictions["observed"]) for wave in ("prior", "posterior"))
    months = [name for name in predictions.index if name.startswith(("rocket_attacks ", "convoy_attacks "))]
    assert after[months].mean() < before[months].mean()
    used = composed(
        "stay", "ensemble.uncertainty=posterior", "ensemble.start=history", f"ensemble.posterior={folder / 'posterior.npz'}"
    )
    model = build_model(used, Worlds(0, 20))
    share = model.islamic_state.capability / model.islamic_state.capability.sum(axis=0)
    drawn = model.parameters.islamic_state.by_name("governorate_share")
    agree = [np.corrcoef(share[place], own[0])[0, 1] for place, own in enumerate(drawn.values())]
    assert np.mean(agree) > 0.5  # a state goes with all that its world drew
    np.testing.assert_array_equal(model.patron.rockets[0, 16:], model.patron.rockets[0, :4])
    model.run(2)


def test_it_does_the_same_again_whatever_the_workers(small: Calibration, done: tuple[Path, list[str]], tmp_path: Path) -> None:
    first, _ = done
    again = small_arm(tmp_path)
    folder, _ = calibrate(replace(again, compute=replace(again.compute, backend=Backend.LOCAL, workers=2)), small)
    assert folder.name == first.name
    one, other = (json.loads((place / "posterior.json").read_text(encoding="utf-8")) for place in (first, folder))
    assert one == other
    assert read_posterior(str(first / "posterior.npz")).digest == one["digest"]


def test_draws_that_are_ruled_out_do_not_run_the_year(small: Calibration, tmp_path: Path) -> None:
    arm, names = small_arm(tmp_path), names_of(composed(), small)
    matched: Matched = match(arm, small, names)
    assert matched.implausible.shape == (32, len(matched.observations))
    assert not matched.keeps(np.full((1, 3), 8.0))[0] or not matched.keeps(np.full((1, 3), -8.0))[0]
    wave = plausible_wave(arm, small, names, matched)
    assert wave.quantiles.shape == (128, len(names.drawn))
    assert matched.keeps(names.scores(wave.quantiles)).all()
    with pytest.raises(InputError, match=r"calibration\.matching\.cutoff=0 rules out all but"):
        plausible_wave(arm, small, names, replace(matched, cutoff=0.0))


def test_a_family_shares_what_is_fitted_and_leaves_one_world(small: Calibration, tmp_path: Path) -> None:
    arm, names = small_arm(tmp_path), names_of(composed(), small)
    shared = np.array([[0.1, 0.9], [0.5, 0.2], [0.8, 0.6]])
    families = run_families(arm, small, names, small.used, shared, "a test")
    assert families.weights.sum() == pytest.approx(1.0)
    assert families.sizes.shape == (12, 3)
    uniforms = (np.arange(400) + 0.5) / 400
    picks = np.array([families.one_of_each(np.full(3, uniform)) for uniform in uniforms])
    np.testing.assert_array_equal(picks // 8, np.tile([0, 1, 2], (400, 1)))
    often = np.bincount(picks.ravel(), minlength=24) / 400
    np.testing.assert_allclose(often, 3.0 * families.weights, atol=1.0 / 400)
    chosen = picks[200]
    places = list(names.places[: names.fitted])
    np.testing.assert_array_equal(families.quantiles[chosen][:, places], shared)
    assert families.state["militias.grievance"].shape[-1] == 24


def test_screening_and_coverage(small: Calibration, done: tuple[Path, list[str]]) -> None:
    folder, said = done
    screened = pd.read_csv(folder / "tables" / "screening.csv")
    assert {"militias.mean_rocket_rate", "switches.strikes", "coalition.exit_hazard"} <= set(screened["factor"])
    assert (screened["effect"].diff().dropna() <= 0.0).all()
    covered = pd.read_csv(folder / "tables" / "coverage.csv")
    assert list(covered["name"]) == list(small.fitted)
    assert (covered["low"] <= covered["covered"]).all()
    assert (covered["years"] == 40).all()
    assert covered["covered"].between(0.6, 1.0).all()
    assert covered["width"].between(0.5, 1.2).all()
    assert len(said) == len(Step)


def test_other_tolerances_and_origins(small: Calibration, done: tuple[Path, list[str]]) -> None:
    folder, _ = done
    tried = pd.read_csv(folder / "tables" / "tolerance.csv")
    assert list(tried["factor"]) == [1.0, 1.0, 3.0, 3.0]
    assert set(tried["name"]) == set(FITTED)
    assert tried["effective"].between(1.0, 32.0).all()
    rolled = pd.read_csv(folder / "tables" / "rolling.csv")
    assert set(rolled["origin"]) == {"2020-08-01"}
    for series, values in (("rocket_attacks", [10, 10]), ("convoy_attacks", [9, 12])):
        attacks = rolled[(rolled["series"] == series) & (rolled["forecast"] == "model")]
        assert list(attacks["value"]) == values
        assert list(attacks["ahead"]) == [1, 2]
    placebo = pd.read_csv(folder / "tables" / "placebo.csv")
    assert list(placebo["date"]) == ["2020-06-11", "2020-08-20", "never"]
    assert placebo["behind"][0] == 0.0
    assert {"persistence", "negative binomial", "Hawkes"} <= set(rolled["forecast"])


def test_what_is_known_by_a_day() -> None:
    history = composed().history
    known = dict(known_by(history.forcings, (date(2020, 4, 1) - history.start).days))
    assert "strike_of_13_march" in known
    assert "announced_cut" not in known
    events = dict(history.forcings)
    assert known["caretaker"].until > events["caretaker"].until
    assert known["no_other_strike"].until == (date(2020, 4, 1) - history.start).days
    over = [name for name, event in events.items() if isinstance(event, BaseHandover)]
    for name in over:
        is_past = events[name].day < (date(2020, 4, 1) - history.start).days
        assert (known[name] == events[name]) == is_past
        assert is_past or known[name].day > 366


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        (["-m", "calibration.tolerance=1,2"], "calibrate is no sweep: it fits one arm; leave out -m"),
        (["scenario=us_pullout"], "scenario=us_pullout: no policy was in force in the year before; calibrate scenario=stay"),
        (["calibration.kept=none"], "calibration.kept='none' is not a whole number from 1 to 4194304"),
    ],
)
def test_a_mistake_is_one_line(overrides: list[str], complaint: str, knockon: Callable[..., Answer]) -> None:
    is_one_line(knockon("calibrate", *overrides), complaint)
