"""`report.html` of the six scenarios of `knockon compare`, in a browser, on a phone, in print and with a screen reader."""

import base64
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from browser import BROWSER, Browser
from pypdf import PdfReader

from experiments.cli import main

pytestmark = [
    pytest.mark.slow,
    pytest.mark.promised,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine"),
]
MEGABYTES = 2
UNFOLD = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"
SHOWN = """[...document.querySelectorAll("[alt],[aria-label]")].map((e) => `${e.getAttribute("alt")} ${e.ariaLabel}`).join(" ")
+ [...document.querySelectorAll("header, main > section:not(#arms)")].map((part) => part.innerText).join(" ")"""
ROWS = """[...document.querySelectorAll("#TABLE tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent).join(""))"""
HEADS = """[...document.querySelectorAll("#TABLE thead th")].map((cell) => cell.textContent)"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compare the default scenarios over all their days, with few worlds."""
    results = tmp_path_factory.mktemp("results")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(results)
        main(["compare", "ensemble.worlds=60", f"results={results}"])
    (file,) = results.glob("compare-*/report.html")
    return file


@pytest.fixture(scope="module")
def page(report: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.size(1280)
        browser.open(report.as_uri())
        browser.wait("document.readyState === 'complete' && document.getElementById('words')")
        yield browser


def without_blanks(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def test_it_is_small_asks_nothing_and_has_nothing_to_complain_of(report: Path, page: Browser) -> None:
    assert report.stat().st_size < MEGABYTES * 1_000_000
    pictures = page.get("[...document.images].map((picture) => picture.naturalWidth)")
    assert len(pictures) >= 9
    assert min(pictures) > 0
    assert [address for address in page.requests if not address.startswith("data:")] == [report.as_uri()]
    assert page.complaints == []


def test_no_key_of_the_code_is_seen_or_read_aloud_outside_the_sources(page: Browser) -> None:
    page.get(UNFOLD)
    shown = page.get(SHOWN)
    assert "Iraqi civilian deaths" in shown
    assert re.findall(r"\b\w+_\w+\b", shown.replace("tables/comparison.csv", "")) == []
    assert "itself" not in shown.replace("limits itself", "").replace("in itself", "")


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_runs_out_of_the_side(page: Browser, width: int) -> None:
    page.size(width)
    page.get(UNFOLD)
    assert page.get("document.documentElement.scrollWidth <= innerWidth")
    assert page.get("innerWidth") == width
    page.get(f"{(files('axe_core_python') / 'axe.min.js').read_text(encoding='utf-8')}; 0")
    found = json.loads(page.get("axe.run(document).then((found) => JSON.stringify([found.violations, found.passes.length]))"))
    violations: list[dict[str, Any]] = found[0]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in violations] == []
    assert found[1] > 20
    page.size(1280)


@pytest.mark.parametrize("table", ["headlines", "members", "everything"])
def test_a_printed_table_has_its_heads_on_every_page(page: Browser, table: str) -> None:
    page.get("document.querySelectorAll('details').forEach((part) => { part.open = false; })")
    page.get(f"{{ const part = document.getElementById('{table}').closest('details'); if (part) part.open = true; }}")
    printed = PdfReader(io.BytesIO(base64.b64decode(page.send("Page.printToPDF", preferCSSPageSize=True)["data"])))
    pages = [without_blanks(each.extract_text()) for each in printed.pages]
    rows = [without_blanks(row) for row in page.get(ROWS.replace("TABLE", table))]
    heads = [without_blanks(head) for head in page.get(HEADS.replace("TABLE", table))]
    whole = "".join(heads)
    on = [each for each in pages if any(row in each for row in rows)]
    assert len(on) > 1
    assert all(whole in each for each in on)
    assert 8 < len(pages) < 60
