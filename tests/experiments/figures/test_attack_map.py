"""Is every governorate coloured by its own number, on one scale?"""

from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from drawing import EIGHT, arm, arms, note_of, texts_of
from matplotlib.colors import PowerNorm, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from experiments.studies.compare.figures.attack_map import COLOUR_MAP, attack_map, centre_of, key_of, median_attacks, outline
from experiments.studies.compare.figures.draw import read_outlines

SQUARE = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0], [0.0, 0.0]]


def faces(figure: Figure, panel: int) -> dict[str, tuple[float, ...]]:
    """Return the colour of each governorate of a map."""
    return {str(patch.get_gid()): patch.get_facecolor() for patch in figure.axes[panel].patches if isinstance(patch, PathPatch)}


def test_outlines_are_those_of_the_governorates() -> None:
    with (files("sim") / "data" / "governorates.csv").open() as stream:
        keys = set(pd.read_csv(stream)["governorate"])
    assert {key_of(feature["properties"]["name"]) for feature in read_outlines()["features"]} == keys


def test_colours_are_the_medians_on_a_scale_shared_by_all_arms() -> None:
    data = arms(EIGHT[:3])
    data["us_pullout"] = data["us_pullout"].assign(attacks_by_governorate=data["us_pullout"]["attacks_by_governorate"] / 4)
    figure = attack_map(data, read_outlines())
    most = max(max(median_attacks(outcomes).values()) for outcomes in data.values())
    norm = PowerNorm(0.5, 0.0, most)
    for panel, outcomes in enumerate(data.values()):
        drawn = faces(figure, panel)
        for name in ("baghdad", "anbar", "erbil", "basra", "nineveh"):
            median = float(outcomes["attacks_by_governorate"].sel(governorate=name).median())
            assert np.allclose(drawn[name], COLOUR_MAP(norm(median)))


def test_governorates_outside_the_model_are_grey_and_the_note_says_so() -> None:
    figure = attack_map(arms(EIGHT[:1]), read_outlines())
    assert faces(figure, 0)["duhok"] == to_rgba("#e8e8e8")
    assert "Grey: not in the model" in note_of(figure)


def test_numbers_are_printed_where_there_are_attacks() -> None:
    figure = attack_map({"stay": arm()}, read_outlines())
    medians = median_attacks(arm())
    texts = {text.get_text() for text in texts_of(figure) if text.get_gid() == "number"}
    assert f"Baghdad {medians['baghdad']:.0f}" in texts
    assert {f"{medians[name]:.0f}" if medians[name] >= 10 else f"{medians[name]:.1f}" for name in ("anbar", "erbil")} <= texts
    assert len(texts) == sum(median >= 1.0 for median in medians.values())


def test_the_scale_darkens_throughout() -> None:
    shades = COLOUR_MAP(np.linspace(0, 1, 100))[:, :3] @ np.array([0.2126, 0.7152, 0.0722])
    assert np.all(np.diff(shades) < 0.0)


def test_degrees_have_their_lengths_and_axes_no_ticks() -> None:
    axes = attack_map({"stay": arm()}, read_outlines()).axes[0]
    assert axes.get_aspect() == pytest.approx(1 / np.cos(np.radians(33.0)))
    assert len(axes.get_xticks()) == len(axes.get_yticks()) == 0


def test_the_note_tells_what_is_assumed() -> None:
    note = note_of(attack_map({"stay": arm()}, read_outlines()))
    assert "Baghdad's outline is the city's core only" in note
    assert "spread by population" in note
    assert "by day 66" in note


def test_the_last_day_is_drawn() -> None:
    early, late = arm(), arm().assign_coords(day=[365])
    late = late.assign(attacks_by_governorate=late["attacks_by_governorate"] * 3)
    data = early.combine_first(late)
    assert median_attacks(data)["anbar"] == 3 * median_attacks(early)["anbar"]
    assert "by day 365" in note_of(attack_map({"stay": data}, read_outlines()))


def test_outlines_of_one_and_several_polygons() -> None:
    far = [[x + 10.0, y / 2] for x, y in SQUARE]
    one = outline({"type": "Polygon", "coordinates": [SQUARE]})
    several = outline({"type": "MultiPolygon", "coordinates": [[far], [SQUARE]]})
    assert centre_of(one) == pytest.approx((1.0, 1.0))
    assert centre_of(several) == pytest.approx((1.0, 1.0))
    assert several.contains_point((11.0, 0.5))
