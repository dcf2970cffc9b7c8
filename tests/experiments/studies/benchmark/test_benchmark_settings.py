"""The settings that `knockon benchmark` accepts, and one line of error for each setting that it refuses."""

import loky
import pytest

from experiments.config.fields import read
from experiments.errors import InputError
from experiments.studies.benchmark.job import INSTEAD
from experiments.studies.benchmark.settings import Part, Settings
from experiments.studies.runner import check_overrides

GIVEN = {"parts": ["stages", "blocks"], "blocks": [1024, 64, 64], "repetitions": 3, "workers": None}


def settings(**changes: object) -> Settings:
    return read(Settings, "benchmark", {**GIVEN, **changes})


def test_sizes_rise_and_parts_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loky, "cpu_count", lambda: 6)
    assert settings() == Settings((Part.BLOCKS, Part.STAGES), (64, 1024), 3, (1, 2, 4))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"parts": ["stage"]},
            "benchmark.parts[0]='stage' is none of blocks, stages, workers, memory, compile; did you mean stages?",
        ),
        ({"parts": []}, "benchmark.parts=[] is not a list such as"),
        ({"blocks": 64}, "benchmark.blocks=64 is not a list such as 'benchmark.blocks=[1,2]'"),
        ({"blocks": [64, 0]}, "benchmark.blocks[1]=0 is not a whole number from 1 to 8192"),
        ({"blocks": [16384]}, "benchmark.blocks[0]=16384 is not a whole number from 1 to 8192"),
        ({"blocks": ["all"]}, "benchmark.blocks[0]='all' is not a whole number from 1 to 8192"),
        ({"repetitions": 0}, "benchmark.repetitions=0 is not a whole number from 1 to 100"),
        ({"workers": [2, 10**6]}, "benchmark.workers[1]=1000000 is not a whole number from 1 to 1024"),
        ({"workers": [2, 1024]}, "benchmark.workers=1024 is more than the"),
        ({"worker": [1]}, "benchmark.worker=[1] is no setting; did you mean benchmark.workers"),
    ],
)
def test_what_cannot_be_measured_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as refused:
        settings(**changes)
    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(InputError, match="benchmark misses repetitions"):
        read(Settings, "benchmark", {name: value for name, value in GIVEN.items() if name != "repetitions"})


@pytest.mark.parametrize("override", ["ensemble.worlds=5", "++compute.workers=2", "reference=us_pullout"])
def test_what_would_change_nothing_is_refused(override: str) -> None:
    with pytest.raises(InputError, match="would change nothing"):
        check_overrides("benchmark", ("scenario=stay", override), INSTEAD)
    check_overrides("benchmark", ("scenario=stay", "ensemble.days=30", "compute.block=256"), INSTEAD)
