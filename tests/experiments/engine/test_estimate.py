"""The estimate of a run's time and disk space: it is measured, it is close to the real use, and it writes nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from composing import composed
from conftest import Answer, is_one_line

import experiments.engine.dry_run
from experiments.api import run
from experiments.config.arm import Arm
from experiments.config.compute import Backend, Compute
from experiments.engine.block import run_block
from experiments.engine.dry_run import bytes_on_disk, estimate, in_bytes, in_time, seconds_a_block, table_of, workers_of
from experiments.engine.run import run_arm
from experiments.errors import InputError
from experiments.storage.arms import name_arms
from sim.worlds import Worlds

SMALL = ("ensemble.days=30", "ensemble.record=totals")


@pytest.fixture
def arm() -> Arm:
    return composed("us_pullout", "ensemble.worlds=300", *SMALL)


@pytest.fixture
def paced(monkeypatch: pytest.MonkeyPatch) -> list[Arm]:
    """Let each block take 10 s, a chunk 1,000 bytes and a world 100; note which arms are measured."""
    measured: list[Arm] = []
    monkeypatch.setattr(experiments.engine.dry_run, "seconds_a_block", lambda arm, worlds: measured.append(arm) or 10.0)
    monkeypatch.setattr(experiments.engine.dry_run, "bytes_on_disk", lambda arm: (1000.0, 100.0))
    monkeypatch.setattr("loky.cpu_count", lambda: 4)
    return measured


def processes(arm: Arm, worlds: int, workers: int, block: int) -> Arm:
    """Return an arm for some worker processes."""
    return replace(arm, worlds=worlds, compute=Compute(Backend.LOCAL, workers, block, None, False))


# measuring


def test_the_disk_is_what_the_run_then_takes(arm: Arm) -> None:
    (one,) = estimate(name_arms([arm]))
    store = run_arm(arm)
    size = sum(path.stat().st_size for path in store.path.rglob("*") if path.is_file())
    assert one.size == pytest.approx(size, rel=0.15)


def test_a_block_is_timed_for_all_its_days(arm: Arm, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def takes(seconds: float, result: object = None) -> object:
        nonlocal now
        now += seconds
        return result

    days = iter([60.0, *[1.0] * 100])  # the first loads the rules
    model = SimpleNamespace(run=lambda _: takes(next(days)))
    monkeypatch.setattr(experiments.engine.dry_run, "time", SimpleNamespace(perf_counter=lambda: now))
    monkeypatch.setattr(experiments.engine.dry_run, "build_model", lambda *_: takes(5.0, model))
    monkeypatch.setattr(experiments.engine.dry_run, "to_dataset", lambda *_: takes(4.0))
    assert seconds_a_block(replace(arm, days=730), Worlds(0, 512)) == pytest.approx(5.0 + 730 * 1.0 + 4.0 * 730 / 40)


def test_a_short_run_is_timed_whole(arm: Arm, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seconds_a_block(replace(arm, days=3), Worlds(0, 4)) > 0.0
    a_chunk, a_world = bytes_on_disk(arm)
    assert a_chunk > 0.0
    assert 0.0 < a_world < run_block(arm, Worlds(0, 64)).nbytes / 64 * 1.5


# arms


def test_only_what_is_missing_counts(arm: Arm, paced: list[Arm]) -> None:
    run_arm(replace(arm, worlds=8, days=3))
    more = replace(arm, days=3, worlds=2048, compute=Compute(Backend.SERIAL, 1, 512, None, False))
    stored, extended = estimate({"few": replace(arm, days=3, worlds=8)}) + estimate({"more": more})
    assert (stored.worlds, stored.stored, stored.seconds, stored.size) == (8, 8, 0.0, 0.0)
    assert (extended.worlds, extended.stored) == (2048, 0)  # the chunk with 8 worlds is computed again, whole
    assert extended.seconds == pytest.approx(40.0)
    assert extended.size == pytest.approx(2 * 1000 + 2048 * 100)
    assert len(paced) == 1


@pytest.mark.parametrize(
    ("workers", "worlds", "block", "seconds"),
    [
        (1, 1024, 512, 20.0),
        (2, 1024, 512, 10.0),
        (2, 1536, 512, 20.0),
        (3, 1023, 512, 10.0),
        (4, 4096, 512, 20.0),
        (64, 4096, 512, 160.0),
    ],
)
def test_workers_share_whole_blocks(arm: Arm, paced: list[Arm], workers: int, worlds: int, block: int, seconds: float) -> None:
    (one,) = estimate(name_arms([processes(arm, worlds, workers, block)]))
    assert one.seconds == pytest.approx(seconds)


def test_an_arm_that_stands_twice_is_computed_once(arm: Arm, paced: list[Arm]) -> None:
    one, again = estimate(name_arms([arm, replace(arm, compute=replace(arm.compute, block=100))]))
    assert one.seconds > 0.0
    assert (again.stored, again.seconds) == (again.worlds, 0.0)


def test_arms_of_another_horizon_or_record_are_measured_by_themselves(paced: list[Arm]) -> None:
    arms = [composed(name, "ensemble.worlds=300", *SMALL) for name in ("stay", "us_pullout")]
    estimate(name_arms(arms))
    assert paced == arms[:1]
    longer = composed("stay", "ensemble.worlds=300", "ensemble.days=40", "ensemble.record=totals")
    estimate({"stay": arms[0], "longer": longer})
    assert [arm.days for arm in paced] == [30, 30, 40]


def test_processes_are_no_more_than_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loky.cpu_count", lambda: 4)
    counts = {backend: workers_of(Compute(backend, 1 if backend == "serial" else 8, 512, None, False)) for backend in Backend}
    assert counts == {Backend.AUTO: 4, Backend.SERIAL: 1, Backend.LOCAL: 4, Backend.DASK: 4}


# telling


def test_the_table(arm: Arm, paced: list[Arm], monkeypatch: pytest.MonkeyPatch) -> None:
    arms = name_arms([processes(composed(name, *SMALL), 2048, 8, 512) for name in ("stay", "us_pullout")])
    lines = table_of(arms).splitlines()
    assert lines[0].split() == ["arm", "worlds", "stored", "to", "compute", "time", "disk"]
    assert lines[1].split() == ["stay", "2,048", "0", "2,048", "20", "s", "207", "kB"]
    assert lines[3].split() == ["in", "all", "4,096", "0", "4,096", "40", "s", "414", "kB"]
    assert "With 4 workers (of the 8 requested: this machine has no more cores)" in lines[5]
    assert lines[6].endswith("free there. Nothing was written.")
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 300_000}))
    assert "ONLY 300 kB ARE FREE THERE" in table_of(arms)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.1, "1 s"), (89.0, "89 s"), (95.0, "2 min"), (3600.0, "60 min"), (12_000.0, "3 h 20 min"), (4e6, "1,111 h 7 min")],
)
def test_times_in_words(seconds: float, said: str) -> None:
    assert in_time(seconds) == said


@pytest.mark.parametrize(("size", "said"), [(10.0, "1 kB"), (999_000.0, "999 kB"), (2.55e6, "2.5 MB"), (1.2e12, "1,200.0 GB")])
def test_sizes_in_words(size: float, said: str) -> None:
    assert in_bytes(size) == said


# the command


@pytest.mark.parametrize(
    "command", [("run",), ("run", "-m", "scenario=stay,crackdown"), ("compare", "scenario=stay,crackdown")]
)
def test_a_dry_run_writes_nothing(knockon: Callable[..., Answer], paced: list[Arm], command: tuple[str, ...]) -> None:
    answer = knockon(*command, "ensemble.worlds=8", *SMALL, "dry_run=true")
    assert answer.code == 0
    assert answer.out.startswith("arm")
    assert "Nothing was written." in answer.out
    assert len(answer.out.split("\n\n")[0].splitlines()) == (2 if command == ("run",) else 4)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "dry_run=1"), "dry_run=1 is neither true nor false"),
        (("run", "-m", "dry_run=true,false"), "dry_run=true,false is no sweep"),
        (("check", "dry_run=true"), "dry_run is no setting"),
    ],
)
def test_what_is_no_dry_run(knockon: Callable[..., Answer], arguments: tuple[str, ...], said: str) -> None:
    is_one_line(knockon(*arguments), said)
    assert list(Path().iterdir()) == []


def test_from_python_there_is_none() -> None:
    with pytest.raises(InputError, match="dry_run=true is for the command line"):
        run("stay", "dry_run=true", *SMALL)
    assert list(Path().iterdir()) == []
