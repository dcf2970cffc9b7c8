"""The command line keeps the conventions of its kind: help of one screen, -m anywhere, completion, --quiet."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Answer, is_one_line
from test_cli import SMALL

from experiments.config.defaults import conf_folder
from experiments.config.hydra_run import job_files
from experiments.errors import be_quiet, note, tell
from experiments.reference.completion import candidates

KNOCKON = str(Path(sys.executable).parent / "knockon")
WITH_CONFIG = [job for job in job_files() if (conf_folder() / f"{job}.yaml").exists()]


@pytest.mark.parametrize("job", job_files())
def test_the_help_of_a_job_is_one_screen(knockon: Callable[..., Answer], job: str) -> None:
    answer = knockon(job, "--help")
    lines = answer.out.splitlines()
    assert (answer.code, answer.err) == (0, "")
    assert lines[0].startswith(f"knockon {job}")
    assert len(lines) <= 48
    assert knockon("help", job).out == answer.out
    assert knockon(job, "scenario=stay", "-h").out == answer.out


@pytest.mark.parametrize("job", WITH_CONFIG)
def test_the_help_of_a_job_has_five_examples(knockon: Callable[..., Answer], job: str) -> None:
    examples = [line.strip() for line in knockon(job, "--help").out.partition("examples:")[2].splitlines() if line]
    assert sum(line.startswith(f"knockon {job}") for line in examples) >= 5 - (job == "calibrate")


def test_hydra_has_its_own_help_still(knockon: Callable[..., Answer]) -> None:
    assert "--multirun" in knockon("run", "--hydra-help").out


def test_the_version_is_told_by_its_short_flag_too(knockon: Callable[..., Answer]) -> None:
    assert knockon("-V") == knockon("--version")


@pytest.mark.parametrize(
    "arguments",
    [
        ("-m", "check", "scenario=stay,crackdown"),
        ("check", "scenario=stay,crackdown", "-m"),
        ("check", "scenario=stay,crackdown", "--multirun", "ensemble.worlds=3"),
    ],
)
def test_m_may_stand_anywhere(knockon: Callable[..., Answer], arguments: tuple[str, ...]) -> None:
    answer = knockon(*arguments)
    assert answer.code == 0
    assert [line.split()[0] for line in answer.out.splitlines()] == ["stay", "crackdown"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "--package", "ensemble"), "knockon run --cfg job --package ensemble"),
        (("-sc", "install=bash"), "knockon completion bash"),
        (("run", "-sc", "install=bash"), "knockon completion bash"),
        (("completion", "bahs"), "did you mean bash"),
        (("completion",), "one of bash, zsh, fish"),
        (("run", "-m", "--quick"), "unrecognized arguments: --quick"),
    ],
)
def test_other_flags_get_one_line(knockon: Callable[..., Answer], arguments: tuple[str, ...], said: str) -> None:
    is_one_line(knockon(*arguments), said)


def test_hydra_keeps_a_log_if_asked_without_the_steps_of_mesa() -> None:
    command = [KNOCKON, "run", "scenario=us_pullout", *SMALL, "hydra/job_logging=default"]
    assert subprocess.run(command, capture_output=True, timeout=120, check=False).returncode == 0
    (log,) = Path().glob("*.log")
    assert "[knockon][INFO] - us_pullout: 8 worlds in" in log.read_text()
    assert "Step 1" not in log.read_text()


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize("quiet", ["--quiet", "quiet=true"])
def test_quiet_leaves_the_answer(knockon: Callable[..., Answer], quiet: str) -> None:
    loud = knockon("run", "scenario=us_pullout", *SMALL)
    answer = knockon("run", "scenario=us_pullout", *SMALL, quiet)
    assert "note: ensemble.days=40: too short" in loud.err
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == loud.out
    is_one_line(knockon("run", "scenario=nowhere", quiet), "scenario=nowhere")
    be_quiet(False)


def test_notes_are_records_of_a_logger(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = logging.getLogger("knockon")
    monkeypatch.setattr(log, "handlers", [*log.handlers, caplog.handler])  # Hydra replaces the root's
    monkeypatch.setattr(log, "propagate", False)
    note("read this")
    tell("half way")
    assert [(record.name, record.levelname, record.message) for record in caplog.records] == [
        ("knockon", "WARNING", "note: read this"),
        ("knockon", "INFO", "half way"),
    ]
    assert capsys.readouterr().err == "note: read this\nhalf way\n"


@pytest.mark.parametrize(
    ("words", "prefix", "some"),
    [
        ([], "com", {"compare", "completion"}),
        ([], "--c", {"--cfg", "--config-dir"}),
        (["run"], "scenario=us_pullout_r", {"scenario=us_pullout_rethink"}),
        (["run"], "scenario=stay,crack", {"scenario=stay,crackdown"}),
        (["run"], "switches.displacement=", {"switches.displacement=low", "switches.displacement=high"}),
        (["run"], "mechanisms.truce=o", {"mechanisms.truce=on", "mechanisms.truce=off"}),
        (["run"], "militias.effect_of_res", {"militias.effect_of_restraint="}),
        (["run"], "+policies.crackdown.", {"+policies.crackdown.start=", "+policies.crackdown.strength="}),
        (["run"], "ensemble=q", {"ensemble=quick"}),
        (["describe"], "over_the", {"over_the_horizon"}),
        (["completion"], "", {"bash", "zsh", "fish"}),
    ],
)
def test_what_a_word_may_go_on_to(words: list[str], prefix: str, some: set[str]) -> None:
    found = candidates(words, prefix)
    assert some <= set(found)
    assert all(word.startswith(prefix) for word in found)


def test_results_are_completed(tmp_path: Path) -> None:
    (tmp_path / "results/compare-0123456789").mkdir(parents=True)
    assert candidates(["export"], "results/c") == ["results/compare-0123456789"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_code(knockon: Callable[..., Answer], shell: str) -> None:
    answer = knockon("completion", shell)
    assert answer.code == 0
    assert "_ARGCOMPLETE" in answer.out


def test_a_shell_is_answered_in_the_process_of_the_command(tmp_path: Path) -> None:
    line = "knockon run scenario=us_pullout_n"
    shell = {"_ARGCOMPLETE": "1", "COMP_LINE": line, "COMP_POINT": str(len(line)), "_ARGCOMPLETE_COMP_WORDBREAKS": " \t\n"}
    shell |= {"_ARGCOMPLETE_IFS": "\n", "_ARGCOMPLETE_STDOUT_FILENAME": str(tmp_path / "answer")}
    ended = subprocess.run([KNOCKON], env={**os.environ, **shell}, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.stdout, ended.stderr) == ("", "")
    assert (tmp_path / "answer").read_text().split() == ["scenario=us_pullout_nato_backfill"]
