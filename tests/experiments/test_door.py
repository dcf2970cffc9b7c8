"""The package `knockon`: what it exports, and what it says if another installed package hides one of its modules."""

import subprocess
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

import knockon
from experiments import api


def python(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder that its imports see first."""
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=240, check=False)


def test_opens_the_jobs_of_the_analyst() -> None:
    assert knockon.__version__ == version("knockon")
    assert [getattr(knockon, name) for name in ("compare", "run", "load", "model")] == [
        api.compare,
        api.run,
        api.load,
        api.model,
    ]
    assert files("knockon").joinpath("py.typed").is_file()


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'runn'"):
        knockon.runn  # noqa: B018


def test_is_a_module_that_can_be_run(tmp_path: Path) -> None:
    done = python("-m", "knockon", "--version", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"knockon {version('knockon')}\n"), done.stderr


@pytest.mark.parametrize(("file", "package"), [("sim.py", "sim"), ("experiments/__init__.py", "experiments")])
def test_says_which_package_hides_its_own(tmp_path: Path, file: str, package: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("")

    line = python("-m", "knockon", "run", folder=tmp_path)
    assert line.returncode == 2
    assert line.stderr.count("\n") == 1
    assert f"another package called '{package}'" in line.stderr
    assert str(tmp_path) in line.stderr

    imported = python("-c", "from knockon import run", folder=tmp_path)
    assert f"ImportError: another package called '{package}'" in imported.stderr


def test_the_list_of_jobs_and_descriptions_import_little() -> None:
    """Each library of the others takes a second before the first letter."""
    script = """
import sys
from experiments.cli import main
main(["--help"])
early = {"numba", "mesa", "pandas", "scipy", "hydra"} & {*sys.modules}
main(["describe"])
main(["describe", "us_pullout", "militias.effect_of_restraint", "crowd_risk", "announcement", "cabinet"])
early |= {"numba", "mesa", "pandas", "scipy", "networkx", "numpy", "hydra"} & {*sys.modules}
main(["describe", "full_pullout", "civilian_deaths", "Erbil", "scenarios", "outcomes", "Denmark"])
main(["compare", "--help"])
early |= {"numba", "mesa", "pandas", "scipy", "numpy", "hydra", "matplotlib", "xarray", "pydantic"} & {*sys.modules}
assert not early, early
main(["check", "scenario=us_pullout"])
early = {"numba", "mesa", "pandas", "networkx", "matplotlib", "xarray", "zarr"} & {*sys.modules}
assert not early, early
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_a_run_imports_no_compiler_and_no_rare_library(tmp_path: Path) -> None:
    """Each takes a tenth of a second or more: numba, of which the first process has kept the code, and Dask."""
    script = """
import sys
from knockon import main
sys.argv = ["knockon", "run", "ensemble.worlds=2", "ensemble.days=2"]
main()
loaded = {name for name in ("numba", "dask", "joblib") if sys.modules.get(name)}
print("loaded:", *loaded)
"""
    python("-c", script, folder=tmp_path)  # compiles the rules, where they are not kept
    done = python("-c", script, folder=tmp_path)
    assert "loaded:\n" in done.stdout, done.stdout + done.stderr


@pytest.mark.promised
@pytest.mark.slow
@pytest.mark.parametrize("compute", ["local", "dask"])
def test_workers_of_the_command_give_the_worlds_of_one_process(tmp_path: Path, compute: str) -> None:
    """Only in a process of its own does the command hide libraries, which workers may need to be understood."""
    small = ["-m", "knockon", "run", "scenario=stay", "ensemble.worlds=4", "ensemble.days=2", "compute.block=2"]
    for folder, where in (("alone", ["compute=serial"]), ("shared", [f"compute={compute}", "compute.workers=2"])):
        done = python(*small, *where, f"results={folder}", folder=tmp_path)
        assert done.returncode == 0, done.stderr
    alone, shared = (pd.read_csv(next((tmp_path / folder).glob("*/tables/comparison.csv"))) for folder in ("alone", "shared"))
    pd.testing.assert_frame_equal(shared, alone)
