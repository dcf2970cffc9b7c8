"""Does the map show every governorate once, the differences beside the reference, and which places are assumed?"""

import pandas as pd
import pytest
from drawing import arm, note_of, texts_of

from experiments.studies.compare.figures.tile_map import PLACED, TILES, tile_map
from sim.theatre.tables import DATA


def test_every_governorate_has_one_tile_of_its_own() -> None:
    assert {key for key, *_ in TILES} == set(pd.read_csv(DATA / "governorates.csv")["governorate"])
    assert len({place for _, *place in map(tuple, TILES) for place in [tuple(place)]}) == len(TILES)


def test_numbers_are_means_of_the_reference_and_signed_differences() -> None:
    figure = tile_map("us_pullout", arm(1), "stay", arm(0))
    level, moved = ({text.get_text().split("\n")[0]: text.get_text().split("\n")[1] for text in axes.texts if text.get_gid()}
                    for axes in figure.axes)  # fmt: skip
    means = [float(arm(number)["attacks_by_governorate"].sel(governorate="anbar").mean()) for number in (0, 1)]
    assert float(level["Anbar"]) == pytest.approx(means[0], abs=0.06)
    assert float(moved["Anbar"].replace("\N{MINUS SIGN}", "-")) == pytest.approx(means[1] - means[0], abs=0.006)
    assert level["Najaf"] == moved["Najaf"] == "not modelled"


def test_what_is_placed_by_assumption_is_marked_and_said() -> None:
    figure = tile_map("us_pullout", arm(1), "stay", arm(0))
    for axes in figure.axes:
        dashed = {patch.get_gid() for patch in axes.patches if patch.get_linestyle() not in ("-", "solid")}
        assert dashed == set(PLACED)
    assert "Dashed frame: displaced militia attacks are put in Baghdad" in note_of(figure)
    assert str(figure.get_label()).startswith("US pullout: Militia attacks change most in ")
    assert texts_of(figure)
