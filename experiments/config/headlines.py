"""The headline outcomes of `conf/headlines/`: what tables, figures and studies are about unless they are asked for others."""

from dataclasses import dataclass

from experiments.config.defaults import conf_folder
from experiments.config.yaml_files import read_yaml


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline outcome.

    Attributes:
        heading: of its column in tables. `scale`: multiplies it there. `form`: how a number of it is written.
        in_tables: another outcome that stands in its place in tables; None for itself.
        by_week: the outcome that stands for it in figures by week; None for none.
    """

    outcome: str
    heading: str
    scale: float = 1.0
    form: str = ".0f"
    in_tables: str | None = None
    by_week: str | None = None


HEADLINES = tuple(
    Headline(outcome, **entry) for outcome, entry in read_yaml(conf_folder() / "headlines" / "default.yaml").items()
)
HEADLINE_OUTCOMES = tuple(headline.outcome for headline in HEADLINES)
