"""`knockon explore` for its user: the command, the page in a browser, and the refusal of requests by others."""

import json
import re
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from browser import BROWSER, Browser
from test_explore_state import BORDER, pullout, state

from experiments.config.compose import compose
from experiments.studies.explore.state import read_state

SMALL = ("ensemble.worlds=40", "ensemble.days=120", "explore.port=0", "explore.browser=false")
IDLE = "document.getElementById('headline')?.getAttribute('aria-busy') === 'false'"
in_a_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the command, and return the address that it prints; it writes nothing."""
    folder = tmp_path_factory.mktemp("served")
    command = [sys.executable, "-m", "experiments", "explore", *SMALL]
    served = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert served.stdout is not None
    first = served.stdout.readline()
    yield re.search(r"http://\S+", first)[0]  # type: ignore[index]
    assert {file.name for file in folder.iterdir()} <= {"my_conf", "results"}  # of what was kept
    served.terminate()
    served.wait(20)


def answer(address: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes, Any]:
    """Return status, content and headers of an answer."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(address + path, data, headers)) as opened:
            return opened.status, opened.read(), opened.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def test_only_who_has_the_address_on_this_machine_may_drive_it(address: str) -> None:
    root = address.rsplit("/", 2)[0]
    assert address.startswith("http://127.0.0.1:")
    assert len(address.rstrip("/").rsplit("/", 1)[1]) >= 20
    status, _, headers = answer(address, "")
    assert status == 200
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert "script-src" not in headers["content-security-policy"]
    assert answer(address, "", Host="example.org")[0] == 400
    assert answer(root, "/")[0] == 404
    assert answer(root, "/wrong-token/about")[0] == 404
    assert answer(root, "/wrong-token/see", state())[0] == 404
    assert answer(address, "../pyproject.toml")[0] == 404


def test_the_lines_of_an_answer_grow_into_the_whole(address: str) -> None:
    _, content, headers = answer(address, "see", state(seed=8))
    kinds = [json.loads(line)["kind"] for line in content.splitlines()]
    assert kinds[-3:] == ["first", "done", "headline"]
    assert set(kinds[:-3]) <= {"growing"}  # the more the slower the machine
    assert headers["content-type"].startswith("application/x-ndjson")
    _, content, _ = answer(address, "see", state(worlds=0))
    (message,) = map(json.loads, content.splitlines())
    assert message["text"].startswith("ensemble.worlds=0")
    _, content, _ = answer(address, "story", {"state": state(), "world": 40})
    assert json.loads(content) == {"kind": "error", "text": "world=40 is none of 0 to 39"}


def test_the_report_of_a_state_is_the_page_of_its_command(address: str) -> None:
    given = state({"scenario": "stay"}, pullout(start=9, strength=0.5), worlds=20, days=30)
    _, content, _ = answer(address, "see", given)
    told = {message["kind"]: message for message in map(json.loads, content.splitlines())}
    _, content, _ = answer(address, "report", given)
    made = json.loads(content)
    assert made["kind"] == "report", made
    status, page, headers = answer(address, made["address"])
    assert status == 200
    assert f"<title>{told['done']['headlines'][0]['title']}</title>" in page.decode()
    assert headers.get_all("content-security-policy") == [
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'"
    ]
    assert all(key in page.decode() for key in made["keys"])
    assert answer(address, "report/compare-0000000000")[0] == 404
    _, content, _ = answer(address, "report", state(worlds=0))
    assert json.loads(content)["text"].startswith("ensemble.worlds=0")


