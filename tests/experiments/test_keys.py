"""The key of an arm: it changes with everything that changes a number of its worlds, and with nothing else."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from composing import with_priors

import sim
from experiments.config.arm import Arm, with_parameters
from experiments.config.defaults import conf_folder
from experiments.config.fields import class_named
from experiments.config.history import with_fixed, year_before
from experiments.config.sources import source_files, sources_hash
from experiments.engine.initial_state import file_of
from experiments.errors import InputError
from experiments.studies.analogue.study import stage_coalition
from sim.history.forcings import Protest
from sim.policies.policy import Policy
from sim.record.record import Record
from sim.theatre.past_coalition import PastCoalition, Stay

OWN = {
    "my_policy.py": """
from dataclasses import dataclass
from my_numbers import SHARE
from sim.policies.policy import PolicyOfOneDay

@dataclass(frozen=True, slots=True, kw_only=True)
class Escort(PolicyOfOneDay):
    def begin(self, model, where, strength):
        model.lead.announce(0.0 * SHARE)
""",
    "my_numbers.py": "SHARE = 0.5\n",
    "my_events.py": """
from dataclasses import dataclass
from sim.history.forcings import ForcingOfOneDay

@dataclass(frozen=True, slots=True, kw_only=True)
class Blockade(ForcingOfOneDay):
    def happen(self, model):
        model.crowd.mobilisation += 0.1
""",
}

ASK = """
import json, sys
from dataclasses import replace
from pathlib import Path
from experiments.api import compose
from experiments.config import sources
from sim.theatre.theatre import read_theatre

own = (
    "+policies.escort={_target_: my_policy.Escort, start: 14}",
    "+history.events.blockade={_target_: my_events.Blockade, date: 2020-01-05, source: invented}",
    "ensemble.start=history",
)
prior = "ensemble.uncertainty=prior"
arms = {"stay": compose("stay", prior), "us_pullout": compose("us_pullout", prior), "own": compose("stay", prior, *own)}

def keys():
    sources._hash_of_the_model.cache_clear()  # another process would read the files again
    tables = arms["stay"].resolved["theatre"]["tables"]
    return {name: replace(arm, theatre=read_theatre(arm.theatre.start, tables)).key for name, arm in arms.items()}

