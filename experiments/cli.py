"""`knockon JOB [overrides]`: the command line."""

import signal
import sys
from collections.abc import Sequence

from experiments.config.hydra_run import module_of, run_job
from experiments.engine.signals import Ended, ending_in_order
from experiments.errors import UNFINISHED, InputError, fail, full_disk_in_one_line, nearest, say
from experiments.reports.streams import forgiving

JOBS = {
    "run": "run one scenario, or a sweep of anything: knockon run scenario=us_pullout",
    "compare": "compare scenarios on the same worlds, the main job: knockon compare",
    "figures": "draw the figures of a stored comparison again, for a paper or slides: knockon figures figure=slides",
    "check": "check a config or a whole sweep without running it: knockon check -m scenario=stay,us_pullout",
    "describe": "explain a parameter, rule, policy, outcome, ...: knockon describe militias.effect_of_restraint",
    "replay": "live through one world again, with its event log: knockon replay world=731",
    "analogue": "the coalition part on a coalition of the past, held against its exits: knockon analogue",
    "validate": "hold the model against the patterns that it must reproduce: knockon validate",
    "calibrate": "fit the model to the year before its start: knockon calibrate",
    "sensitivity": "which numbers and mechanisms an answer hinges on: knockon sensitivity sensitivity=quick",
    "discover": "what would have to be true for an arm to be so much worse: knockon discover",
    "decide": "regret, thresholds and doses of several arms, outcome by outcome: knockon decide",
    "export": "the worlds of a comparison for Stata and others, with a codebook: knockon export format=dta",
    "package": "a result with all that rebuilds it, in one zip: knockon package experiment=pullout_against_staying",
    "benchmark": "measure how fast the model is here and where its time goes: knockon benchmark benchmark=quick",
}
WITHOUT_CONFIG = ("describe", "export", "package")
"""Jobs that take plain arguments: nothing is composed for them."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the job named by the first argument; without one, list the jobs."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    with forgiving() as output:
        try:
            with ending_in_order(), full_disk_in_one_line():
                _main(given)
        except KeyboardInterrupt as stop:
            say("stopped; finished chunks are kept, and the same command goes on from them")
            raise SystemExit(128 + (stop.signal if isinstance(stop, Ended) else signal.SIGINT)) from None
        except SystemExit as stop:
            if stop.code:
                raise
        sys.stdout.flush()
        if output is not None and output.lost is not None and not isinstance(output.lost, BrokenPipeError):
            fail(f"what is printed cannot be written ({output.lost.strerror}); what was computed is stored", UNFINISHED)


def _main(given: Sequence[str]) -> None:
    if not given or given[0] in ("-h", "--help", "help"):
        print(usage())
        return
    if given[0] == "--version":
        from importlib.metadata import version

        print(f"knockon {version('knockon')}")
        return
    job, rest = given[0], given[1:]
    if job not in JOBS:
        fail(f"there is no job {job!r}{nearest(job, JOBS)}; the jobs are {', '.join(JOBS)}")
    _run_plain(job, rest) if job in WITHOUT_CONFIG else run_job(job, rest)


def usage() -> str:
    """Return what `knockon` alone prints."""
    from experiments.config.defaults import names_in

    width = max(map(len, JOBS))
    jobs = [f"  {job:<{width}}  {what}" for job, what in JOBS.items()]
    return "\n".join(
        [
            "knockon JOB [overrides]: if the lead nation leaves a coalition, what follows?",
            "",
            "jobs:",
            *jobs,
            "",
            f"scenarios: {', '.join(names_in('scenario'))}",
            "",
            f"published settings: {', '.join(names_in('experiment'))}",
            "",
            "sweep any parameter:      knockon run -m scenario=stay,us_pullout coalition.effect_of_peer_exits=0,2,4",
            "a published setting:      knockon compare experiment=pullout_against_staying",
            "a scenario of your own:   knockon run --config-dir my_conf scenario=cut_then_leave",
            "see a composed config:    knockon run scenario=us_pullout --cfg job",
        ]
    )


def _run_plain(job: str, arguments: Sequence[str]) -> None:
    """Hand a job its arguments as they stand."""
    try:
        module_of(job).main(arguments)
    except InputError as error:
        fail(error)


if __name__ == "__main__":
    main()
