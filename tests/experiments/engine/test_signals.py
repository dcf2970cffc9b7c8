"""A process that receives a signal to end stops as with Ctrl-C: it leaves nothing unfinished, and finished results stay."""

import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Answer

import experiments.engine.workers
from experiments.cli import Ended, ending_in_order


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_asked_to_end_leaves_nothing(
    asked: signal.Signals, knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    signal.signal(asked, signal.SIG_DFL)  # under nohup it is ignored, and stays so
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    seen: list[str] = []

    def stop(*_: object) -> None:
        seen.extend(path.name for path in folder.iterdir())
        os.kill(os.getpid(), asked)
        time.sleep(60)  # a thread that has a block waits until the process ends

    monkeypatch.setattr(experiments.engine.workers, "run_block_of", stop)
    answer = knockon("run", "ensemble.worlds=2", "ensemble.days=15", "ensemble.uncertainty=none")
    assert answer.code == 128 + asked
    assert answer.err.splitlines()[-1].startswith("knockon: stopped; finished chunks are kept")
    assert "Traceback" not in answer.err
    assert any(name.startswith("knockon-") for name in seen)
    assert list(folder.iterdir()) == []
    assert signal.getsignal(asked) is signal.SIG_DFL


def test_the_second_signal_ends_at_once_and_nohup_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending_in_order():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            with pytest.raises(Ended) as ended:
                os.kill(os.getpid(), signal.SIGTERM)
            assert ended.value.signal is signal.SIGTERM
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)
