"""Report a comparison: a sentence and a table on the screen, tables and figures on disk."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from experiments.analysis.by_part import by_part, who_leaves
from experiments.analysis.matters import IS_RATIO
from experiments.config.arm import Arm
from experiments.config.files import write_whole
from experiments.config.hydra_run import leave
from experiments.config.own import keep_own
from experiments.engine.draws import drawn_values, grades_of
from experiments.errors import UNFINISHED, InputError, fail, full_disk_in_one_line, say
from experiments.figures.names import arm_name, sentence_case
from experiments.figures.venue import Venue, drawn_for, figures_folder
from experiments.reports.folder import origin_of_comparison, write_tables
from experiments.reports.latex import booktabs
from experiments.reports.streams import screen_width
from experiments.reports.unchanged import is_unchanged, note, origin
from experiments.storage.about import about_of, as_asked, write_about
from experiments.storage.comparison import ARMS, COLUMNS, Comparison, read_table, unfinished
from experiments.studies.compare import headlines
from experiments.studies.compare.figures.draw import draw_comparison
from experiments.studies.compare.html import PAGE, write_page
from experiments.studies.compare.swept_numbers import RESPONSE, response_in_words, response_of
from experiments.studies.compare.text import answer, headline_table, mechanisms_in_words


def report(arms: Mapping[str, Arm]) -> None:
    """Compare the finished arms of a sweep with each reference; end the process with an error if others are not finished."""
    asked, reasons = next(iter(arms.values())).references, dict[str, str]()
    for number, reference in enumerate(asked or [None]):
        these = arms if reference is None else {label: replace(arm, reference=reference) for label, arm in arms.items()}
        reasons |= (lacking := unfinished(these))
        if len(lacking) < len(these):
            with full_disk_in_one_line():
                comparison = Comparison.of(these, [label for label in these if label not in lacking])
                about = about_of({label: these[label] for label in comparison.stores})
                with as_asked(about):
                    write(these, comparison, about)
            if number == 0:
                leave(comparison.folder)
    for label, reason in reasons.items():
        say(f"{label} is not compared: {reason}")
    if reasons:
        fail("the sweep is not finished: run the same command again to compute the missing worlds", UNFINISHED)


def write(arms: Mapping[str, Arm], comparison: Comparison, about: Mapping[str, Any]) -> None:
    """Write the tables and figures of a comparison, print its answer, and where everything is."""
    folder, provenance = comparison.folder, comparison.provenance
    first, *_ = (arms[label] for label in comparison.stores)
    figures, page = figures_folder(folder, first.venue), folder / PAGE
    inputs = {"arms": provenance.to_csv(index=False), "venue": first.venue, "about": about, "matters": comparison.matters}
    inputs["show"] = first.show
    made_from = origin(inputs)
    if not is_unchanged(folder, made_from):
        table = comparison.table
        behind = headlines.explained(comparison.in_memory, comparison.references, comparison.matters, _drawn(first))
        (folder / ARMS).unlink(missing_ok=True)  # a folder with it is finished
        behind |= response_of(comparison)
        by = _tables_by(comparison, first)
        if first.show.months and (by_month := by["months"]) is not None:
            behind["months"] = by_month
        write_tables(folder, {"comparison": table, **behind, **by})
        for name, text in latex_tables(provenance[COLUMNS], table, behind).items():
            (folder / "tables" / f"{name}.tex").write_text(text, encoding="utf-8")
        write_about(folder, about)
        comparison.keep_matters()
        keep_own(folder, (arms[label] for label in comparison.stores))
        for venue in {each.name: each for each in (replace(Venue(), looks=first.venue.looks), first.venue)}.values():
            # the page has its own figures, whatever the venue
            with drawn_for(venue, origin_of_comparison(provenance), about["title"]):
                draw_comparison(figures_folder(folder, venue), comparison.in_memory, table, behind)
        grades = Counter(parameter.grade for parameter in first.ledger.parameters.values())
        told = behind if (leaving := by["members_leaving"]) is None else {**behind, "members": leaving}
        write_page(folder, provenance, table, told, grades, figures_folder(folder, Venue()), comparison.in_memory)
        write_whole(folder / ARMS, provenance[COLUMNS].to_csv(index=False))
        note(folder, made_from)
    width = screen_width()
    table, findings = read_table(folder), headlines.read_findings(folder / "tables" / "findings.csv")
    by_month = read_table(folder, "months") if first.show.months else pd.DataFrame()
    months = headlines.months_in_words(by_month, width) if len(by_month) else ""
    found = {name: read_table(folder, name) for name in RESPONSE if (folder / "tables" / f"{name}.csv").exists()}
    response = response_in_words(found)
    parts = (headline_table(table, width), months, response, answer(findings, table, width), mechanisms_in_words(findings))
    if about["title"]:
        print(f"\n{about['title']}")
    # printed last: if the reader of the output goes away, everything is written
    print("", *filter(None, parts), sep="\n\n", end="\n\n")
    print(f"Report:  {page}")
    print(f"Tables:  {folder / 'tables'}")
    print(f"Figures: {figures}")
    print(f"Arms:    {first.results / 'arms'} ({', '.join(provenance['folder'])})", flush=True)


def _tables_by(comparison: Comparison, arm: Arm) -> dict[str, pd.DataFrame | None]:
    """Return the tables by place and actor, of exits, and by month; None for those without a row."""
    arms, references = comparison.in_memory, comparison.references
    tables = {
        "parts": by_part(arms, references),
        "members_leaving": who_leaves(arms, references, comparison.start),
        "months": headlines.months_of(comparison, arm.show, arm.theatre.start),
    }
    return {name: table if len(table) else None for name, table in tables.items()}


def _drawn(arm: Arm) -> tuple[pd.DataFrame, dict[str, str]] | None:
    """Return the values of an arm's draws and the grade of each; None where nothing differs, or the draws repeat."""
    try:
        values = drawn_values(arm, -(-min(arm.worlds, headlines.MOST_SPLIT) // arm.ledger.worlds_per_draw))
    except InputError:
        return None
    return values, grades_of(arm, values)


def latex_tables(listed: pd.DataFrame, table: pd.DataFrame, behind: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return the tables for a paper by name: headlines, hinges, variance and arms."""
    day = int(table["day"].max())
    has_ratio = "findings" in behind and (behind["findings"]["outcome"] == IS_RATIO).any()
    ratio = "; for IS attacks, the ratio" if has_ratio else ""
    captions = {
        "levels": f"Headline outcomes by day {day}: medians with their 5 % to 95 % ranges over worlds; for rare events, the"
        " mean probability of at least one ± two Monte Carlo errors.",
        "headlines": f"Headline outcomes by day {day}. Levels: medians over worlds; for rare events, the mean probability of at"
        " least one. Of 100 worlds: those with more, the same (a difference too small to matter) and fewer than the reference"
        " on the same random numbers, ± two Monte Carlo errors. Difference: the median; for rare events, the mean ± two"
        f" Monte Carlo errors{ratio}. Where hardly any world has the median, two groups of worlds are given.",
        "forms": f"Findings by day {day} that turn on a structural form: between forms, the share of worlds with more or with"
        " fewer differs by a tenth of the worlds or more, and by more than three Monte Carlo errors. The model's weights are a"
        " bet, not a finding.",
        "months": "Outcomes at the end of months. Reference: median and 5 % to 95 % range over worlds. Other arms: median and"
        " range of the paired difference. Rare events: mean ± two Monte Carlo errors.",
        "variance": f"Share of the variance of the paired differences by day {day}, % ± two standard errors: chance, parameters"
        " and structure add up to 100 %. The share of a switch is the part of structure that its variants explain alone.",
        "arms": "The arms: reference, worlds, days, seed, and the key of the config.",
    }
    tables = {
        name: words.rename(index=arm_name, level=0).rename(index=sentence_case, level=1)
        for name, words in ({"levels": headlines.table_of_levels(table)} | headlines.tables_in_words(behind)).items()
    }
    tables["arms"] = listed.assign(reference=listed["reference"].map(arm_name), arm=listed["arm"].map(arm_name))
    tables["arms"] = tables["arms"].drop(columns="folder").set_index("arm").rename_axis(None)
    return {
        name: booktabs(words.rename(columns=sentence_case), captions[name], f"tab:{name}") for name, words in tables.items()
    }
