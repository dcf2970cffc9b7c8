"""`knockon analogue`: which tables it reads and refuses, and whether it finds the effect that produced the exits."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Answer, is_one_line
from hydra import compose
from omegaconf import DictConfig, OmegaConf

from experiments.config.conf_source import shipped_configs
from experiments.config.history import with_fixed
from experiments.errors import InputError
from experiments.studies.analogue.exits import chronicle_of
from experiments.studies.analogue.findings import COVARIATE, NO_MANDATE, RENEWALS, Findings, analyse, estimate, readings_of
from experiments.studies.analogue.report import findings_text, write_findings
from experiments.studies.analogue.settings import Analogue, read_analogue
from experiments.studies.analogue.study import LEAD, run_freely

HEADER = "member,role,troops,arrival,decided,exit,hosted_by,framework_nation,trigger,mandate_renewal"
ROWS = (
    "Lead,lead,,2001-01-01,2001-12-01,2002-06-01,,,,",
    "Alpha,member,1000,2001-01-01,,2002-02-10,lead,,end of mandate,2002-03-31",
    "Beta,member,400,2001-01-15,2002-01-05,2002-02-20,,,end of mandate,2002-03-31",
    "Gamma,member,100,2001-03-01,,2001-07-01,lead,,bombing,",
    "Delta,member,50,2001-02-01,,,own,alpha,,",
)
MANDATE = {
    "ends": ["2002-03-31"],
    "days_before": 120,
    "effect": ["uniform", 0, 5],
    "triggers": ["end of mandate"],
    "agreements": [],
}
WORLDS = 96


@pytest.fixture(scope="module")
def config() -> DictConfig:
    """Compose the job once; tests change copies."""
    with shipped_configs():
        composed = compose("analogue", overrides=["theatre=past_coalition", f"ensemble.worlds={WORLDS}", "compute=serial"])
    OmegaConf.set_struct(composed, False)
    return composed


def read(config: DictConfig, folder: Path, *rows: str, **entries: object) -> Analogue:
    """Read a coalition of some rows, with entries of the theatre's config replaced."""
    file = folder / "coalition.csv"
    file.write_text("\n".join([HEADER, *(rows or ROWS)]) + "\n", encoding="utf-8")
    changed = copy.deepcopy(config)
    changed.theatre.tables.members = str(file)
    for name, value in entries.items():
        OmegaConf.update(changed, name.replace("__", "."), value, merge=False, force_add=True)
    changed.results = str(folder / "results")
    return read_analogue(changed, "past_coalition", ["theatre=past_coalition"])


@pytest.fixture(scope="module")
def findings(config: DictConfig, tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """Find out about a small coalition with a mandate and a second reading of the announcement, once for all tests."""
    folder = tmp_path_factory.mktemp("coalition")
    with pytest.MonkeyPatch.context() as fewer_rounds:  # each takes as long; one that proposes for the next is enough
        fewer_rounds.setattr("experiments.studies.analogue.findings.ROUNDS", 2)
        return analyse(read(config, folder, theatre__mandate=MANDATE, theatre__other_announcements=["2001-11-01"]))


def test_the_table_sets_span_members_and_hosts(config: DictConfig, tmp_path: Path) -> None:
    analogue = read(config, tmp_path)
    arm = analogue.arm
    assert (arm.theatre.start, arm.days) == (date(2001, 1, 1), (date(2002, 2, 21) - date(2001, 1, 1)).days)
    assert [member.name for member in arm.theatre.members] == ["alpha", "beta", "gamma", "delta"]
    assert [member.hosted_by for member in arm.theatre.members] == ["lead", "lead", "lead", "own"]
    chronicle = chronicle_of(analogue.past, arm.theatre, arm.days)
    assert chronicle.announced == 334.0
    assert np.isnan(chronicle.exit[3])


def test_days_near_an_end_of_mandate_are_counted_to_the_day(config: DictConfig, tmp_path: Path) -> None:
    near = read(config, tmp_path, theatre__mandate=MANDATE | {"ends": ["2002-01-31"], "days_before": 30}).near_end_of_mandate()
    days = [date(2001, 1, 1) + timedelta(days=int(day)) for day in np.flatnonzero(near)]
    assert (days[0], days[-1], len(days)) == (date(2002, 1, 2), date(2002, 1, 31), 30)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"theatre__tables": {"members": None}}, "theatre.tables.members is empty: name a table"),
        ({"theatre__end": "2001-06-01"}, "the announcement of 2001-12-01 lies outside the span"),
        ({"theatre__announced": "soon"}, "theatre.announced='soon' is not a date such as"),
        ({"theatre__other_announcements": ["1999-01-01"]}, "the announcement of 1999-01-01 lies outside"),
        ({"theatre__mandate": MANDATE | {"triggers": ["end of mandat"]}}, "is no trigger of the table.*end of mandate"),
        (
            {"theatre__mandate": MANDATE | {"effect": ["uniform", 5, 0]}},
            "theatre.mandate.effect=.*the lower bound 5 is not below",
        ),
        ({"theatre__mandate": MANDATE | {"effect": ["normal", 1, 0, 5]}}, "theatre.mandate.effect=.*a prior around a value"),
        ({"theatre__mandate": MANDATE | {"ends": []}}, "theatre.mandate.ends=\\[\\] is not a list such as"),
        ({"theatre__mandate": MANDATE | {"ends": "2002-03-31"}}, "ends='2002-03-31' is not a list such as"),
        ({"theatre__mandate": {"ends": []}}, "theatre.mandate misses agreements, days_before, effect, triggers"),
        ({"theatre__mandate": MANDATE | {"days_before": 0}}, "theatre.mandate.days_before"),
        ({"ensemble__uncertainty": "none"}, "estimated from the priors; leave ensemble.uncertainty=prior"),
    ],
)
def test_what_cannot_be_used_is_one_line(config: DictConfig, tmp_path: Path, entries: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        read(config, tmp_path, **entries)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Alpha,member,1000,2001-01-01,,2002-02-10,lead,alpha,,", "Alpha is its own framework_nation"),
        ("Alpha,member,0,2001-01-01,,2002-02-10,lead,,,", "no member has troops"),
    ],
)
def test_members_without_a_meaning_are_refused(config: DictConfig, tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(config, tmp_path, ROWS[0], row)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("theatre=iraq_2020",), "theatre=iraq_2020 has no observed exits; try theatre=mnfi_2003"),
        (("ensemble.days=30",), "ensemble.days=30: the table of the coalition sets it"),
        (("theatre=past_coalition", "theatre.tables.members=./none.csv"), "there is no file"),
    ],
)
def test_the_command_ends_with_one_line_and_code_2(
    knockon: Callable[..., Answer], arguments: tuple[str, ...], message: str
) -> None:
    is_one_line(knockon("analogue", *arguments), message)
    assert not Path("results").exists()


