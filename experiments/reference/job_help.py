"""The help of one job on one screen: what it does, its own settings, examples, and where the rest is."""

import ast
import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from experiments.config.defaults import conf_folder, names_in
from experiments.config.files import read_text, read_yaml
from experiments.config.hydra_run import job_files

_WIDTH = 118
_MOST_SETTINGS = 14
_NOT_SETTINGS = ("defaults", "hydra", "ensemble", "coalition")
_COMMON = {
    "ensemble.worlds": "how many worlds; ensemble=quick is a first look",
    "ensemble.days": "the horizon: days, months (18mo), or until=2022-03-31",
    "results": "folder of the results",
}
_SCENARIO = "what is done; commas make a sweep: scenario=stay,us_pullout"
_EVERY = """\
Any parameter, policy, mechanism or switch is set as name=value: knockon describe lists them, conf/README.md shows how.
every value:      knockon {job} --cfg job            one section:  knockon {job} --cfg job --package ensemble
configs by group: knockon {job} --hydra-help         your configs: knockon {job} --config-dir FOLDER
less on screen:   knockon {job} --quiet              completion:   knockon completion --help"""


def job_help(job: str) -> str:
    """Return the help of a job, without importing it."""
    source = job_files()[job].read_text("utf-8")
    what, _, more = (ast.get_docstring(ast.parse(source)) or "").partition("\n")
    config = conf_folder() / f"{job}.yaml"
    if not config.exists():
        return f"knockon {job}\n\n{textwrap.fill(what, _WIDTH)}\n\n{more.strip(chr(10))}".rstrip()
    about, examples = _head(config)
    parts = [f"knockon {job} [name=value ...]", textwrap.fill(about, _WIDTH)]
    if own := list(_own_settings(job, config)):
        parts.append("settings of its own:\n" + _aligned(own))
    if any(entry == "base" for entry in read_yaml(config)["defaults"]):
        without = _COMMON if '"scenario"' in source else {"scenario": _SCENARIO, **_COMMON}  # its settings say which
        parts += ["settings of every job:\n" + _aligned(list(without.items()))]
        parts += [textwrap.fill("groups: " + ", ".join(_groups()), _WIDTH, subsequent_indent=" " * 8)]
    return "\n\n".join([*parts, "examples:\n" + "\n".join(f"  {line}" for line in examples), _EVERY.format(job=job)])


def _head(config: Path) -> tuple[str, list[str]]:
    """Return the sentences and the commands in the comment at the head of a config."""
    comments = [line[1:] for line in read_text(config).partition("defaults:")[0].splitlines() if line.startswith("#")]
    examples = [line.strip() for line in comments if line.startswith("   ")]
    about = [line.strip() for line in comments if not line.startswith("   ")]
    ends = {line.strip() for line, after in pairwise(comments) if after.startswith("   ")}  # a colon would introduce nothing
    return " ".join(re.sub(":$", ".", line) if line in ends else line for line in about), examples


def _own_settings(job: str, config: Path) -> Iterator[tuple[str, str]]:
    """Yield the settings of a job with their meanings: of its file, and of the section of its name."""
    yield from _settings(config, "", section=job)
    for entry in read_yaml(config)["defaults"]:
        for group, name in entry.items() if isinstance(entry, dict) else ():
            if group in (job, "calibration"):
                settings = list(_settings(conf_folder() / group / f"{name}.yaml", f"{group}."))
                yield from settings[:_MOST_SETTINGS]
                if len(settings) > _MOST_SETTINGS:
                    yield "...", f"and {len(settings) - _MOST_SETTINGS} more in conf/{group}/{name}.yaml"


def _settings(file: Path, before: str, section: str = "") -> Iterator[tuple[str, str]]:
    """Yield the settings at the top of a file, and those of one section of it, with their meanings."""
    above = ""
    for line in read_text(file).splitlines():
        if not (matched := re.fullmatch(r"( *)(\w+):\s*(.*?)\s*(?:# (.*))?", line)):
            continue
        indent, name, value, meaning = matched.groups()
        above = above if indent else name
        is_shown = above == section if indent else name not in (*_NOT_SETTINGS, section)
        if is_shown:
            default = f"(default {_short(value)})" if value else ""
            yield f"{before}{f'{section}.' * bool(indent)}{name}", " ".join(filter(None, [meaning, default]))


def _short(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:37]}..."


def _groups() -> list[str]:
    inner = ("parameters", "meanings", "headlines", "patterns", "hydra", "policy", "mechanisms")
    folders = sorted(path.name for path in conf_folder().iterdir() if path.is_dir() and path.name not in inner)
    return [f"{name} ({len(names_in(name))})" for name in folders]


def _aligned(rows: list[tuple[str, str]]) -> str:
    width = max(len(name) for name, _ in rows)
    blank = " " * (width + 4)
    return "\n".join(
        textwrap.fill(about, _WIDTH, initial_indent=f"  {name:<{width}}  ", subsequent_indent=blank, break_on_hyphens=False)
        if about
        else f"  {name}"
        for name, about in rows
    )
