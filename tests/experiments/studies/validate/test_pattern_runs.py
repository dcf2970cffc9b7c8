"""The runs of the patterns fix numbers by name: each name must be in the ledger."""

from composing import composed

from experiments.studies.validate.pattern_runs import NO_CAMPAIGNS, NO_FEEDBACK, SCENARIOS, runs_of


def test_what_a_pattern_switches_off_is_in_the_ledger() -> None:
    runs = runs_of({scenario: composed(scenario) for scenario in SCENARIOS}, 32)
    alone, feedback = (runs[name].arm.ledger.parameters for name in ("memory_alone", "with_feedback"))
    for name, value in NO_CAMPAIGNS.items():
        assert alone[name].value == feedback[name].value == value
    for name, value in NO_FEEDBACK.items():
        assert alone[name].prior is None
        assert alone[name].value == value
