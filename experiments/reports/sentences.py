"""The findings of a comparison in words: natural frequencies, amounts on both sides, and the forms on which findings depend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.analysis.evidence import LEAST_EXPLAINED, STRUCTURE
from experiments.analysis.matters import IS_RATIO
from experiments.analysis.paired import is_rare
from experiments.config.defaults import COALITION, FOLLOWS, Headline, conf_file
from experiments.config.files import read_yaml
from experiments.config.show import are_chosen, headlines
from experiments.figures.names import sentence_case

type Row = Mapping[Any, Any]

ERRORS = 2.0
"""Half-width of a range, in Monte Carlo errors."""
DIFFERS = 3.0
"""Least difference between two forms, in combined Monte Carlo errors; at two, one in twenty pairs would differ by chance."""
_CLEARLY = 0.1
"""Smallest difference between shares of worlds that makes a hinge, even with smaller errors: a judgement."""
_FEWEST = 10
"""Fewest worlds whose median is shown; the median of fewer worlds would change with a few more."""
_GRADES = ("Weak", "Weak", "Fair", "Good", "Good")
"""The word for the evidence, by number of marks."""
FOLLOWS_FROM = "These outcomes follow from the number of troops exposed, in any model"
"""The heading of the outcomes of the group `FOLLOWS`."""
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Finding:
    """The finding on an outcome of an arm: the row of `find` over all worlds, and the rows of the forms it turns on.

    Attributes:
        forms: the forms of each switch on which the shares of worlds turn, the switch with the largest difference first.
    """

    headline: Headline
    whole: Row
    forms: Mapping[str, Sequence[Row]]

    @property
    def side(self) -> str:
        """Return the side with more worlds: "more" or "fewer"."""
        return "fewer" if self.whole["fewer"] > self.whole["more"] else "more"

    @property
    def other(self) -> str:
        """Return the side with fewer worlds."""
        return "more" if self.side == "fewer" else "fewer"

    @property
    def is_known(self) -> bool:
        """Tell whether the outcome can be compared; a ratio cannot where the reference has none of the outcome."""
        return bool(np.isfinite(self.whole["more"]))

    @property
    def is_rare(self) -> bool:
        """Tell whether the outcome is compared by its hazard."""
        return is_rare(self.headline.outcome)


def findings_of(table: pd.DataFrame, arm: str) -> list[Finding]:
    """Return the findings of an arm, in the order of the headlines, from the table of `find`."""
    by_outcome: dict[str, list[Row]] = {}
    for row in table[table["arm"] == arm].to_dict("records"):
        by_outcome.setdefault(row["outcome"], []).append(row)
    found = []
    for headline in headlines():
        rows = by_outcome.get(headline.in_tables or headline.outcome, [])
        if whole := [row for row in rows if row["switch"] == ""]:
            found.append(Finding(headline, whole[0], _hinges([row for row in rows if row["switch"] != ""])))
    return found


def _hinges(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the forms of the switches on which the shares turn, the largest difference first."""
    sizes = {}
    forms: dict[str, list[Row]] = {}
    for row in rows:
        forms.setdefault(str(row["switch"]), []).append(row)
    for switch, parts in forms.items():
        size = 0.0
        for side in ("more", "fewer"):
            known = [row for row in parts if np.isfinite(row[side]) and np.isfinite(row[f"{side}_error"])]
            if len(known) < 2:
                continue
            low, high = (end(known, key=lambda row: row[side]) for end in (min, max))
            apart = high[side] - low[side]
            if apart >= _CLEARLY and apart > DIFFERS * np.hypot(low[f"{side}_error"], high[f"{side}_error"]):
                size = max(size, apart)
        if size:
            sizes[switch] = size
    return {switch: forms[switch] for switch in sorted(sizes, key=lambda switch: -sizes[switch])}


def of_hundred(share: float) -> str:
    """Return a share as a natural frequency, "53"; only a share of exactly 0 or 1 reads as "0" or "100"."""
    if np.isnan(share):
        return "–"
    if 0.0 < share < 0.005:
        return "fewer than 1"
    return "more than 99" if 0.995 < share < 1.0 else f"{100.0 * share:.0f}"


def in_short(share: float) -> str:
    """Return a share as a natural frequency for a cell of a table: "<1"."""
    return of_hundred(float(share)).replace("fewer than ", "<").replace("more than ", ">")


