"""`knockon JOB [overrides]`: the command line."""

import importlib
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.errors import BAD_INPUT, InputError, fail, nearest

if TYPE_CHECKING:
    from hydra.errors import HydraException

JOBS = {
    "run": "run one scenario, or a sweep of anything: knockon run scenario=us_pullout",
    "compare": "compare scenarios on the same worlds, the main job: knockon compare",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the job named by the first argument; without one, list the jobs."""
    given = list(sys.argv[1:] if arguments is None else arguments)
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
    try:
        _run(job, rest)
    except KeyboardInterrupt:
        print("knockon: stopped; finished chunks are kept, and the same command goes on from them", file=sys.stderr)
        raise SystemExit(130) from None


def usage() -> str:
    """Return what `knockon` alone prints."""
    from experiments.config import names_in

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
            "sweep any parameter:      knockon run -m scenario=stay,us_pullout coalition.effect_of_peer_exits=0,2,4",
            "a scenario of your own:   knockon run --config-dir my_conf scenario=cut_then_leave",
            "see a composed config:    knockon run scenario=us_pullout --cfg job",
        ]
    )


def _run(job: str, arguments: Sequence[str]) -> None:
    """Hand the job to Hydra, and turn its errors into one line."""
    os.environ["HYDRA_FULL_ERROR"] = "1"
    import hydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    from experiments.config import conf_folder

    function = importlib.import_module(f"experiments.jobs.{job}").main
    sys.argv = ["knockon", *arguments]
    with tempfile.TemporaryDirectory(prefix="knockon-") as scratch:
        os.environ["KNOCKON_SCRATCH"] = scratch
        try:
            hydra.main(version_base="1.3", config_path=str(conf_folder()), config_name=job)(function)()
        except InputError as error:
            fail(error)
        except HydraException as error:
            fail(explain(error))
        except OmegaConfBaseException as error:
            fail(str(error).splitlines()[0])
        except Exception:
            traceback.print_exc()
            raise SystemExit(1) from None


def explain(error: "HydraException") -> str:
    """Say in one line what Hydra could not compose."""
    from hydra.errors import MissingConfigException, OverrideParseException, SearchPathException

    if isinstance(error, MissingConfigException) and error.missing_cfg_file:
        group, _, name = error.missing_cfg_file.rpartition("/")
        options = list(error.options or ())
        return f"{group}={name}: there is no such {group or 'config'}{nearest(name, options)}; there are {', '.join(options)}"
    if isinstance(error, OverrideParseException):
        return (
            f"{error.override!r} cannot be read: {error.message.splitlines()[0]} (write NAME=VALUE, and quote it for the shell)"
        )
    if isinstance(error, SearchPathException):
        return str(error).splitlines()[0]
    matched = re.search(r"Could not (?:override|append to config|delete from config)[^']*'([^']+)'", str(error))
    if matched:
        return unknown_setting(matched[1].split("=")[0])
    return str(error).splitlines()[0]


def unknown_setting(name: str) -> str:
    """Say that a name is no setting, with the nearest names that are."""
    from experiments.config import ROOTS, declared, names_in

    known = {f"{group}.{entry}" for group, entries in declared().items() for entry in entries}
    known |= {*ROOTS, *declared(), "scenario"}
    known |= {f"ensemble.{entry}" for entry in ("worlds", "worlds_per_draw", "days", "seed", "uncertainty", "record")}
    known |= {"compute.workers", "compute.block", "theatre.start"}
    hint = nearest(name, known)
    parts = name.split(".")
    if parts[0] == "policies" and len(parts) > 1:
        hint = f"; the scenario has no such policy setting, add one with +{name}=... ({', '.join(names_in('policy'))})"
    elif not hint and parts[0] in declared():
        hint = f"; {parts[0]} has {', '.join(declared()[parts[0]])}"
    return f"{name} is no setting{hint}"


if __name__ == "__main__":
    main()


__all__ = ["BAD_INPUT", "JOBS", "main"]
