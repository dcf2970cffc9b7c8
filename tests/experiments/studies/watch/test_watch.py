"""`knockon watch`: planted signs are found, chance is not.

No draw is in both the training and the held-out half; worlds in which the ending has already happened are left out.
"""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
import yaml
from composing import with_priors
from conftest import Answer, is_one_line
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from experiments.config.defaults import conf_folder
from experiments.config.fields import read
from experiments.config.ledger import with_design
from experiments.errors import InputError
from experiments.studies.watch.score import ALL, TooFewError, conditions_of, fitted_on, judge, resampled_auc
from experiments.studies.watch.settings import Ending, Settings
from experiments.studies.watch.study import ends_so, has_ended, judge_after, observed
from sim.ledger.design import Design

WORLDS, DRAWS = 1200, 300
ARMS = np.repeat(["stay", "us_pullout"], WORLDS // 2)
GROUPS = np.tile(np.arange(WORLDS // 2) % DRAWS, 2)


def planted(seed: int = 1) -> tuple[pd.DataFrame, np.ndarray]:
    """Return signs of which one, members_leaving, makes the ending likely from 3 on: in 80 instead of 10 of 100 worlds."""
    random = np.random.default_rng(seed)
    signs = pd.DataFrame({
        "rocket_attacks": random.poisson(6.0, WORLDS).astype(float),
        "members_leaving": random.poisson(2.0, WORLDS).astype(float),
        "political_capital": random.random(WORLDS),
    })  # fmt: skip
    return signs, random.random(WORLDS) < np.where(signs["members_leaving"] >= 3, 0.8, 0.1)


def settings(**changes: object) -> Settings:
    shipped = yaml.safe_load((conf_folder() / "watch" / "default.yaml").read_text(encoding="utf-8"))
    return read(Settings, "watch", {**shipped, **changes})


# the estimator


def test_a_planted_sign_is_at_the_root_and_its_share_is_that_of_held_out_worlds() -> None:
    signs, bad = planted()
    found = judge(signs, bad, GROUPS, ARMS, depth=1)
    whole = found.scores[found.scores["worlds_of"] == ALL].set_index("method")
    assert (whole["auc_low"] > 0.75).all()
    assert whole["found"].all()
    assert (whole["brier"] < whole["brier_base"]).all()
    assert found.conditions == ((("members_leaving", 3.0, np.inf, True),), (("members_leaving", -np.inf, 3.0, True),))
    held_out = ~fitted_on(GROUPS)
    for row, above in zip(found.leaves.to_dict("records"), (True, False), strict=True):
        there = held_out & ((signs["members_leaving"] >= 3) == above).to_numpy()
        assert (row["worlds"], row["endings"]) == (there.sum(), bad[there].sum())
        assert row["share_low"] < row["share"] == bad[there].mean() < row["share_high"]
        assert row["base"] == bad[held_out].mean()
        assert row["holds"]
    assert set(found.scores["worlds_of"]) == {ALL, "stay", "us_pullout"}


def test_the_base_rate_within_an_arm_is_its_own() -> None:
    """Arms that end badly at different rates, and signs that say nothing: within an arm, no score is better than its rate."""
    signs, _ = planted()
    random = np.random.default_rng(5)
    bad = random.random(WORLDS) < np.where(ARMS == "stay", 0.1, 0.6)
    scores = judge(signs.assign(lead_troops=(ARMS == "stay") * 2500.0), bad, GROUPS, ARMS, depth=2).scores
    fitted = fitted_on(GROUPS)
    for arm in ("stay", "us_pullout"):
        here = arm == ARMS
        expected = np.mean((bad[here & ~fitted] - bad[here & fitted].mean()) ** 2)
        within = scores[scores["worlds_of"] == arm]
        assert within["brier_base"].tolist() == pytest.approx([expected] * 2)
        assert (within["brier"] > 0.98 * expected).all()


def test_among_shuffled_labels_nothing_is_found() -> None:
    signs, bad = planted()
    found = 0
    for seed in range(20):
        shuffled = np.random.default_rng(seed).permutation(bad)
        judged = judge(signs, shuffled, GROUPS, ARMS, depth=3)
        whole = judged.scores[judged.scores["worlds_of"] == ALL].set_index("method")
        found += bool(whole["found"].any())
        assert not judged.leaves["holds"].any() or whole.loc["tree", "found"]
    assert found <= 3  # of 20 with two methods, each above chance by luck in one of 40


def test_a_draw_is_never_on_both_sides() -> None:
    draws = np.random.default_rng(3).integers(0, 50, 400)
    fitted = fitted_on(draws)
    assert set(draws[fitted]).isdisjoint(draws[~fitted])
    assert 0.3 < fitted.mean() < 0.7


def test_one_draw_cannot_be_held_out_and_few_endings_say_nothing() -> None:
    signs, bad = planted()
    with pytest.raises(TooFewError, match="worlds have this ending"):
        judge(signs, bad, np.zeros(WORLDS, dtype=int), ARMS, depth=2)
    with pytest.raises(TooFewError, match="15 of 1200 worlds have this ending"):
        judge(signs, np.arange(WORLDS) < 15, GROUPS, ARMS, depth=2)
    with pytest.raises(TooFewError, match="no sign differs"):
        judge(signs * 0.0, bad, GROUPS, ARMS, depth=2)


def test_resampled_auc_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(2)
    bad, score = random.random(80) < 0.3, random.integers(0, 9, 80).astype(float)
    times = random.integers(0, 3, (5, 80))
    expected = [roc_auc_score(bad, score, sample_weight=row) for row in times]
    assert resampled_auc(bad, score, times).tolist() == pytest.approx(expected)


def test_conditions_of_leaves_lead_to_the_worlds_of_the_leaves() -> None:
    signs, bad = planted()
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(signs, bad)
    leaf = tree.apply(signs)
    for number, conditions in conditions_of(tree.tree_, signs).items():
        inside = np.ones(WORLDS, dtype=bool)
        for name, low, high, is_count in conditions:
            inside &= ((signs[name] >= low) & (signs[name] < high)).to_numpy()
            assert is_count == (name != "political_capital")
        assert (inside == (leaf == number)).all()


# what is observed, and what is over


def weekly(values: list[list[float]], name: str = "members_out", **totals: list[float]) -> xr.Dataset:
    data = {f"{name}_by_week": (("world", "week"), np.array(values))}
    return xr.Dataset(
        data | {key: (("world", "day"), np.array(value)[:, None]) for key, value in totals.items()}, {"day": [28]}
    )


def test_flows_are_added_up_and_levels_read_until_the_week() -> None:
    flow, level = [[1.0, 2.0, 4.0]], [[5.0, 6.0, 7.0]]
    data = weekly(flow, "strikes").merge(weekly(level, "members_out"))
    assert observed(data, ["strikes", "members_out", "incidents"], 2).to_dict("list") == {
        "strikes": [3.0],
        "members_out": [6.0],
    }
    sites = xr.DataArray([[[1.0, 0.0], [2.0, 3.0]]], dims=("world", "week", "site"), coords={"site": ["embassy", "erbil_base"]})
    by_site = observed(xr.Dataset({"attacks_by_site_by_week": sites}), ["attacks_by_site"], 2)
    assert by_site.to_dict("list") == {"attacks_by_site.embassy": [3.0], "attacks_by_site.erbil_base": [3.0]}


@pytest.mark.parametrize(
    ("ending", "values", "over"),
    [
        (Ending("members_out", 28, at_least=20), [[20, 3, 3, 3], [0, 19, 21, 22]], [True, False]),
        (Ending("political_capital", 28, at_most=0.2), [[0.3, 0.2, 0.4, 0.4], [0.3, 0.3, 0.1, 0.1]], [True, False]),
        (Ending("strikes", 28, at_least=3), [[1, 2, 0, 0], [1, 1, 5, 0]], [True, False]),
        (Ending("strikes", 28, at_most=3), [[1, 2, 0, 0], [1, 1, 5, 0]], [False, False]),
    ],
)  # fmt: skip
def test_what_has_ended_by_the_week_is_told(ending: Ending, values: list[list[float]], over: list[bool]) -> None:
    assert has_ended(weekly(values, ending.outcome), ending, 2).tolist() == over


def test_days_of_events_and_last_months_are_told_as_well() -> None:
    came = weekly([[0.0]] * 3, resurgence_day=[13.0, 14.0, np.nan])
    ending = Ending("resurgence_day", 28, at_most=28)
    assert ends_so(came, ending).tolist() == [True, True, False]
    assert has_ended(came, ending, 2).tolist() == [True, False, False]
    month = weekly([[5, 5, 5, 5, 0, 9], [0, 5, 5, 5, 4, 9]], "islamic_state_attacks")
    assert has_ended(month, Ending("islamic_state_attacks_last_month", 28, at_least=20), 5).tolist() == [True, False]


def test_worlds_that_have_ended_are_left_out_and_copies_of_a_draw_stay_together(monkeypatch: pytest.MonkeyPatch) -> None:
    signs, bad = planted()
    out = np.column_stack([np.where(np.arange(WORLDS) < 30, 25.0, 0.0), 20.0 * bad])
    data = weekly(out.tolist(), members_out=(20.0 * bad).tolist())
    data["members_leaving_by_week"] = ("world", "week"), np.column_stack([signs["members_leaving"], np.zeros(WORLDS)])
    data["draw"] = "world", np.arange(WORLDS)
    ending = {"coalition_gone": {"outcome": "members_out", "day": 28, "at_least": 20}}
    rows = Design(("coalition.exit_hazard",), np.linspace(0.0, 0.9, DRAWS)[:, None], repeats=True)
    seen: list[np.ndarray] = []

    def spy(signs: pd.DataFrame, bad: np.ndarray, draws: np.ndarray, *rest: object) -> object:
        seen.extend((bad, draws))
        return judge(signs, bad, draws, *rest)  # ty: ignore[invalid-argument-type]

    monkeypatch.setattr("experiments.studies.watch.study.judge", spy)
    ledger = with_design(with_priors(), rows).ledger
    found = judge_after(1, {"stay": data}, ledger, settings(days=[7], endings=ending))
    assert (found.left_out, found.worlds) == (30, WORLDS - 30)
    assert found.judged is not None
    assert found.judged.conditions[0][0][0] == "members_leaving"
    assert seen[0].tolist() == bad[30:].tolist()
    assert len(set(seen[1])) == DRAWS


# settings and words


def test_observations_and_endings_are_told_in_words() -> None:
    shipped = settings()
    assert str(shipped.sought) == "20 or more members are out for good after a year"
    assert shipped.words_of("members_leaving", 2, np.inf, True) == "2 or more members have announced their exit"
    assert shipped.words_of("members_leaving", -np.inf, 1, True) == "no members have announced their exit"
    assert shipped.words_of("members_leaving", 2, 5, True) == "2 to 4 members have announced their exit"
    assert shipped.words_of("political_capital", -np.inf, 0.4213, False) == "the government's political capital is under 0.421"
    assert shipped.words_of("attacks_by_site.erbil_base", 3, np.inf, True) == "Erbil base was attacked 3 or more times"
    assert str(Ending("strikes", 365, at_most=3)) == "strikes by the lead nation: 3 or less by day 365"


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        ("ending", "coalition_gon", "did you mean coalition_gone"),
        ("depth", 4, "is not a whole number from 1 to 3"),
        ("days", [30, 400], "coalition_gone is known on day 365"),
        ("days", [3], "is not a whole number from 7"),
        ("observables", {"incident_hazard": ""}, "no outcome that can be observed week by week"),
        ("observables", {}, "leaves nothing to watch"),
        ("endings", {"coalition_gone": {"outcome": "members_out", "day": 365}}, "needs one of at_least and at_most"),
        ("endings", {"coalition_gone": {"outcome": "resurgence_day", "day": 365, "at_least": 9}}, "is a day"),
        ("endings", {"coalition_gone": {"outcome": "incident_hazard", "day": 365, "at_least": 9}}, "is no outcome with one"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(entry: str, value: object, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        settings(**{entry: value})


# the job

SMALL = ("ensemble.days=70", "ensemble.worlds=200", "ensemble.uncertainty=prior", "compute=serial")
ATTACKED = "+watch.endings.attacked={{outcome: rocket_attacks, day: 70, at_least: {}}}"


def test_the_job_says_what_to_watch_and_what_it_cannot_see(
    knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.figures.draw.PIXELS_AN_INCH", 40)
    end = ATTACKED.format(12)
    answer = knockon("watch", *SMALL, end, "watch.ending=attacked", "watch.days=[14]", "watch.arms=[stay,us_pullout]")
    assert answer.code == 0, answer.err
    (folder,) = Path("results").glob("watch-*")
    tables = {path.stem: pd.read_csv(path) for path in (folder / "tables").iterdir()}
    assert set(tables) == {"scores", "signs", "calibration"}
    assert tables["scores"].loc[0, "left_out"] > 0
    assert tables["signs"].loc[0, "signs"].startswith("militias have fired")
    assert {path.name for path in (folder / "figures").iterdir()} == {"signs.pdf", "signs.png", "signs.svg", "signs.txt"}
    assert "After 2 weeks: if militias have fired" in answer.out
    assert "These outcomes are watched only with ensemble.record=detailed: attacks_by_site" in answer.out


def test_an_ending_without_worlds_has_a_stated_empty_result(knockon: Callable[..., Answer]) -> None:
    end = ATTACKED.format(10_000)
    answer = knockon("watch", *SMALL, end, "watch.ending=attacked", "watch.days=[14]", "watch.arms=[stay]")
    assert answer.code == 0, answer.err
    assert "After 2 weeks: nothing found: 0 of 200 worlds have this ending" in answer.out
    (folder,) = Path("results").glob("watch-*")
    assert not (folder / "figures").exists()


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("ensemble.record=totals", "need ensemble.record=weekly or detailed"),
        ("ensemble.uncertainty=none", "no draw of them can be held out"),
        ("watch.endings.coalition_gone.day=300", "is no reporting day; the reporting days are 365, 730"),
        ("watch.arms=[us_pullot]", "us_pullot"),
        ("scenario=stay", "watch.arms says which scenarios"),
    ],
)
def test_what_cannot_be_used_is_one_line(knockon: Callable[..., Answer], override: str, message: str) -> None:
    is_one_line(knockon("watch", override), message)
    assert not Path("results").exists()
