"""Comparisons within the worlds of one form."""

import numpy as np
from hand_made import dataset

from experiments.studies.compare.hinges import compare_by_switch

REFERENCES = {"stay": "stay", "leave": "stay"}
FORMS = np.array([0, 0, 1, 1, 1], dtype=np.int8)


def arms(forms: np.ndarray = FORMS) -> dict:
    attacks = {"stay": [1, 2, 3, 4, 5], "leave": [11, 12, 103, 104, 105]}
    switch = ("world", forms, {"forms": ["low", "high"]})
    always = ("world", np.zeros(5, np.int8), {"forms": ["deter", "provoke"]})
    return {
        name: dataset({"attacks": values, "displaced_attacks": values}).assign(form_displacement=switch, form_strikes=always)
        for name, values in attacks.items()
    }


def test_differences_are_those_of_the_worlds_of_a_form() -> None:
    table = compare_by_switch(arms(), REFERENCES, ["attacks"])
    leave = table[table["arm"] == "leave"].set_index(["switch", "form"])
    assert leave.loc[("displacement", "low"), "difference_median"] == 10.0
    assert leave.loc[("displacement", "high"), "difference_median"] == 100.0
    assert leave.loc[("displacement", "high"), "worlds"] == 3
    assert set(table["outcome"]) == {"attacks"}


def test_a_switch_with_one_form_is_left_out() -> None:
    assert set(compare_by_switch(arms(), REFERENCES)["switch"]) == {"displacement"}
    assert compare_by_switch(arms(FORMS * 0), REFERENCES).empty
