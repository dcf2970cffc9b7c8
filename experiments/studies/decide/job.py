"""Weigh arms by regret, thresholds and doses, outcome by outcome: knockon decide."""

from experiments.studies.runner import Call, Result, job

_INSTEAD = {
    "scenario": "decide.arms says which scenarios",
    "reference": "doses are relative to the first of decide.arms, each threshold to its own relative_to",
}


def work(call: Call) -> Result | None:
    """Run the arms and weigh them."""
    from experiments.studies.decide.report import summary, write_decision
    from experiments.studies.decide.settings import Settings
    from experiments.studies.decide.study import compose_arms, compose_dose, every_arm, weigh

    settings = call.section(Settings)
    arms = compose_arms(settings, call.arm)
    doses = {dose: compose_dose(dose, call.arm) for dose in settings.doses}
    if call.is_dry(every_arm(arms, doses)):
        return None
    weighed = weigh(arms, doses, settings)
    return Result(write_decision(arms, doses, settings, weighed), summary(settings, weighed))


main = job("decide", work, instead=_INSTEAD)
