"""One A4 page for a reader with a minute: the question, the findings, what they hinge on, what would change our mind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from experiments.config.defaults import Headline
from experiments.errors import InputError, nearest
from experiments.figures.names import arm_name, sentence_case
from experiments.reports import sentences as words
from experiments.storage.about import read_about
from experiments.storage.comparison import Comparison
from experiments.studies.compare.dotplot import HEIGHT, WIDTH, arrange
from experiments.studies.compare.headlines import read_findings
from experiments.studies.compare.text import asked_about

if TYPE_CHECKING:
    from fpdf import FPDF

LEAVES_OUT = (
    "Direct fire between states, sanctions, oil, the pandemic, bargaining (decisions are hazards), and anything below"
    " governorates. Most numbers are expert judgement. A share of worlds counts only worlds that the model assumes possible."
)
_PLOTS = 3
_COLOURS = {"more": (180, 80, 10), "same": (150, 150, 150), "fewer": (31, 111, 176)}


@dataclass(frozen=True, slots=True)
class Plot:
    """A dotplot of a brief: its headline, 50 values, the smallest difference that matters, and the sentence that it shows."""

    headline: Headline
    values: Sequence[float]
    matters: float
    told: str


@dataclass(frozen=True, slots=True)
class Brief:
    """The contents of a brief: headings with their sentences in order, and dotplots after the first."""

    title: str
    question: str
    sections: Sequence[tuple[str, Sequence[str]]]
    plots: Sequence[Plot]
    origin: str


def brief_of(comparison: Comparison, arm: str | None = None) -> Brief:
    """Return the brief of a written comparison on an arm, by default the one that the comparison is about.

    Raises:
        InputError: the comparison has no findings, or not this arm.
    """
    tables = comparison.folder / "tables"
    if (findings := read_findings(tables / "findings.csv")).empty:
        raise InputError(f"{comparison.folder} has only the reference: a brief needs another scenario")
    dots = pd.read_csv(tables / "dots.csv")
    evidence = pd.read_csv(tables / "evidence.csv") if (tables / "evidence.csv").exists() else pd.DataFrame()
    arms = [str(label) for label in dict.fromkeys(findings["arm"])]
    if arm is not None and arm not in arms:
        raise InputError(f"arm={arm} is not compared{nearest(arm, arms)}; there are {', '.join(arms)}")
    label = arm or asked_about(arms)
    found = words.findings_of(findings, label)
    reference = arm_name(str(found[0].whole["reference"]))
    about = read_about(comparison.folder)
    leading = [one for one in words.firsts_of_groups(found) if one.is_known and not one.is_rare][:_PLOTS]
    values = {str(outcome): part["value"].tolist() for outcome, part in dots[dots["arm"] == label].groupby("outcome")}
    plots, hinges, grounds = list[Plot](), list[str](), list[str]()
    for one in leading:
        outcome, heading = str(one.whole["outcome"]), sentence_case(one.headline.heading)
        plots.append(Plot(one.headline, values[outcome], float(one.whole["matters"]), words.finding_in_words(one)))
        hinges += [f"{heading}: {text}" for text in words.hinge_in_words(one)]
        grounds.append(f"{heading}: {words.evidence_in_words(evidence, label, outcome)[1]}")
    sections = [
        ("What was found", [plot.told for plot in plots] + [words.errors_in_words(found)]),
        ("What it hinges on", hinges or ["No structural form changes these findings by a tenth of the worlds."]),
        ("How good the evidence is", grounds),
        ("What the model leaves out", [LEAVES_OUT]),
        ("What would change our mind", _other_way(leading) + _discovered(comparison, label)),
    ]
    scenario = str(label.split(", ")[0])
    meant = str(about.get("about", {}).get(scenario, ""))
    until = about.get("until", "the last day")
    question = f"What would {arm_name(label)} change by {until}, compared with {reference}? {meant}".strip()
    title = str(about.get("title") or words.title_of(found, arm_name(label), reference))
    row, today = comparison.provenance.set_index("arm").loc[label], datetime.now(UTC).date().isoformat()
    origin = (
        f"Knock-on {version('knockon')}, {today}. Key {row['key']}, seed {row['seed']}, {comparison.worlds[label]:,} worlds,"
        f" {row['days']} days. Not a forecast."
    )
    return Brief(title, question, sections, plots, origin)


def _other_way(found: Sequence[words.Finding]) -> list[str]:
    """Return the forms under which the other side has more worlds, or most worlds are about the same."""
    told = list[str]()
    for one in found:
        for switch, rows in one.forms.items():
            for row in rows:
                sides = {name: float(row[name]) for name in ("more", "same", "fewer")}
                first = max(sides, key=lambda name: sides[name])
                if first != one.side:
                    said = "about the same" if first == "same" else first
                    where = f"{words.of_hundred(sides[first])} of 100 {words.where_of(switch, row['form'])}"
                    told.append(f"{sentence_case(one.headline.heading)}: {said} in {where}.")
    return told[:3] or ["No single structural form reverses these findings."]


def _discovered(comparison: Comparison, label: str) -> list[str]:
    """Return what `knockon discover` answered on the same arm below the same folder of results."""
    key = comparison.stores[label].key
    told = []
    for file in sorted(comparison.folder.parent.glob("discover-*/answer.txt")):
        listed = file.with_name("arms.csv")
        if listed.exists() and key in set(pd.read_csv(listed, dtype=str)["key"]):
            told.append(" ".join(file.read_text(encoding="utf-8").split()))
    return told[:1] or ["This folder of results has no answer of knockon discover on this scenario."]


def as_markdown(brief: Brief) -> str:
    """Return a brief as Markdown, without the dotplots of the page and the PDF."""
    parts = [f"# {brief.title}", brief.question]
    for heading, sentences in brief.sections:
        parts += [f"## {heading}", "\n".join(f"* {sentence}" for sentence in sentences if sentence)]
    return "\n\n".join([*parts, f"*{brief.origin}*", ""])


def write_docx(brief: Brief, file: Path) -> None:
    """Write a brief as a Word document."""
    from docx import Document

    document = Document()
    document.add_heading(brief.title, 1)
    document.add_paragraph(brief.question)
    for heading, sentences in brief.sections:
        document.add_heading(heading, 2)
        for sentence in filter(None, sentences):
            document.add_paragraph(sentence, style="List Bullet")
    document.add_paragraph(brief.origin, style="Caption")
    document.save(str(file))


def write_pdf(brief: Brief, file: Path) -> None:
    """Write a brief as one page of A4."""
    from fpdf import FPDF

    fonts = Path(str(files("experiments.figures"))) / "fonts"
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_margin(16)
    pdf.set_auto_page_break(False)
    pdf.c_margin = 0
    for style, name in (("", "Regular"), ("B", "Bold")):
        pdf.add_font("Liberation", style, str(fonts / f"LiberationSans-{name}.ttf"))
    pdf.set_title(brief.title)
    pdf.set_lang("en")
    pdf.add_page()

    def write(text: str, size: float, style: str = "", after: float = 1.0) -> None:
        pdf.set_font("Liberation", style, size)
        pdf.multi_cell(0, size * 0.44, text, align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(after)

    write(brief.title, 14, "B", 1.5)
    write(brief.question, 10, after=2.0)
    for place, (heading, sentences) in enumerate(brief.sections):
        write(heading, 10, "B", 0.3)
        for sentence in filter(None, sentences):
            write(sentence, 9, after=0.6)
        if place == 0:
            _draw_plots(pdf, brief.plots)
        pdf.ln(1.2)
    write(brief.origin, 7.5)
    pdf.output(str(file))


def _draw_plots(pdf: "FPDF", plots: Sequence[Plot]) -> None:
    """Draw the dotplots side by side, each below its heading."""
    width = (pdf.epw - 6.0 * (len(plots) - 1)) / max(len(plots), 1)
    scale, top = width / WIDTH, pdf.get_y() + 2.0
    for place, plot in enumerate(plots):
        left = pdf.l_margin + place * (width + 6.0)
        pdf.set_font("Liberation", "B", 8)
        pdf.text(left, top + 2.0, sentence_case(plot.headline.heading))
        if (drawn := arrange(plot.values, plot.headline, plot.matters)) is None:
            continue
        base = top + 4.0
        pdf.set_draw_color(120)
        pdf.line(left, base + (HEIGHT - 19.0) * scale, left + width, base + (HEIGHT - 19.0) * scale)
        pdf.set_dash_pattern(dash=0.8, gap=0.6)
        pdf.line(left + drawn.none * scale, base, left + drawn.none * scale, base + (HEIGHT - 18.0) * scale)
        pdf.set_dash_pattern()
        for dot in drawn.dots:
            pdf.set_fill_color(*(_COLOURS[dot.side] if not dot.is_outside else (255, 255, 255)))
            pdf.set_draw_color(*_COLOURS[dot.side])
            pdf.circle(left + dot.x * scale, base + dot.y * scale, dot.radius * scale, style="DF")
        pdf.set_font("Liberation", "", 7)
        for x, anchor, text in drawn.ticks:
            shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * pdf.get_string_width(text)
            pdf.text(left + x * scale - shift, base + (HEIGHT - 8.0) * scale + 1.5, text)
    pdf.set_draw_color(0)
    pdf.set_y(top + 4.0 + HEIGHT * scale + 1.0)
    pdf.set_font("Liberation", "", 7.5)
    differs = "50 equally likely worlds: difference from the reference (IS attacks: ratio)."
    told = f"{differs} Orange: more; grey: about the same; blue: fewer."
    pdf.multi_cell(0, 3.4, told, new_x="LMARGIN", new_y="NEXT")
