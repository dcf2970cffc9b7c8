"""Everything that has a name can be explained, and the explanations agree with the code and the configs."""

import inspect

import pytest

from experiments import cli
from experiments.config.policies import shipped_policies
from experiments.errors import InputError
from experiments.reference import catalogue, model_words
from experiments.reference.catalogue import callers_of, stages_of, users_of_parameter, users_of_switch
from experiments.reference.describe import SUBJECTS, describe, domain_in_words, listing
from experiments.reference.job_help import job_help
from sim.day import DAY
from sim.kind import kinds
from sim.ledger.parameters import Domain
from sim.record.outcomes import BY_NAME


def field(text: str, label: str) -> str:
    """Return what a description says under a label, its lines joined."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"  {label} "))
    body = [lines[start].strip().removeprefix(label).strip()]
    for line in lines[start + 1 :]:
        if not line.startswith("     "):
            break
        body.append(line.strip())
    return " ".join(body)


@pytest.mark.parametrize("subject", [subject for subject in SUBJECTS if subject != "rules"])
def test_everything_can_be_described(subject: str) -> None:
    names, explain = SUBJECTS[subject]
    for name in names():
        text = explain(name)
        assert text.startswith(f"{name}: ")
        assert field(text, "defined in")


def test_a_parameter_is_explained_in_full() -> None:
    text = describe("militias.effect_of_restraint")
    assert text.startswith("militias.effect_of_restraint: parameter, symbol b_R")
    assert "lowers a faction's attacks" in text
    assert field(text, "prior") == "[uniform, 0.8, 3.2]"
    assert field(text, "unit") == "log-rate per unit index"
    assert field(text, "domain") == "a real number"
    assert field(text, "grade") == "C (judgement)"
    assert field(text, "defined in").startswith("conf/parameters/militias.yaml, line ")
    assert field(text, "used in") == "campaign_pull (sim/agents/campaign.py)"


def test_the_line_given_is_the_line_it_stands_in() -> None:
    from experiments.config.defaults import conf_folder

    file, _, number = field(describe("truce.onset_hazard"), "defined in").rpartition(", line ")
    lines = (conf_folder().parent / file).read_text(encoding="utf-8").splitlines()
    assert lines[int(number) - 1] == "onset_hazard:"


def test_values_by_name_and_fixed_ones_are_told() -> None:
    assert field(describe("sites.urban_density"), "value").startswith("embassy 1, baghdad_bases 0.8")
    assert field(describe("sites.urban_density"), "prior") == "none: fixed"
    assert field(describe("truce.onset_hazard"), "off with") == "mechanisms.truce=off, which sets it to 0"


def test_a_rule_is_explained_by_its_equation() -> None:
    text = describe("campaign_pull")
    assert "propensity = w mu K exp(X + common + b_G G - b_R rho (R - neutral))" in text
    assert "effect_of_restraint" in field(text, "inputs")
    assert field(text, "when") == "the militias attack"
    assert "Kreps 2010" in describe("decision")


def test_other_subjects_say_what_they_are() -> None:
    assert field(describe("policies.retaliation_restraint"), "settings") == "start 14 (14 October 2020), strength 0.75"
    assert field(describe("policies.rethink"), "strength") == "0 or 1"
    assert "us_pullout_rethink" in field(describe("policies.rethink"), "scenarios")
    assert field(describe("outcomes.strikes"), "reads") == "m.lead.strikes"
    assert field(describe("fall_hazard"), "recorded").startswith("flow: summed from day 0; compared as a mean")
    assert field(describe("mechanisms.recruitment"), "neutral") == "islamic_state.presence_driven_recruitment=0"
    assert field(describe("displacement"), "high").startswith("weight 0.5: ")
    assert (
        field(describe("scenario=us_pullout_without_peer_effects"), "knock_on_exits")
        == "start 14 (14 October 2020), strength 0, scope peers"
    )


def test_a_name_of_several_things_explains_all_of_them() -> None:
    text = describe("strikes")
    assert "strikes: outcome" in text
    assert "strikes: switch" in text
    assert describe("effect_of_restraint").count(": parameter") == 3


def test_a_symbol_finds_its_parameter() -> None:
    assert describe("b_L") == describe("coalition.effect_of_lead_exit")


def test_what_a_policy_moves_is_told_from_both_ends() -> None:
    assert "enablers beside full_pullout (some air power" in field(describe("over_the_horizon"), "moves up")
    assert (
        field(describe("over_the_horizon"), "does not move")
        == "enablers (the coalition has better air power and surveillance of its own)"
    )
    assert field(describe("enablers"), "moved by").endswith("over_the_horizon beside full_pullout up; partial_cut down")
    assert "moved by" not in describe("kurdish_trust")


@pytest.mark.parametrize("subject", ["scenarios", "policies", "outcomes", "parameters", "members", "sites"])
def test_a_subject_lists_its_names_with_a_line_each(subject: str) -> None:
    first, *lines = describe(subject).splitlines()
    names = list(SUBJECTS[subject][0]())
    assert first == f"{subject} ({len(names)}):"
    assert [line.split()[0] for line in lines] == names
    assert all(len(line.split()) > 1 and len(line) <= 118 for line in lines)


def test_a_subject_has_its_singular_and_a_group_its_parameters() -> None:
    assert describe("scenario") == describe("scenarios")
    assert describe("policy") == describe("Policies")
    assert "militias.effect_of_restraint" in describe("militias")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("Erbil", {"move_to_erbil", "kurdish_trust", "kurdistan.trust_at_start", "italy", "erbil_base"}),
        ("Denmark", {"denmark: member", "mid_member_exit", "western_base"}),
        ("spillover", {"the model's words for spillover: border, displaced", "displaced_attacks"}),
        ("spill-over", {"displaced_attacks"}),
        ("civilian deaths", {"civilian_deaths_by_strikes", "lead_nation.civilian_deaths_per_strike"}),
        ("Iran", {"the model's words for iran: patron", "restraint", "... and"}),
        ("judgement", {"... and"}),
    ],
)
def test_any_word_finds_what_has_to_do_with_it(word: str, found: set[str]) -> None:
    text = describe(word)
    assert [name for name in found if name not in text] == []


def test_what_has_a_name_of_its_own_is_explained_alone() -> None:
    assert "(1 of" not in describe("full_pullout")


def test_words_of_policies_and_outcomes_are_those_of_the_model() -> None:
    for name, (kind, _) in shipped_policies().items():
        told = model_words.policies()[name]
        assert (told.description, told.about) == (kind.description, inspect.getdoc(kind) or "")
        assert (told.switch, told.needs, told.caveat) == (kind.switch, kind.needs, kind.caveat)
        assert told.domain == kind.strength_domain.value
        effects = [(effect.outcome, effect.direction.value, effect.why, effect.beside) for effect in kind.effects]
        assert [(effect.outcome, effect.direction, effect.why, effect.beside) for effect in told.effects] == effects
    for name, outcome in BY_NAME.items():
        said = model_words.outcomes()[name]
        assert (said.long_name, said.unit, said.aggregation) == (outcome.long_name, outcome.unit, outcome.aggregation.name)
        assert (said.worse, said.dimension or None) == (outcome.worse.name, outcome.dimension)
        assert (said.rare, said.hazard) == (outcome.rare, outcome.hazard)


def test_days_have_their_dates() -> None:
    assert field(describe("policies.rethink"), "settings") == "start 60 (29 November 2020), strength 1"
    assert "start 0 (30 September 2020)" in field(describe("mid_member_exit"), "ultimatum")


@pytest.mark.parametrize("name", ["", "xx", "nothing_of_the_kind"])
def test_an_unknown_name_is_an_error(name: str) -> None:
    with pytest.raises(InputError, match="nothing is called"):
        describe(name)


def test_a_misspelt_word_finds_the_near_one() -> None:
    with pytest.raises(InputError, match="did you mean denmark"):
        describe("Denmrak")


def test_the_command_line_tells_the_nearest_names(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["describe", "militias.effect_of_restraimt"])
    shown = capsys.readouterr()
    assert left.value.code == 2
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert "did you mean militias.effect_of_restraint" in shown.err


def test_the_command_line_explains_and_lists(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["describe", "ultimatum", "truce.onset_hazard"])
    shown = capsys.readouterr().out
    assert "ultimatum: policy" in shown
    assert "ultimatum: scenario" in shown
    assert "truce.onset_hazard: parameter" in shown
    cli.main(["describe"])
    assert capsys.readouterr().out.strip() == listing()
    with pytest.raises(SystemExit):
        cli.main(["describe", "--all"])


def test_the_listing_names_everything_by_subject() -> None:
    text = listing()
    for subject, (names, _) in SUBJECTS.items():
        assert f"{subject} ({len(names())}):" in text
        assert all(name in text for name in names())


def test_every_parameter_is_an_input_of_a_rule_or_read_in_a_named_function() -> None:
    users = {name: users_of_parameter(name) for name in catalogue.parameters()}
    assert [name for name, places in users.items() if not places] == []
    elsewhere = [name for name, places in users.items() if not any(place.function in catalogue.rules() for place in places)]
    assert len(elsewhere) <= 60, "name the input of a rule like its entry, unless several entries share the rule"
    assert all(users_of_switch(name) for name in catalogue.switches())


def test_users_are_found_by_the_name_of_the_entry_and_its_group() -> None:
    def names(parameter: str) -> set[str]:
        return {place.function for place in users_of_parameter(parameter)}

    assert names("embassy.effect_of_restraint") == {"crowd_risk"}
    assert names("truce.effect_of_restraint") == {"truce_tomorrow"}
    assert names("lead_nation.partial_cut_share") == {"PartialCut.begin"}
    assert names("situation.attack_rate_floor") == {"common_log_hazard", "mission_after", "review_of_ultimatum"}
    assert names("islamic_state.enabler_weights") == {"enablers_of"}
    assert {place.function for place in users_of_switch("announcement")} == {"Government.__init__"}


def test_what_is_read_from_sources_is_what_the_model_has() -> None:
    assert [domain_in_words(domain.value) for domain in Domain] == [str(domain) for domain in Domain]
    assert list(catalogue.outcome_expressions()) == list(BY_NAME)
    assert catalogue._classes_of_kinds().items() >= {name: kind.__name__ for name, kind in kinds().items()}.items()
    assert catalogue.policies() == {name: settings for name, (_, settings) in shipped_policies().items()}


def test_every_rule_is_called_and_has_its_time() -> None:
    stories = {stage.story for stage in DAY} | {"before the first day", "the day is recorded"}
    for name in catalogue.rules():
        assert callers_of(name)
        assert set(stages_of(name)) <= stories
    assert stages_of("review_of_ultimatum") == ("the lead nation reviews its ultimatum; a successor may withdraw the exit",)
    assert stages_of("season_of")[0] == "before the first day"
    assert len(stages_of("season_of")) == 2
    assert stages_of("count_of") == ("the day is recorded",)


def test_catalogue_has_scenarios_as_their_files_say() -> None:
    scenarios = catalogue.scenarios()
    assert next(iter(scenarios)) == "as_of_30_september"
    assert not scenarios["stay"].policies
    assert scenarios["slow_pullout"].policies["full_pullout"] == {"start": 14, "strength": 1, "stretch": 3}
    assert scenarios["slow_pullout"].policies["ultimatum"]["start"] == 0
    assert list(scenarios["slow_pullout"].policies) == ["ultimatum", "green_zone_force", "full_pullout"]
    assert scenarios["slow_pullout"].meaning == "A full pullout that takes three times as long."
    assert set(catalogue.shipped("calendar", "known_2020")) >= {"inauguration", "member_mandates"}


def test_the_help_of_a_job_tells_a_section_of_its_config_setting_by_setting() -> None:
    found = job_help("explore")
    assert "  explore.port     of the page, on this machine; 0: any free one (default 8750)\n" in found
    assert "  explore.save     a file name:" in found
