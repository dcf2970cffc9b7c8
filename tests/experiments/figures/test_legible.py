"""Every figure, with few and many arms, short and long names: can it be read in print?"""

from collections.abc import Callable

import pytest
from drawing import (
    EIGHT,
    LONG,
    SETTING,
    arms,
    behind,
    boxes_of,
    by_month,
    differences_of,
    overlapping,
    swept,
    table_of,
    texts_of,
)
from matplotlib.figure import Figure

from experiments.figures.style import DOUBLE_COLUMN
from experiments.studies.compare.figures.distributions import exceedance, ridgelines
from experiments.studies.compare.figures.dots import dots
from experiments.studies.compare.figures.fans import fans
from experiments.studies.compare.figures.months import months
from experiments.studies.compare.figures.overview import overview
from experiments.studies.compare.figures.response import pages_of_response
from experiments.studies.compare.figures.spread import convergence, variance_bars
from experiments.studies.compare.figures.survival import survival
from experiments.studies.compare.figures.tile_map import tile_map

LABELS = {
    "one": EIGHT[:1],
    "two": EIGHT[:2],
    "eight": EIGHT,
    "long": (*LONG, *(label.replace("us_pullout", "stay") for label in LONG)),
}
DRAW: dict[str, Callable[[tuple[str, ...]], Figure]] = {
    "fans": lambda labels: fans(arms(labels)),
    "dots": lambda labels: dots(*differences_of(labels[:6]), "40 worlds per arm."),
    "overview": lambda labels: overview(table_of(arms(labels)), differences_of(labels)[1], "40 worlds per arm."),
    "months": lambda labels: months(by_month(labels), "40 worlds per arm."),
    "response": lambda labels: pages_of_response(
        *(swept(labels)[name] for name in ("response", "crossings")), [SETTING], {SETTING: (-1, 0.5, 1, 2, 30)}, "40 worlds."
    )[0],
    "survival": lambda labels: survival(arms(labels)),
    "tile_map": lambda labels: tile_map(labels[1], arms(labels)[labels[1]], labels[0], arms(labels)[labels[0]]),
    "exceedance": lambda labels: exceedance(arms(labels)),
    "ridgelines": lambda labels: ridgelines(arms(labels)),
    "variance_bars": lambda labels: variance_bars(behind(labels)["variance"], "40 worlds per arm."),
    "convergence": lambda labels: convergence(behind(labels)["convergence"], list(labels), "40 worlds per arm."),
}
CASES = [("fans", "one"), *((kind, name) for kind in DRAW for name in LABELS if name != "one")]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_texts_are_apart_large_enough_and_on_the_page(kind: str, name: str) -> None:
    figure = DRAW[kind](LABELS[name])
    assert figure.get_figwidth() == DOUBLE_COLUMN
    boxes = boxes_of(figure)
    assert len(boxes) > len(LABELS[name])
    assert overlapping(boxes) == []
    page = figure.bbox
    outside = [text for text, box in boxes if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1]
    assert outside == []
    assert min(text.get_fontsize() for text in texts_of(figure)) >= 6.0
