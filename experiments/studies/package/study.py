"""Pack a result with everything to check and rebuild it: configs, tables, figures, checksums, versions, the command."""

import json
import platform
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, requires, version
from io import BytesIO
from itertools import product
from pathlib import Path
from shlex import quote
from typing import Any, cast

from packaging.requirements import Requirement

from experiments.config.defaults import conf_file, shipped_reference
from experiments.config.files import write_whole
from experiments.config.own import FILES, OWN, flag_of, kept
from experiments.errors import InputError
from experiments.storage.about import read_about
from experiments.storage.comparison import Comparison, is_comparison, read_comparison
from experiments.storage.write import listed

CHECKSUMS = "SHA256SUMS"
_SAME_DAY = (1980, 1, 1, 0, 0, 0)  # of every file in the zip, so that the same files make the same zip
_LEFT_OUT = ("export",)  # folders of a result that hold worlds: large, and written again by the command


def pack(folder: Path, command: str | None = None, experiment: str | None = None) -> tuple[Path, int]:
    """Pack the result of a job, and return the package and the number of files in it.

    Without a command, derive the command of a comparison from the overrides of its arms.
    """
    if not (folder / "tables").is_dir():
        raise InputError(f"{folder} is no folder of a result: it has no tables; a job prints the folder that it writes")
    comparison = read_comparison(folder) if is_comparison(folder) else None
    if command is None and comparison is None:
        raise InputError(
            f"{folder} is no comparison, and knockon package knows only the commands of comparisons. For other jobs, it"
            " packs published settings: knockon package experiment=NAME runs and packs one"
        )
    before, flag = flag_of(folder, "result")  # so that it finds the analyst's own files in the unpacked package
    lines = [command] if command is not None else command_of(cast(Comparison, comparison)).splitlines()
    if command is None:
        lines = [" ".join([line, *map(quote, as_shown(read_about(folder)))]) for line in lines]
    made_by = "\n".join(f"{before}{line}{flag}" for line in lines)
    own = f"{OWN}/{FILES}/"
    content = {
        **{name.removeprefix(own) if name.startswith(own) else f"result/{name}": data for name, data in _files(folder)},
        **(_about(comparison) if comparison else {}),
        "command.txt": f"{made_by}\n".encode(),
        "environment.txt": environment().encode(),
        "README.txt": _readme(folder.name, made_by, comparison).encode(),
    }
    if experiment is not None:
        content["experiment.yaml"] = kept(conf_file(f"experiment/{experiment}")).encode()
    content[CHECKSUMS] = checksums(content).encode()
    file = folder.parent / f"{experiment or folder.name}.zip"
    try:
        write_whole(file, _zipped(file.stem, content))
    except OSError as error:
        raise InputError(f"{file} cannot be written ({error.strerror})") from None
    return file, len(content)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder)
        if name.parts[0] not in _LEFT_OUT and not file.name.startswith("."):
            yield name.as_posix(), file.read_bytes()


def _about(comparison: Comparison) -> dict[str, bytes]:
    """Return the config of each arm, and the manifest of each arm without times and speed."""
    content = {}
    for label in comparison.data:
        comparison.config(label)
        manifest, folder = comparison.manifest(label), comparison.stores[label].path
        kept = {name: manifest.get(name) for name in ("scenario", "key", "seed", "days", "swept", "identity")}
        runs = [run for run in manifest["runs"] if run.get("worlds")]
        made_with = [{name: run.get(name) for name in ("versions", "python", "commit")} for run in runs]
        unlike = [made for place, made in enumerate(made_with) if made not in made_with[:place]]
        compared = {"reference": comparison.references[label], "worlds": comparison.worlds[label]}
        about = {**kept, "label": label, **compared, "made_with": unlike}
        content[f"arms/{folder.name}/config.yaml"] = (folder / "config.yaml").read_bytes()
        content[f"arms/{folder.name}/about.json"] = f"{json.dumps(about, indent=1)}\n".encode()
    return content


def command_of(comparison: Comparison) -> str:
    """Return the command that makes a comparison: one sweep if the arms form one, else one line per arm."""
    overrides = [_overrides(comparison.manifest(label)) for label in comparison.stores]
    worlds = f"ensemble.worlds={max(comparison.worlds.values())}"
    first = next(iter(comparison.stores))
    reference = str(comparison.config(first).get("reference", shipped_reference()))
    if asked := read_about(comparison.folder).get("references"):
        reference = str(comparison.manifest(comparison.references[first])["scenario"])
        overrides = [{name: value for name, value in arm.items() if name != "reference"} for arm in overrides]
        within = [arm for arm in overrides if arm.get("scenario") not in asked]
        for arms in (overrides, within):
            if (command := _as_a_sweep(arms, [worlds, quote(f"references=[{','.join(asked)}]")])) is not None:
                return command
    named = "reference" in overrides[0] or reference == shipped_reference()
    last = [worlds] if named else [worlds, f"reference={reference}"]
    if (command := _as_a_sweep(overrides, last)) is not None:
        return command
    return "\n".join(" ".join(["knockon run", *(quote(f"{n}={v}") for n, v in arm.items()), *last]) for arm in overrides)


