"""Can every kind of figure of a comparison be printed, on every page of `conf/figure/`, with few arms and with many?"""

from pathlib import Path

import pytest
import yaml
from drawing import arms, behind, boxes_of, by_month, overlapping, swept, table_of, texts_of
from matplotlib.figure import Figure

from experiments.config.compute import read_venue
from experiments.config.defaults import conf_folder, names_in
from experiments.figures.venue import drawn_for
from experiments.studies.compare.figures.draw import QUESTIONS, draw_comparison

LABELS = ("stay", "us_pullout", *(name for name in names_in("scenario") if name not in ("stay", "us_pullout")))
COUNTS = (2, 6, 19)
SMALLEST, LARGEST = 5.0, 7.0
"""Sizes of type that journals take, points; a slide's page is as small as theirs."""
PRESETS = names_in("figure")
FAST = {("nature_89", 6), ("slides", 2)}
CASES = [
    pytest.param(kind, preset, count, marks=() if (preset, count) in FAST else pytest.mark.slow)
    for kind in QUESTIONS
    for preset in PRESETS
    for count in COUNTS
]


@pytest.mark.parametrize(("kind", "preset", "count"), CASES)
def test_it_can_be_printed(kind: str, preset: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = read_venue({"figure": yaml.safe_load((conf_folder() / "figure" / f"{preset}.yaml").read_text())})
    figures: dict[str, Figure] = {}
    labels = LABELS[:count]
    data = arms(labels)
    monkeypatch.setattr("experiments.engine.forked.loky.cpu_count", lambda: 1)  # figures of a fork do not come back
    monkeypatch.setattr(Figure, "savefig", lambda figure, path, **_: figures.update({path.stem: figure}))
    with drawn_for(page):
        draw_comparison(
            tmp_path, data, table_of(data, "stay"), behind(labels) | swept(labels) | {"months": by_month(labels)}, [kind]
        )
    assert figures
    for name, figure in figures.items():
        boxes, whole = boxes_of(figure), figure.bbox
        assert overlapping(boxes) == [], name
        outside = [text for text, box in boxes if box.x0 < -1 or box.y0 < -1 or box.x1 > whole.x1 + 1 or box.y1 > whole.y1 + 1]
        assert outside == [], name
        sizes = {text.get_fontsize() for text in texts_of(figure)}
        assert min(sizes) >= SMALLEST, name
        assert max(sizes) <= LARGEST, name
        assert figure.get_figwidth() == page.width
        assert figure.get_figheight() <= page.height, name
