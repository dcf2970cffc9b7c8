"""A posterior in use: worlds take its draws and its starts; a number with another prior is not taken from it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from composing import PRIOR, composed

from experiments.config.arm import Arm, made_with
from experiments.config.history import with_fixed
from experiments.config.ledger import with_design
from experiments.config.posterior import Posterior, priors_of, read_posterior, write_posterior
from experiments.engine.block import build_model
from experiments.engine.warnings import notes_on
from experiments.errors import InputError
from sim.arrays import Array
from sim.history.year_before import carried, carried_state
from sim.ledger.design import Design
from sim.state import memory
from sim.theatre.tables import DATA
from sim.worlds import Worlds

NAMES = ("militias.mean_rocket_rate", "coalition.exit_hazard", "government.political_capital_at_start", "switches.strikes")
DRAWS = 3
QUANTILES = np.array([[0.1, 0.2, 0.3, 0.05], [0.5, 0.5, 0.5, 0.5], [0.9, 0.8, 0.7, 0.99]])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a small posterior: three draws, whose starts are those of the prior's first worlds."""
    arm = composed("stay", PRIOR)
    state = {name: values.copy() for name, values in carried_state(build_model(arm, Worlds(0, DRAWS))).items()}
    state["patron.convoys"] = np.array([[0.5, 1.0, 1.5]])
    known = priors_of(arm.ledger, NAMES)
    path = tmp_path / "small.npz"
    write_posterior(path, Posterior(NAMES, tuple(known[name] for name in NAMES), QUANTILES, state, made_with(arm)))
    return path


def fitted(file: Path, *overrides: str) -> Arm:
    return composed("stay", "ensemble.uncertainty=posterior", f"ensemble.posterior={file}", *overrides)


def drawn(arm: Arm, group: str, entry: str, worlds: Worlds) -> Array:
    return getattr(getattr(build_model(arm, worlds).parameters, group), entry)[0]


def test_what_is_written_is_read_again(file: Path) -> None:
    found = read_posterior(str(file))
    assert found.names == NAMES
    np.testing.assert_allclose(found.quantiles, QUANTILES, atol=2**-16)
    assert list(found.state) == carried(build_model(composed("stay", PRIOR), Worlds(0, 1)))
    assert found.digest == read_posterior(str(file)).digest


def test_worlds_take_the_draws_in_turn(file: Path) -> None:
    arm, worlds = fitted(file), Worlds(1, 6)
    prior = arm.ledger.parameters["militias.mean_rocket_rate"].prior
    assert prior is not None
    expected = prior.quantile(QUANTILES[[1, 2, 0, 1, 2, 0], 0], 0.131)
    np.testing.assert_allclose(drawn(arm, "militias", "mean_rocket_rate", worlds), expected, rtol=1e-3)
    two = replace(fitted(file, "ensemble.worlds_per_draw=2"))
    np.testing.assert_allclose(drawn(two, "militias", "mean_rocket_rate", Worlds(0, 4)), expected[[2, 2, 0, 0]], rtol=1e-3)
    provokes = build_model(arm, worlds).parameters.variant("strikes", "provoke")[0]
    np.testing.assert_array_equal(provokes, [0, 1, 0, 0, 1, 0])


def test_with_other_worlds_a_draw_the_draws_are_shared_so(file: Path) -> None:
    shared = with_fixed(fitted(file), {}, worlds_per_draw=2)
    found = drawn(shared, "militias", "mean_rocket_rate", Worlds(0, 4))
    np.testing.assert_array_equal(found[::2], found[1::2])
    assert found[0] != found[2]


def test_a_design_and_a_posterior_do_not_go_together(file: Path) -> None:
    with pytest.raises(InputError, match="a design varies the priors; use ensemble.uncertainty=prior"):
        with_design(fitted(file), Design(("militias.mean_rocket_rate",), np.full((2, 1), 0.5)))


def test_what_it_does_not_name_is_drawn_from_the_prior(file: Path) -> None:
    worlds = Worlds(0, 8)
    np.testing.assert_array_equal(
        drawn(fitted(file), "militias", "effect_of_grievance", worlds),
        drawn(composed("stay", PRIOR), "militias", "effect_of_grievance", worlds),
    )


