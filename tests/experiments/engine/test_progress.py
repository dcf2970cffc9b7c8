"""What a user sees of a run: only computed worlds count, a sweep has one progress bar, and no bar moves outside a terminal."""

import io
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from composing import composed

from experiments.engine.block import run_block
from experiments.engine.progress import PROGRESS, Progress
from sim.worlds import Worlds

STAY, PULLOUT = Path("stay-0"), Path("us_pullout-0")


class Terminal(io.StringIO):
    """Where a person watches."""

    def isatty(self) -> bool:
        return True

    def lines(self) -> list[str]:
        """Return what was shown, one after another."""
        return [line.strip() for line in self.getvalue().split("\r") if line.strip()]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    shown = Terminal()
    monkeypatch.setattr("experiments.engine.progress.sys", SimpleNamespace(stderr=shown))  # pytest puts its own in sys
    monkeypatch.setenv("COLUMNS", "120")
    return shown


def test_an_arm_shows_worlds_rate_and_time_left(terminal: Terminal) -> None:
    with Progress().of(STAY, "stay", 3000) as bar:
        time.sleep(0.2)
        bar.update(1000)
        bar.refresh()
        time.sleep(0.2)
        bar.update(1000)
        bar.refresh()
    assert terminal.lines()[0].startswith("stay:   0% |")
    assert "stay:  33% |" in terminal.getvalue()
    last = terminal.lines()[-1]
    assert "2,000 of 3,000 worlds" in last
    rate = float(last.partition(" of 3,000 worlds, ")[2].partition(" worlds/s")[0])
    assert 1000 < rate < 5200
    assert last.endswith("00:00 left")


def test_a_sweep_is_one(terminal: Terminal) -> None:
    progress = Progress()
    progress.plan([(STAY, "stay", 100), (PULLOUT, "us_pullout", 300)])
    with progress.of(STAY, "stay", 100) as bar:
        bar.update(100)
        bar.refresh()
    assert terminal.lines()[-1].startswith("arm 1 of 2, stay:  25% |")
    with progress.of(PULLOUT, "pullout", 300) as bar:
        bar.update(100)
        bar.refresh()
        assert terminal.lines()[-1].startswith("arm 2 of 2, us_pullout:  50% |")
        assert "200 of 400 worlds" in terminal.lines()[-1]
        bar.update(200)
    with progress.of(STAY, "stay", 10):
        assert terminal.lines()[-1].startswith("stay:   0% |")


def test_stored_worlds_do_not_count(terminal: Terminal) -> None:
    progress = Progress()
    progress.plan([(STAY, "stay", 0), (PULLOUT, "us_pullout", 300)])
    with progress.of(PULLOUT, "pullout", 200) as bar:  # 100 were stored by another process since
        bar.update(100)
        bar.refresh()
        assert terminal.lines()[-1].startswith("arm 2 of 2, us_pullout:  50% |")
        assert "100 of 200 worlds" in terminal.lines()[-1]


def test_without_a_terminal_there_is_a_line_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress().of(STAY, "stay", 1000) as bar:
        bar.update(500)
        assert capsys.readouterr().err == ""
        bar.update(500)
    assert capsys.readouterr().err.startswith("stay: 1,000 worlds in 0 s, ")


def test_what_stops_a_run_takes_the_bar_away(terminal: Terminal) -> None:
    progress = Progress()
    progress.plan([(STAY, "stay", 100), (PULLOUT, "us_pullout", 300)])
    with pytest.raises(KeyboardInterrupt), progress.of(STAY, "stay", 100):
        raise KeyboardInterrupt
    assert terminal.getvalue().endswith("\r")
    with progress.of(PULLOUT, "us_pullout", 300):
        assert terminal.lines()[-1].startswith("us_pullout:   0% |")


def test_it_moves_within_a_block_and_fits_a_narrow_terminal(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    progress, label = Progress(), "us_pullout_without_knock_on, policies.full_pullout.start=2021-02-01"
    first, second = Worlds(0, 500), Worlds(500, 500)
    progress.plan([(STAY, "stay", 0), (PULLOUT, label, 1000)])
    with progress.of(PULLOUT, label, 1000) as bar:
        for worlds, share in ((first, 0.1), (second, 0.2), (first, 0.5)):
            progress.block(worlds, share)
            time.sleep(0.12)
        bar.refresh()
        within = terminal.lines()[-1]
        progress.block(first)
        progress.block(second)
        assert bar.n == 1000
    assert within.startswith("arm 2 of 2, us_pullout_witho\N{HORIZONTAL ELLIPSIS}:  35% |")
    assert "350 of 1,000 worlds, 00:0" in within
    assert within.endswith(" left")
    assert max(map(len, terminal.lines())) <= 80
    assert "?" not in within


def test_a_block_that_this_process_computes_tells_its_days(terminal: Terminal) -> None:
    with PROGRESS.of(STAY, "stay", 4) as bar:
        run_block(composed("stay", "ensemble.days=20"), Worlds(0, 4))
        assert bar.n == pytest.approx(4.0)
        PROGRESS.block(Worlds(0, 4))
        assert bar.n == pytest.approx(4.0)
