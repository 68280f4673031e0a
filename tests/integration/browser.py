"""Chromium for the tests of the review pages, driven by chromedriver over the W3C WebDriver protocol.  A test that takes it is
skipped with a sentence where they are not installed (Debian: chromium, chromium-driver).

    @browser.needed
    class Pages(unittest.TestCase):
        def test_log(self):
            with rig.Postern(…) as gateway, browser.Browser() as page:
                page.open(f"http://127.0.0.1:{port}/log")
                page.fill("input[name=q]", "erika")
                page.click("button.primary")                # waits until the next document is there
                self.assertIn("erika", page.text("main"))

Every page that was opened is looked at: what the content policy blocks, and what its script throws, fails the test."""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import rig

PROGRAMS = ("chromium", "chromedriver")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key of an element, WebDriver §12.1

PHONE = (390, 844)
DESKTOP = (1280, 800)


def needed(test):
    for program in PROGRAMS:
        if not shutil.which(program):
            return unittest.skip(f"{program} is not installed")(test)
    return test


class Failed(AssertionError):
    """What the driver answers in the place of a result."""


class Browser:
    """A window of its own profile.  `dark` is what the user prefers, `script` whether pages may run theirs.  Certificates
    are not checked: those of tests are self-made."""

    def __init__(self, size=DESKTOP, dark=False, script=True):
        self.folder = tempfile.mkdtemp(prefix="postern-browser-")
        self.log = pathlib.Path(self.folder) / "driver.log"
        self.port = rig.free_port()
        self.session = None
        environment = {**os.environ, "HOME": self.folder, "TMPDIR": self.folder, "XDG_CONFIG_HOME": self.folder, "XDG_CACHE_HOME": self.folder}
        with open(self.log, "wb") as log:
            self.driver = subprocess.Popen(["chromedriver", f"--port={self.port}"], stdout=log, stderr=log, env=environment,
                                           start_new_session=True, preexec_fn=rig.end_with_us)
        try:
            rig.wait_until("chromedriver listens", lambda: rig.listens(self.port))
            self.begin(size, dark, script)
        except BaseException:
            self.close()
            raise

    def begin(self, size, dark, script):
        options = {
            # No sandbox: tests may run as root.  No shared memory: containers have little.
            "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", f"--window-size={size[0]},{size[1]}"],
            "prefs": {"credentials_enable_service": False} | ({} if script else {"profile.managed_default_content_settings.javascript": 2}),
        }
        answer = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "acceptInsecureCerts": True, "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.session = answer["sessionId"]
        # The window has a least width of its own; a phone has not.
        self.devtools("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=size[0] < 600)
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=rig.PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise Failed(f"{answer['error']}: {answer.get('message', '')[:500]}")
        return answer

    def tell(self, method, path, body=None):
        return self.ask(method, f"/session/{self.session}{path}", {} if body is None and method == "POST" else body)

    def devtools(self, command, **parameters):
        return self.tell("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    # What a user does.

    def open(self, address):
        self.tell("POST", "/url", {"url": address})

    def find(self, selector):
        """The element that a CSS selector names, once it is there."""
        def there():
            with contextlib.suppress(Failed):
                return self.tell("POST", "/element", {"using": "css selector", "value": selector})
        return rig.wait_until(f"{selector} is on {self.address}", there)[ELEMENT]

    def fill(self, selector, text):
        element = self.find(selector)
        self.tell("POST", f"/element/{element}/clear", {})
        self.tell("POST", f"/element/{element}/value", {"text": text})

    def click(self, selector):
        """Waits for the document to which it leads, if it leads to one."""
        self.tell("POST", f"/element/{self.find(selector)}/click", {})

    def follow(self, words):
        """Clicks on the link of these words."""
        element = self.tell("POST", "/element", {"using": "link text", "value": words})[ELEMENT]
        self.tell("POST", f"/element/{element}/click", {})

    def press(self, keys):
        """Keys as if typed by hand into what has the focus; "\\ue004" is Tab, "\\ue007" Enter (WebDriver §17.4.2)."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.tell("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def accept_question(self):
        """Says yes to what confirm() asks."""
        self.tell("POST", "/alert/accept", {})

    # What he sees.

    @property
    def address(self):
        return self.tell("GET", "/url")

    @property
    def title(self):
        return self.tell("GET", "/title")

    def text(self, selector="body"):
        def read():
            try:
                return [self.tell("GET", f"/element/{self.find(selector)}/text")]  # it may be empty
            except Failed as failed:
                if "stale element" not in str(failed):  # else another document took its place between the two
                    raise
        return rig.wait_until(f"{selector} can be read", read)[0]

    def count(self, selector):
        return len(self.tell("POST", "/elements", {"using": "css selector", "value": selector}))

    def wait_for_text(self, text, selector="body"):
        def there():
            with contextlib.suppress(Failed):  # another document took its place while it was read
                return text in self.text(selector)
        rig.wait_until(f"{text!r} is on the page", there)

    def run(self, script, *arguments):
        """What a function body returns: run("return arguments[0] + 1", 2)."""
        return self.tell("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def cookies(self):
        return self.tell("GET", "/cookie")

    def complaints(self):
        """What the browser's console said of this page since it was asked last: blocked styles, errors of scripts."""
        return [entry["message"] for entry in self.tell("POST", "/se/log", {"type": "browser"}) if entry["level"] in ("SEVERE", "WARNING")
                and "Failed to load resource" not in entry["message"]]  # a page of status 404 is one of ours

    def overflow(self):
        """By how many pixels the page is wider than the window: a phone would have to scroll sideways."""
        return self.run("return document.documentElement.scrollWidth - window.innerWidth")

    def poor_contrast(self):
        """Texts that are less than 4.5 times as light or dark as their ground (WCAG 2.1, 1.4.3)."""
        return self.run(CONTRAST)

    def shot(self, path, whole=True):
        """A picture, for a person to look at."""
        height = self.run("return document.documentElement.scrollHeight")
        width = self.run("return window.innerWidth")
        clip = {"clip": {"x": 0, "y": 0, "width": width, "height": min(height, 6000), "scale": 1}} if whole else {}
        picture = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **clip)["data"]
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(path).write_bytes(base64.b64decode(picture))

    def close(self):
        if self.session:
            with contextlib.suppress(Exception):
                self.ask("DELETE", f"/session/{self.session}")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.driver.pid, signal.SIGTERM)  # the driver is the leader of its own group
        try:
            self.driver.wait(timeout=rig.PATIENCE)
        except subprocess.TimeoutExpired:
            self.driver.kill()
            self.driver.wait()
        for _ in range(20):  # Chromium still writes while it ends
            shutil.rmtree(self.folder, ignore_errors=True)
            if not os.path.exists(self.folder):
                break
            time.sleep(0.1)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        complaints = self.complaints() if kind is None else []
        self.close()
        if complaints:
            raise AssertionError("the browser complains: " + "\n".join(complaints))


# Each element with a text of its own against the first ground behind it that is not transparent.
CONTRAST = """
const channel = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const colour = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const c = colour(getComputedStyle(at).backgroundColor);
    if (c.length === 3 || c[3] > 0.5) return c;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
};
const poor = [];
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!own || !element.getClientRects().length) continue;
  const style = getComputedStyle(element);
  const drawn = element instanceof SVGElement ? style.fill : style.color;
  const pair = [light(colour(drawn)), light(ground(element))].sort((a, b) => a - b);
  const ratio = (pair[1] + 0.05) / (pair[0] + 0.05);
  if (ratio < 4.5) poor.push(`${element.tagName.toLowerCase()}.${element.getAttribute("class")} ${ratio.toFixed(2)}: ${element.textContent.trim().slice(0, 40)}`);
}
return poor;
"""