def firsts_of_groups(found: Sequence[Finding]) -> list[Finding]:
    """Return the first finding of each group except the group `FOLLOWS`; all of them where an analyst chose the headlines."""
    counted = [one for one in found if one.headline.group != FOLLOWS]
    firsts: dict[str, Finding] = {}
    for one in counted:
        firsts.setdefault(one.headline.group, one)
    return counted if are_chosen() else list(firsts.values())


def amount(value: float, headline: Headline, signed: bool = True) -> str:
    """Return an amount of an outcome, scaled, with its sign and unit: "+118", "1.60 times"; no difference is "0"."""
    sign = "+" if signed and headline.in_tables != IS_RATIO else ""
    return f"{number(value * headline.scale, f'{sign},{headline.spec}')} {headline.unit}".strip()


def number(value: float, spec: str) -> str:
    """Return a number with a proper minus sign; zero has no sign."""
    text = f"{value:{spec}}".replace("-", _MINUS)
    return text if text.strip(f"+{_MINUS}0.,") else text.lstrip(f"+{_MINUS}")


def middle_in_words(row: Row, headline: Headline) -> str:
    """Return the median difference, or the mean with two errors for a hazard, or both humps with their shares of worlds."""
    if not np.isfinite(row["middle"]):
        return "unknown"
    if is_rare(headline.outcome):
        error = amount(ERRORS * row["middle_error"], headline, signed=False)
        return f"{amount(row['middle'], replace(headline, unit=''))} ± {error}"
    if np.isfinite(row["low_share"]):
        low, high = (amount(row[name], headline) for name in ("low_hump", "high_hump"))
        share = row["low_share"]
        return f"two groups: {low} ({of_hundred(share)} of 100), {high} ({of_hundred(1.0 - share)} of 100)"
    return amount(row["middle"], headline)


def finding_in_words(finding: Finding) -> str:
    """Return a finding as one sentence: both sides, in how many worlds, and by how much."""
    headline, row = finding.headline, finding.whole
    if not finding.is_known:
        return f"{sentence_case(headline.heading)}: no comparison, the reference has none."
    side, other = finding.side, finding.other
    lead, behind, same = (of_hundred(row[name]) for name in (side, other, "same"))
    if row["same"] == 1.0:
        return f"{sentence_case(headline.heading)}: the same in all worlds."
    if finding.is_rare:
        likely = f"more likely in {of_hundred(row['more'])}, less in {of_hundred(row['fewer'])}"
        return f"{sentence_case(chance_in_words(finding))}; {likely}."
    if row["same"] > 0.5:
        return (
            f"{sentence_case(headline.heading)}: about the same in {same} of 100 worlds; {getattr(headline, side)} in {lead}"
            f"{_amount_on(finding, side)}, {other} in {behind}{_amount_on(finding, other)}."
        )
    told = f"{sentence_case(getattr(headline, side))} in {lead} of 100 worlds{_amount_on(finding, side, _tail(finding, side))}"
    return f"{told}, {other} in {behind}{_amount_on(finding, other)}; about the same in {same}."


def chance_in_words(finding: Finding) -> str:
    """Return the frequency of a rare event in the arm and the reference: "3.2 of 100 worlds have at least one, 9.3 in ..."."""
    row, bare = finding.whole, replace(finding.headline, unit="")
    here, there = (amount(row[name], bare, signed=False) for name in ("level", "level_there"))
    error = amount(ERRORS * row["middle_error"], bare, signed=False)
    change = f"difference {amount(row['middle'], bare)} ± {error}"
    return f"{bare.heading}: {here} of 100 worlds have at least one, {there} in the reference ({change})"


def hinge_in_words(finding: Finding, most: int = 1) -> list[str]:
    """Return what a finding turns on: one sentence per switch, at most `most` of them, with the weights of the forms."""
    side, sentences = finding.side, []
    for switch, rows in list(finding.forms.items())[:most]:
        shown = sorted(rows, key=lambda row: -row["weight"])
        where = [where_of(switch, row["form"]) for row in shown]
        numbers = [of_hundred(row[side]) for row in shown]
        numbers[0] += " of 100"
        weights = [f"({'weight ' if not place else ''}{of_hundred(row['weight'])} %)" for place, row in enumerate(shown)]
        parts = list(map(" ".join, zip(numbers, where, weights, strict=True)))
        likely = f"{'more' if side == 'more' else 'less'} likely" if finding.is_rare else side
        sentences.append(f"{sentence_case(likely)} in {_listed(parts)}; the weights are a bet.")
    return sentences


