"""Run a coalition of the past alone, score the model on its exits, and estimate the parameters of the exits from them."""

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from experiments.errors import InputError


def main(config: DictConfig) -> None:
    """Find out what a past coalition says of the exits, print it and write it."""
    from experiments.config.compose import in_one_line
    from experiments.config.files import check_writable
    from experiments.studies.analogue.findings import find_out
    from experiments.studies.analogue.report import write_findings
    from experiments.studies.analogue.settings import read_analogue
    from experiments.studies.analogue.text import findings_text

    hydra = HydraConfig.get()
    with in_one_line():
        if hydra.mode is RunMode.MULTIRUN:
            raise InputError("analogue is no sweep: it has one coalition; leave out -m and call it once a coalition")
        analogue = read_analogue(config, str(hydra.runtime.choices["theatre"]), list(hydra.overrides.task))
        check_writable(analogue.arm.results)
        findings = find_out(analogue)
    folder = write_findings(findings)
    print(f"{findings_text(findings)}\n\nTables, figures and posterior: {folder}", flush=True)