def test_worlds_start_as_given_or_from_their_draw(file: Path) -> None:
    given, lived = fitted(file, "ensemble.start=given"), fitted(file)
    assert fitted(file, "ensemble.start=history").key == lived.key
    assert composed("stay", PRIOR).key == composed("stay", PRIOR, "ensemble.start=given").key
    worlds = Worlds(2, 4)
    started = memory(build_model(lived, worlds))
    np.testing.assert_allclose(started["patron.convoys"][0], [1.5, 0.5, 1.0, 1.5])
    assert not np.allclose(memory(build_model(given, worlds))["patron.convoys"], started["patron.convoys"])
    assert lived.key != given.key


def test_another_posterior_is_another_arm(file: Path, tmp_path: Path) -> None:
    first = read_posterior(str(file))
    write_posterior(tmp_path / "other.npz", replace(first, quantiles=first.quantiles[::-1]))
    assert fitted(file).key != fitted(tmp_path / "other.npz").key
    assert "posterior" not in composed("stay", PRIOR).identity


def test_what_has_another_prior_or_is_fixed_is_left_out(file: Path) -> None:
    changed = fitted(file, "coalition.exit_hazard.prior=[loguniform,0.0001,0.0002]", "militias.mean_rocket_rate=0.2")
    assert changed.ledger.design is not None
    assert changed.ledger.design.names == ("government.political_capital_at_start", "switches.strikes")
    assert [note for note in notes_on(changed) if "coalition.exit_hazard" in note and "mean_rocket_rate" not in note]
    assert not [note for note in notes_on(fitted(file)) if "calibrated" in note]
    np.testing.assert_array_equal(drawn(changed, "militias", "mean_rocket_rate", Worlds(0, 3)), 0.2)
    weights = fitted(file, "switches.strikes={deter: 0.5, provoke: 0.5}")
    assert weights.ledger.design is not None
    assert "switches.strikes" not in weights.ledger.design.names


def test_a_posterior_of_another_theatre_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="was calibrated with other tables or another start of the theatre: use") as error:
        fitted(file, "theatre.start=2020-10-15")
    assert "\n" not in str(error.value)
    (tmp_path / "sites.csv").write_bytes((DATA / "sites.csv").read_bytes().replace(b"Embassy, Green", b"The embassy, Green"))
    with pytest.raises(InputError, match="was calibrated with other tables"):
        fitted(file, f"theatre.tables.sites={tmp_path / 'sites.csv'}")


def test_core_takes_its_mechanisms_out_of_it(file: Path) -> None:
    core = fitted(file, "model=core")
    assert [note for note in notes_on(core) if "fitted with all mechanisms on" in note]
    assert not [note for note in notes_on(fitted(file)) if "fitted with all mechanisms on" in note]
    assert core.ledger.design is not None
    assert "militias.mean_rocket_rate" in core.ledger.design.names


def test_the_shipped_posterior_is_what_its_manifest_says() -> None:
    shipped = read_posterior("posterior.npz")
    about = json.loads((DATA / "posterior.json").read_text(encoding="utf-8"))
    assert shipped.digest == about["digest"]
    assert shipped.draws == about["kept"] >= 500
    assert set(about["fitted"]) < set(shipped.names)
    assert shipped.made_with["model"] == about["model"]
    arm = composed("stay", "ensemble.uncertainty=posterior")
    assert shipped.left_out(arm.ledger) == []
    assert not [note for note in notes_on(arm) if "calibrated" in note]


def test_no_posterior_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ensemble\.posterior=none\.npz: there is no such file; knockon calibrate writes one"):
        read_posterior("none.npz")
    shipped = (DATA / "posterior.npz").read_bytes()
    np.save(tmp_path / "array.npy", np.zeros(3))
    broken = {"text": b"no arrays", "empty": b"", "cut": shipped[:5000], "array": (tmp_path / "array.npy").read_bytes()}
    for name, content in broken.items():
        (tmp_path / f"{name}.npz").write_bytes(content)
        with pytest.raises(InputError, match="is not a posterior of knockon calibrate") as error:
            read_posterior(str(tmp_path / f"{name}.npz"))
        assert "\n" not in str(error.value)


