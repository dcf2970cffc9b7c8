"""A headless Chromium, driven through its debugging protocol: a user's actions, and the content of the page after them."""

import asyncio
import base64
import json
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from tornado.websocket import WebSocketClientConnection, websocket_connect

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync", "--remote-debugging-port=0", "about:blank")  # fmt: skip


class Browser:
    """One tab. Every request that it makes, and everything it complains of, is noted."""

    def __init__(self, folder: Path) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._number = 0
        self._process = subprocess.Popen(
            [str(BROWSER), *_FLAGS, f"--user-data-dir={folder}"], stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        line = next(line for line in self._process.stderr if "DevTools listening" in line)
        matched = re.search(r"ws://\S+", line)
        assert matched is not None
        self._run(self._connect(matched[0]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._loop.close()

    def _run(self, work: Any) -> Any:
        return self._loop.run_until_complete(asyncio.wait_for(work, 120))

    async def _connect(self, address: str) -> None:
        self._socket: WebSocketClientConnection = await websocket_connect(address, max_message_size=2**28)
        self._session = ""
        targets = await self._send("Target.getTargets", {})
        target = next(one for one in targets["targetInfos"] if one["type"] == "page")
        attached = await self._send("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self._send(f"{domain}.enable", {})

    async def _send(self, method: str, given: dict[str, Any]) -> Any:
        self._number += 1
        message = {"id": self._number, "method": method, "params": given}
        await self._socket.write_message(json.dumps(message | ({"sessionId": self._session} if self._session else {})))
        while True:
            heard = json.loads(str(await self._socket.read_message()))
            self._note(heard)
            if heard.get("id") == self._number:
                assert "error" not in heard, heard
                return heard["result"]

    def _note(self, heard: dict[str, Any]) -> None:
        about = heard.get("params", {})
        if heard.get("method") == "Network.requestWillBeSent":
            self.requests.append(about["request"]["url"])
        if heard.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(about["exceptionDetails"].get("exception", about)))
        if heard.get("method") == "Log.entryAdded" and about["entry"]["level"] == "error":
            self.complaints.append(f"{about['entry']['text']} {about['entry'].get('url', '')}")

    def send(self, method: str, **given: Any) -> Any:
        """Call the protocol."""
        return self._run(self._send(method, given))

    def size(self, width: int, height: int = 900) -> None:
        """Take the size of a screen."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)

    def open(self, address: str) -> None:
        """Go to a page."""
        self.send("Page.navigate", url=address)

    def get(self, expression: str) -> Any:
        """Return the value of an expression of JavaScript."""
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, condition: str, seconds: float = 60.0) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + seconds
        while not self.get(f"Boolean({condition})"):
            assert time.monotonic() < end, f"{condition} never came true; {self.complaints}"
            time.sleep(0.02)

    def press(self, key: str, times: int = 1) -> None:
        """Press a key."""
        for _ in range(times):
            for kind in ("rawKeyDown", "keyUp"):
                code = {"ArrowRight": 39, "ArrowLeft": 37, "Tab": 9, "Enter": 13}[key]
                self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def picture(self, file: Path, whole: bool = True) -> None:
        """Write what is seen."""
        shot = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(shot["data"]))
