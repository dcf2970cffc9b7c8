"""A config is checked without running a world, in one line per arm; each note on arms is printed once."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from composing import PRIOR, read, with_priors
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig

from experiments import api, cli
from experiments.config.arm import Arm, Start
from experiments.config.defaults import conf_folder
from experiments.config.mechanisms import shipped_mechanisms, switch_off
from experiments.config.policies import shipped_policies
from experiments.config.read import read_arm, resolved
from experiments.engine.warnings import RULES, forced_switches, mechanisms_off, notes_on, notes_on_arms, outside_its_prior
from experiments.storage.arms import name_arms
from experiments.studies.compare.check_job import lines
from experiments.studies.compare.sweep import SweepOfArms
from sim.ledger.parameters import Domain, Parameter, Switch, Uncertainty
from sim.ledger.priors import Prior
from sim.policies.policy import Policy

type Policies = Mapping[str, Mapping[str, Any]]


def dial(value: object) -> Parameter:
    if isinstance(value, list):
        return Parameter("policies.some.dial", 0.5, Prior.read(value), Domain.NON_NEGATIVE)
    return Parameter("policies.some.dial", float(str(value)), None, Domain.NON_NEGATIVE)


def policy(name: str, changed: Mapping[str, Any]) -> Policy:
    """Make a policy as shipped but for what is changed."""
    kind, shipped = shipped_policies()[name]
    settings = {**shipped, **changed}
    start, strength = dial(settings.pop("start")), dial(settings.pop("strength"))
    return kind(start=start, strength=strength, **settings)


def arm(policies: Policies | None = None, off: str = "", switches: Mapping[str, str] | None = None, **changes: Any) -> Arm:
    """Change an arm that was composed once: its policies, mechanisms, forced switches or other fields."""
    words = dict.fromkeys(off.split(), "off")
    forced = {name: Switch(name, ((form, 1.0),)) for name, form in (switches or {}).items()}
    ledger = replace(
        with_priors().ledger,
        parameters=switch_off(words, shipped_mechanisms(), with_priors().ledger.parameters, {}),
        switches={**with_priors().ledger.switches, **forced},
    )
    chosen = tuple((name, policy(name, settings)) for name, settings in (policies or {}).items())
    return replace(with_priors(), **{"ledger": ledger, "policies": chosen, **changes})


def composed(*overrides: str) -> DictConfig:
    with initialize_config_dir(str(conf_folder()), version_base="1.3"):
        return compose("run", overrides=list(overrides), return_hydra_config=True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"off": "recruitment"}, "the effect on IS is assumed, not found"),
        ({"off": "patron"}, "the switch patron_on_exit has no effect"),
        ({"off": "cabinet"}, "the switch announcement has no effect"),
        ({"days": 365}, "too short for an IS resurgence"),
        ({"policies": {"rethink": {}}}, "rethink finds nothing to withdraw"),
        ({"policies": {"full_pullout": {}, "rethink": {"start": 10}}}, "rethink finds nothing to withdraw"),
        ({"policies": {"full_pullout": {"strength": 0}}}, "policies.full_pullout.strength=0 changes nothing"),
        ({"policies": {"knock_on_exits": {}}}, "policies.knock_on_exits.strength=1 changes nothing"),
        ({"policies": {"crackdown": {}}}, "by construction"),
        ({"policies": {"diplomats_out": {}}}, "closing only the mission looks nearly free"),
    ],
)
def test_each_rule_speaks_where_it_should(given: dict[str, Any], said: str) -> None:
    notes = notes_on(arm(**given))
    assert len(notes) == 1
    assert said in notes[0]


def test_a_number_outside_its_prior_is_told_of_and_by_how_much() -> None:
    def told(scenario: str, entries: dict[str, object]) -> list[str]:
        return list(outside_its_prior(read(scenario, {"ensemble.uncertainty": "prior", **entries})))

    restraint = "militias.effect_of_restraint"
    below = f"{restraint}=-5 lies below 0.8, the lowest value of its prior [uniform, 0.8, 3.2], by 5.8"
    assert told("stay", {restraint: -5}) == [below]
    above = f"{restraint}=4 lies above 3.2, the highest value of its prior [uniform, 0.8, 3.2], by 0.8"
    assert told("stay", {restraint: 4}) == [above]
    assert told("stay", {restraint: 3.2}) == told("stay", {}) == []
    start = "islamic_state.attacks_per_month_at_start"
    given = {f"{start}.prior": ["normal", 10, 120, 220], f"{start}.value": 30}
    assert told("stay", given) == [f"{start}=30 lies below 120, the lowest value of its prior [normal, 10, 120, 220], by 90"]
    assert told("stay", {"mechanisms.grievance": "off"}) == []
    (setting,) = told("partial_cut", {"policies.partial_cut.share": 1.0})
    assert setting.startswith("policies.partial_cut.share=1 lies above ")
    assert "the highest value of the prior of lead_nation.partial_cut_share, [" in setting
    assert told("partial_cut", {}) == []


def test_a_parameter_of_a_mechanism_that_is_off_is_changed_in_vain() -> None:
    def told(*overrides: str) -> list[str]:
        return [note for note in notes_on(read_arm(resolved(composed(*overrides)), "stay")) if "as given" in note]

    said = "militias.effect_of_grievance as given has no effect: the mechanism grievance is off and fixes it"
    assert told("militias.effect_of_grievance=2", "mechanisms.grievance=off") == [said]
    assert told("militias.effect_of_grievance.prior=[uniform,0,1]", "model=core") == [said]
    assert told("militias.effect_of_grievance=2") == []
    start = "patron.restraint_at_start as given has no effect: worlds start from the year before; ensemble.start=given uses it"
    assert told("patron.restraint_at_start=0.9") == [start]
    assert told("patron.restraint_at_start=0.9", "ensemble.start=given") == []
    assert told("patron.restraint_at_start=0.9", PRIOR) == []
    assert told("patron.restraint_at_start=0.9", PRIOR, "ensemble.start=history") == [start]
    assert told("mechanisms.grievance=off", "militias.effect_of_restraint=2") == []


def test_chance_alone_is_told() -> None:
    certain = replace(with_priors(), ledger=replace(with_priors().ledger, uncertainty=Uncertainty.NONE))
    assert "bands show only chance" in notes_on(certain)[0]


def test_no_rule_speaks_without_need() -> None:
    assert notes_on(with_priors()) == []
    assert notes_on(arm({"full_pullout": {}, "rethink": {}}, days=366)) == []
    assert notes_on(arm({"full_pullout": {}, "knock_on_exits": {"strength": 0}}, off="truce grievance")) == []
    assert len(RULES) == len({rule.__name__ for rule in RULES})


def test_a_policy_that_may_act_is_not_called_inert() -> None:
    spread = {"full_pullout": {"strength": ["uniform", 0, 1]}, "rethink": {"start": ["uniform", 10, 60]}}
    assert notes_on(arm(spread)) == []


def test_a_mechanism_is_off_where_its_parameters_are_neutral_however_they_came_there() -> None:
    core = " ".join(name for name, mechanism in shipped_mechanisms().items() if mechanism.beyond_core)
    assert sorted(mechanisms_off(arm(off=core))) == sorted(core.split())
    name = "islamic_state.presence_driven_recruitment"
    by_hand = {**with_priors().ledger.parameters, name: Parameter(name, 0.0, None, Domain.SHARE)}
    assert mechanisms_off(arm(ledger=replace(with_priors().ledger, parameters=by_hand))) == ["recruitment"]
    assert mechanisms_off(with_priors()) == []


def test_a_switch_is_forced_where_one_form_is_left() -> None:
    weights = Switch("displacement", (("low", 1.0), ("high", 0.0)))
    ledger = replace(with_priors().ledger, switches={**with_priors().ledger.switches, "displacement": weights})
    assert forced_switches(arm(ledger=ledger)) == {"displacement": "low"}
    assert forced_switches(arm(switches={"strikes": "provoke"})) == {"strikes": "provoke"}
    assert forced_switches(with_priors()) == {}


def test_notes_on_several_arms_come_once_with_the_arms_they_are_about() -> None:
    arms = name_arms([arm(days=30), arm({"crackdown": {}}, days=30, scenario="crackdown")])
    notes = notes_on_arms(arms)
    assert len(notes) == 2
    assert notes[0].startswith("ensemble.days=30: too short for an IS resurgence")
    assert notes[1].startswith("crackdown: raises IS")


def test_a_line_has_all_there_is_to_say_of_an_arm() -> None:
    given = api.compose("mid_member_exit", "mechanisms.facades=off", "switches.displacement=high", "ensemble.days=100")
    line = lines(name_arms([given]))
    assert line.startswith(f"mid_member_exit  {given.key}  ")
    assert "member_exits (day 14 = 14 October 2020, strength 1, exits denmark=30)" in line
    assert "mechanisms off: facades" in line
    assert "switches forced: displacement=high" in line
    assert "warnings: ensemble.days=100" in line
    assert "\n" not in line


def test_lines_of_a_sweep_stand_below_each_other() -> None:
    slow = arm({"full_pullout": {"start": ["uniform", 14, 60], "stretch": 3.0}}, scenario="slow_pullout")
    first, second = lines(name_arms([with_priors(), slow])).splitlines()
    assert "policies: none  mechanisms off: none  switches forced: none  warnings: none" in first
    assert "policies: full_pullout (day [uniform, 14, 60], strength 1, stretch 3)" in second
    assert first.index("policies:") == second.index("policies:")


@pytest.fixture
def _command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["knockon"])
    monkeypatch.setenv("KNOCKON_SCRATCH", ".")
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")


@pytest.mark.usefixtures("_command_line")
def test_a_sweep_is_checked_without_results_or_comparison(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    cli.main(["check", "-m", "scenario=stay,crackdown", "ensemble.days=20"])
    shown = capsys.readouterr()
    assert [line.split()[0] for line in shown.out.splitlines()] == ["stay", "crackdown"]
    assert "crackdown (day 14 = 14 October 2020, strength 1)" in shown.out
    assert "note:" not in shown.err
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("_command_line")
def test_a_wrong_arm_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["check", "scenario=brokered_truce", "mechanisms.truce=off"])
    shown = capsys.readouterr()
    assert left.value.code == 2
    assert shown.out == ""
    assert "brokered_truce" in shown.err
    assert not list(tmp_path.iterdir())


def test_a_run_tells_its_notes_on_standard_error_and_a_check_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    config = composed("ensemble.days=20", "mechanisms.recruitment=off", PRIOR)
    SweepOfArms()._check([config, config])
    shown = capsys.readouterr()
    assert shown.out == ""
    assert [line[:6] for line in shown.err.splitlines()] == ["note: ", "note: "]
    SweepOfArms(notes=False)._check([config])
    assert capsys.readouterr().err == ""


def test_the_job_says_what_follows_a_sweep() -> None:
    seen: list[object] = []
    sweep = SweepOfArms(after_sweep=f"{__name__}.remember")
    sweep.arms = name_arms([with_priors()])
    remember.seen = seen  # ty: ignore[unresolved-attribute]
    sweep.on_multirun_end(config=DictConfig({}))
    assert seen == list(sweep.arms)
    assert SweepOfArms().after_sweep == "experiments.studies.compare.report.report"


def remember(arms: list[object]) -> None:
    remember.seen.extend(arms)  # ty: ignore[unresolved-attribute]


def test_arms_of_other_draws_or_starts_are_told() -> None:
    prior = replace(with_priors(), start=Start.GIVEN)
    none = replace(prior, ledger=replace(prior.ledger, uncertainty=Uncertainty.NONE))
    apart = name_arms([replace(prior, swept=("x=1",)), replace(none, swept=("x=2",))])
    assert "x=2: parameters have other draws than in the reference, so compare distributions, not worlds" in notes_on_arms(
        apart
    )
    lived = replace(none, swept=("x=1",), start=Start.HISTORY)
    told = notes_on_arms(name_arms([replace(none, swept=("x=2",)), lived]))
    assert "x=1: worlds start differently from the reference, so differences exist from day 0 on" in told
    same = notes_on_arms(name_arms([prior, replace(prior, scenario="crackdown")]))
    assert not any("reference" in note for note in same)
