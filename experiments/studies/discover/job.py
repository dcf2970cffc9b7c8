"""Find the conditions under which a scenario turns out worse (scenario discovery): knockon discover."""

from importlib.util import find_spec

from experiments.errors import InputError
from experiments.studies.runner import Call, Result, job

_INSTEAD = {"scenario": "set discover.arm and discover.relative_to", "reference": "set discover.relative_to"}


def work(call: Call) -> Result | None:
    """Run the arms of the question and search for a box."""
    if find_spec("ema_workbench") is None:
        raise InputError("discover needs the EMA workbench: uv sync --extra discover, or install knockon[discover]")
    from experiments.studies.discover.report import summary, write_discovery
    from experiments.studies.discover.settings import Question
    from experiments.studies.discover.study import search

    question = call.section(Question)
    arms = {scenario: call.arm(scenario) for scenario in (question.arm, question.relative_to) if scenario}
    if call.is_dry(arms):
        return None
    made = search(arms, question)
    return Result(write_discovery(arms, question, made), summary(question, made))


main = job("discover", work, instead=_INSTEAD)
