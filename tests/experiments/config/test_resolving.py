"""The recorded config of a run takes nothing from the machine, and only a policy or an event in it may name code."""

from typing import Any

import pytest
from omegaconf import OmegaConf

from experiments.config.read import resolved
from experiments.errors import InputError

OTHERS: dict[str, Any] = {"results": "${oc.env:SECRET}/below", "compute": {"address": "${oc.env:SECRET}"}, "days": 30}


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "hush")


def read(**entries: object) -> dict[str, Any]:
    return resolved(OmegaConf.create({**OTHERS, "hydra": {"job": {"env_set": {"X": "hush"}}}, **entries}))


@pytest.mark.parametrize(
    "value",
    [
        "${oc.env:SECRET}",
        "${oc.env:SECRET,none}",
        "a ${oc.env:SECRET} b",
        "${oc.decode:${oc.env:SECRET}}",
        "${oc.create:${oc.env:SECRET}}",
        "${oc.select:results}",
        "${oc.${kind}:SECRET}",
        "${results}",
        "${compute.address}",
        "${compute[address]}",
        "${.results}",
        "${..results}",
        "${${kind}}",
        "${hydra:job.env_set.X}",
        "${hydra.job.env_set.X}",
        "${now:%Y}",
        "${days} ${results}",
    ],
)
@pytest.mark.parametrize("place", ["alone", "in a list", "deep"])
def test_nothing_of_the_machine_is_recorded(value: str, place: str) -> None:
    entry = {"alone": value, "in a list": [1, value], "deep": {"a": {"b": value}}}[place]
    with pytest.raises(InputError) as refused:
        read(recorded=entry, kind="env")
    assert str(refused.value).startswith("recorded")
    assert "of this machine" in str(refused.value)
    assert "hush" not in str(refused.value)


def test_another_setting_may_be_referred_to_and_the_machine_below_results_and_compute() -> None:
    plain = read(a="${days}", b={"c": "${a}", "d": "day ${.e.f} of ${days}", "e": {"f": 3}})
    assert (plain["a"], plain["b"]["c"], plain["b"]["d"]) == (30, 30, "day 3 of 30")
    assert (plain["results"], plain["compute"]["address"]) == ("hush/below", "hush")
    assert "hydra" not in plain


@pytest.mark.parametrize(
    "entries",
    [
        {"ensemble": {"_target_": "os.getcwd"}},
        {"militias": {"x": [{"_target_": "os.getcwd"}]}},
        {"compute": {"_target_": "os.getcwd"}},
        {"policies": {"x": {"exits": {"_target_": "os.getcwd"}}}},
        {"_target_": "os.getcwd"},
    ],
)
def test_code_is_named_by_policies_and_events_alone(entries: dict[str, object]) -> None:
    with pytest.raises(
        InputError, match="_target_='os.getcwd': only a policy, and an event of history.events, can name a class"
    ):
        read(**entries)
    mine = {"policies": {"x": {"_target_": "a.B"}}, "history": {"events": {"x": {"_target_": "a.C"}}}}
    assert read(**mine)["policies"] == mine["policies"]
