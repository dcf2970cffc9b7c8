"""Find what to watch in the first weeks to know which world we are in: knockon watch."""

from experiments.studies.runner import Call, Result, job

_INSTEAD = {"scenario": "watch.arms says which scenarios", "reference": "nothing is compared with a reference"}


def work(call: Call) -> Result | None:
    """Run the arms and look for signs of the ending."""
    from experiments.studies.watch.report import summary, write_watched
    from experiments.studies.watch.settings import Settings
    from experiments.studies.watch.study import check_arms, watch

    settings = call.section(Settings)
    arms = {scenario: call.arm(scenario) for scenario in settings.arms}
    check_arms(arms, settings)
    if call.is_dry(arms):
        return None
    data, found = watch(arms, settings)
    return Result(write_watched(arms, settings, data, found), summary(settings, data, found))


main = job("watch", work, instead=_INSTEAD)
