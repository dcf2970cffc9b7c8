"""Small synthetic arms, and checks that many figures share."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from weakref import WeakSet

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from experiments.analysis.by_part import by_month as summarise_by_month
from experiments.analysis.findings import dots, find
from experiments.analysis.matters import Matters
from experiments.analysis.paired import compare_arms
from experiments.analysis.response import crossings, response
from experiments.config.defaults import HEADLINE_OUTCOMES
from experiments.studies.compare.headlines import explained
from experiments.studies.compare.swept_numbers import QUANTILES

DAYS = 66
"""Nine weeks and three days."""
FLOWS = ("attacks", "displaced_attacks", "islamic_state_attacks", "civilian_deaths", "coalition_deaths")
GOVERNORATES = ("baghdad", "anbar", "erbil", "basra", "nineveh")
MEMBERS = ("italy", "spain", "poland", "new_zealand")
LONG = tuple(f"us_pullout, effect_of_peer_exits={value}" for value in (0.5, 1, 2, 4))
EIGHT = (
    "stay",
    "us_pullout",
    "us_pullout_without_knock_on",
    "partial_cut",
    "ultimatum",
    "green_zone_force",
    "us_pullout_over_the_horizon",
    "as_of_30_september",
)


@cache
def arm(number: int = 0, worlds: int = 40, days: int = DAYS) -> xr.Dataset:
    """Return an arm of random outcomes; the higher its number, the more happens in it."""
    random = np.random.default_rng(number)
    weeks = -(-days // 7)
    data: dict[str, tuple[tuple[str, ...], np.ndarray]] = {}
    for name in FLOWS:
        flow = random.poisson(5.0 + number, (worlds, weeks)).astype(np.float32)
        data[f"{name}_by_week"] = ("world", "week"), flow
        data[name] = ("world", "day"), flow.sum(axis=1, keepdims=True)
    exits = np.where(random.random((worlds, len(MEMBERS))) < 0.4, random.integers(0, days, (worlds, len(MEMBERS))), np.nan)
    exits[:, MEMBERS.index("new_zealand")] = np.nan
    troops = np.full((worlds, 1, len(MEMBERS)), 50.0)
    troops[:, :, MEMBERS.index("new_zealand")] = 0.0
    gone = np.sort(random.random((worlds, weeks)), axis=1)
    out = (exits[:, None, :] <= 7 * np.arange(1, weeks + 1)[None, :, None]).sum(axis=2)
    data |= {
        "members_troops_gone_by_week": (("world", "week"), gone),
        "members_troops_gone": (("world", "day"), gone[:, -1:]),
        "members_out_by_week": (("world", "week"), out.astype(float)),
        "members_out": (("world", "day"), out[:, -1:].astype(float)),
        "islamic_state_attacks_last_month": (("world", "day"), random.poisson(30.0 + number, (worlds, 1)).astype(float)),
        "exit_day_by_member": (("world", "day", "member"), exits[:, None, :]),
        "troops_by_member": (("world", "day", "member"), troops),
        "attacks_by_governorate": (
            ("world", "day", "governorate"),
            random.poisson([90.0, 15.0, 10.0, 0.5, 0.0], (worlds, 1, 5)),
        ),
    }
    coordinates = {"world": np.arange(worlds), "day": [days], "member": list(MEMBERS), "governorate": list(GOVERNORATES)}
    return xr.Dataset(data, coordinates, {"scenario": "any", "key": f"key{number}", "seed": 7})


def arms(labels: Sequence[str]) -> dict[str, xr.Dataset]:
    """Return arms of these labels."""
    return {label: arm(number) for number, label in enumerate(labels)}


def differences_of(labels: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the 50 differences of arms from the first, and their shares of worlds."""
    data, references = arms(labels), dict.fromkeys(labels, labels[0])
    shown = [name for name in HEADLINE_OUTCOMES if all(name in each for each in data.values())]
    return dots(data, references, shown), find(data, references, shown, Matters(), by_form=False)


def table_of(data: Mapping[str, xr.Dataset], reference: str | None = None) -> pd.DataFrame:
    """Compare arms with one of them, the first by default."""
    return compare_arms(data, dict.fromkeys(data, reference or next(iter(data))))


@cache
def behind(labels: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """Return what stands behind the headlines of arms, with forms that explain a part of their spread."""
    switched = {
        label: data.assign(
            draw=("world", np.arange(data.sizes["world"]) // 2, {}),
            form_knock_on_form=("world", np.arange(data.sizes["world"]) // 2 % 3, {"forms": ["cascade", "none", "other"]}),
        )
        for label, data in arms(labels).items()
    }
    return explained(switched, dict.fromkeys(labels, labels[0]))


def by_month(labels: Sequence[str]) -> pd.DataFrame:
    """Return the table of two months of arms, compared with the first."""
    data = arms(labels)
    return summarise_by_month(data, dict.fromkeys(labels, labels[0]), date(2020, 9, 30), FLOWS, (1, 2))


SETTING = "coalition.effect_of_peer_exits"


def swept(labels: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return the tables of a sweep whose values are the places of the arms, and a prior that is wider."""
    values = {label: (float(place),) for place, label in enumerate(labels)}
    shown = ("attacks", "civilian_deaths", "islamic_state_attacks_last_month")
    found = response(table_of(arms(labels)), [SETTING], values, dict.fromkeys(labels, "us_pullout"), shown)
    priors = pd.DataFrame({"setting": SETTING, "quantile": QUANTILES, "value": (-1.0, 0.5, 1.0, 2.0, 30.0)})
    return {"response": found, "crossings": crossings(found, SETTING), "priors": priors}


_LAID_OUT: WeakSet[Figure] = WeakSet()
"""Figures that were drawn once, which is most of what a question about their texts takes."""


def texts_of(figure: Figure) -> list[Text]:
    """Return all texts that are seen: matplotlib keeps labels of ticks beyond the axes' limits, which are not drawn."""
    if figure not in _LAID_OUT:
        figure.draw_without_rendering()
        _LAID_OUT.add(figure)
    unseen = {label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for label in _beyond_limits(axis)}
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [text for text in texts if text not in unseen]


def _beyond_limits(axis: Axis) -> list[Text]:
    low, high = sorted(axis.get_view_interval())
    room = 1e-9 * (high - low)
    return [tick.label1 for tick in axis.get_major_ticks() if not low - room <= tick.get_loc() <= high + room]


def note_of(figure: Figure) -> str:
    """Return the note: the caption after its question."""
    return str(figure.get_label()).partition("? ")[2]


def boxes_of(figure: Figure) -> list[tuple[str, Bbox]]:
    """Return what every text says and the place it takes, pixels."""
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    texts = texts_of(figure)
    return [(text.get_text(), Text.get_window_extent(text, canvas.get_renderer())) for text in texts]


def overlapping(boxes: Sequence[tuple[str, Bbox]]) -> list[tuple[str, str]]:
    """Return which texts lie on each other by more than a pixel both ways."""
    corners = np.array([box.extents for _, box in boxes])
    size = np.minimum(corners[:, None, 2:], corners[None, :, 2:]) - np.maximum(corners[:, None, :2], corners[None, :, :2])
    pairs = np.argwhere(np.tril((size > 1.0).all(axis=2), -1))
    return [(boxes[one][0], boxes[other][0]) for one, other in pairs]