def explore(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Call the command in a folder, to its end."""
    command = [sys.executable, "-m", "experiments", "explore", *SMALL, *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_bad_file_for_the_page_is_one_line(tmp_path: Path) -> None:
    for where in ("view.txt", "there/is/none/view.html"):
        done = explore(tmp_path, f"explore.save={where}")
        assert done.returncode == 2
        assert done.stderr.strip().startswith(f"knockon: explore.save={where} does not end in .html, or its folder is missing")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def page(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Open the page, and wait for the first worlds."""
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.size(1280)
        browser.open(address)
        browser.wait(IDLE, 120)
        yield browser


def title(page: Browser) -> str:
    return str(page.get("document.getElementById('headline').innerText"))


SLIDER = "document.querySelector(\"[aria-label='arm 2: Full pullout: starts on day']\")"


@in_a_browser
def test_a_key_moves_a_slider_and_the_headline_changes(page: Browser) -> None:
    before = title(page)
    page.get(f"{SLIDER}.focus()")
    page.press("ArrowRight", 3)
    page.wait(f"{IDLE} && document.getElementById('title').innerText.includes('day 17')")
    assert title(page) != before
    assert page.get("document.activeElement.getAttribute('aria-valuetext')") == "17 (17 Oct 2020)"


@in_a_browser
def test_twenty_quick_moves_end_in_one_run(page: Browser) -> None:
    page.wait(IDLE)
    before = page.get("document.body.dataset.runs")
    page.get(f"for (let day = 30; day < 50; day += 1) {{ {SLIDER}.value = day; {SLIDER}.dispatchEvent(new Event('input')); }}")
    page.wait(f"{IDLE} && document.getElementById('title').innerText.includes('day 49')")
    assert int(page.get("document.body.dataset.runs")) == int(before) + 1


@in_a_browser
def test_the_exported_command_has_the_keys_and_the_medians_of_the_page(page: Browser, tmp_path: Path) -> None:
    page.wait(f"{IDLE} && document.getElementById('keys').innerText")
    page.wait("document.getElementById('command').innerText.includes('explored_')")
    text = page.get("document.getElementById('files').innerText")
    name = re.search(r"my_conf/(scenario/\w+\.yaml)", text)[1]  # type: ignore[index]
    file = tmp_path / "my_conf" / name
    file.parent.mkdir(parents=True)
    file.write_text(page.get("document.querySelector('#files pre').textContent"), encoding="utf-8")
    words = shlex.split(page.get("document.getElementById('command').textContent"))[3:]
    done = subprocess.run(
        [sys.executable, "-m", "experiments", *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    keys = set(page.get("document.getElementById('keys').innerText").split(": ")[1].split(", "))
    assert {folder.name.rpartition("-")[2] for folder in (tmp_path / "results" / "arms").iterdir()} == keys
    table = next((tmp_path / "results").glob("compare-*/tables/comparison.csv")).read_text(encoding="utf-8").splitlines()
    heads = table[0].split(",")
    rows = [dict(zip(heads, line.split(","), strict=False)) for line in table[1:]]
    (row,) = (row for row in rows if row["outcome"] == "attacks" and row["difference_median"])
    shown = page.get(
        "[...document.querySelectorAll('#forest tbody tr')].find((row) => row.innerText.startsWith('Attacks on')).cells[2].innerText"
    )
    assert float(shown.split()[0].replace("\N{MINUS SIGN}", "-")) == pytest.approx(float(row["difference_median"]), rel=0.05)


@in_a_browser
def test_a_bad_value_gives_the_line_of_the_border_and_keeps_the_page(page: Browser) -> None:
    page.get(f"{SLIDER}.max = 999; {SLIDER}.value = 500; {SLIDER}.dispatchEvent(new Event('input'))")
    page.wait("document.getElementById('error').innerText")
    assert "policies.full_pullout.start=500" in page.get("document.getElementById('error').innerText")
    assert page.get("document.querySelectorAll('#forest tbody tr').length") > 5
    page.get(f"{SLIDER}.value = 60; {SLIDER}.dispatchEvent(new Event('input'))")
    page.wait(f"{IDLE} && document.getElementById('title').innerText.includes('day 60')")
    assert page.get("document.getElementById('error').innerText") == ""


@in_a_browser
def test_an_assumption_is_held_and_let_go(page: Browser) -> None:
    box = "document.querySelector(\"[aria-label='Hold an assumption: its name']\")"
    page.get(f"{box}.value = 'militias.effect_of_restraint'; {box}.dispatchEvent(new Event('change'))")
    page.wait(f"{IDLE} && document.getElementById('command').innerText.includes('militias.effect_of_restraint=')")
    assert "; held at a value: Militias: effect of restraint " in title(page)
    page.get("document.querySelector(\"[aria-label^='release Militias']\").click()")
    page.wait(f"{IDLE} && !document.getElementById('command').innerText.includes('militias.effect_of_restraint=')")


@in_a_browser
def test_an_unknown_assumption_and_an_unknown_world_get_a_line(page: Browser) -> None:
    box = "document.querySelector(\"[aria-label='Hold an assumption: its name']\")"
    alert = "document.querySelector('#controls [role=alert]').innerText"
    page.get(f"{box}.value = 'enabler_dependnce'; {box}.dispatchEvent(new Event('change'))")
    found = page.get(alert)
    assert found.startswith("No assumption is called \u201cenabler_dependnce\u201d. Near it: ")
    assert "islamic_state.enabler_dependence" in found
    world = "document.getElementById('world')"
    page.get(f"{world}.value = '40'; {world}.dispatchEvent(new Event('change'))")
    assert page.get("document.getElementById('story').innerText") == "A world is a whole number from 0 to 39."


@in_a_browser
def test_a_copy_says_what_was_moved_in_it(page: Browser) -> None:
    buttons = "[...document.querySelectorAll('#controls button')]"
    page.get(f"{buttons}.find((one) => one.innerText === 'Keep this arm and change a copy').click()")
    said = page.get("document.querySelector('#controls .caution').innerText")
    assert re.fullmatch(r"In this copy, \u201c.+\u201d starts 30 days later, because two arms must differ\. .+", said)
    page.wait(IDLE)
    page.get(f"{buttons}.find((one) => one.getAttribute('aria-label') === 'remove arm 3').click()")
    page.wait(IDLE)
    assert page.get("document.querySelectorAll('#controls .caution').length") == 0


@in_a_browser
def test_a_dot_tells_its_story(page: Browser) -> None:
    page.get("document.querySelector(\"#dots g[data-part='dot'] circle\").dispatchEvent(new Event('click'))")
    page.wait("document.querySelectorAll('#story tbody tr').length > 3")
    assert re.match(r"World \d+: its arms diverge on day", page.get("document.getElementById('story').innerText"))
    page.get(f"{SLIDER}.value = 61; {SLIDER}.dispatchEvent(new Event('input'))")
    page.wait(f"{IDLE} && document.getElementById('title').innerText.includes('day 61')")
    assert page.get("document.getElementById('story').innerText").startswith("These worlds are new: show the story of world")


@in_a_browser
def test_a_tab_says_that_another_one_was_answered(page: Browser) -> None:
    page.get("""window.wasFetch = fetch; window.fetch = (where, about) => where === 'see'
        ? Promise.resolve(new Response('{"kind": "superseded"}\\n')) : wasFetch(where, about)""")
    page.get(f"{SLIDER}.value = 70; {SLIDER}.dispatchEvent(new Event('input'))")
    page.wait("document.getElementById('error').innerText.startsWith('Another tab has asked since')")
    page.get(f"window.fetch = wasFetch; {SLIDER}.value = 71; {SLIDER}.dispatchEvent(new Event('input'))")
    page.wait(f"{IDLE} && document.getElementById('title').innerText.includes('day 71')")
    assert page.get("document.getElementById('error').innerText") == ""


AXE = files("axe_core_python") / "axe.min.js"
VIOLATIONS = """axe.run(document, {rules: {'color-contrast': {enabled: true}}}).then(({violations}) => violations.map(({id, nodes}) =>
  `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`))"""


@in_a_browser
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(page: Browser, width: int) -> None:
    page.size(width)
    page.get(AXE.read_text(encoding="utf-8"))
    page.get("for (const one of document.querySelectorAll('details')) one.open = true")
    page.wait("document.querySelectorAll('#dots table tbody tr').length")
    assert page.get(VIOLATIONS) == []
    page.get("for (const one of document.querySelectorAll('main details')) one.open = false")
    page.size(1280)


NAMELESS = """[...document.querySelectorAll('input, select, button, summary, [tabindex="0"]')].filter((one) =>
  !(one.getAttribute('aria-label') || one.textContent.trim() || (one.labels && one.labels.length))).map((one) => one.outerHTML)"""
SPEECHLESS = "[...document.querySelectorAll('main svg')].filter((one) => !(one.getAttribute('aria-label') && one.getAttribute('role') === 'img')).length"


@in_a_browser
def test_every_control_has_a_name_and_every_drawing_a_sentence_and_numbers(page: Browser) -> None:
    assert page.get(NAMELESS) == []
    assert page.get(SPEECHLESS) == 0
    assert page.get("document.querySelectorAll('main svg').length") > 10
    assert (
        page.get("document.querySelectorAll('#fans details.numbers, #map details.numbers, #dots details.numbers').length") >= 8
    )
    page.get("document.querySelector('#fans details.numbers').open = true")
    page.wait("document.querySelectorAll('#fans details.numbers table tbody tr').length > 10")


@in_a_browser
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_the_screen_and_the_headline_stays(page: Browser, width: int) -> None:
    page.size(width)
    page.get("scrollTo(0, 2000)")
    page.wait("scrollY > 500")
    assert page.get("document.documentElement.scrollWidth <= innerWidth")
    top, bottom = page.get("(({top, bottom}) => [top, bottom])(document.getElementById('title').getBoundingClientRect())")
    assert 0 <= top < bottom < 200
    page.size(1280)


@in_a_browser
def test_the_address_brings_the_same_view_back(page: Browser, address: str) -> None:
    given = state({"scenario": "as_of_30_september"}, pullout(start=33), {"scenario": "crackdown"})
    page.open("about:blank")
    page.open(f"{address}#{urllib.request.quote(json.dumps(given))}")  # type: ignore[attr-defined]
    page.wait(f"{IDLE} && document.getElementById('keys').innerText")
    keys = [arm.key for arm in BORDER.arms(read_state(given))]
    assert page.get("document.getElementById('keys').innerText") == f"Keys of the arms: {', '.join(keys)}"
    assert keys[0] == compose("as_of_30_september", "ensemble.days=120", "ensemble.seed=7").key


@in_a_browser
def test_the_view_as_one_page_needs_no_server(page: Browser, tmp_path: Path) -> None:
    page.get("""window.caught = null; const was = URL.createObjectURL; URL.createObjectURL = (blob) => { blob.text().then((text) => { window.caught = text; }); return was(blob); };
        HTMLAnchorElement.prototype.click = () => {}; document.getElementById('still-page').click()""")
    page.wait("window.caught")
    file = tmp_path / "still.html"
    file.write_text(page.get("window.caught"), encoding="utf-8")
    shown = title(page)
    before = len(page.requests)
    page.open(file.as_uri())
    page.wait(f"{IDLE} && document.querySelectorAll('#fans svg').length > 3")
    assert title(page).splitlines()[0] == shown.splitlines()[0]
    assert page.get("getComputedStyle(document.getElementById('settings')).display") == "none"
    assert [one for one in page.requests[before:] if not one.startswith(("file:", "data:"))] == []


@in_a_browser
def test_the_view_is_saved_without_a_page(page: Browser, tmp_path: Path) -> None:
    done = explore(
        tmp_path, "explore.save=view.html", "scenario=crackdown", "reference=stay", "militias.effect_of_restraint=1.5"
    )
    assert (done.returncode, done.stdout) == (0, "Page: view.html\n"), done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["view.html"]
    page.open((tmp_path / "view.html").as_uri())
    page.wait(f"{IDLE} && document.querySelectorAll('#forest svg').length > 3")
    assert title(page).startswith("Crackdown")
    assert "; held at a value: Militias: effect of restraint 1.5." in title(page)
    command = page.get("document.getElementById('command').innerText")
    assert "scenario=stay,crackdown" in command
    assert "militias.effect_of_restraint=1.5" in command
    assert page.get("[...document.querySelectorAll('button')].filter((one) => one.checkVisibility()).length") == 0


@in_a_browser
def test_no_request_left_and_nothing_was_complained_of(page: Browser, address: str) -> None:
    """Last: of all that the tests above did."""
    ours = address.split("/")[2]
    assert [one for one in page.requests if not one.startswith((f"http://{ours}/", "file:", "data:", "blob:", "about:"))] == []
    assert page.complaints == []
