"""Pack a result and everything needed to rebuild it into one zip: knockon package experiment=what_the_knock_on_adds.

  knockon package                                   the only comparison below results/
  knockon package results/compare-0123456789
  knockon package experiment=what_the_knock_on_adds
  knockon package experiment=what_the_knock_on_adds ensemble.worlds=200 results=elsewhere
  knockon package --config-dir my_conf experiment=mine

The zip has tables, figures, configs, checksums, versions and the command that rebuilds them.
"""

from collections.abc import Sequence
from pathlib import Path
from shlex import join

from experiments.errors import InputError


def main(arguments: Sequence[str]) -> None:
    """Pack a result: the arguments are the folder of a result, or experiment=NAME and overrides of its job."""
    from experiments.config.defaults import names_in, use_own_folder
    from experiments.config.files import place_of
    from experiments.storage.comparison import read_arguments, the_only_comparison
    from experiments.studies.package.study import pack

    configs, rest = _configs_of(arguments)
    named = [argument for argument in arguments if argument.startswith("experiment=")]
    if named:
        experiment = named[-1].partition("=")[2]
        use_own_folder(configs)
        if experiment not in (known := names_in("experiment")):
            raise InputError(f"experiment={experiment}: there is no such experiment; there are {', '.join(known)}")
        folder, command = run(experiment, rest, configs)
        file, count = pack(folder, command, experiment)
    else:
        given, settings = read_arguments("package", arguments, {"results": "results"})
        file, count = pack(given or the_only_comparison(place_of(settings["results"])))
    print(f"\n{count} files, {file.stat().st_size / 1e6:,.1f} MB: {file}")


def run(experiment: str, arguments: Sequence[str], configs: Path | None) -> tuple[Path, str]:
    """Run a published setting; return the folder that it wrote and the command without paths."""
    from experiments.config.defaults import OF_ONE_JOB
    from experiments.config.defaults import experiment as setting
    from experiments.config.hydra_run import run_job
    from experiments.config.own import recorded_override

    job = next((job for job in OF_ONE_JOB if job in setting(experiment)), "compare")
    folder = run_job(job, [*arguments, *([] if configs is None else ["--config-dir", str(configs)])])
    if folder is None:
        raise InputError(f"knockon {job} experiment={experiment} wrote no result: see its messages above")
    overrides = [argument for argument in arguments if not argument.startswith(("results=", "compute"))]
    what = [argument if argument.startswith("-") else recorded_override(argument) for argument in overrides]
    return folder, f"knockon {join([job, *what])}"


def _configs_of(arguments: Sequence[str]) -> tuple[Path | None, list[str]]:
    folder, rest, waiting = None, list[str](), iter(arguments)
    for argument in waiting:
        flag, equals, value = argument.partition("=")
        if flag not in ("--config-dir", "-cd"):
            rest.append(argument)
            continue
        folder = Path(value if equals else next(waiting, ""))
        if not folder.is_dir() or folder == Path():
            raise InputError(f"--config-dir {folder}: there is no such folder")
    return (None if folder is None else folder.absolute()), rest
