"""`knockon calibrate`, small: its steps, its files, and that it does the same again."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import Answer
from conftest import arm as composed

from experiments.block import build_model
from experiments.calibration.settings import Calibration, Coverage, Matching, Screening, Step, read_calibration
from experiments.calibration.steps import calibrate
from experiments.calibration.waves import Matched, fill, match, names_of, pilot
from experiments.errors import InputError
from experiments.posterior import read_posterior
from experiments.setup import Setup
from experiments.shipped import conf_folder
from sim.worlds import Worlds

pytestmark = pytest.mark.slow

FEW = {"island": 64, "pilot": 2, "islands": 2, "kept": 16, "fitted": ("militias.mean_rocket_rate", "switches.strikes")}


@pytest.fixture(scope="module")
def small() -> Calibration:
    entries: dict[str, Any] = yaml.safe_load((conf_folder() / "calibration" / "default.yaml").read_text(encoding="utf-8"))
    shipped = read_calibration({"calibration": entries}, composed())
    return replace(shipped, matching=Matching(32, 4, 6.0), screening=Screening(2, 1), coverage=Coverage(2, 64), **FEW)


def arm(tmp_path: Path) -> Setup:
    return replace(composed(), results=tmp_path)


@pytest.fixture(scope="module")
def done(small: Calibration, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Do all steps once; what they leave."""
    return calibrate(arm(tmp_path_factory.mktemp("done")), replace(small, steps=tuple(Step)))


def test_a_calibration_leaves_a_posterior_that_runs_use(done: tuple[Path, list[str]]) -> None:
    folder, (_, said, _) = done
    assert {file.name for file in folder.iterdir()} == {
        "posterior.npz", "posterior.json", "predictions.csv", "parameters.csv", "matching.csv",
        "year.png", "year.pdf", "parameters.png", "parameters.pdf", "screening.csv", "coverage.csv",
    }  # fmt: skip
    about = json.loads((folder / "posterior.json").read_text(encoding="utf-8"))
    posterior = read_posterior(str(folder / "posterior.npz"))
    assert about["digest"] == posterior.digest
    assert posterior.draws == about["kept"] == 16
    assert about["worlds"] == {"prior": 128, "pilot": 128, "posterior": 128}
    assert 1.0 <= about["effective_draws"] <= about["effective_worlds"] <= 128
    assert "Effective draws" in said
    predictions = pd.read_csv(folder / "predictions.csv").set_index("observation")
    before, after = (abs(predictions[f"{wave}_median"] - predictions["observed"]) for wave in ("prior", "posterior"))
    months = [name for name in predictions.index if name.startswith("attacks ")]
    assert after[months].mean() < before[months].mean()
    used = composed(
        "stay", "ensemble.uncertainty=posterior", "ensemble.start=history", f"ensemble.posterior={folder / 'posterior.npz'}"
    )
    model = build_model(used, Worlds(0, 20))
    np.testing.assert_array_equal(model.patron.rockets[0, 16:], model.patron.rockets[0, :4])
    model.run(2)


def test_it_does_the_same_again_whatever_the_workers(small: Calibration, done: tuple[Path, list[str]], tmp_path: Path) -> None:
    first, _ = done
    again = arm(tmp_path)
    folder, _ = calibrate(replace(again, compute=replace(again.compute, workers=2)), small)
    assert folder.name == first.name
    one, other = (json.loads((place / "posterior.json").read_text(encoding="utf-8")) for place in (first, folder))
    assert one == other
    assert read_posterior(str(first / "posterior.npz")).digest == one["digest"]


def test_draws_that_are_ruled_out_are_not_lived_through(small: Calibration, tmp_path: Path) -> None:
    setup, names = arm(tmp_path), names_of(composed(), small)
    matched: Matched = match(setup, small, names)
    assert matched.implausible.shape == (32, len(matched.observations))
    assert not matched.keeps(np.full((1, 2), 8.0))[0] or not matched.keeps(np.full((1, 2), -8.0))[0]
    wave = pilot(setup, small, names, matched)
    assert matched.keeps(names.scores(wave.quantiles)).all()
    near = fill(setup, small, names, matched, wave)
    assert near.weights.sum() == pytest.approx(1.0)
    assert near.draw_weights.sum() == pytest.approx(1.0)
    with pytest.raises(InputError, match=r"calibration\.matching\.cutoff=0 rules out all but"):
        pilot(setup, small, names, replace(matched, cutoff=0.0))


def test_screening_and_coverage(small: Calibration, done: tuple[Path, list[str]]) -> None:
    folder, said = done
    screened = pd.read_csv(folder / "screening.csv")
    assert {"militias.mean_rocket_rate", "switches.strikes", "coalition.exit_threshold"} <= set(screened["factor"])
    assert (screened["effect"].diff().dropna() <= 0.0).all()
    covered = pd.read_csv(folder / "coverage.csv")
    assert list(covered["name"]) == list(small.fitted)
    assert (covered["low"] <= covered["covered"]).all()
    assert (covered["years"] == 2).all()
    assert len(said) == 3


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        (["-m", "calibration.tolerance=1,2"], "calibrate is no sweep: it fits one arm; leave out -m"),
        (["scenario=us_pullout"], "scenario=us_pullout: no policy was in force in the year before; calibrate scenario=stay"),
        (["calibration.kept=none"], "calibration.kept='none' is not a whole number of at least 1"),
    ],
)
def test_a_mistake_is_one_line(overrides: list[str], complaint: str, knockon: Callable[..., Answer]) -> None:
    answer = knockon("calibrate", *overrides)
    assert answer.code == 2
    assert complaint in answer.err
