"""The comparison in words: the right arm, the right numbers, and no line wider than the terminal."""

from collections.abc import Mapping, Sequence

import pandas as pd
import pytest
from hand_made import dataset

from experiments.analysis.paired import IS_RATIO, compare_arms
from experiments.studies.compare.text import COLUMNS, answer, cells_of, headline_table

MINUS = "\N{MINUS SIGN}"


def spread(median: float, width: float, prefix: str = "") -> dict[str, float]:
    """Return quantiles around a median."""
    steps = {"q05": -width, "q25": -width / 2, "median": 0.0, "q75": width / 2, "q95": width}
    return {f"{prefix}{name}": median + step for name, step in steps.items()}


def rows(arm: str, reference: str, levels: Mapping[str, float], change: float = 0.0, day: int = 730) -> list[dict[str, object]]:
    """Make the rows of an arm: these medians, and differences from the reference of `change`, give or take 2."""
    made: list[dict[str, object]] = []
    for outcome, level in levels.items():
        row: dict[str, object] = {"arm": arm, "reference": reference, "outcome": outcome, "day": day, **spread(level, 4)}
        if arm != reference:
            row |= {**spread(change, 2, "difference_"), "worse": 0.75, "equal": 0.05, "better": 0.2}
        made.append(row)
    hazard: dict[str, object] = {"arm": arm, "reference": reference, "outcome": "incident_hazard", "day": day}
    hazard |= {"mean": 0.12, "mean_error": 0.01, "difference_mean": 0.03, "difference_error": 0.002}
    ratio: dict[str, object] = {"arm": arm, "reference": reference, "outcome": IS_RATIO, "day": day}
    ratio |= {"q05": 0.9, "median": 1.25, "q95": 1.6} | ({"worse": 0.82} if arm != reference else {})
    return [*made, hazard, ratio]


LEVELS = {
    "attacks": 100.0,
    "displaced_attacks": 12.0,
    "coalition_deaths": 3.0,
    "civilian_deaths": 500.0,
    "members_troops_gone": 0.4,
    "members_out": 9.0,
}


def table(*arms: tuple[str, float], reference: str = "stay", days: Sequence[int] = (730,)) -> pd.DataFrame:
    """Make a comparison of arms with `reference`: (label, change)."""
    return pd.DataFrame([row for day in days for arm, change in arms for row in rows(arm, reference, LEVELS, change, day)])


# the sentence


def test_the_answer_names_the_arm_and_its_numbers() -> None:
    sentence = answer(table(("stay", 0), ("crackdown", -7)))
    assert sentence.startswith(
        "By day 730, compared with stay on the same worlds (medians, 5 % to 95 % of worlds), crackdown changes "
    )
    assert f"attacks on sites by {MINUS}7 ({MINUS}9 to {MINUS}5)" in sentence
    assert "1.25 times those of the reference (0.90 to 1.60, more in 82 % of worlds)" in sentence
    assert "more Iraqi civilians die in 75 % of worlds" in sentence
    assert "\n" not in sentence
    assert "-" not in sentence


def test_a_rise_has_its_sign() -> None:
    assert "members out for good by +9 (+7 to +11)" in answer(table(("stay", 0), ("us_pullout", 9)))


def test_the_pullout_is_the_arm_that_is_asked_about() -> None:
    sentence = answer(table(("stay", 0), ("crackdown", -7), ("us_pullout", 9)))
    assert "us_pullout changes" in sentence
    assert "crackdown" not in sentence
    assert "crackdown changes" in answer(table(("stay", 0), ("crackdown", -7), ("ultimatum", 3)))


def test_the_knock_on_is_told_where_it_can_be_seen() -> None:
    arms = table(("stay", 0), ("us_pullout", 9), ("us_pullout_without_knock_on", 2))
    arms.loc[(arms["arm"] == "us_pullout_without_knock_on") & (arms["outcome"] == "members_out"), "median"] = 4.0
    assert "(median 9 out, 4 if no exit caused another)" in answer(arms)
    assert "if no exit caused another" not in answer(table(("stay", 0), ("us_pullout", 9)))


def test_the_last_day_answers() -> None:
    arms = table(("stay", 0), ("crackdown", -7), days=(365, 730))
    arms.loc[arms["day"] == 365, "difference_median"] = 99.0
    assert "By day 730" in answer(arms)
    assert "99" not in answer(arms)


def test_one_arm_is_told_alone() -> None:
    sentence = answer(table(("us_pullout", 0), reference="us_pullout"))
    assert sentence.startswith("By day 730, us_pullout has 100 (96 to 104) attacks on sites, 9 (5 to 13) members out")
    assert "Compared" not in sentence


def test_the_answer_to_a_real_comparison() -> None:
    levels = {name: [level + world for world in range(5)] for name, level in LEVELS.items()}
    attacks = {"islamic_state_attacks_last_month": [10.0] * 5, "incident_hazard": [0.1] * 5}
    more = {**levels, "attacks": [value + 20 for value in levels["attacks"]], "islamic_state_attacks_last_month": [15.0] * 5}
    data = {"stay": dataset({**levels, **attacks}), "leave": dataset({**attacks, **more})}
    sentence = answer(compare_arms(data, {"stay": "stay", "leave": "stay"}))
    assert "attacks on sites by +20 (+20 to +20)" in sentence
    assert "members out for good by 0 (0 to 0)" in sentence
    assert "1.50 times those of the reference (1.50 to 1.50, more in 100 % of worlds)" in sentence
    assert "civilians die in 0 % of worlds" in sentence