def as_shown(about: Mapping[str, Any]) -> Iterator[str]:
    """Yield the settings of a comparison that change no world: its title, the names of arms, and the shown outcomes."""
    if about.get("title"):
        yield f"title={about['title']}"
    names = {arm: name for arm, name in about.get("labels", {}).items() if re.fullmatch(r"[\w./-]+", arm)}
    if names:
        yield f"labels={{{', '.join(f'{arm}: {json.dumps(name, ensure_ascii=False)}' for arm, name in names.items())}}}"
    for name, chosen in about.get("show", {}).items():
        if chosen:
            yield f"show.{name}=[{','.join(map(str, chosen))}]"


def _as_a_sweep(overrides: Sequence[Mapping[str, str]], last: Sequence[str]) -> str | None:
    """Return the sweep that has exactly these arms; None if there is none."""
    if not overrides:
        return None
    names = list(overrides[0])
    values = {name: list(dict.fromkeys(arm[name] for arm in overrides if name in arm)) for name in names}
    swept = [dict(zip(names, chosen, strict=True)) for chosen in product(*values.values())]
    if len(swept) == len(overrides) and all(arm in overrides for arm in swept):
        job = "compare" if "scenario" in names else "run -m"
        return " ".join([f"knockon {job}", *(quote(f"{name}={','.join(values[name])}") for name in names), *last])
    return None


def _overrides(manifest: Mapping[str, Any]) -> dict[str, str]:
    pairs = (str(override).partition("=") for override in manifest.get("swept", []))
    return {name: value for name, _, value in pairs if name.lstrip("+") != "ensemble.worlds"}


def environment() -> str:
    """Return the exact versions of all dependencies for pip, one per line, without the address of a registry."""
    found: dict[str, str] = {}
    waiting, seen = [("knockon", "")], set[tuple[str, str]]()
    while waiting:
        name, extra = waiting.pop()
        if (name.lower(), extra) in seen:
            continue
        seen.add((name.lower(), extra))
        try:
            found[name.lower()] = f"{name}=={version(name)}"
            needed = [Requirement(text) for text in requires(name) or ()]
        except PackageNotFoundError:
            continue  # of another system
        chosen = [need for need in needed if need.marker is None or need.marker.evaluate({"extra": extra})]
        waiting += [(need.name, extra) for need in chosen for extra in ("", *need.extras)]
    del found["knockon"]  # no index has the very commit
    return "\n".join([f"# Python {platform.python_version()}", *(found[name] for name in sorted(found))]) + "\n"


def checksums(content: Mapping[str, bytes]) -> str:
    """Return the checksums of files in the format of `sha256sum -c`."""
    return "".join(f"{sha256(content[name]).hexdigest()}  {name}\n" for name in sorted(content))


def _zipped(root: str, content: Mapping[str, bytes]) -> bytes:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in sorted(content):
            member = zipfile.ZipInfo(f"{root}/{name}", _SAME_DAY)
            member.external_attr, member.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            opened.writestr(member, content[name])
    return whole.getvalue()


def _at(comparison: Comparison | None) -> str:
    """Return the version and the commit with which the arms were made."""
    if comparison is None:
        return f" {version('knockon')}"
    return f" {listed(comparison.provenance['versions'])} (commit {listed(comparison.provenance['commits'])})"


def _readme(name: str, command: str, comparison: Comparison | None) -> str:
    arms = () if comparison is None else comparison.stores.items()
    worlds = {} if comparison is None else comparison.worlds
    lines = "\n".join(f"  {label}: {worlds[label]:,} worlds, {store.path.name}" for label, store in arms)
    return (
        f"""Knock-on: the package of {name}

It compares assumptions in a model whose numbers are mostly judgements. It is not a forecast.

result/          tables, figures and the report as the job wrote them
arms/            the config of each arm and its identity: key, seed, versions, hashes of model and data
result/own/      the analyst's own configs and Python files, if any; the analyst's own tables and draws lie at the paths
                 that the command names
experiment.yaml  the published setting, if the result comes from one
environment.txt  exact versions of all libraries but knockon itself, for pip
command.txt      the command
{CHECKSUMS}       checksums: sha256sum -c {CHECKSUMS}

To rebuild it: get the sources of knockon{_at(comparison)}, then in this folder

pip install -r environment.txt
pip install --no-deps FOLDER_OF_THE_SOURCES
{command}

With the same versions, worlds and tables are the same on every machine, bit for bit. With the same version of matplotlib,
the figures are the same too. knockon package then writes the same zip, with the same checksums.

{"Arms:" if arms else ""}
{lines}
""".rstrip()
        + "\n"
    )
