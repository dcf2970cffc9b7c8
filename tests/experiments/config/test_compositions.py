"""What compositions share changes none of them: each is as Hydra makes it alone, errors included."""

import hydra
import pytest
from hydra._internal import config_loader_impl
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.errors import HydraException
from omegaconf import OmegaConf

from experiments.config import compositions
from experiments.config.compose import explain
from experiments.config.conf_source import shipped_configs

COMPOSED = (
    ("compare", "scenario=stay"),
    ("compare", "scenario=us_pullout"),
    ("compare", "scenario=combined_package"),
    ("run", "scenario=combined_package", "militias.effect_of_restraint.value=1.5", "+policies.crackdown={start: 20}"),
    ("run", "scenario=us_pullout", "model=core", "switches.displacement=high", "figure=slides", "ensemble=quick"),
    ("compare", "experiment=pullout_timing_and_size", "~policies.full_pullout"),
    ("compare", "scenario=us_pullout", "~policies.full_pullout"),
    ("run", "scenario=us_pullout", "nonsense=2"),
    ("run", "scenario=us_pullout", "theatre=nowhere"),
    ("run", "scenario=us_pullout", "scenario=nothing"),
)


def texts() -> list[str]:
    """Return each composed config with Hydra's own node, or the line that says why there is none."""
    found = []
    with shipped_configs():
        for job, *overrides in COMPOSED:
            try:
                found.append(OmegaConf.to_yaml(hydra.compose(job, overrides=overrides, return_hydra_config=True)))
            except HydraException as error:
                found.append(explain(error))
    return found


def test_compositions_that_share_are_as_hydra_makes_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compositions, "KEPT", {})
    shared, again = texts(), texts()
    assert any(text.startswith("nonsense is no setting") for text in shared)
    monkeypatch.setattr(config_loader_impl, "create_defaults_list", compositions._list_files)
    monkeypatch.setattr(ConfigLoaderImpl, "_compose_config_from_defaults_list", compositions._merge)
    assert shared == again == texts()
