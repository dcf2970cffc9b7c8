"""The same figures for another page: as wide as the page, no higher, readable, with the same data and with their origin."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from drawing import EIGHT, arms, behind, boxes_of, differences_of, overlapping, table_of, texts_of
from matplotlib.figure import Figure
from PIL import Image

import experiments.figures.draw
from experiments.config.compute import read_venue
from experiments.config.defaults import conf_folder, names_in
from experiments.errors import InputError
from experiments.figures.draw import on_pages, save
from experiments.figures.venue import Venue, drawn_for, venue
from experiments.studies.compare.figures.dots import dots
from experiments.studies.compare.figures.draw import QUESTIONS, draw_comparison
from experiments.studies.compare.figures.fans import fans

pytestmark = [pytest.mark.slow, pytest.mark.promised]

VENUES = {name: yaml.safe_load((conf_folder() / "figure" / f"{name}.yaml").read_text()) for name in names_in("figure")}
ORIGIN = "Knock-on 0.2.0, results of version 0.2.0, commit 0123456789: stay key0, 40 worlds."

type Pages = tuple[Venue, dict[str, Figure], dict[str, str]]


def of(chosen: str, **changed: object) -> Venue:
    return read_venue({"figure": {**VENUES[chosen], **changed}})


@pytest.fixture(scope="module", params=["nature_89", "slides"])
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Return a venue, the figures of eight arms drawn for it, by name, and their captions."""
    page, figures, folder = of(request.param), {}, tmp_path_factory.mktemp("figures")
    data = arms(EIGHT)
    with pytest.MonkeyPatch.context() as patch, drawn_for(page):
        patch.setattr("experiments.engine.forked.loky.cpu_count", lambda: 1)  # figures of a fork do not come back
        patch.setattr(Figure, "savefig", lambda figure, path, **_: figures.update({path.stem: figure}))
        draw_comparison(folder, data, table_of(data, "stay"), behind(EIGHT))
    return page, figures, {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.txt")}


def test_figures_are_as_wide_as_the_page_and_no_higher(pages: Pages) -> None:
    page, figures, _ = pages
    assert {figure.get_figwidth() for figure in figures.values()} == {page.width}
    heights = {name: figure.get_figheight() for name, figure in figures.items()}
    assert {name: height for name, height in heights.items() if height > page.height} == {}
    assert {name.rstrip("_0123456789") for name in figures} == set(QUESTIONS) - {
        "months",
        "response",
    }  # of chosen months, and of a sweep
    assert len(figures) > 5


def test_their_texts_are_apart_large_enough_and_on_the_page(pages: Pages) -> None:
    for name, figure in pages[1].items():
        boxes, whole = boxes_of(figure), figure.bbox
        assert overlapping(boxes) == [], name
        outside = [text for text, box in boxes if box.x0 < -1 or box.y0 < -1 or box.x1 > whole.x1 + 1 or box.y1 > whole.y1 + 1]
        assert outside == [], name
        assert min(text.get_fontsize() for text in texts_of(figure)) >= 6.0, name


def test_every_figure_has_a_caption_also_where_its_note_is_not_drawn(pages: Pages) -> None:
    page, figures, captions = pages
    assert set(captions) == set(figures)
    assert all("40 worlds" in caption for caption in captions.values())
    notes = {
        "40 worlds" in " ".join(text.get_text() for text in figure.texts).replace("\n", " ") for figure in figures.values()
    }
    assert notes == {page.note}


def test_the_data_and_the_colours_are_the_same(pages: Pages) -> None:
    data = arms(EIGHT)
    drawn = fans(data, references={"stay"}).axes[0].get_lines()
    here = pages[1]["fans_1"].axes[0].get_lines()
    assert len(here) == len(drawn)
    for one, other in zip(here, drawn, strict=True):
        assert one.get_color() == other.get_color()
        if one.get_label() in EIGHT:
            np.testing.assert_array_equal(one.get_ydata(), other.get_ydata())


def test_a_draft_says_where_it_is_from_at_its_foot_and_every_file_in_its_metadata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments.figures.draw, "PIXELS_AN_INCH", 40)
    data = arms(EIGHT[:2])
    for draft in (False, True):
        with drawn_for(of("nature_183", draft=draft), ORIGIN):
            figure = dots(*differences_of(EIGHT[:2]), "40 worlds.")
            save(figure, tmp_path / "dots", data)
        foot = [text.get_text().replace("\n", " ") for text in figure.texts if text.get_gid() == "origin"]
        assert foot == [ORIGIN if draft else ""]
        assert str(figure.get_label()).startswith("US pullout: ")
        assert overlapping(boxes_of(figure)) == []
        with Image.open(tmp_path / "dots.png") as picture:
            assert picture.info["Subject"].endswith(ORIGIN)
        assert b"commit 0123456789: stay key0, 40 worlds" in (tmp_path / "dots.pdf").read_bytes()


def test_a_page_ends_with_the_block_that_is_drawn_for_it() -> None:
    with drawn_for(of("slides")):
        assert venue().name == "slides"
    assert venue() == read_venue({})
    assert of("nature_183") == read_venue({})


def test_parts_are_shared_out_over_as_few_pages_as_hold_them() -> None:
    def draw(parts: object) -> Figure:
        return Figure(figsize=(7.2, 1.5 * len(list(parts))))  # ty: ignore[invalid-argument-type]

    assert [figure.get_figheight() for figure in on_pages("abcd", draw)] == [6.0]
    assert [figure.get_figheight() for figure in on_pages("abcdef", draw)] == [4.5, 4.5]
    assert [figure.get_figheight() for figure in on_pages("abcdef", draw, most=2)] == [3.0, 3.0, 3.0]
    with drawn_for(of("slides", height=2.5)):
        assert [figure.get_figheight() for figure in on_pages("abc", draw)] == [1.5, 1.5, 1.5]
        assert len(on_pages("a", lambda parts: Figure(figsize=(7.2, 9.0)))) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"width": 1}, "figure.width=1 is not from 3.3 to 12 inches"),
        ({"height": "tall"}, "figure.height='tall' is not from 2.5 to 30 inches"),
        ({"columns": 0}, "figure.columns=0 is not a whole number from 1 to 4"),
        ({"note": "no"}, "figure.note='no' is neither true nor false"),
        ({"name": "../up"}, "figure.name='../up' is no name for a folder"),
        ({"heigth": 2}, "did you mean figure.height"),
    ],
)
def test_settings_that_cannot_be_used(changed: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said.replace(".", r"\.").replace("?", r"\?")):
        of("slides", **changed)
