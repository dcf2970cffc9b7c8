"""Readable names of arms, outcomes, numbers and places, in tables, pages and figures; those that an analyst gave come first."""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from sim.record.outcomes import BY_NAME

UPPER_CASE = {"us": "US", "is": "IS", "nato": "NATO", "uk": "UK", "eu": "EU", "un": "UN", "september": "September"}
PROPER_NAMES = {
    name: name.capitalize() for name in ("iraq", "iraqi", "iran", "iranian", "baghdad", "erbil", "kurdish", "kurdistan")
}
PHRASES = {"knock on": "knock-on", "green zone": "Green Zone", "islamic state": "Islamic State"}
PLACES = {
    "embassy": "Embassy, Green Zone",
    "baghdad_bases": "Baghdad bases",
    "western_base": "Western base",
    "erbil_base": "Erbil base",
    "salah_al_din": "Salah al-Din",
    "montenegro_n_macedonia": "Montenegro / N. Macedonia",
    "ukraine_other_nmi_partners": "Ukraine / other NMI partners",
}
"""Names of sites, governorates and members that do not follow from their key."""

EVENTS = {
    "incident_hazard": "Crowd incident",
    "breach_hazard": "Breach of the embassy",
    "lethal_breach_hazard": "Lethal breach",
    "closure_hazard": "Closure for security",
    "fall_hazard": "Government falls",
}
"""The events of outcomes that are compared by their hazard."""

_GIVEN: dict[str, str] = {}


@contextmanager
def named(names: Mapping[str, str]) -> Generator[None]:
    """Let `arm_name` return these names, by label of an arm."""
    before = dict(_GIVEN)
    _GIVEN.update(names)
    try:
        yield
    finally:
        _GIVEN.clear()
        _GIVEN.update(before)


def arm_name(label: str) -> str:
    """Return the readable name of an arm: "us_pullout, effect_of_peer_exits=2" -> "US pullout, effect of peer exits = 2".

    A name that the analyst gave comes first.
    """
    if label in _GIVEN:
        return _GIVEN[label]
    name = ", ".join(" = ".join(map(in_words, part.split("=", maxsplit=1))) for part in label.split(", "))
    return name[:1].upper() + name[1:]


def outcome_name(outcome: str) -> str:
    """Return a short readable name of an outcome; for a hazard, the name of its event."""
    return EVENTS.get(outcome) or sentence_case(BY_NAME[outcome].long_name.partition(",")[0])


def factor_name(factor: str) -> str:
    """Return the readable name of a number, switch or dial: "militias.mean_rocket_rate" -> "Militias: mean rocket rate"."""
    group, _, entry = factor.partition(".")
    if group == "switches":
        return f"Switch: {in_words(entry)}"
    if group == "policies":
        group, _, entry = entry.partition(".")
    return sentence_case(f"{in_words(group)}: {in_words(entry.replace('.', ' '))}")


def place_name(key: str) -> str:
    """Return the readable name of a site, governorate or member: "dhi_qar" -> "Dhi Qar"."""
    return PLACES.get(key, " ".join(word.capitalize() for word in key.split("_")))


def sentence_case(text: str) -> str:
    """Return a text with its first letter in upper case and the others unchanged."""
    return text[:1].upper() + text[1:]


def in_words(key: str) -> str:
    """Return a key as a reader writes it: "islamic_state_depends_on" -> "Islamic State depends on"."""
    words = " ".join(UPPER_CASE.get(word, PROPER_NAMES.get(word, word)) for word in key.replace("_", " ").split())
    for phrase, written in PHRASES.items():
        words = re.sub(rf"\b{phrase}\b", written, words)
    return words
