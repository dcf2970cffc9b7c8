"""Streams that are closed, full or in another encoding stop no computation, and the problem is reported."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from comparing import comparison
from conftest import Answer

from experiments.reports.streams import forgiving

PRINTED = "difference \N{MINUS SIGN}86 \N{PLUS-MINUS SIGN} 2, 1\N{EN DASH}3 \N{MULTIPLICATION SIGN} \N{POUND SIGN}"
PRINTING = f"""
import sys
from experiments import cli
def job(arguments):
    print({PRINTED!a})
    print({PRINTED!a}, file=sys.stderr)
    open("kept.txt", "w").write("kept")
    print("more")
cli.module_of = lambda name: type("Job", (), {{"main": job}})
cli.main(["describe"])
"""


def printing(redirected: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Call the command line, its job replaced by one that prints, with streams as the shell makes them."""
    return subprocess.run(
        ["bash", "-c", f'"$0" -c "$1" {redirected}', sys.executable, PRINTING],
        capture_output=True, text=True, encoding="utf-8", env={**os.environ, **environment},
    )  # fmt: skip


def test_signs_of_numbers_stay_readable_in_ascii() -> None:
    done = printing(PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, "difference -86 +- 2, 1-3 x \\xa3\nmore\n")
    assert done.stderr == "difference -86 +- 2, 1-3 x \\xa3\n"
    assert printing(PYTHONIOENCODING="utf-8").stdout == f"{PRINTED}\nmore\n"


@pytest.mark.parametrize(
    ("redirected", "code", "out", "said"),
    [
        (">&-", 0, "", PRINTED),
        ("2>&-", 0, f"{PRINTED}\nmore", ""),
        ("<&- >&- 2>&-", 0, "", ""),
        ("2>/dev/full", 0, f"{PRINTED}\nmore", ""),
        (">/dev/full", 1, "", "knockon: the output cannot be printed (No space left on device)"),
        (">/dev/full 2>&1", 1, "", ""),
        ("| head -c 1; exit ${PIPESTATUS[0]}", 0, "d", PRINTED),
    ],
)
def test_no_stream_ends_what_is_computed(redirected: str, code: int, out: str, said: str) -> None:
    done = printing(redirected, PYTHONIOENCODING="utf-8")
    assert done.returncode == code
    assert done.stdout.rstrip("\n") == out
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert Path("kept.txt").read_text() == "kept"  # and nothing that was printed is in it


def test_streams_of_others_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout
    with forgiving() as below:
        print("read by the test")
        assert below is None
        assert sys.stdout is before
    assert capsys.readouterr().out == "read by the test\n"


def test_all_is_written_before_anything_is_printed(
    knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, drawn: list[tuple[Path, set[str]]]
) -> None:
    written: list[set[str]] = []

    def tell(*_: object, **__: object) -> None:
        written.append({file.name for file in Path("results").glob("compare-*/**/*") if file.is_file()})

    monkeypatch.setattr("experiments.studies.compare.report.print", tell, raising=False)
    answer = knockon("run", "ensemble.worlds=2", "ensemble.days=15", "ensemble.uncertainty=none")
    assert answer.code == 0, answer.err
    assert {"arms.csv", "comparison.csv", "levels.tex", "report.html"} <= written[0]
    assert len(drawn) == 1


def test_a_comparison_whose_figures_met_a_full_disk_is_none(
    knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "fans.pdf")

    monkeypatch.setattr("experiments.studies.compare.report.draw_comparison", full)
    answer = knockon("run", "ensemble.worlds=2", "ensemble.days=15", "ensemble.uncertainty=none")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines()[-1].startswith("knockon: fans.pdf cannot be written (No space left on device)")
    (folder,) = Path("results").glob("compare-*")
    for job in (("package", str(folder)), ("export", str(folder)), ("figures", f"comparison={folder}")):
        refused = knockon(*job)
        assert refused.code == 2
        assert f"knockon: {folder} is not finished" in refused.err
        assert len(refused.err.splitlines()) == 1


def test_what_is_not_there_any_more_is_one_line(knockon: Callable[..., Answer]) -> None:
    folder = comparison(Path("results"))
    (folder / "arms.csv").unlink()
    assert "holds no comparison" in knockon("export").err
