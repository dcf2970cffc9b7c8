"""Find names by any word, and tell each in one line: scenarios, policies, outcomes, parameters, places, members."""

import csv
import difflib
import re
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache

from experiments.config.defaults import conf_folder
from experiments.config.files import read_yaml
from experiments.config.mechanisms import shipped_mechanisms
from experiments.reference import catalogue, model_words

_WIDTH = 118
_SHORTEST = 3
_MOST = 12
"""Most lines that are shown of one subject when a word is looked up."""
TABLES = {"members": "member", "sites": "site", "factions": "faction", "governorates": "governorate", "neighbours": "neighbour"}
"""By subject: the first column of its table in sim/data/."""
_SYNONYMS = {
    "spillover": ("border", "displaced"),
    "iran": ("patron",),
    "us": ("lead",),
    "america": ("lead",),
    "washington": ("lead",),
    "isis": ("islamic",),
    "daesh": ("islamic",),
    "pmf": ("militia",),
    "hashd": ("militia",),
    "minister": ("government",),
    "withdrawal": ("pullout", "exit"),
    "domino": ("knock",),
    "casualties": ("deaths", "wounded"),
    "drone": ("air",),
    "airstrike": ("strike", "air"),
}
"""Words of readers, and the words that the model has for them."""
_SINGULAR = {"policy": "policies", "switch": "switches"}


@cache
def lines() -> Mapping[str, Mapping[str, str]]:
    """Return one line on each name, by subject."""
    return {
        "scenarios": {name: found.meaning for name, found in catalogue.scenarios().items()},
        "policies": {name: found.description for name, found in model_words.policies().items()},
        "outcomes": {name: f"{found.long_name} ({found.unit})" for name, found in model_words.outcomes().items()},
        "parameters": {
            name: f"{entry['meaning']} [{entry['unit']}]" if entry["unit"] else entry["meaning"]
            for name, entry in catalogue.parameters().items()
        },
        "mechanisms": {name: found.meaning for name, found in shipped_mechanisms().items()},
        "switches": {name: catalogue.switch_meaning(name)[0] for name in catalogue.switches()},
        **{subject: {name: row["label"] for name, row in rows(subject).items()} for subject in TABLES},
        "rules": {name: found.docstring.partition("\n")[0] for name, found in catalogue.rules().items()},
    }


@cache
def rows(subject: str) -> Mapping[str, Mapping[str, str]]:
    """Return the rows of a shipped table of actors or places, by name."""
    with (catalogue.PACKAGE / "data" / table_of(subject)).open(encoding="utf-8", newline="") as file:
        return {row[TABLES[subject]]: row for row in csv.DictReader(file)}


def table_of(subject: str) -> str:
    """Return the file of a subject's table."""
    return str(read_yaml(conf_folder() / "theatre" / "iraq_2020.yaml")["tables"][subject])


def subject_of(word: str) -> str | None:
    """Return the subject that a word names, in the singular or the plural."""
    given = word.lower()
    plural = _SINGULAR.get(given, f"{given}s")
    return next((name for name in (given, plural) if name in lines()), None)


def one_line_each(subject: str) -> str:
    """Return every name of a subject with its line."""
    about = lines()[subject]
    return f"{subject} ({len(about)}):\n" + "\n".join(_aligned(about))


def of_a_group(group: str) -> list[str]:
    """Return the parameters of a group with their lines."""
    return list(_aligned({name: line for name, line in lines()["parameters"].items() if name.startswith(f"{group}.")}))


def found(words: str) -> str:
    """Return the names that a word, or several together, lead to, with their lines; empty without any."""
    joined = words.lower().replace("-", "")
    wanted = [joined] if joined in _SYNONYMS else _tokens(words)
    if not wanted or (min(map(len, wanted)) < _SHORTEST and not {*wanted} & {*_SYNONYMS}):
        return ""
    told = [f"the model's words for {word}: {', '.join(_SYNONYMS[word])}" for word in wanted if word in _SYNONYMS]
    parts = []
    for subject, about in lines().items():
        hits = {name: line for name, line in about.items() if _fits(wanted, _text_of(subject, name))}
        if hits:
            shown = _aligned(dict(list(hits.items())[:_MOST]))
            more = [f"  ... and {len(hits) - _MOST} more: knockon describe {subject}"] if len(hits) > _MOST else []
            parts.append("\n".join([f"{subject} ({len(hits)} of {len(about)}):", *shown, *more]))
    return "\n\n".join([*told, *parts]) if parts else ""


def near(word: str) -> str:
    """Return "; did you mean ...?" with words of the texts that are near to a given one, or nothing."""
    close = difflib.get_close_matches(word.lower(), _vocabulary(), n=3, cutoff=0.75)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def _fits(wanted: list[str], text: str) -> bool:
    tokens = _tokens(text)
    return all(any(token.startswith(one) for token in tokens for one in (_SYNONYMS.get(word) or (word,))) for word in wanted)


@cache
def _text_of(subject: str, name: str) -> str:
    """Return all that is said of a name: where a word of it is looked for."""
    parts: list[object] = [name, name.replace("_", " "), lines()[subject][name]]
    if subject == "parameters":
        entry = catalogue.parameters()[name]
        parts += [entry["symbol"], entry["source"], *(entry["value"] if isinstance(entry["value"], Mapping) else ())]
    elif subject == "scenarios":
        parts += [catalogue.scenarios()[name].title, catalogue.scenarios()[name].policies]
    elif subject == "policies":
        told = model_words.policies()[name]
        parts += [told.about, told.caveat, *(effect.why for effect in told.effects)]
    elif subject == "switches":
        parts += [catalogue.switch_meaning(name)[1]]
    elif subject in TABLES:
        parts += [value for column, value in rows(subject)[name].items() if column in ("location", "hosted_at", "governorate")]
    elif subject == "rules":
        parts += [catalogue.rules()[name].docstring]
    return " ".join(map(str, parts))


@cache
def _tokens(text: str) -> list[str]:
    lowered = text.lower()
    joined = lowered.replace("-", "")  # spill-over is spillover
    return list(dict.fromkeys([*re.findall(r"[^\W_]+", lowered), *re.findall(r"[^\W_]+", joined)]))


@cache
def _vocabulary() -> list[str]:
    return sorted({token for subject, about in lines().items() for name in about for token in _tokens(_text_of(subject, name))})


def _aligned(about: Mapping[str, str]) -> Iterator[str]:
    width = max(map(len, about))
    for name, line in about.items():
        yield f"  {name:<{width}}  {textwrap.shorten(line, max(_WIDTH - width - 4, 40), placeholder=' ...')}"
