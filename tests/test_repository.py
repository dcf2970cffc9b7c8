"""The facts that several files of the repository state are the same in all of them."""

import json
import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_all_name_the_same_version() -> None:
    project, codemeta = tomllib.loads(text_of("pyproject.toml"))["project"], json.loads(text_of("codemeta.json"))
    cited = yaml.safe_load(text_of("CITATION.cff"))
    assert {project["version"], codemeta["version"], str(cited["version"])} == {project["version"]}
    assert codemeta["dateModified"] == str(cited["date-released"])
    assert codemeta["description"] == project["description"]


def test_the_container_runs_the_two_commands_of_the_readme() -> None:
    block = text_of("README.md").partition("## Start")[2].split("```")[1]
    commands = re.findall(r"uv run [a-z ]+[a-z]", block)
    assert len(commands) == 2
    assert " && ".join(commands) in text_of("Containerfile")


def test_a_commit_is_checked_as_a_landing() -> None:
    (local,) = yaml.safe_load(text_of(".pre-commit-config.yaml"))["repos"]
    line = next(line for line in text_of("CONTRIBUTING.md").splitlines() if line.startswith("uv run ruff check &&"))
    assert [hook["entry"] for hook in local["hooks"]] == line.split(" && ")


def test_the_readme_of_an_index_page_has_no_link_to_a_file() -> None:
    about = metadata("knockon")
    shown = str(about["Description"] or about.get_payload())
    assert shown.startswith("# Knock-on")
    assert "## Read the answer" in shown
    assert re.findall(r"!?\[[^\]]*\]\((?!https?://)[^)]*\)", shown) == []
