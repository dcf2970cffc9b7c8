"""Find the conditions under which a scenario turns out worse (scenario discovery): knockon discover."""

from importlib.util import find_spec

from experiments.errors import InputError
from experiments.studies.runner import Call, Result, job

_INSTEAD = {
    "scenario": "discover.arm and discover.relative_to say which scenarios",
    "reference": "discover.relative_to says which",
}


def work(call: Call) -> Result | None:
    """Run the arms of the question and look for a box."""
    if find_spec("ema_workbench") is None:
        raise InputError("discover needs the EMA workbench: uv sync --extra discover, or install knockon[discover]")
    from experiments.studies.discover.report import summary, write_discovery
    from experiments.studies.discover.settings import read_settings
    from experiments.studies.discover.study import search

    settings = read_settings(call.settings())
    scenarios = filter(None, (settings.question.arm, settings.question.relative_to))
    arms = {scenario: call.arm(scenario) for scenario in scenarios}
    if call.is_dry(arms):
        return None
    made = search(arms, settings)
    folder = write_discovery(arms, settings, made)
    return Result(folder, summary(settings, made))


main = job("discover", work, instead=_INSTEAD)
