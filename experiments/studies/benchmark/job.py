"""Measure the speed of the model on this machine and the time of each stage: knockon benchmark benchmark=quick."""

from experiments.errors import InputError
from experiments.studies.runner import Call, Result, job

INSTEAD = {
    "ensemble.worlds": "benchmark.blocks sets the number of worlds",
    "compute.workers": "benchmark.workers sets the number of processes",
    "reference": "no arms are compared",
}


def work(call: Call) -> Result:
    """Measure the parts that conf/benchmark/ names."""
    from experiments.config.compute import Backend
    from experiments.studies.benchmark.report import summary, write_benchmark
    from experiments.studies.benchmark.settings import Settings
    from experiments.studies.benchmark.study import measure

    arm, settings = call.arm(), call.section(Settings)
    if arm.compute.backend is Backend.DASK:
        raise InputError("compute=dask: benchmark measures only this machine; take compute=serial or compute=local")
    about, tables = measure(arm, settings)
    return Result(write_benchmark(arm, settings, about, tables), summary(about, tables))


main = job("benchmark", work, "it measures one arm", INSTEAD)
