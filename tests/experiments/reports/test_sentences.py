"""Sentences on findings: both sides and correct natural frequencies, and nothing that the numbers do not say."""

import numpy as np
import pandas as pd
import pytest
from hand_made import dataset

from experiments.analysis.findings import find
from experiments.analysis.matters import Matters
from experiments.config.defaults import HEADLINES
from experiments.reference.catalogue import switches
from experiments.reports.sentences import (
    amount,
    errors_in_words,
    evidence_in_words,
    finding_in_words,
    findings_of,
    hinge_in_words,
    meanings_of_switches,
    middle_in_words,
    of_hundred,
    title_of,
)

MINUS = "\N{MINUS SIGN}"
MONTH = "islamic_state_attacks_last_month"


def table(
    outcome: str, change: np.ndarray, level: float = 1000.0, enablers: np.ndarray | None = None, **more: np.ndarray
) -> pd.DataFrame:
    """Return the findings of "leave" whose outcomes differ from those of "stay", `level`, by these changes."""
    changes = {outcome: np.asarray(change, dtype=float), **more}
    count = len(changes[outcome])
    stay = dataset({name: [level] * count for name in changes})
    leave = dataset({name: list(level + values) for name, values in changes.items()})
    arms = {"stay": stay, "leave": leave}
    if enablers is not None:
        form = ("world", (~enablers).astype(np.int8), {"forms": ["enablers", "itself"]})
        arms = {label: data.assign(form_islamic_state_depends_on=form) for label, data in arms.items()}
    return find(arms, {"stay": "stay", "leave": "stay"}, list(changes), Matters(outcomes=dict.fromkeys(changes, 50.0)))


def said(outcome: str, change: np.ndarray) -> str:
    (one,) = findings_of(table(outcome, change), "leave")
    return finding_in_words(one)


def shares(more: int, same: int, fewer: int) -> np.ndarray:
    """Return the changes of a hundred worlds."""
    return np.concatenate([np.full(more, 200.0), np.zeros(same), np.full(fewer, -100.0)])


def test_a_change_for_more_tells_both_sides() -> None:
    assert said("civilian_deaths", shares(45, 25, 30)) == (
        f"More Iraqi civilians die in 45 of 100 worlds (median +200), fewer in 30 (median {MINUS}100); about the same in 25."
    )


def test_a_side_of_four_worlds_does_not_lead() -> None:
    assert said("civilian_deaths", shares(4, 26, 70)) == (
        f"Fewer Iraqi civilians die in 70 of 100 worlds (median {MINUS}100), more in 4; about the same in 26."
    )


def test_ninety_six_of_a_hundred() -> None:
    assert said("civilian_deaths", shares(96, 4, 0)) == (
        "More Iraqi civilians die in 96 of 100 worlds (median +200), fewer in 0; about the same in 4."
    )


def test_what_is_mostly_the_same_is_told_so_first() -> None:
    assert said("civilian_deaths", shares(10, 85, 5)).startswith(
        "Iraqi civilian deaths: about the same in 85 of 100 worlds; more Iraqi civilians die in 10 (median +200), fewer in 5"
    )
    assert said("civilian_deaths", shares(0, 100, 0)) == "Iraqi civilian deaths: the same in all worlds."


def test_a_u_shape_has_no_median_in_the_table() -> None:
    u_shape = np.concatenate([np.random.default_rng(1).normal(0, 5, 60), np.random.default_rng(2).normal(500, 5, 40)])
    (one,) = findings_of(table("civilian_deaths", u_shape), "leave")
    assert middle_in_words(one.whole, one.headline).startswith("two groups: ")
    assert "(60 of 100)" in middle_in_words(one.whole, one.headline)
    assert "in 40 of 100 worlds" in finding_in_words(one) or "in 40 (" in finding_in_words(one)
    (plain,) = findings_of(table("civilian_deaths", np.random.default_rng(3).normal(100, 40, 400)), "leave")
    assert middle_in_words(plain.whole, plain.headline).startswith("+")


def test_a_hazard_is_told_by_its_probabilities() -> None:
    count = 100
    arms = {
        "stay": dataset({"fall_hazard": [-np.log(0.6)] * count}),
        "leave": dataset({"fall_hazard": [-np.log(0.5)] * 50 + [-np.log(0.8)] * 50}),
    }
    (one,) = findings_of(find(arms, {"stay": "stay", "leave": "stay"}, ["fall_hazard"], Matters()), "leave")
    text = finding_in_words(one)
    assert text.startswith("Falls of the government: 35.0 of 100 worlds have at least one, 40.0 in the reference (difference ")
    assert f"difference {MINUS}5.0 ± 3.0)" in text
    assert text.endswith("more likely in 50, less in 50.")


def test_a_ratio_is_told_in_times() -> None:
    arms = {"stay": dataset({MONTH: [100.0] * 100}), "leave": dataset({MONTH: [160.0] * 70 + [50.0] * 30})}
    (one,) = findings_of(find(arms, {"stay": "stay", "leave": "stay"}, [MONTH], Matters()), "leave")
    assert (
        "IS attacks more in the last 30 days in 70 of 100 worlds (median 1.60 times), fewer in 30 (median 0.50 times)"
        in finding_in_words(one)
    )
    never = {label: dataset({MONTH: [0.0] * 3}) for label in arms}
    (unknown,) = findings_of(find(never, {"stay": "stay", "leave": "stay"}, [MONTH], Matters()), "leave")
    assert finding_in_words(unknown) == "IS attacks in the last 30 days: no comparison, the reference has none."
    assert middle_in_words(unknown.whole, unknown.headline) == "unknown"


