"""`report.html`: does it say what the numbers say, name where they come from, and ask nothing of any network?"""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from drawing import arms as drawn_arms

from experiments.analysis.paired import compare_arms
from experiments.studies.compare.headlines import explained
from experiments.studies.compare.html import page
from experiments.studies.compare.statements import DOWN, OPEN, SAME, UNKNOWN, UP, Statement, in_short, statements
from experiments.studies.compare.text import cells_of

LABELS = ("stay", "crackdown", "us_pullout")
MINUS = "\N{MINUS SIGN}"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--virtual-time-budget=5000")  # fmt: skip


def origin(label: str, number: int) -> dict[str, object]:
    """Return a row of the provenance of a comparison."""
    names = {"arm": label, "reference": "stay", "folder": f"{label}-key{number}", "key": f"key{number}"}
    made = {"overrides": f"scenario={label}", "versions": "0.2.0", "commits": "0123456789"}
    return {**names, "worlds": 40, "days": 66, "seed": 7, **made}


@pytest.fixture(scope="module")
def written() -> str:
    """Return the page of three arms whose worlds have two variants of one switch."""
    data = {label: each.assign(draw=("world", np.arange(40))) for label, each in drawn_arms(LABELS).items()}
    switch = ("world", (np.arange(40) % 2).astype(np.int8), {"forms": ["deter", "provoke"]})
    data = {label: each.assign(form_strikes=switch) for label, each in data.items()}
    reference_of = dict.fromkeys(LABELS, "stay")
    origins = pd.DataFrame(origin(label, number) for number, label in enumerate(LABELS))
    grades = {"A": 30, "B": 50, "C": 120}
    table = compare_arms(data, reference_of)
    return page(origins, table, explained(data, reference_of), grades, {"fans": b"\x89PNG any"}, "compare-0123456789")