def test_a_posterior_whose_parts_do_not_go_together_is_refused(file: Path, tmp_path: Path) -> None:
    whole = read_posterior(str(file))
    write_posterior(tmp_path / "fewer.npz", replace(whole, quantiles=whole.quantiles[:2]))
    with pytest.raises(InputError, match="is damaged: its draws, names and states differ in number"):
        read_posterior(str(tmp_path / "fewer.npz"))


def test_another_history_or_model_is_told(file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"was calibrated with another history: use ensemble\.uncertainty=prior"):
        fitted(file, "~history.events.protests")
    assert fitted(file, "~history.events.protests", "ensemble.start=given").posterior is not None
    whole = read_posterior(str(file))
    write_posterior(tmp_path / "old.npz", replace(whole, made_with={**whole.made_with, "model": "an older one"}))
    said = "the posterior was fitted with another version of the model's source code; knockon calibrate fits a new one"
    assert said in notes_on(fitted(tmp_path / "old.npz"))
    assert said not in notes_on(fitted(file))


def test_a_state_that_a_posterior_lacks_starts_as_given_and_it_is_said(file: Path, tmp_path: Path) -> None:
    whole = read_posterior(str(file))
    state = {name: values for name, values in whole.state.items() if name != "patron.convoys"}
    write_posterior(
        tmp_path / "fewer.npz", replace(whole, state=state, made_with={**whole.made_with, "model": "before convoys"})
    )
    lacking, given = fitted(tmp_path / "fewer.npz"), fitted(file, "ensemble.start=given")
    said = "the posterior has no patron.convoys: these start as given; knockon calibrate fits a new posterior"
    assert said in notes_on(lacking)
    assert not [note for note in notes_on(fitted(file)) if "start as given" in note]
    worlds = Worlds(0, DRAWS)
    started = memory(build_model(lacking, worlds))
    np.testing.assert_array_equal(started["patron.convoys"], memory(build_model(given, worlds))["patron.convoys"])
    np.testing.assert_array_equal(started["patron.rockets"][0], state["patron.rockets"][0].astype(np.float32))
    write_posterior(tmp_path / "none.npz", replace(whole, state={}))
    with pytest.raises(InputError, match=r"has no states that worlds could start from: knockon calibrate makes a posterior"):
        read_posterior(str(tmp_path / "none.npz"))


def test_shares_that_add_up_are_taken_as_a_whole_or_not_at_all(tmp_path: Path, file: Path) -> None:
    arm = composed("stay", PRIOR)
    shares = [name for name in arm.ledger.numbers() if name.startswith("islamic_state.governorate_share.")]
    names = (*shares, "coalition.exit_hazard")
    known = priors_of(arm.ledger, names)
    assert set(known) == set(names)
    whole = read_posterior(str(file))
    quantiles = np.linspace(0.1, 0.9, DRAWS * len(names)).reshape(DRAWS, len(names))
    write_posterior(
        tmp_path / "shares.npz", replace(whole, names=names, priors=tuple(known[name] for name in names), quantiles=quantiles)
    )
    taken = fitted(tmp_path / "shares.npz").ledger.design
    assert taken is not None
    assert taken.names == names
    values = dict(arm.ledger.parameters["islamic_state.governorate_share"].items())
    moved = {name: values[name.rpartition(".")[2]] + by for name, by in zip(shares, (0.01, -0.01), strict=False)}
    others = [f"{name.replace('share.', 'share.value.')}={value:.6g}" for name, value in moved.items()]
    fewer = fitted(tmp_path / "shares.npz", *others).ledger.design
    assert fewer is not None
    assert fewer.names == ("coalition.exit_hazard",)


def test_where_all_of_it_is_fixed_nothing_is_taken(tmp_path: Path, file: Path) -> None:
    whole = read_posterior(str(file))
    write_posterior(
        tmp_path / "one.npz", replace(whole, names=NAMES[:1], priors=whole.priors[:1], quantiles=whole.quantiles[:, :1])
    )
    assert fitted(tmp_path / "one.npz").ledger.design is not None
    assert fitted(tmp_path / "one.npz", "militias.mean_rocket_rate=0.2").ledger.design is None
