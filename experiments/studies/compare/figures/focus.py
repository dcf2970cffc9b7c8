"""The arms that a figure names: all if they are few, else the reference and the arm asked about."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from experiments.figures.names import arm_name
from experiments.figures.style import ArmStyle, style_arms
from experiments.studies.compare.text import asked_about

MOST_NAMED = 6
"""Most arms with a colour of their own; further arms are grey."""
MOST_FANS = 4
"""Most arms with bands in a panel; more bands would hide each other."""
_GREY, _THIN = "#bdbdbd", 0.6


def named(labels: Sequence[str], references: Collection[str] = (), most: int = MOST_NAMED) -> list[str]:
    """Return the arms to name: all, or if there are more than `most`, the first reference and the arm asked about."""
    if len(labels) <= most:
        return list(labels)
    chosen = references or labels[:1]
    others = [label for label in labels if label not in chosen]
    return [label for label in labels if label in chosen][:1] + ([asked_about(others)] if others else [])


def with_bands(labels: Sequence[str], references: Collection[str] = ()) -> list[str]:
    """Return the arms whose bands are drawn."""
    return named(labels, references, MOST_FANS)


def styles_of(labels: Sequence[str], references: Collection[str] = ()) -> dict[str, ArmStyle]:
    """Return the styles of all arms; those that are not named are thin and grey."""
    kept = named(labels, references)
    return {
        label: style if label in kept else replace(style, colour=_GREY, width=_THIN, marker="")
        for label, style in style_arms(labels, references).items()
    }


def whose(banded: Sequence[str], arms: Collection[str]) -> str:
    """Return words for the arms that have bands; empty if all arms have bands."""
    return "" if len(banded) == len(arms) else f", of {' and '.join(map(arm_name, banded))} only"


def others(labels: Sequence[str], references: Collection[str] = ()) -> str:
    """Return the note on the arms without a name; empty if all have a name."""
    return " Grey: the other arms." if len(named(labels, references)) < len(labels) else ""
