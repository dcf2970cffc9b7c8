"""Check the model against the patterns that it should reproduce, or score it on observed data: knockon validate."""

from experiments.studies.runner import Call, Result, job

_INSTEAD = dict.fromkeys(
    ("scenario", "ensemble.days", "ensemble.record", "ensemble.worlds_per_draw"),
    "the patterns set this; knockon validate takes ensemble.worlds, parameters, mechanisms",
)


def work(call: Call) -> Result:
    """Run the scenarios of the patterns and write the scorecard; with `data=FILE`, score the arm on the file."""
    if call.settings()["data"] is not None:
        return _score_data(call)
    from experiments.reports.streams import screen_width
    from experiments.studies.runner import check_overrides
    from experiments.studies.validate.pattern_runs import SCENARIOS
    from experiments.studies.validate.report import read_targets, targets_file, validate, write_scorecard
    from experiments.studies.validate.scorecard import failures, summary, table

    check_overrides("validate", call.overrides, _INSTEAD)
    arms, targets = {scenario: call.arm(scenario) for scenario in SCENARIOS}, read_targets(targets_file())
    scorecard = validate(arms, targets, arms["stay"].worlds)
    folder = write_scorecard(arms, targets, scorecard)
    width = screen_width()
    return Result(folder, f"{table(scorecard, width)}\n\n{summary(scorecard, width)}", bool(failures(scorecard)))


def _score_data(call: Call) -> Result:
    from experiments.config.files import place_of
    from experiments.studies.validate.observed import read_lines

    file = place_of(str(call.settings()["data"]))
    lines = read_lines(file)
    from experiments.studies.validate.observed_scores import score_observed, write_observed  # compiles for seconds

    arm = call.arm()
    scored = score_observed(arm, file, lines)
    return Result(write_observed(arm, scored), scored.summary_text())


main = job("validate", work, "validate runs the scenarios that the patterns need, or scores one arm", own=("data",))
