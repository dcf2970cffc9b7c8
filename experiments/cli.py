"""`knockon JOB [overrides]`: the command line."""

import importlib
import os
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path

from experiments.errors import UNFINISHED, InputError, fail, full_disk_in_one_line, nearest, say
from experiments.signals import Ended, ending_in_order
from experiments.streams import forgiving

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
    _run_plain(job, rest) if job in WITHOUT_CONFIG else _run(job, rest)


def usage() -> str:
    """Return what `knockon` alone prints."""
    from experiments.shipped import names_in

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
        importlib.import_module(f"experiments.jobs.{job}").main(arguments)
    except InputError as error:
        fail(error)


def _run(job: str, arguments: Sequence[str]) -> None:
    """Hand the job to Hydra, and turn its errors into one line."""
    os.environ["HYDRA_FULL_ERROR"] = "1"
    from hydra import version
    from hydra._internal.utils import _run_hydra, get_args_parser
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    from experiments.conf_source import use_rules
    from experiments.explain import explain
    from experiments.overrides import for_hydra
    from experiments.shipped import conf_folder, use_own_folder

    parser = get_args_parser()
    parser.error = fail  # ty: ignore[invalid-assignment]  # one line, without the usage of Hydra's own flags
    flags = parser.parse_args(list(arguments))
    if flags.multirun and flags.cfg is not None:
        fail("--cfg shows one config: leave out -m, or use knockon check -m")
    if flags.resolve and flags.cfg is None:
        fail("--resolve goes with --cfg: knockon run --cfg job --resolve")
    if flags.config_path or flags.config_name or flags.experimental_rerun:
        fail("--config-path, --config-name and --experimental-rerun are not for knockon: give your folder with --config-dir")
    if flags.config_dir is not None and not Path(flags.config_dir).is_dir():
        fail(f"--config-dir {flags.config_dir}: there is no such folder")
    use_own_folder(None if flags.config_dir is None else Path(flags.config_dir).absolute())
    flags.config_dir = None  # Hydra would put it behind the shipped configs
    try:
        flags.overrides = [*for_hydra(flags.overrides), "hydra.job.chdir=false"]  # paths start where the command is called
    except InputError as error:
        fail(error)
    use_rules()
    version.setbase("1.3")
    function = importlib.import_module(f"experiments.jobs.{job}").main
    sys.argv = ["knockon", *arguments]
    warnings.filterwarnings("ignore", "A worker (stopped|was restarted) while some jobs")  # the next goes on
    with _scratch(arguments) as scratch:
        os.environ["KNOCKON_SCRATCH"] = str(Path(scratch).absolute())
        try:
            _run_hydra(flags, parser, function, str(conf_folder()), job)
        except InputError as error:
            fail(error)
        except HydraException as error:
            fail(explain(error))
        except OmegaConfBaseException as error:
            fail(str(error).splitlines()[0])
        except ValueError as error:
            if not str(error).startswith("Config group override"):  # Hydra's word for GROUP=null
                raise
            fail(f"{str(error).splitlines()[0]}: a group is chosen by a name; take an entry out with ~group.entry")
        except Exception:
            traceback.print_exc()
            raise SystemExit(1) from None


def _scratch(arguments: Sequence[str]) -> "tempfile.TemporaryDirectory[str]":
    """Make a folder for what Hydra and its launcher leave; where other machines run the jobs, one that they see too."""
    if any(argument.startswith("hydra/launcher=") for argument in arguments) and os.access(".", os.W_OK):
        return tempfile.TemporaryDirectory(prefix=".knockon-", dir=".")
    try:
        return tempfile.TemporaryDirectory(prefix="knockon-")
    except OSError as error:
        fail(f"no temporary folder can be made ({error.strerror}): name one that can be written, TMPDIR=FOLDER", UNFINISHED)


if __name__ == "__main__":
    main()
