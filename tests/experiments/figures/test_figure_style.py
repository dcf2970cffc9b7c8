"""Can the arms be told apart, and do they have readable names?"""

from importlib.resources import files
from itertools import combinations
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from drawing import EIGHT, arms, texts_of
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, findfont

import experiments.figures.style
from experiments.config.defaults import names_in
from experiments.figures.draw import write
from experiments.figures.names import arm_name, place_name
from experiments.figures.style import FONT, INK, style_arms
from experiments.figures.venue import venue
from experiments.studies.compare.figures.fans import fans
from experiments.studies.compare.figures.survival import survival

MAIN = ("as_of_30_september", "us_pullout", "us_pullout_without_knock_on", "partial_cut", "move_to_erbil", "stay")
"""The arms of `knockon compare`."""
SEEN_AS = {
    "normal": np.eye(3),
    "deuteranope": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "protanope": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
}
"""How linear RGB is seen, Machado, Oliveira and Fernandes (2009), 10.1109/TVCG.2009.113."""
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour: str, seen_as: str) -> np.ndarray:
    """Return a colour in CIELAB as somebody sees it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(SEEN_AS[seen_as] @ linear, 0.0, 1.0) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("seen_as", SEEN_AS)
def test_the_colours_of_the_main_comparison_differ_for_everybody(seen_as: str) -> None:
    seen = [lab(style.colour, seen_as) for style in style_arms(MAIN).values()]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 12.0


def test_every_shipped_scenario_has_a_look_that_differs_without_colour() -> None:
    looks = dict(venue().looks)
    assert list(looks) == names_in("scenario")
    assert len({(look.line, look.marker) for look in looks.values()}) == len(looks)
    assert len({look.colour for look in looks.values()}) == len(looks)


def test_a_scenario_looks_the_same_whatever_it_is_compared_with() -> None:
    here, there = style_arms(MAIN)["us_pullout"], style_arms(["us_pullout", "stay"], {"stay"})["us_pullout"]
    assert here == there
    as_reference = style_arms(["us_pullout", "stay"])["us_pullout"]
    assert (as_reference.colour, as_reference.dashes, as_reference.marker) == (here.colour, here.dashes, here.marker)


def test_arms_of_one_scenario_are_shades_of_its_colour_with_lines_of_their_own() -> None:
    labels = ["stay", *(f"us_pullout, effect_of_peer_exits={value}" for value in (0, 1, 2))]
    base, *others = [style_arms(labels)[label] for label in labels[1:]]
    assert base.colour == style_arms(MAIN)["us_pullout"].colour
    lightness = [lab(style.colour, "normal")[0] for style in (base, *others)]
    assert lightness == sorted(lightness)
    assert len({style.dashes for style in (base, *others)}) == 3


def test_a_scenario_without_a_look_gets_one_from_its_name_that_no_other_arm_has() -> None:
    alone = style_arms(["stay", "my_own"])["my_own"]
    assert alone == style_arms(["stay", "move_to_erbil", "my_own"])["my_own"]
    colours = [style.colour for style in style_arms([*MAIN, "my_own", "another", "a_third"]).values()]
    assert len(set(colours)) == len(colours)


def test_letters_are_those_of_the_package_whatever_the_machine_has() -> None:
    for weight in ("normal", "bold"):
        found = Path(findfont(FontProperties(family=FONT, weight=weight)))
        assert found.parent == Path(experiments.figures.style.__file__).parent / "fonts"
        assert (found.parent / "LICENSE").is_file()


def test_thirty_arms_differ() -> None:
    labels = [f"x={value}" for value in range(30)]
    assert len({(style.colour, style.dashes, style.marker) for style in style_arms(labels).values()}) == 30


def test_references_are_black_and_grey_wherever_they_stand() -> None:
    styles = style_arms(["a", "b", "c", "d"], {"b", "d"})
    assert [len(set(to_rgb(styles[label].colour))) == 1 for label in "abcd"] == [False, True, False, True]
    assert styles["b"].colour == INK
    assert styles["b"].dashes == ()
    assert styles["d"].dashes != ()
    assert style_arms(["a", "b"])["a"].colour == INK


def test_an_arm_looks_the_same_in_every_figure() -> None:
    data = arms(EIGHT[:4])
    labels = list(data)
    fan, curves = fans(data).axes[0], survival(data).axes[1]
    in_fan = {line.get_label(): (line.get_color(), line.get_marker(), line.get_linestyle()) for line in fan.get_lines()}
    in_curves = {line.get_label(): (line.get_color(), line.get_marker(), line.get_linestyle()) for line in curves.get_lines()}
    for label in labels:
        style = style_arms(labels)[label]
        assert in_fan[label] == in_curves[label]
        assert in_fan[label][:2] == (style.colour, style.marker)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("stay", "Stay"),
        ("us_pullout_without_knock_on", "US pullout without knock-on"),
        ("us_pullout_nato_backfill", "US pullout NATO backfill"),
        ("green_zone_force", "Green Zone force"),
        ("effect_of_peer_exits=2", "Effect of peer exits = 2"),
        ("us_pullout, effect_of_peer_exits=2", "US pullout, effect of peer exits = 2"),
        ("is_capability=1e-3", "IS capability = 1e-3"),
    ],
)
def test_names_of_arms(label: str, name: str) -> None:
    assert arm_name(label) == name


@pytest.mark.parametrize(("file", "key"), [("sites", "site"), ("governorates", "governorate"), ("coalition_members", "member")])
def test_names_of_places_are_those_of_the_evidence_tables(file: str, key: str) -> None:
    with (files("sim") / "data" / f"{file}.csv").open() as stream:
        rows = pd.read_csv(stream)
    assert len(rows) > 3
    assert [place_name(name) for name in rows[key]] == list(rows["label"])


def test_the_style_of_a_notebook_changes_nothing_and_no_figure_stays_open() -> None:
    with matplotlib.rc_context(
        {"text.color": "white", "axes.facecolor": "black", "figure.facecolor": "black", "font.size": 30}
    ):
        figure = fans(arms(EIGHT[:2]))
        assert figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)
        assert {axes.get_facecolor() for axes in figure.axes} == {(1.0, 1.0, 1.0, 1.0)}
        texts = texts_of(figure)
    assert max(text.get_fontsize() for text in texts) < 10.0
    assert "white" not in {text.get_color() for text in texts}
    assert plt.get_fignums() == []


def test_the_style_of_a_machine_changes_nothing_that_is_written(tmp_path: Path) -> None:
    def written(name: str) -> bytes:
        write(fans(arms(EIGHT[:1])), tmp_path / name, {"Title": "fans"})
        return (tmp_path / f"{name}.png").read_bytes() + (tmp_path / f"{name}.pdf").read_bytes()

    own = {
        "text.usetex": True, "font.serif": ["No Such Font"], "axes.titlesize": 40, "axes.unicode_minus": False,
        "savefig.bbox": "tight", "savefig.transparent": True, "figure.constrained_layout.use": True, "path.sketch": (1, 100, 2),
        "xtick.labelsize": 30, "axes.spines.left": False, "pdf.compression": 0, "lines.linewidth": 9, "legend.fontsize": 30,
    }  # fmt: skip
    before = written("before")
    with matplotlib.rc_context(own):
        assert written("after") == before