def evidence_in_words(evidence: pd.DataFrame, arm: str, outcome: str) -> tuple[int, str]:
    """Return how good the evidence for a finding is: marks from 0 to 4 (-1: not known), and one sentence.

    The marks are the rounded quarters of the explained spread that come from data or literature (grades A and B). The words
    are a judgement: weak up to one mark, good from three marks on.
    """
    rows = evidence[(evidence["arm"] == arm) & (evidence["outcome"] == outcome)] if len(evidence) else evidence
    if rows.empty:
        return -1, "Not known: there are too few draws of the parameters."
    shares, explained = dict(zip(rows["grade"], rows["share"], strict=True)), float(rows["explained"].iloc[0])
    parts = {
        "data and literature": shares.get("A", 0.0) + shares.get("B", 0.0),
        "judgement": shares.get("C", 0.0),
        "bets on structure": shares.get(STRUCTURE, 0.0),
    }
    if explained < LEAST_EXPLAINED:
        return -1, f"Nearly all of the spread ({100.0 * (1.0 - explained):.0f} %) is chance or joint effects of inputs."
    marks = round(4.0 * parts["data and literature"] / explained)
    told = _listed([f"{100.0 * share / explained:.0f} % is {name}" for name, share in parts.items()])
    rest = f"Of the whole spread, {100.0 * (1.0 - explained):.0f} % is chance or joint effects of inputs."
    return marks, f"{_GRADES[marks]}: of the explained spread, {told}. {rest}"


def turns_on(finding: Finding) -> str:
    """Return the switch on which a finding turns most, as a clause; empty where it turns on none."""
    first = next(iter(finding.forms), "")
    return str(meanings_of_switches()[first]["turns_on"]) if first else ""


def meanings_of_switches() -> Mapping[str, Mapping[str, Any]]:
    """Return the plain words for each switch and its forms, of `conf/meanings/`."""
    return read_yaml(conf_file("meanings/switches"))  # type: ignore[no-any-return]


def where_of(switch: str, form: str) -> str:
    """Return the plain words for a form of a switch: "where IS limits itself"."""
    return str(meanings_of_switches()[switch]["where"].get(form, form))


def title_of(findings: Sequence[Finding], arm: str, reference: str) -> str:
    """Return the findings of an arm as a title: the first headline, the first of the coalition, and what they turn on."""
    told = [one for one in findings if one.is_known and one.headline.group != FOLLOWS]
    if not told:
        return f"{arm} against {reference}"
    first, *others = told
    second = next((one for one in others if one.headline.group == COALITION), None)
    shown = [first] if second is None else [first, second]
    text = f"{arm}: {', and '.join(map(_clause, shown))}"
    hinges = list(dict.fromkeys(filter(None, map(turns_on, shown))))
    return f"{text}; it turns on {_listed(hinges)}" if hinges else text


def _clause(finding: Finding) -> str:
    row, headline = finding.whole, finding.headline
    if row["same"] > 0.5:
        return f"{headline.heading} about the same in {of_hundred(row['same'])} of 100 worlds"
    lead, behind = of_hundred(row[finding.side]), of_hundred(row[finding.other])
    return f"{getattr(headline, finding.side)} in {lead} of 100 worlds ({finding.other} in {behind})"


def errors_in_words(findings: Sequence[Finding]) -> str:
    """Return a sentence with twice the largest Monte Carlo error of the shares, in worlds of 100; empty where unknown."""
    errors = [one.whole[f"{side}_error"] for one in findings for side in ("more", "fewer")]
    known = [error for error in errors if np.isfinite(error)]
    largest = np.ceil(100.0 * ERRORS * max(known, default=0.0))
    return f"Two Monte Carlo errors of these shares are at most ±{largest:.0f} of 100 worlds." if known else ""


def _amount_on(finding: Finding, side: str, tail: str = "") -> str:
    row = finding.whole
    middle = row[f"{side}_middle"]
    if not np.isfinite(middle) or finding.is_rare or row[side] * row["worlds"] < _FEWEST:
        return ""
    return f" (median {amount(middle, finding.headline)}{tail})"


def _tail(finding: Finding, side: str) -> str:
    """Return the difference that one world in twenty exceeds, if it is larger than the median."""
    row = finding.whole
    end, middle = row["high" if side == "more" else "low"], row[f"{side}_middle"]
    beyond = end > middle if side == "more" else end < middle
    return f"; 1 world in 20 beyond {amount(end, finding.headline)}" if beyond and not finding.is_rare else ""


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