def test_every_reading_has_an_effect_and_intervals(findings: Findings) -> None:
    readings = findings.readings
    own = readings[readings["announced"] == "2001-12-01"]
    assert list(own["reading"]) == [NO_MANDATE, *readings_of(findings.analogue)]
    assert set(readings["announced"]) == {"2001-12-01", "2001-11-01"}
    assert (readings["q05"] <= readings["median"]).all()
    assert (readings["median"] <= readings["q95"]).all()
    assert readings["effective_draws"].between(1.0, WORLDS).all()
    correlated = readings.set_index("reading")["correlation_with_end"]
    assert correlated[COVARIATE].notna().all()
    assert correlated[RENEWALS].isna().all()


def test_exits_are_scored_beside_the_observed_ones(findings: Findings) -> None:
    exits = findings.exits.set_index("statistic")
    assert exits.loc["exits before the announcement", "observed"] == 1.0
    assert exits.loc["members still there at the end", "observed"] == 1.0
    assert exits.loc["median days from the announcement to exit", "observed"] == 81.0
    assert (exits["prior_q05"] <= exits["prior_q95"]).all()


def test_what_is_written_can_be_read_again(findings: Findings) -> None:
    folder = write_findings(findings)
    posterior = pd.read_csv(folder / "posterior.csv")
    assert posterior.groupby("reading").size().to_dict() == {COVARIATE: 500, RENEWALS: 500}
    source = json.loads((folder / "posterior.json").read_text())
    assert (source["announced"], source["seed"]) == ("2001-12-01", 20200930)
    assert str(folder.parent) not in json.dumps(source)
    for name in ("survival", "prior_and_posterior", "effect_of_the_lead"):
        assert (folder / "figures" / f"{name}.pdf").stat().st_size > 1000
    assert "correlation of both effects, of the lead and of the mandate's end" in findings_text(findings)


def test_an_effect_that_made_the_exits_is_found_again(config: DictConfig, tmp_path: Path) -> None:
    """Of a coalition of 60 whose exits one world of the model made, a strong effect of the lead and none are distinguished."""
    medians = []
    for name, effect in (("strong", 3.0), ("none", 0.0)):
        folder = tmp_path / name
        folder.mkdir()
        lead = "Lead,lead,,2001-07-01,2001-12-01,2002-06-01,,,,"
        rows = [f"M{n},member,100,2001-07-01,,{{}},lead,,," for n in range(60)]
        begun = read(config, folder, lead, *(row.format("2002-06-01") for row in rows))
        fixed = {"coalition.effect_of_lead_exit": effect, "coalition.exit_hazard": 0.0006}
        made = run_freely(replace(with_fixed(begun.arm, fixed), worlds=1))[0]
        left = ["" if np.isnan(day) else str(date(2001, 7, 1) + timedelta(days=int(day))) for day in made]
        analogue = read(
            config, folder, lead, *(row.format(day) for row, day in zip(rows, left, strict=True)), theatre__end="2002-06-02"
        )
        found = estimate(analogue, [RENEWALS])
        medians.append(float(np.average(found.draws[LEAD], weights=found.weights(RENEWALS))))
    assert medians[0] > medians[1] + 1.0
