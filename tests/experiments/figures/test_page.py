"""`report.html`: does it agree with the numbers, name their origin, and load nothing from any network?"""

import json
import re
import shutil
import subprocess
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from drawing import arms as drawn_arms

from experiments.analysis.paired import Datasets, Tables, compare_arms
from experiments.storage.about import ABOUT
from experiments.studies.compare.another_world import another_world
from experiments.studies.compare.headlines import explained
from experiments.studies.compare.html import PAGE, write_page
from experiments.studies.compare.page_parts import figures_of_page

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


def page(
    folder: Path,
    arms: Datasets,
    reference_of: dict[str, str],
    behind: Tables,
    grades: dict[str, int] | None = None,
    held: str = "",
) -> str:
    """Return the page of arms as it is written into a folder of results."""
    (folder / "figures").mkdir(exist_ok=True)
    (folder / "figures" / "fans.svg").write_text("<svg/>", encoding="utf-8")
    origins = [origin(label, number) | {"reference": reference_of[label]} for number, label in enumerate(reference_of)]
    for row in origins:
        row["overrides"] = f"{row['overrides']} {held}"
    write_page(folder, pd.DataFrame(origins), compare_arms(arms, reference_of), behind, grades or {}, folder / "figures", arms)
    return (folder / PAGE).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the page of three arms whose worlds have two variants of one switch."""
    data = {label: each.assign(draw=("world", np.arange(40))) for label, each in drawn_arms(LABELS).items()}
    switch = ("world", (np.arange(40) % 2).astype(np.int8), {"forms": ["deter", "provoke"]})
    data = {label: each.assign(form_strikes=switch) for label, each in data.items()}
    reference_of = dict.fromkeys(LABELS, "stay")
    folder = tmp_path_factory.mktemp("results") / "compare-0123456789"
    folder.mkdir()
    return page(folder, data, reference_of, explained(data, reference_of), {"A": 30, "B": 50, "C": 120})


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
    assert len(links) >= len(LABELS)
    assert {link.removeprefix("#") for link in links} <= names


def test_every_number_names_its_arm_key_and_seed(written: str) -> None:
    elements = Elements(written).found
    rows = [given for tag, given in elements if tag == "tr" and "data-arm" in given and "id" not in given]
    keys = dict(zip(LABELS, ("key0", "key1", "key2"), strict=True))
    assert len(rows) > 2 * 7
    assert all(given["data-key"] == keys[str(given["data-arm"])] and given["data-seed"] == "7" for given in rows)
    titles = [str(given["title"]) for given in rows if "title" in given]
    assert any(title.startswith("US pullout: key key2, seed 7, 40 worlds, 66 days; reference Stay") for title in titles)


def test_the_finding_is_the_title_and_the_pullout_is_answered_first(written: str) -> None:
    (title,) = re.findall(r"<h1>(.*?)</h1>", written)
    assert re.fullmatch(r"US pullout: .* of 100 worlds.*", title)
    assert re.findall(r"<h3>(.*?) <small>compared with Stay", written) == ["Crackdown"]
    assert written.index('data-arm="us_pullout"') < written.index("<details>") < written.index("Crackdown <small>")
    assert "120 of the model&#39;s 200 numbers are judgements (grade C)" in written


def test_the_answer_goes_from_civilians_to_what_follows_from_leaving(written: str) -> None:
    table = written[written.index('<table class="findings">') : written.index("</table>")]
    outcomes = re.findall(r'data-outcome="(.*?)"', table)
    assert outcomes[0] == "civilian_deaths"
    assert outcomes.index("members_out") < outcomes.index("attacks")
    assert table.index("in any model") < table.index('data-outcome="attacks"')


def test_every_dotplot_has_fifty_dots_and_says_its_answer(written: str) -> None:
    plots = re.findall(r'<svg class="dots".*?</svg>', written)
    assert len(plots) == 2 * 7
    assert {plot.count("<circle") for plot in plots} == {50}
    assert all("of 100 worlds" in re.findall(r'aria-label="(.*?)"', plot)[0] or "in all worlds" in plot for plot in plots)


def test_the_weights_mix_the_shares_of_the_forms(written: str) -> None:
    """The script averages stored shares: with the weights of the model it must give the shares of all worlds."""
    found = 0
    for text in re.findall(r'data-forms="(\{.*?\})"', written):
        for parts in json.loads(text.replace("&#34;", '"')).values():
            assert all(sum(shares) == pytest.approx(1.0, abs=2e-4) for shares in parts.values())
            found += 1
    assert found == 0 or 'type="range"' in written


def test_no_key_of_the_code_is_shown_outside_the_sources(written: str) -> None:
    shown = re.sub(
        r"<script.*?</script>|<style.*?</style>|<[^>]*>", " ", written[: written.index('<section id="arms">')], flags=re.DOTALL
    )
    assert not re.findall(r"\b\w+_\w+\b", shown)
    assert "itself)" not in shown


def test_who_leaves_is_told_with_errors(tmp_path: Path) -> None:
    data = drawn_arms(["stay", "leave"])
    reference_of = dict.fromkeys(data, "stay")
    row = {"arm": "leave", "member": "new_zealand", "p_leaves": 0.503, "p_leaves_error": 0.016, "median_date": "2021-05-02"}
    leaving = pd.DataFrame([{**row, "p_first": 0.04, "p_first_error": 0.006}])
    behind = {**explained(data, reference_of), "members": leaving}
    text = page(tmp_path, data, reference_of, behind)
    table = text[text.index('id="members"') :]
    for said in ("New Zealand", "50 ± 3", "4 ± 1", "2021-05-02"):
        assert said in table[: table.index("</table>")]


def test_tables_have_captions_and_row_heads(written: str) -> None:
    tables = re.findall(r"<table.*?</table>", written, flags=re.DOTALL)
    assert all("<caption" in table and '<th scope="row"' in table for table in tables)


def test_arms_of_several_references_are_not_said_to_have_one(tmp_path: Path) -> None:
    data = drawn_arms(["stay, a=1", "leave, a=1", "stay, a=2", "leave, a=2"])
    reference_of = {label: label.replace("leave", "stay") for label in data}
    text = page(tmp_path, data, reference_of, explained(data, reference_of))
    assert "Leave, a = 1 compared with the reference, “Stay, a = 1”, on the same random numbers" in text
    assert "compared with Stay, a = 2" in text


def test_the_title_of_the_analyst_stands_above_the_finding(tmp_path: Path) -> None:
    data = drawn_arms(["stay", "leave"])
    reference_of = dict.fromkeys(data, "stay")
    (tmp_path / ABOUT).write_text(json.dumps({"title": "Leaving & staying"}), encoding="utf-8")
    text = page(tmp_path, data, reference_of, explained(data, reference_of))
    assert text.index("Leaving &amp; staying</p>") < text.index("<h1>Leave: ")
    assert "<title>Leaving &amp; staying</title>" in text


def test_numbers_that_are_set_in_all_arms_stand_beside_the_seed(tmp_path: Path) -> None:
    data = drawn_arms(["stay", "leave"])
    reference_of = dict.fromkeys(data, "stay")
    held = "militias.claims_memory_days=90 ensemble.days=66"
    text = page(tmp_path, data, reference_of, explained(data, reference_of), held=held)
    assert "seed 7. In all scenarios, Militias: claims memory days = 90 is set by hand. This is not a forecast" in text


def test_names_are_escaped(tmp_path: Path) -> None:
    label = "x=<b>&"
    data = drawn_arms(["stay", label])
    reference_of = dict.fromkeys(data, "stay")
    text = page(tmp_path, data, reference_of, explained(data, reference_of))
    assert "<b>&" not in text
    assert "&lt;b&gt;&amp;" in text


def test_one_arm_has_its_levels_and_no_differences(tmp_path: Path) -> None:
    text = page(tmp_path, drawn_arms(["stay"]), {"stay": "stay"}, {})
    assert "By day 66, stay has" in text
    assert "compared with Stay" not in text


def test_single_worlds_are_the_first_ones_with_their_own_differences() -> None:
    data = drawn_arms(LABELS)
    seen = another_world(data, "us_pullout", "stay")
    assert [world["number"] for world in seen["worlds"]] == list(range(20))
    added = [data[label]["civilian_deaths_by_week"].values[3].sum() for label in ("us_pullout", "stay")]
    assert seen["worlds"][3]["change"] == round(float(added[0] - added[1]))
    assert seen["still"] == seen["worlds"][:5]
    assert (
        another_world({label: each.drop_vars("civilian_deaths_by_week") for label, each in data.items()}, "us_pullout", "stay")
        == {}
    )


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


def test_pictures_on_the_page_are_short_and_keep_the_digits_of_their_texts() -> None:
    path = 'd="M 40.326 -319.684 \nL 41.482347 -0.0312 \nz \n"'
    text = "Members' troops, 0.0054 & more, #1"
    picture = f"<?xml version='1.0'?>\n<svg><metadata>who</metadata>\n <path {path}/><text>{escape(text)}</text></svg>"
    (figure,) = figures_of_page({"fans_1": picture.encode()}, {})
    assert re.search(r'["<>#&]', figure["content"]) is None
    shown = ElementTree.fromstring(unquote(figure["content"]))
    assert [child.tag for child in shown] == ["path", "text"]
    assert shown[0].get("d") == "M40.3 -319.7L41.5 -0z"
    assert shown[1].text == text
    assert figure["caption"] == figure["question"]