before, moved = keys(), {}
for name, (file, old, new) in json.loads(Path(sys.argv[1]).read_text()).items():
    path = Path(file)
    text = path.read_text(encoding="utf-8") if path.exists() else None
    assert text is None or text.count(old) >= 1, name
    path.write_text(new if text is None else text.replace(old, new, 1), encoding="utf-8")
    moved[name] = [arm for arm, key in keys().items() if key != before[arm]]
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    assert keys() == before, name
print(json.dumps(moved))
"""

ALL = ["stay", "us_pullout", "own"]


@dataclass(frozen=True)
class Edit:
    """One place in a file that is written anew, and the arms whose keys move."""

    file: str
    old: str
    new: str
    moved: list[str]


EDITS = {
    "a comment": Edit("sim/agents/militias.py", "\nclass ", "\n# the reason why\nclass ", []),
    "a docstring of a policy that nobody uses": Edit("sim/policies/brokered_truce.py", '"""', '"""Again: ', []),
    "a docstring of a policy in force": Edit("sim/policies/full_pullout.py", '"""', '"""Again: ', []),
    "a docstring of a rule": Edit("sim/agents/grievance.py", '    """', '    """Again: ', []),
    "a hint for the type checker": Edit(
        "sim/policies/policy.py", "if TYPE_CHECKING:", "if TYPE_CHECKING:\n    import typing", []
    ),
    "a rule": Edit("sim/agents/grievance.py", "1.0", "1.5", ALL),
    "a helper of rules": Edit("sim/distributions.py", "1.0 / (1.0 + math.exp(-logit))", "1.0 / (2.0 + math.exp(-logit))", ALL),
    "an outcome": Edit("sim/record/outcomes.py", "DAYS_A_WEEK = 7", "DAYS_A_WEEK = 14", ALL),
    "a shipped policy": Edit("sim/policies/full_pullout.py", "model.", "model.lead and model.", ["us_pullout"]),
    "a policy file that is new": Edit("sim/policies/escort.py", "", "SHARE = 1.0\n", []),
    "the event log": Edit("sim/record/event_log.py", "class EventLog", "LINE = 1\n\n\nclass EventLog", []),
    "the year before": Edit("sim/history/year_before.py", "second)\n", "second)\n    to_normal(first)\n", ["own"]),
    "an own policy": Edit("my_policy.py", "0.0 *", "1.0 *", ["own"]),
    "a comment in an own policy": Edit("my_policy.py", "SHARE)", "SHARE)  # nothing", []),
    "what an own policy imports": Edit("my_numbers.py", "0.5", "0.6", ["own"]),
    "an own event": Edit("my_events.py", "0.1", "0.2", ["own"]),
    "a table": Edit("sim/data/coalition_members.csv", "Italy", "Italia", ALL),
    "a blank line in a table": Edit("sim/data/coalition_members.csv", "\n", "\n\n", []),
}


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    """Write each edit into a copy of the project and take it back; return the arms whose keys moved meanwhile."""
    folder = tmp_path_factory.mktemp("copy")
    root = Path(sim.__file__).parent.parent
    for package in ("sim", "experiments"):
        shutil.copytree(root / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(conf_folder(), folder / "conf")
    for name, text in OWN.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "edits.json").write_text(json.dumps({name: [edit.file, edit.old, edit.new] for name, edit in EDITS.items()}))
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", ASK, "edits.json"]
    answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_moves_the_keys_of_the_arms_that_run_it(moved: Mapping[str, list[str]], name: str) -> None:
    assert moved[name] == EDITS[name].moved


def test_whatever_no_config_says_changes_the_key_too() -> None:
    arm = with_priors("us_pullout")
    ledger = arm.ledger.parameters
    changed = {
        "forcings": replace(arm, forcings=(("protest", Protest(day=3)),)),
        "theatre": replace(arm, theatre=replace(arm.theatre, members=arm.theatre.members[1:])),
        "fixed": with_fixed(arm, {"truce.onset_hazard": 0.0}),
        "parameters": with_parameters(arm, {**ledger, "truce.onset_hazard": replace(ledger["truce.onset_hazard"], prior=None)}),
        "year before": year_before(arm),
        "past coalition": stage_coalition(arm, _past(arm)),
    }
    keys = {"as composed": arm.key, **{name: other.key for name, other in changed.items()}}
    assert len(set(keys.values())) == len(keys), keys


def _past(arm: Arm) -> PastCoalition:
    arrived = date(2003, 5, 1)
    stays = tuple(Stay(member, arrived, None, None, "") for member in arm.theatre.members)
    return PastCoalition("the lead", date(2008, 11, 27), date(2009, 12, 31), stays)


def test_a_history_that_is_not_lived_through_changes_no_key() -> None:
    arm = with_priors()
    assert replace(arm, history=replace(arm.history, fixed=())).key == arm.key


def test_zero_has_no_sign() -> None:
    zero, negative = (with_fixed(with_priors(), {"truce.onset_hazard": value}) for value in (0.0, -0.0))
    assert zero.key == negative.key


def test_the_end_of_the_year_before_depends_on_what_it_lives_through_alone() -> None:
    arm = with_priors("us_pullout", "ensemble.start=history")
    same = (replace(arm, days=30), replace(arm, policies=()), replace(arm, record=Record.TOTALS))
    assert {file_of(other, 0) for other in same} == {file_of(arm, 0)}
    others = (replace(arm, seed=2), replace(arm, history=replace(arm.history, forcings=arm.history.forcings[1:])))
    assert file_of(arm, 0) not in {file_of(other, 0) for other in others}


def _policy(numbers: str) -> str:
    imports = sorted(["from fractions import Fraction", f"from {numbers}_numbers import LOW"])
    return "\n".join([*imports, "X = Fraction(LOW)\n"])


def test_sources_have_one_hash_whatever_their_files_are_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "__init__.py").write_text('"""A room."""\n')
    (tmp_path / "first_numbers.py").write_text("LOW = 1\n")
    (tmp_path / "other_numbers.py").write_text("LOW = 2\n")
    (tmp_path / "folder" / "renamed_numbers.py").write_text('"""Numbers."""\n\nLOW = 1  # one\n')
    for name, numbers in (("one", "first"), ("same", "folder.renamed"), ("another", "other")):
        (tmp_path / f"{name}_policy.py").write_text(_policy(numbers))
    one, same, another = (sources_hash([f"{name}_policy"]) for name in ("one", "same", "another"))
    assert one == same
    assert one != another
    assert set(source_files(["one_policy"])) == {"one_policy", "first_numbers"}
    assert "numpy" not in source_files(["sim.model"])


def test_sources_that_cannot_be_read_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"the sources of itertools cannot be read, so its results could not be identified"):
        sources_hash(["itertools"])
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "with_a_typo.py").write_text("x = 1\ny = = 2\n")
    with pytest.raises(InputError, match=r"with_a_typo\.py, line 2: invalid syntax"):
        sources_hash(["with_a_typo"])
    with pytest.raises(InputError, match=r"x\._target_='with_a_typo\.Y' cannot be imported \(SyntaxError: invalid syntax"):
        class_named("x._target_", "with_a_typo.Y", Policy)
    with pytest.raises(InputError, match=r"is not a policy: it must be a subclass of sim\.policies\.policy\.Policy"):
        class_named("x._target_", "pathlib.Path", Policy)
