"""The section `figure` of a config: the page that figures are drawn for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from experiments.config.fields import Check, Section, YesNo, number, read, whole
from experiments.figures.venue import Venue


def _name(value: object) -> str:
    if not str(value).replace("_", "").replace("-", "").isalnum():
        raise ValueError("is no name for a folder: letters, digits, - and _")
    return str(value)


@dataclass(frozen=True, slots=True)
class _Page(Section):
    name: Annotated[str, Check(_name)]
    width: Annotated[float, number("from 3.3 to 12 inches", lambda inches: 3.3 <= inches <= 12.0)]
    height: Annotated[float, number("from 3 to 30 inches", lambda inches: 3.0 <= inches <= 30.0)]
    columns: Annotated[int, whole(1, 4)]
    note: YesNo
    draft: YesNo


def read_venue(plain: Mapping[str, Any]) -> Venue:
    """Check the section `figure` of a config; without one, return the default."""
    return Venue(**asdict(read(_Page, "figure", plain["figure"]))) if "figure" in plain else Venue()
