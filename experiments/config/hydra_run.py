"""Run a job with Hydra, and turn its errors into one line."""

import ast
import importlib
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from experiments.config.libraries import hide, show
from experiments.errors import UNFINISHED, InputError, fail

_MAIN_STUDY = "compare"
_LEFT: list[Path] = []
ON_COMPLETION = (
    "knockon completion bash, zsh or fish prints the commands for your shell; knockon completion --help says where to put them"
)


def job_files() -> dict[str, Path]:
    """Return the module of each job by name: that of `job.py` is its folder, that of `NAME_job.py` is NAME."""
    here = Path(__file__).parents[1]
    files = sorted([*here.glob("studies/*/*job.py"), *here.glob("reference/*job.py")])
    files.sort(key=lambda file: (file.parent.name != _MAIN_STUDY, file.stem not in ("job", "run_job")))
    return {file.parent.name if file.stem == "job" else file.stem.removesuffix("_job"): file for file in files}


def described_jobs() -> dict[str, str]:
    """Return a line on each job by name: the first line of its module, without importing it."""
    docstrings = {job: ast.get_docstring(ast.parse(file.read_text("utf-8"))) for job, file in job_files().items()}
    return {job: str(docstring).partition("\n")[0].rstrip(".") for job, docstring in docstrings.items()}


def module_of(job: str) -> ModuleType:
    """Return the module of a job."""
    file = job_files()[job].with_suffix("")
    return importlib.import_module(".".join(file.relative_to(Path(__file__).parents[2]).parts))


def leave(folder: Path) -> None:
    """Note the folder that a job wrote, since Hydra drops the return value of a job."""
    _LEFT.append(folder)


def run_job(job: str, arguments: Sequence[str]) -> Path | None:
    """Run a job with Hydra, and turn its errors into one line; return the folder of its result, None if it wrote none."""
    hide("dask")
    try:
        return _run_job(job, arguments)
    finally:
        show()


def _run_job(job: str, arguments: Sequence[str]) -> Path | None:
    _LEFT.clear()
    if job == "explore":  # the process that runs its worlds imports Mesa, meanwhile
        importlib.import_module("experiments.studies.explore.beside").beside()
    elif job != "check":
        importlib.import_module("mesa")  # first: for its loggers it looks through every module that is there, and every caller
    os.environ["HYDRA_FULL_ERROR"] = "1"
    from hydra import version
    from hydra._internal.utils import _run_hydra, get_args_parser
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    from experiments.config.compose import explain, for_hydra
    from experiments.config.conf_source import use_rules
    from experiments.config.defaults import conf_folder, use_own_folder

    parser = get_args_parser()
    parser.error = fail  # ty: ignore[invalid-assignment]  # one line, without the usage of Hydra's own flags
    flags = parser.parse_intermixed_args(list(arguments))  # -m wherever it stands
    if flags.shell_completion:
        fail(ON_COMPLETION)
    if flags.multirun and flags.cfg is not None:
        fail("--cfg shows only one config: leave out -m, or use knockon check -m")
    if flags.resolve and flags.cfg is None:
        fail("--resolve goes with --cfg: knockon run --cfg job --resolve")
    if flags.package is not None and flags.cfg is None:
        fail(f"--package {flags.package} goes with --cfg: knockon {job} --cfg job --package {flags.package}")
    if flags.config_path or flags.config_name or flags.experimental_rerun:
        fail("--config-path, --config-name and --experimental-rerun are not for knockon: give your folder with --config-dir")
    if flags.config_dir is not None and not Path(flags.config_dir).is_dir():
        fail(f"--config-dir {flags.config_dir}: there is no such folder")
    use_own_folder(None if flags.config_dir is None else Path(flags.config_dir).absolute())
    flags.config_dir = None  # Hydra would search it after the shipped configs
    try:
        flags.overrides = [*for_hydra(flags.overrides), "hydra.job.chdir=false"]  # so paths are relative to the working folder
    except InputError as error:
        fail(error)
    use_rules()
    version.setbase("1.3")
    function = module_of(job).main
    sys.argv = ["knockon", *arguments]
    warnings.filterwarnings("ignore", "A worker (stopped|was restarted) while some jobs")  # the next goes on
    with _scratch(arguments) as scratch:
        os.environ["KNOCKON_SCRATCH"] = str(Path(scratch).absolute())
        try:
            _run_hydra(flags, parser, function, str(conf_folder()), job)
        except InputError as error:
            fail(error)
        except HydraException as error:
            fail(explain(error, flags.overrides, job))
        except OmegaConfBaseException as error:
            fail(str(error).splitlines()[0])
        except ValueError as error:
            if not str(error).startswith("Config group override"):  # Hydra's word for GROUP=null
                raise
            fail(f"{str(error).splitlines()[0]}: a group needs a name; to remove an entry, write ~group.entry")
        except Exception:
            traceback.print_exc()
            raise SystemExit(1) from None
    return _LEFT[-1] if _LEFT else None


def _scratch(arguments: Sequence[str]) -> "tempfile.TemporaryDirectory[str]":
    """Make a folder for the files of Hydra and its launcher; other machines can read it if they run the jobs."""
    if any(argument.startswith("hydra/launcher=") for argument in arguments) and os.access(".", os.W_OK):
        return tempfile.TemporaryDirectory(prefix=".knockon-", dir=".")
    try:
        return tempfile.TemporaryDirectory(prefix="knockon-")
    except OSError as error:
        fail(f"no temporary folder can be made ({error.strerror}): name a writable one, TMPDIR=FOLDER", UNFINISHED)
