"""The worked example of conf/README.md: a policy from outside the repository, in an empty folder with the installed wheel."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Answer
from test_cli import SMALL

from experiments.config.compose import compose
from experiments.config.defaults import use_own_folder
from experiments.errors import InputError

ROOT = Path(__file__).parents[3]


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the files of the example into the working folder, exactly as the page has them."""
    page = (ROOT / "conf/README.md").read_text(encoding="utf-8").partition("## A policy of your own")[2]
    python, settings, entry = re.findall(r"```(?:python|yaml|toml)\n(.*?)```", page, re.DOTALL)[:3]
    folder = Path("my_conf")
    (folder / "policy").mkdir(parents=True)
    (folder / "my_policies.py").write_text(python, encoding="utf-8")
    (folder / "policy/pledge.yaml").write_text(settings, encoding="utf-8")
    about = Path("site/my_policies-1.0.dist-info")
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: my-policies\nVersion: 1.0\n")
    offered = entry.replace('[project.entry-points."knockon.policies"]', "[knockon.policies]").replace('"', "")
    (about / "entry_points.txt").write_text(offered)
    shutil.copy(folder / "my_policies.py", "site")
    monkeypatch.delitem(sys.modules, "my_policies", raising=False)
    yield folder
    use_own_folder(None)
    sys.modules.pop("my_policies", None)


def test_a_policy_beside_the_configs_is_found_and_is_part_of_the_key(example: Path, knockon: Callable[..., Answer]) -> None:
    answer = knockon("check", "--config-dir", "my_conf", "+policies.pledge.start=2020-11-01")
    assert answer.code == 0
    assert "pledge (day 32 = 1 November 2020, strength 0.5)" in answer.out
    key = compose("stay", "+policies.pledge={}").key
    (example / "my_policies.py").write_text((example / "my_policies.py").read_text().replace("1.0 - capital", "0.9 - capital"))
    assert compose("stay", "+policies.pledge={}").key != key
    use_own_folder(None)
    assert str(example.absolute()) not in sys.path


def test_an_installed_package_offers_policies(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path("site").absolute()))
    arm = compose("stay", "+policies.pledge={start: 20}")
    ((name, policy),) = arm.policies
    assert (name, type(policy).__name__, policy.start.value) == ("pledge", "Pledge", 20)
    with pytest.raises(InputError, match="did you mean pledge"):
        compose("stay", "+policies.pledg={start: 20}")


@pytest.mark.slow
@pytest.mark.promised
def test_the_example_runs_in_an_empty_folder_with_the_wheel(example: Path, tmp_path: Path) -> None:
    subprocess.run(
        ["uv", "build", "--wheel", "--quiet", "--out-dir", str(tmp_path / "dist"), str(ROOT)], check=True, timeout=300
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    given = ["run", "--config-dir", "my_conf", "scenario=stay", "+policies.pledge.start=3", *SMALL]
    where = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    ended = subprocess.run(
        [sys.executable, "-m", "knockon", *given], env=where, capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stderr
    (kept,) = Path("results").glob("compare-*/own/python/my_policies.py")
    assert kept.read_text(encoding="utf-8") == (example / "my_policies.py").read_text(encoding="utf-8")
