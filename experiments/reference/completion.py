"""Completion of the command line in a shell: jobs, groups and their files, settings, variants, folders of results."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from experiments.config.defaults import conf_folder, names_in, parameters, settings, use_own_folder
from experiments.config.files import read_yaml
from experiments.config.hydra_run import job_files

_FLAGS = ("--help", "--cfg", "--config-dir", "--multirun", "--package", "--quiet", "--resolve", "--hydra-help")
_OF_RESULTS = ("export", "figures", "package", "results")
_OF_POLICIES = ("start", "strength")


def complete() -> None:
    """Print the completions of the line that the shell is at, and end the process."""
    import argcomplete

    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("words", nargs="*").completer = _of_a_word  # ty: ignore[unresolved-attribute]
    parser.add_argument("-m", "--multirun", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--config-dir")
    argcomplete.autocomplete(parser, always_complete_options=False, append_space=False)


def _of_a_word(prefix: str, parsed_args: argparse.Namespace, **_: object) -> list[str]:
    if parsed_args.config_dir and Path(parsed_args.config_dir).is_dir():
        use_own_folder(Path(parsed_args.config_dir).absolute())
    return candidates(list(parsed_args.words or []), prefix)


def candidates(words: list[str], prefix: str) -> list[str]:
    """Return what the next word may be, after the given ones, if it begins with a prefix."""
    if not words:
        return _fitting([*job_files(), *_FLAGS, "completion"], prefix)
    if words[0] == "describe":
        groups = ("parameters", "policies", "outcomes", "mechanisms", "switches", "scenarios", "rules")
        files = [name for group in ("policy", "scenario", "mechanisms") for name in names_in(group)]
        return _fitting([*groups, *parameters(), *files], prefix)
    if words[0] == "completion":
        return _fitting(["bash", "zsh", "fish"], prefix)
    if words[0] in _OF_RESULTS and "=" not in prefix:
        found = [path.as_posix() for path in sorted(Path("results").glob("*-*")) if path.is_dir()]
        return _fitting([*found, *(["rm", "open"] if words[0] == "results" else []), "results=", "format="], prefix)
    if "=" not in prefix:
        names = [*settings(), *(f"+policies.{name}.{dial}" for name in names_in("policy") for dial in _OF_POLICIES)]
        return _fitting([*(f"{name}=" for name in sorted({*names, *_groups()})), *_FLAGS], prefix)
    name, _, value = prefix.partition("=")
    before = value.rpartition(",")[0]
    begun = f"{name}={before}{',' if before else ''}"
    return _fitting([f"{begun}{value}" for value in _values(name)], prefix)


def _values(name: str) -> Iterable[str]:
    if name.startswith("switches."):
        return read_yaml(conf_folder() / "switches" / "default.yaml").get(name.partition(".")[2], ())
    if name.startswith("mechanisms."):
        return ("on", "off")
    return names_in(name) if name in _groups() else ()


def _groups() -> list[str]:
    return [path.name for path in conf_folder().iterdir() if path.is_dir() and path.name not in ("hydra", "parameters")]


def _fitting(names: Iterable[str], prefix: str) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.startswith(prefix)]