def test_a_ratio_that_nobody_knows_is_not_written_as_a_number() -> None:
    arms = table(("stay", 0), ("crackdown", -7))
    unknown = (arms["outcome"] == IS_RATIO) & (arms["arm"] == "crackdown")
    arms.loc[unknown, ["q05", "median", "q95", "worse"]] = float("nan")
    assert "nan" not in answer(arms)
    assert "nan" not in headline_table(arms)
    assert "unknown" in next(line for line in headline_table(arms, 300).splitlines() if line.startswith("crackdown"))


# the table


def test_the_table_has_a_line_an_arm_and_one_of_its_differences() -> None:
    text = headline_table(table(("stay", 0), ("crackdown", -7)), 300)
    lines = text.splitlines()
    (stay,) = (line for line in lines if line.startswith("stay"))
    (crackdown,) = (line for line in lines if line.startswith("crackdown"))
    (minus,) = (line for line in lines if line.startswith("  minus stay"))
    assert stay.split()[1:5] == ["100", "(96", "to", "104)"]
    assert "1.25 (0.90 to 1.60)" in crackdown
    assert f"{MINUS}7 ({MINUS}9 to {MINUS}5)" in minus
    assert "more in 82 %" in minus
    assert "120 ± 20" in crackdown  # in 1,000 worlds, twice the standard error
    assert "+30 ± 4" in minus
    assert lines.index(crackdown) + 1 == lines.index(minus)
    assert "Month 24 (day 730)" in text


def test_a_share_is_written_in_percent() -> None:
    arms = table(("stay", 0))
    arms.loc[arms["outcome"] == "members_troops_gone", ["q05", "q95"]] = (0.1, 0.725)
    assert "40 (10 to 72)" in next(line for line in headline_table(arms, 300).splitlines() if line.startswith("stay"))


@pytest.mark.parametrize("zero", [0.0, -0.3, 0.3])
def test_what_rounds_to_nothing_has_no_sign(zero: float) -> None:
    arms = table(("stay", 0), ("crackdown", zero))
    arms.loc[arms["arm"] == "crackdown", ["difference_q05", "difference_q95"]] = zero
    minus = next(line for line in headline_table(arms, 300).splitlines() if line.startswith("  minus stay"))
    assert minus.split("  minus stay")[1].split()[:3] == ["0", "(0", "to"]


LONG = "us_pullout_without_knock_on, effect_of_peer_exits=4"


@pytest.mark.parametrize("label", ["crackdown", LONG])
def test_no_line_is_wider_than_the_terminal(label: str) -> None:
    arms = table(("stay", 0), (label, -7))
    for width in range(80, 201):
        text = headline_table(arms, width)
        assert max(map(len, text.splitlines())) <= width
        for column in COLUMNS:
            assert column.heading.split()[0] in text


def test_a_narrow_terminal_shows_as_much_as_a_wide_one() -> None:
    arms = table(("stay", 0), ("crackdown", -7))
    narrow, wide = headline_table(arms, 90), headline_table(arms, 300)
    assert narrow.count("crackdown") > wide.count("crackdown") == 1
    for line in ("stay", "crackdown"):
        numbers = [part for text in narrow.splitlines() if text.startswith(line) for part in text.split()[1:]]
        (whole,) = (text.split()[1:] for text in wide.splitlines() if text.startswith(line))
        assert numbers == whole


def test_one_arm_has_no_differences_and_no_ratio() -> None:
    text = headline_table(table(("us_pullout", 0), reference="us_pullout"), 300)
    assert "less" not in text.replace("below", "")
    assert "reference" not in text.splitlines()[2:][0]
    assert "1.25" not in text
    assert "100 (96 to 104)" in text


def test_every_reporting_day_has_a_table() -> None:
    text = headline_table(table(("stay", 0), ("crackdown", -7), days=(365, 730)), 300)
    assert headline_table(table(("stay", 0), ("crackdown", -7), days=(365, 380)), 300).count("(day ") == 1
    assert text.index("Month 12 (day 365)") < text.index("Month 24 (day 730)")


def test_an_outcome_that_was_not_recorded_leaves_its_cell_empty() -> None:
    arms = table(("stay", 0), ("crackdown", -7))
    text = headline_table(arms[arms["outcome"] != "coalition_deaths"], 300)
    assert "3 (" not in next(line for line in text.splitlines() if line.startswith("stay"))


def test_cells_are_found_by_arm_and_outcome() -> None:
    cells = cells_of(table(("stay", 0), ("crackdown", -7), days=(365, 730)), 365)
    assert cells["crackdown", "attacks"]["difference_median"] == -7
    assert len(cells) == 2 * (len(LEVELS) + 2)
