"""Measure how fast the model is on this machine and where its time goes."""

from collections.abc import Sequence
from typing import Any, cast

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from experiments.errors import InputError, fail

_SET_OTHERWISE = {
    "ensemble.worlds": "benchmark.blocks says how many worlds",
    "compute.workers": "benchmark.workers says how many processes",
    "reference": "no arms are compared",
}


def main(config: DictConfig) -> None:
    """Measure what conf/benchmark/ asks for, print it and write it."""
    from experiments.config.compose import arm_of
    from experiments.config.compute import Backend
    from experiments.config.files import check_writable
    from experiments.studies.benchmark.report import benchmark_folder, draw_benchmark, told, write_benchmark
    from experiments.studies.benchmark.settings import read_settings
    from experiments.studies.benchmark.study import measure

    hydra = HydraConfig.get()
    try:
        check_overrides(list(hydra.overrides.task), hydra.mode is RunMode.MULTIRUN)
        of_arm = OmegaConf.masked_copy(config, [str(key) for key in config if key != "benchmark"])
        arm = arm_of(of_arm, hydra)
        if arm.compute.backend is Backend.DASK:
            raise InputError("compute=dask: benchmark measures this machine, with compute=serial or compute=local")
        settings = read_settings(cast(dict[str, Any], OmegaConf.to_container(OmegaConf.masked_copy(config, ["benchmark"]))))
        check_writable(arm.results)
    except InputError as error:
        fail(error)  # not raised: Hydra would put a line of its own before it
    benchmark = measure(arm, settings)
    folder = benchmark_folder(arm, settings)
    write_benchmark(folder, benchmark)
    draw_benchmark(folder, arm, benchmark)
    print(f"{told(benchmark)}\n\nBenchmark: {folder}", flush=True)


def check_overrides(overrides: Sequence[str], is_sweep: bool) -> None:
    """Refuse what would change nothing.

    Raises:
        InputError: a sweep, or a setting that is not asked.
    """
    if is_sweep:
        raise InputError("benchmark is no sweep: it measures one arm; leave out -m")
    for override in overrides:
        name = override.partition("=")[0].lstrip("+~")
        if name in _SET_OTHERWISE:
            raise InputError(f"{override} would change nothing: {_SET_OTHERWISE[name]}")
