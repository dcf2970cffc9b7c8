"""The readable name of a scenario, and its one sentence: the section `display` of its file, which changes no number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.config.defaults import conf_file
from experiments.config.files import read_text, read_yaml, shown
from experiments.errors import InputError, nearest
from experiments.figures.venue import LINES, MARKERS

DISPLAY = "display"
_KEYS = ("name", "about", "colour", "line", "marker")
LONGEST_NAME = 60
_CHOICES = {"line": tuple(LINES), "marker": MARKERS}


@dataclass(frozen=True, slots=True)
class Display:
    """The name and the look of a scenario for readers.

    Attributes:
        name: empty if its file has none. `about`: a sentence; the comment at the head of its file if there is none.
        colour: of its lines, as matplotlib names it; empty: a colour that follows from its name.
        line, marker: of its lines, `LINES` and `MARKERS` of figures; empty: they follow from its name.
    """

    name: str = ""
    about: str = ""
    colour: str = ""
    line: str = ""
    marker: str = ""


def display_of(scenario: str) -> Display:
    """Return the display of a scenario, the analyst's own or a shipped one."""
    file = conf_file(f"scenario/{scenario}")
    if not file.is_file():
        return Display()
    content = read_yaml(file)
    written = content.get(DISPLAY) if isinstance(content, Mapping) else None  # it is checked where the scenario is composed
    entries = written.items() if isinstance(written, Mapping) else ()
    given = {str(key): " ".join(str(value).split()) for key, value in entries if key in _KEYS}
    return Display(**{"about": _comment_of(file), **given})


def check_display(file: Path, given: object) -> None:
    """Check the section `display` of a scenario's file; InputError names a bad entry."""
    if given is None:
        return
    if not isinstance(given, Mapping):
        raise InputError(f"{shown(file)}: display={given!r} is not a mapping such as {{name: US pullout, about: All leave.}}")
    for key, value in given.items():
        if key not in _KEYS:
            raise InputError(f"{shown(file)}: display.{key} is no setting{nearest(str(key), _KEYS)} ({', '.join(_KEYS)})")
        if not isinstance(value, str) or not value.strip():
            raise InputError(f"{shown(file)}: display.{key}={value!r} is not a text")
        if key == "colour" and hexadecimal(value) is None:
            raise InputError(f'{shown(file)}: display.colour={value} is no colour, such as teal or "#0072B2" in quotes')
        if value not in (known := _CHOICES.get(str(key), (value,))):
            raise InputError(f"{shown(file)}: display.{key}={value} is none of {', '.join(known)}")
    if len(str(given.get("name", ""))) > LONGEST_NAME:
        raise InputError(
            f"{shown(file)}: display.name has more than {LONGEST_NAME} characters: shorten it, and put the full sentence in"
            " display.about"
        )


def hexadecimal(colour: str) -> str | None:
    """Return a colour as hexadecimal, None if it is not a colour: "teal" -> "#008080"."""
    if re.fullmatch("#[0-9A-Fa-f]{6}", colour):
        return colour.lower()
    from matplotlib.colors import is_color_like, to_hex  # here: shipped scenarios need no figures to be read

    return to_hex(colour) if is_color_like(colour) else None


def _comment_of(file: Path) -> str:
    """Return the comment at the head of a config, without Hydra's directives."""
    comments = [line.removeprefix("#").strip() for line in read_text(file).splitlines() if line.startswith("#")]
    return " ".join(line for line in comments if not line.startswith("@"))
