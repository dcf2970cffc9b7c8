"""Is each figure written if the outcomes allow it, and is it the same when it is drawn again?"""

import io
import zlib
from pathlib import Path

import loky
import pytest
import xarray as xr
from drawing import EIGHT, arms, behind, differences_of, table_of
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from PIL import Image

import experiments.figures.draw
import experiments.studies.compare.figures.draw
from experiments.figures.draw import save
from experiments.studies.compare.figures.dots import dots
from experiments.studies.compare.figures.draw import QUESTIONS, draw_comparison

ALL, BEHIND = set(QUESTIONS) - {"months", "response"}, {"variance_bars", "convergence"}


@pytest.fixture(autouse=True)
def _coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write few pixels, one figure after another: a test catches them in this process."""
    monkeypatch.setattr(loky, "cpu_count", lambda: 1)
    monkeypatch.setattr(experiments.figures.draw, "PIXELS_AN_INCH", 40)


def drawn(folder: Path, data: dict[str, xr.Dataset], patch: pytest.MonkeyPatch) -> dict[str, Figure]:
    """Return the figures that would be written, by name."""
    figures: dict[str, Figure] = {}
    patch.setattr(Figure, "savefig", lambda figure, path, **_: figures.update({path.stem: figure}))
    draw_comparison(folder, data, table_of(data, "stay"), {})
    return figures


def test_all_figures_are_written_as_pdf_and_png(tmp_path: Path) -> None:
    data, folder = arms(EIGHT[:2]), tmp_path / "compare" / "figures"
    draw_comparison(folder, data, table_of(data), behind(EIGHT[:2]))
    expected = {f"{name}{ending}" for name in ALL for ending in (".pdf", ".png", ".svg", ".txt")}
    assert {path.stem.rstrip("_123456789") + path.suffix for path in folder.iterdir()} == expected
    assert all(path.read_bytes().startswith(b"%PDF") for path in folder.glob("*.pdf"))
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in folder.glob("*.png"))


def test_a_single_arm_has_all_that_needs_no_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(drawn(tmp_path, arms(EIGHT[:1]), monkeypatch)) == ALL - {"dots", "overview", "tile_map", *BEHIND}


def test_without_weeks_there_are_no_fans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_week = [name for name in arms(["stay"])["stay"] if str(name).endswith("_by_week")]
    totals = {label: data.drop_vars(by_week) for label, data in arms(EIGHT[:2]).items()}
    assert set(drawn(tmp_path, totals, monkeypatch)) == ALL - {"fans", *BEHIND}


def test_without_places_and_exits_there_are_no_map_and_survival(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {label: data.drop_vars(["attacks_by_governorate", "exit_day_by_member"]) for label, data in arms(EIGHT[:2]).items()}
    assert set(drawn(tmp_path, few, monkeypatch)) == ALL - {"tile_map", "survival", *BEHIND}


def test_arms_have_the_colours_of_their_scenarios_whichever_is_the_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = drawn(tmp_path, arms(["us_pullout", "stay"]), monkeypatch)
    colours = {line.get_label(): line.get_color() for line in figures["fans"].axes[0].get_lines()}
    assert colours["stay"] == "#8a8a8a"
    assert colours["us_pullout"] == "#0072b2"


def test_files_say_what_they_show_without_a_date_and_are_the_same_again(tmp_path: Path) -> None:
    data = arms(EIGHT[:2])
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        save(dots(*differences_of(EIGHT[:2]), ""), tmp_path / name / "dots", data)
    for ending in ("pdf", "png"):
        assert (tmp_path / "one" / f"dots.{ending}").read_bytes() == (tmp_path / "other" / f"dots.{ending}").read_bytes()
    pdf = (tmp_path / "one" / "dots.pdf").read_bytes()
    for text in (b"Dots: Stay, US pullout", b"stay: key0; us_pullout: key1", b"seed 7", b"/CIDFontType2"):
        assert text in pdf
    assert b"Date" not in pdf
    assert b"/Type3" not in pdf
    fonts = [font for font in map(_inflated, pdf.split(b"stream\n")) if font.startswith(b"\x00\x01\x00\x00")]
    assert len(fonts) >= 2
    for font in fonts:
        assert "glyf" in (tables := TTFont(io.BytesIO(font)).keys())
        assert not {"GPOS", "GSUB"} & set(tables)
    with Image.open(tmp_path / "one" / "dots.png") as picture:
        assert picture.info["Title"] == "Dots: Stay, US pullout"
        assert picture.info["Keywords"] == "arms stay: key0; us_pullout: key1"
        assert "40 worlds per arm" in picture.info["Subject"]


def test_figures_drawn_in_forks_are_the_same_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, kinds = arms(EIGHT[:2]), ("dots", "survival", "exceedance")
    for cores in (1, 2):
        monkeypatch.setattr(loky, "cpu_count", lambda cores=cores: cores)
        draw_comparison(tmp_path / f"{cores}", data, table_of(data), {}, kinds)
        assert capsys.readouterr().err.splitlines() == [f"drawing figures: {done} of 3 done" for done in (1, 2, 3)]
    alone, forked = ({path.name: path.read_bytes() for path in (tmp_path / cores).iterdir()} for cores in "12")
    assert len(alone) == 12
    assert alone == forked


def test_an_error_of_a_fork_is_raised_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(loky, "cpu_count", lambda: 2)
    monkeypatch.setattr(experiments.studies.compare.figures.draw, "save", fail)
    data = arms(EIGHT[:2])
    with pytest.raises(OSError, match="No space left"):
        draw_comparison(tmp_path, data, table_of(data), {}, ("dots", "survival"))


def _inflated(part: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(part)
    except zlib.error:
        return b""
