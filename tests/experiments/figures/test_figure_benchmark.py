"""Does the figure of a benchmark show its tables, and can it be read?"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from drawing import boxes_of, note_of, overlapping, texts_of
from matplotlib.figure import Figure

from experiments.figures.style import DOUBLE_COLUMN
from experiments.studies.benchmark.benchmark_figure import benchmark
from sim.day import DAY

BLOCKS = (64, 128, 256, 512, 1024, 2048, 4096, 8192)
ABOUT: Mapping[str, Any] = {
    "machine": {
        "processor": "A processor of some length, 3.2 GHz",
        "cores": 2,
        "load": 0.1,
        "python": "3.12.1",
        "versions": {"numba": "0.62"},
    },
    "scenario": "us_pullout",
    "days": 180,
    "seed": 7,
    "uncertainty": "prior",
    "block": 1024,
    "repetitions": 5,
}


def ranged(**columns: np.ndarray) -> pd.DataFrame:
    """Return medians with a range of 10 % below and 20 % above."""
    endings = {"": 1.0, "_low": 0.9, "_high": 1.2}
    return pd.DataFrame(
        {name + ending: factor * values for name, values in columns.items() for ending, factor in endings.items()}
    )


def tables() -> dict[str, pd.DataFrame]:
    model = np.array([12.0, 6.4, 3.6, 2.3, 1.5, 1.4, 1.45, 1.6])
    floor = np.array([3.6, 1.8, 0.9, 0.46, 0.2, 0.2, 0.22, 0.26])
    names = ["draws", "normals", "around", *(f"{stage.kind}.{stage.method}" for stage in DAY), "plain"]
    groups = ["drawing", "drawing", "around", *["stage"] * len(DAY), "plain"]
    return {
        "blocks": ranged(
            milliseconds_per_world_year=model, floor_milliseconds_per_world_year=floor, ratio=model / floor,
            worlds_per_second=1e3 / model,
        ).assign(block=BLOCKS),
        "workers": ranged(worlds_per_second=np.array([700.0, 1320.0]), speed_up=np.array([1.0, 1.9])).assign(workers=[1, 2]),
        "memory": pd.DataFrame({"block": BLOCKS, "before": 258.0, "peak": [262, 270, 289, 300, 330, 420, 600, 980]}),
        "stages": ranged(microseconds=np.linspace(900.0, 3.0, len(names))).assign(name=names, group=groups),
        "compile": pd.DataFrame({"cache": ["cold", "warm"], "process": [60.0, 5.0]}),
    }  # fmt: skip


def drawn(*parts: str) -> Figure:
    return benchmark({part: table for part, table in tables().items() if part in parts}, ABOUT)


CASES = [
    ("blocks", "workers", "memory", "stages"),
    ("blocks", "stages"),
    ("blocks", "workers", "memory"),
    ("workers",),
    ("stages", "compile"),
]


@pytest.mark.parametrize("parts", CASES)
def test_texts_are_apart_large_enough_and_on_the_page(parts: tuple[str, ...]) -> None:
    figure = drawn(*parts)
    assert figure.get_figwidth() == DOUBLE_COLUMN
    boxes = boxes_of(figure)
    assert overlapping(boxes) == []
    page = figure.bbox
    assert [text for text, box in boxes if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1] == []
    assert min(text.get_fontsize() for text in texts_of(figure)) >= 6.0
    assert len(figure.axes) == len([part for part in parts if part != "compile"])


def test_blocks_stand_beside_their_bare_draws() -> None:
    axes = drawn("blocks").axes[0]
    model, draws = (np.asarray(container.lines[0].get_ydata()) for container in axes.containers)
    table = tables()["blocks"]
    assert np.allclose(model, 1e3 / table["milliseconds_per_world_year"])
    assert np.allclose(draws, 1e3 / table["floor_milliseconds_per_world_year"])
    assert (model < draws).all()
    assert "fastest: 7.0 times the draws" in [text.get_text() for text in axes.texts]


def test_the_longest_stage_is_on_top_and_the_plain_day_is_no_bar() -> None:
    (axes,) = drawn("stages").axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[:4] == ["Uniforms", "Normals from uniforms", "Around the stages", "Levers: act"]
    assert len(labels) == len(DAY) + 3
    lengths = {round(bar.get_y() + bar.get_height() / 2): bar.get_width() for bar in axes.patches}
    stages = tables()["stages"]
    assert [lengths[place] for place in range(len(labels))] == pytest.approx(list(stages["microseconds"][:-1]))
    assert "Islamic State: fight" in labels


def test_the_note_tells_machine_load_and_setting() -> None:
    note = note_of(drawn("blocks", "workers"))
    for words in (
        "5 repetitions",
        "wall-clock time",
        "US pullout, 180 days, parameters drawn from priors, seed 7",
        "load 0.1 before",
    ):
        assert words in note
