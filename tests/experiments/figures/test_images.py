"""Every kind of figure as an image, compared with an image that a person has approved.

After an intended change, run `uv run pytest tests/experiments/figures/test_images.py --mpl-generate-path=FOLDER`, look at the
new images, and put them into `baseline/`.
"""

from collections.abc import Callable

import pytest
import test_figure_answers
import test_legible
import test_pages
from drawing import EIGHT
from matplotlib.figure import Figure

SMALL = 40
"""Dots an inch: enough to see that something moved, and a baseline takes some 20 kB."""
TOLERANCE = 4.0
"""Root mean square of the difference in grey levels: a moved label gives more, another rounding of a letter's edge less."""
DRAW: dict[str, Callable[[], Figure]] = {
    **{kind: lambda draw=draw: draw(EIGHT[:3]) for kind, draw in test_legible.DRAW.items()},
    **{
        kind.replace(" ", "_").replace("-", "_"): draw
        for kind, draw in test_figure_answers.DRAW.items()
        if "of one" not in kind
    },
    **{
        kind.replace(" ", "_"): lambda draw=test_pages.DRAW[kind]: draw()[0]
        for kind in ("year", "learnt", "observed", "exits", "effect of the lead", "histograms", "patterns", "timeline")
    },
}


@pytest.mark.promised
@pytest.mark.slow
@pytest.mark.mpl_image_compare(
    baseline_dir="baseline", style="default", tolerance=TOLERANCE, savefig_kwargs={"dpi": SMALL}, remove_text=False
)
@pytest.mark.parametrize("kind", DRAW)
def test_it_looks_as_it_did(kind: str) -> Figure:
    return DRAW[kind]()
