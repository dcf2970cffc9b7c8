"""The settings of `conf/compute/`: which are read, and which combinations are refused."""

import importlib.util
from collections.abc import Mapping
from dataclasses import replace

import loky
import pytest
from composing import composed, read

from experiments.config.compute import Backend, Compute
from experiments.engine.warnings import workers_without_work
from experiments.errors import InputError

SERIAL = {"compute.backend": "serial", "compute.workers": 1}
DASK = {"compute.backend": "dask", "compute.workers": 2}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("auto", Compute(Backend.AUTO, loky.cpu_count(), 4096, None, False)),
        ("serial", Compute(Backend.SERIAL, 1, 4096, None, False)),
        ("local", Compute(Backend.LOCAL, 2, 4096, None, False)),
        ("dask", Compute(Backend.DASK, 2, 4096, None, False)),
    ],
)
def test_the_shipped_settings(name: str, expected: Compute) -> None:
    assert composed("stay", f"compute={name}").compute == expected


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:8786", "tls://scheduler.example:8786", "tcp://[::1]:8786"])
def test_an_address_of_a_cluster(address: str) -> None:
    assert read("stay", {**DASK, "compute.address": address}).compute.address == address


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"compute.workers": 0}, r"compute\.workers=0 is neither auto nor a whole number from 1 to"),
        ({"compute.workers": 2.5}, r"compute\.workers=2\.5 is neither auto nor a whole number"),
        (
            {**SERIAL, "compute.workers": 4},
            r"compute\.workers=4: compute=serial has only one process; add compute=local or compute=dask",
        ),
        ({"compute.block": 0}, r"compute\.block=0"),
        ({"compute.block": 100_000}, r"compute\.block=100000"),
        ({"compute.backend": "loky"}, r"compute\.backend='loky' is none of auto, serial, local, dask"),
        ({"compute.backend": "dusk"}, "did you mean dask"),
        ({"compute.strict": "yes"}, r"compute\.strict='yes' is neither true nor false"),
        (
            {**SERIAL, "compute.address": "tcp://10.0.0.1:8786"},
            r"compute\.address=tcp://10\.0\.0\.1:8786 is for a Dask cluster: add compute=dask",
        ),
        ({**DASK, "compute.address": "10.0.0.1:8786"}, "is no address of a Dask scheduler such as tcp://"),
        ({**DASK, "compute.address": "tcp://10.0.0.1"}, "is no address"),
        ({**DASK, "compute.address": "tcp://10.0.0.1:port"}, "is no address"),
        ({**DASK, "compute.address": "http://10.0.0.1:8787"}, "is no address"),
    ],
)
def test_what_does_not_go_is_refused(entries: Mapping[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read("stay", entries)


def test_without_dask_the_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "distributed" else find(name, *rest))
    with pytest.raises(InputError, match=r"pip install 'knockon\[dask\]'"):
        read("stay", DASK)


@pytest.mark.parametrize(
    ("worlds", "workers", "block", "said"),
    [
        (1000, 2, 512, None),
        (1000, 3, 512, None),
        (1000, 4, 8192, None),
        (10, 4, 512, None),
        (5, 4, 512, "5 worlds make 3 blocks, each for one worker; the other workers stay idle"),
        (2, 3, 512, "2 worlds make 2 blocks, each for one worker"),
        (4096, 5, 512, "this machine has 4 cores, and more workers are not faster"),
    ],
)
def test_workers_that_help_nothing_are_told_of(
    monkeypatch: pytest.MonkeyPatch, worlds: int, workers: int, block: int, said: str | None
) -> None:
    monkeypatch.setattr("loky.cpu_count", lambda: 4)
    arm = replace(composed("stay"), worlds=worlds, compute=Compute(Backend.LOCAL, workers, block, None, False))
    notes = list(workers_without_work(arm))
    assert [note.startswith(f"compute.workers={workers}: ") for note in notes] == [True] * (said is not None)
    assert said is None or said in notes[0]