class Elements(HTMLParser):
    """All elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_nothing_is_asked_of_a_network(written: str) -> None:
    elements = Elements(written).found
    loading = [
        value for _, given in elements for name, value in given.items() if name in ("src", "href", "srcset", "action", "data")
    ]
    assert loading
    assert all(value and value.startswith(("data:", "#")) for value in loading)
    assert {tag for tag, _ in elements} & {"iframe", "object", "embed", "base", "form", "video", "audio"} == set()
    assert re.search(r"https?:|url\(|@import|fetch\(|XMLHttpRequest|WebSocket|import\(", written) is None
    (policy,) = [given["content"] for tag, given in elements if tag == "meta" and "http-equiv" in given]
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_every_link_leads_somewhere(written: str) -> None:
    elements = Elements(written).found
    names = {given["id"] for _, given in elements if "id" in given}
    links = {str(given["href"]) for tag, given in elements if tag == "a"}
    assert len(links) == len(LABELS)
    assert {link.removeprefix("#") for link in links} <= names


def test_every_number_names_its_arm_key_and_seed(written: str) -> None:
    elements = Elements(written).found
    rows = [given for tag, given in elements if tag == "tr" and "data-arm" in given and "id" not in given]
    keys = dict(zip(LABELS, ("key0", "key1", "key2"), strict=True))
    assert len(rows) > 2 * 7
    assert all(given["data-key"] == keys[str(given["data-arm"])] and given["data-seed"] == "7" for given in rows)
    titles = [str(given["title"]) for tag, given in elements if tag == "data"]
    assert any(title.startswith("US pullout: key key2, seed 7, 40 worlds, 66 days; reference Stay") for title in titles)


def test_the_pullout_is_answered_first_and_the_others_folded(written: str) -> None:
    first, *others = re.findall(r"<h2>(.*?) <small>minus Stay", written)
    assert (first, others) == ("US pullout", ["Crackdown"])
    assert written.index("US pullout <small>") < written.index("<details>") < written.index("Crackdown <small>")
    assert "120 of the model&#39;s 200 numbers are judgements (grade C)" in written


def test_arms_of_several_references_are_not_said_to_have_one() -> None:
    data = drawn_arms(["stay, a=1", "leave, a=1", "stay, a=2", "leave, a=2"])
    reference_of = {label: label.replace("leave", "stay") for label in data}
    origins = [origin(label, number) | {"reference": reference_of[label]} for number, label in enumerate(data)]
    text = page(pd.DataFrame(origins), compare_arms(data, reference_of), {}, {}, {}, "compare-x")
    assert "<h1>Leave, a = 1 and another arm, each against its reference</h1>" in text
    assert "minus Stay, a = 2" in text


def test_names_are_escaped() -> None:
    label = "x=<b>&"
    data = drawn_arms(["stay", label])
    reference_of = dict.fromkeys(data, "stay")
    origins = [origin("stay", 0), origin(label, 1)]
    text = page(pd.DataFrame(origins), compare_arms(data, reference_of), {}, {}, {}, "compare-x")
    assert "<b>&" not in text
    assert "&lt;b&gt;&amp;" in text
    assert "Not analysed: all worlds have the same structural variants." in text


def test_one_arm_has_its_levels_and_no_differences() -> None:
    data = drawn_arms(["stay"])
    text = page(pd.DataFrame([origin("stay", 0)]), compare_arms(data, {"stay": "stay"}), {}, {}, {}, "compare-x")
    assert "By day 66, stay has" in text
    assert "minus Stay" not in text


# what is stated

SPREAD = ("difference_q05", "difference_median", "difference_q95")


def stated(median: float, reach: float, error: float = 0.1, **row: float) -> Statement:
    """Return the statement on attacks whose differences have this median, give or take `reach`."""
    given = {"arm": "leave", "reference": "stay", "outcome": "attacks", "day": 1, "worse": 0.6, "equal": 0.1, "better": 0.3}
    spread = {"difference_q05": median - reach, "difference_median": median, "difference_q95": median + reach}
    (one,) = statements(cells_of(pd.DataFrame([{**given, **spread, "difference_error": error, **row}]), 1), "leave", None)
    return one


@pytest.mark.parametrize(
    ("median", "reach", "reading"),
    [(5, 2, UP), (-5, 2, DOWN), (5, 7, OPEN), (5, 5, OPEN), (0, 0, SAME), (float("nan"), 1, UNKNOWN)],
)
def test_a_difference_reads_as_its_range_does(median: float, reach: float, reading: str) -> None:
    assert stated(median, reach).reading == reading


def test_a_range_that_covers_zero_is_said_to() -> None:
    assert "The range includes zero." in stated(5, 7).sure
    assert "The whole range lies on one side of zero." in stated(5, 2).sure
    assert not any("includes" in sentence for sentence in stated(5, 2).sure)


def test_a_median_within_its_error_is_said_to_be_unknown() -> None:
    assert "Monte Carlo error of the median: 3.0, so even the sign of the median is uncertain." in stated(5, 7, error=3.0).sure
    assert "Monte Carlo error of the median: 2.0." in stated(5, 7, error=2.0).sure
    assert "Monte Carlo error of the median: less than 0.1." in stated(5, 7, error=1e-9).sure
    assert "The median is zero." in stated(0, 7, error=0.0).sure


def test_the_numbers_are_those_of_the_row() -> None:
    one = stated(-5, 2)
    assert (one.amount, one.span) == (f"{MINUS}5", f"{MINUS}7 to {MINUS}3")
    assert one.shares == (("worse", 60.0), ("equal", 10.0), ("better", 30.0))
    assert one.sure[0].replace("\N{NO-BREAK SPACE}", " ") == "Worse in 60 %, same in 10 %, better in 30 %."
    assert list(in_short([one, stated(5, 7)])) == [DOWN, OPEN]


def test_a_hazard_has_its_error() -> None:
    def of(mean: float, error: float) -> Statement:
        row = {"arm": "leave", "reference": "stay", "outcome": "incident_hazard", "day": 1}
        row |= {"difference_mean": mean, "difference_error": error}
        return statements(cells_of(pd.DataFrame([row]), 1), "leave", None)[0]

    assert of(0.03, 0.02).reading == OPEN
    assert of(0.03, 0.02).sure == ("The difference is within two Monte Carlo errors (±\N{NO-BREAK SPACE}40).",)
    assert of(-0.05, 0.02).reading == DOWN
    assert (of(0.0024, 0.0008).amount, of(0.0024, 0.0008).span) == ("+2.4", "± 1.6")


def test_a_hinge_is_named_with_its_variants() -> None:
    hinge = {"arm": "leave", "outcome": "attacks", "switch": "displacement", "differs": True, "reads_otherwise": True}
    hinge |= {"lowest": 0.2, "highest": 7.0, "lowest_form": "high", "highest_form": "low", "error": 0.1}
    row = {"arm": "leave", "reference": "stay", "outcome": "attacks", "day": 1, **dict.fromkeys(SPREAD, 3.0)}
    cells = cells_of(pd.DataFrame([row]), 1)
    for differs, said in (
        (True, "displacement: 0 (high) to +7 (low); the direction depends on it"),
        (False, "No structural variant moves it by more than three Monte Carlo errors."),
    ):
        (one,) = statements(cells, "leave", pd.DataFrame([{**hinge, "differs": differs}]))
        assert one.hinges == (said,)


# in a browser

SORTING = """
<script>
const table = document.getElementById("headlines");
const shown = () => [...table.tBodies[0].rows].map((row) => row.cells[2].dataset.value).filter(Boolean).map(Number);
const button = table.tHead.rows[0].cells[2].firstElementChild;
button.click(); const up = shown(); button.click(); const down = shown();
document.title = JSON.stringify([up, down, document.documentElement.scrollWidth <= innerWidth]);
</script></body>"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_a_browser_sorts_its_tables_and_fits_it_to_a_phone(written: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(written.replace("</body>", SORTING), encoding="utf-8")
    command = [
        str(BROWSER),
        *FLAGS,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--window-size=500,900",
        "--dump-dom",
        file.as_uri(),
    ]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    found = re.search(r"<title>(\[.*?\])</title>", shown)
    assert found is not None
    up, down, fits = json.loads(found[1])
    assert up == sorted(up)
    assert len(up) > 10
    assert down == up[::-1]
    assert fits
