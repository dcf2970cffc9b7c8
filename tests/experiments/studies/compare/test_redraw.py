"""`knockon figures` draws from stored results, writes the same bytes again, and runs no world."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Answer, is_one_line

import experiments.engine.workers
import experiments.figures.draw
from experiments.storage.comparison import Comparison

pytestmark = pytest.mark.slow

SWEEP = ("-m", "scenario=stay,us_pullout", "ensemble.worlds=4", "ensemble.days=16", "ensemble.record=totals")


@pytest.fixture
def comparison(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run and compare two arms; from then on, no world can be run."""
    monkeypatch.setattr(experiments.figures.draw, "PIXELS_AN_INCH", 40)
    answer = knockon("run", *SWEEP)
    assert answer.code == 0
    (folder,) = Path("results").glob("compare-*")
    assert f"Report:  {folder / 'report.html'}" in answer.out
    monkeypatch.setattr(experiments.engine.workers, "run_block_of", None)
    return folder


def test_figures_are_drawn_again_from_what_is_stored(comparison: Path, knockon: Callable[..., Answer]) -> None:
    figures = comparison / "figures"
    before = {path.name: path.read_bytes() for path in figures.iterdir()}
    assert {"dots_1.pdf", "dots_1.png", "overview_1.png", "survival.pdf", "dots_1.txt"} <= set(before)  # pages are numbered
    (figures / "dots_1.png").unlink()
    (figures / "dots_99.png").write_bytes(b"of an earlier drawing on more pages")
    answer = knockon("figures", "kinds=[dots,overview]")
    assert (answer.code, answer.out) == (0, f"Figures: {figures}\n")
    after = {path.name: path.read_bytes() for path in figures.iterdir()}
    assert {name: after[name] == before.get(name) for name in after} == dict.fromkeys(before, True)

    answer = knockon("figures", f"comparison={comparison}", "figure=slides", "kinds=[dots]", "figure.draft=true")
    assert answer.code == 0
    assert {path.stem for path in (comparison / "figures-slides").glob("*.pdf")} == {"dots_1", "dots_2", "dots_3", "dots_4"}

    # what cannot be drawn
    for given, said in (
        (("kinds=dotz",), "kinds=dotz is no figure of a comparison; did you mean dots?"),
        (("figure=slide",), "figure=slide: there is no such figure; did you mean slides?"),
        (("comparison=nowhere",), "nowhere is no folder of a comparison"),
        (("scenario=stay",), "scenario is no setting of this config"),
        (("results=nowhere",), "nowhere holds no comparison: run knockon compare first"),
    ):
        answer = knockon("figures", *given)
        assert (answer.code, answer.out) == (2, "")
        assert said in answer.err
    answer = knockon("run", *SWEEP, "figure=slides,nature_89")
    assert (answer.code, answer.out) == (2, "")
    assert "figure: a comparison is drawn for one venue" in answer.err
    (arm,) = Path("results/arms").glob("us_pullout-*")
    shutil.rmtree(arm / "chunks")
    is_one_line(knockon("figures", "figure=nature_89"), f"{arm} holds 0 finished worlds, but 4 must be there")
    assert not (comparison / "figures-nature_89").exists()


def test_what_is_unchanged_is_not_compared_and_drawn_again(
    comparison: Path, knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in comparison.rglob("*") if path.is_file()}

    before, first = drawn(), {path.name: path.read_bytes() for path in comparison.rglob("*") if path.is_file()}
    with monkeypatch.context() as without:
        without.setattr(Comparison, "table", None)
        answer = knockon("run", *SWEEP)
    assert (answer.code, drawn()) == (0, before)
    assert f"Report:  {comparison / 'report.html'}" in answer.out
    (comparison / "tables" / "comparison.csv").write_text("edited", encoding="utf-8")
    again = knockon("run", *SWEEP)
    assert (again.code, again.out) == (0, answer.out)
    assert {path.name: path.read_bytes() for path in comparison.rglob("*") if path.is_file()} == first