def test_what_a_finding_turns_on_has_its_weights() -> None:
    enablers = np.arange(100) < 70
    change = np.where(enablers, np.where(np.arange(100) % 10 < 9, 200.0, 0.0), np.where(np.arange(100) % 10 < 3, 200.0, 0.0))
    (one,) = findings_of(table("civilian_deaths", change, enablers=enablers), "leave")
    assert hinge_in_words(one) == [
        "More in 90 of 100 where coalition enablers hold IS down (weight 70 %) and 30 where IS limits itself (30 %); the weights are"
        " a bet."
    ]


def test_forms_that_say_the_same_are_no_hinge() -> None:
    random = np.random.default_rng(9)
    change = np.where(random.random(400) < 0.5, 200.0, 0.0)
    (one,) = findings_of(table("civilian_deaths", change, enablers=random.random(400) < 0.7), "leave")
    assert hinge_in_words(one) == []


def test_a_form_of_four_worlds_is_no_hinge() -> None:
    """None of four is an estimate with an error, though their own spread is none."""
    enablers = np.arange(64) >= 4
    change = np.where(enablers & (np.arange(64) % 3 == 0), 200.0, 0.0)
    (one,) = findings_of(table("civilian_deaths", change, enablers=enablers), "leave")
    assert hinge_in_words(one) == []


def test_the_title_is_the_finding_and_what_it_turns_on() -> None:
    enablers = np.arange(100) < 70
    found = findings_of(
        table("civilian_deaths", np.where(enablers, 200.0, -100.0), enablers=enablers, members_out=shares(60, 40, 0)), "leave"
    )
    assert title_of(found, "US pullout", "Stay") == (
        "US pullout: more Iraqi civilians die in 70 of 100 worlds (fewer in 30), and more coalition members leave for good in 60 of 100"
        " worlds (fewer in 0); it turns on what holds IS down"
    )


def test_the_error_of_the_shares_is_told() -> None:
    found = findings_of(table("civilian_deaths", shares(50, 0, 50)), "leave")
    assert errors_in_words(found) == "Two Monte Carlo errors of these shares are at most ±11 of 100 worlds."  # 2 sqrt(.25 / 99)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0"), (0.001, "fewer than 1"), (0.04, "4"), (0.456, "46"), (0.96, "96"), (0.9999, "more than 99"), (1.0, "100")],
)
def test_only_none_reads_as_none_and_only_all_as_all(share: float, text: str) -> None:
    assert of_hundred(share) == text


def test_what_rounds_to_nothing_has_no_sign() -> None:
    (deaths, *_) = HEADLINES
    assert [amount(value, deaths) for value in (-0.3, 0.3, 0.0, 1234.0, -2.6)] == ["0", "0", "0", "+1,234", f"{MINUS}3"]


def test_every_switch_and_form_has_its_words() -> None:
    meanings = meanings_of_switches()
    assert set(meanings) == set(switches())
    for name, weights in switches().items():
        assert set(meanings[name]["where"]) == set(weights) == set(meanings[name]["variants"])
        assert all(clause.startswith("where ") for clause in meanings[name]["where"].values())
        assert meanings[name]["turns_on"]


def test_nineteen_arms_are_told_one_by_one() -> None:
    labels = [f"arm_{number}" for number in range(19)]
    arms = {"stay": dataset({"civilian_deaths": [1000.0] * 100})}
    arms |= {
        label: dataset({"civilian_deaths": list(1000.0 + shares(5 * number, 100 - 5 * number, 0))})
        for number, label in enumerate(labels)
    }
    found = find(arms, {"stay": "stay", **dict.fromkeys(labels, "stay")}, ["civilian_deaths"], Matters())
    for number, label in enumerate(labels):
        (one,) = findings_of(found, label)
        assert one.whole["more"] == pytest.approx(0.05 * number)


def grounds(**shares: float) -> pd.DataFrame:
    rows = [{"arm": "leave", "outcome": "civilian_deaths", "grade": grade, "share": share} for grade, share in shares.items()]
    return pd.DataFrame(rows).assign(explained=sum(shares.values()))


def test_evidence_is_told_in_marks_and_in_shares() -> None:
    marks, text = evidence_in_words(grounds(A=0.01, B=0.04, C=0.16, structure=0.38), "leave", "civilian_deaths")
    assert marks == 0  # 5 of 59
    assert text == (
        "Weak: of the explained spread, 8 % is data and literature, 27 % is judgement and 64 % is bets on structure. Of the"
        " whole spread, 41 % is chance or joint effects of inputs."
    )
    marks, text = evidence_in_words(grounds(A=0.3, B=0.3, C=0.2, structure=0.0), "leave", "civilian_deaths")
    assert (marks, text.partition(":")[0]) == (3, "Good")  # 60 of 80


def test_evidence_of_what_is_nearly_all_chance_has_no_marks() -> None:
    marks, text = evidence_in_words(grounds(A=0.0, B=0.01, C=0.05, structure=0.0), "leave", "civilian_deaths")
    assert (marks, text) == (-1, "Nearly all of the spread (94 %) is chance or joint effects of inputs.")
    assert evidence_in_words(pd.DataFrame(), "leave", "civilian_deaths")[0] == -1
