"""The files that an analyst keeps of the page: scenario files with their command, a zip, a page without a server, a report."""

import io
import json
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from experiments.config.files import write_whole
from experiments.errors import InputError
from experiments.studies.explore.state import Border, command_of, files_of, folder_of_kept, read_state, words_of

PAGE = files("experiments") / "studies" / "explore" / "page"
_SCRIPTS = ("vendor/d3-7.9.2.min.js", "vendor/plot-0.6.17.umd.min.js", "charts.js", "controls.js", "explore.js")
_STILL = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


class Keeper:
    """Keeps states of the page; writes only on request."""

    def __init__(self, border: Border) -> None:
        self.border = border
        self.reports: dict[str, Path] = {}
        """The reports that were made, by the name of their folder."""
        self._lock = threading.Lock()

    def kept(self, given: object) -> dict[str, Any]:
        """Return the files, by path, and the command that reproduce a state."""
        state = read_state(given)
        texts = {f"{folder_of_kept()}/{name}": text for name, text in files_of(self.border, state).items()}
        keys = [arm.key for arm in self.border.arms(state)]
        return {"kind": "kept", "files": texts, "command": command_of(self.border, state), "keys": keys}

    def keep(self, given: object) -> dict[str, Any]:
        """Write the files of a state into the analyst's folder of configs."""
        found = self.kept(given)
        for name, text in found["files"].items():
            try:
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                write_whole(Path(name), text)
            except OSError as error:
                raise InputError(f"{name} cannot be written ({error.strerror})") from None
        return found | {"written": list(found["files"])}

    def zipped(self, given: object) -> bytes:
        """Return the files and the command of a state as a zip."""
        found, whole = self.kept(given), io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as opened:
            for name, text in found["files"].items():
                opened.writestr(name, text)
            opened.writestr("command.txt", f"{found['command']}\n")
        return whole.getvalue()

    def report(self, given: object) -> dict[str, Any]:
        """Write the files of a state, run its command, and return the place of the report; a repeated command takes seconds."""
        found = self.keep(given)
        words = words_of(self.border, read_state(given))
        with self._lock:
            command = [sys.executable, "-P", "-m", "experiments", *words]
            done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        made = re.search(r"^Report: +(.+)$", done.stdout, re.MULTILINE)
        if done.returncode or made is None:
            raise InputError((done.stderr.strip() or "the command printed no report").splitlines()[-1])
        file = Path(made[1].strip())
        self.reports[file.parent.name] = file.absolute()
        return found | {"kind": "report", "report": str(file), "address": f"report/{file.parent.name}"}


def page_without_server(given: Mapping[str, Any]) -> str:
    """Return the present view as one file, with the page, its scripts and its numbers; its settings cannot be moved."""
    parts = {name: (PAGE / name).read_text(encoding="utf-8") for name in ("explore.html", "explore.css", *_SCRIPTS)}
    page = parts["explore.html"].replace('<link rel="stylesheet" href="explore.css">', f"<style>{parts['explore.css']}</style>")
    page = page.replace("</main>", f'<p class="faint">Made with Knock-on {version("knockon")}.</p>\n</main>', 1)
    data = json.dumps(given).replace("<", "\\u003c")
    page = page.replace("<head>", f'<head>\n<meta http-equiv="content-security-policy" content="{_STILL}">', 1)
    for name in _SCRIPTS:
        script = parts[name].replace("</script", "<\\/script")
        page = page.replace(f'<script src="{name}"></script>', f"<script>{script}</script>")
    return page.replace("<body>", f'<body class="still">\n<script type="application/json" id="still">{data}</script>', 1)
