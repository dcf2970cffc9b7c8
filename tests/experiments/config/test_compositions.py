"""Compositions that share parts: each is the same as if Hydra made it alone, errors included."""

import os
import shutil
from pathlib import Path

import hydra
import pytest
from hydra._internal import config_loader_impl
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.errors import HydraException
from omegaconf import OmegaConf

from experiments.config import compositions
from experiments.config.compose import explain
from experiments.config.conf_source import shipped_configs
from experiments.config.defaults import conf_folder

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


def test_compositions_that_share_are_as_hydra_makes_each(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(compositions, "_kept_folder", lambda state: tmp_path)
    monkeypatch.setattr(compositions, "KEPT", {})
    shared, again = texts(), texts()
    assert any(text.startswith("nonsense is no setting") for text in shared)
    kept = sorted(tmp_path.iterdir())
    assert len(kept) > 10
    kept[0].write_bytes(b"damaged")
    kept[1].write_bytes(b"")
    for file in kept[2:]:  # one bit of a number, say
        written = bytearray(file.read_bytes())
        written[len(written) // 2] ^= 1
        file.write_bytes(written)
    monkeypatch.setattr(compositions, "KEPT", {})
    in_the_next_process = texts()
    monkeypatch.setattr(config_loader_impl, "create_defaults_list", compositions._list_files)
    monkeypatch.setattr(ConfigLoaderImpl, "_compose_config_from_defaults_list", compositions._merge)
    assert shared == again == in_the_next_process == texts()


def test_what_is_kept_is_that_of_the_present_files_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(conf_folder(), tmp_path / "conf")
    monkeypatch.setattr(compositions, "conf_folder", lambda: tmp_path / "conf")
    states = [compositions._shipped.__wrapped__()]
    file = tmp_path / "conf" / "scenario" / "stay.yaml"
    before = file.stat()
    file.write_bytes(file.read_bytes().swapcase())
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    states.append(compositions._shipped.__wrapped__())
    assert states[0] != states[1]
