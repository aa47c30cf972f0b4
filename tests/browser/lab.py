"""JupyterLab as a student meets it: a server in an empty home, and its page in a real browser."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from playwright.sync_api import Locator, Page, expect

TOKEN = "course"
START_SECONDS = 90
RUN_MILLISECONDS = 180_000

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

# A person's settings must not reach the server or its kernels.
PERSONAL = ("JUPYTER", "IPYTHON", "MPL", "KERAS", "HELPERS", "XDG_")

# True once some code cell has a number and none a star. The notebook must have no numbers before the run.
NO_CELL_WAITS = """
() => {
  const prompts = [...document.querySelectorAll(".jp-Notebook .jp-CodeCell .jp-InputPrompt")]
    .map((prompt) => prompt.textContent);
  return prompts.some((text) => /\\d/.test(text)) && !prompts.some((text) => text.includes("*"));
}
"""

# The lowest contrast between text and what lies behind it, over every piece of text in an element.
LOWEST_CONTRAST = """
(root) => {
  const parse = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const backgroundOf = (element) => {
    if (!element) return [255, 255, 255];
    const colour = parse(getComputedStyle(element).backgroundColor);
    return colour[3] === 1 ? colour : over(colour, backgroundOf(element.parentElement));
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrasts = [root, ...root.querySelectorAll("*")]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim()))
    .map((element) => {
      const background = backgroundOf(element);
      const text = over(parse(getComputedStyle(element).color), background);
      const [light, dark] = [luminance(text), luminance(background)].sort((a, b) => b - a);
      return (light + 0.05) / (dark + 0.05);
    });
  return Math.min(...contrasts);
}
"""


class Lab:
    """A JupyterLab page with one notebook open. Cells are numbered as in the file, from 0."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.hosts_asked: set[str] = set()
        page.on("request", lambda request: self.hosts_asked.add(urlsplit(request.url).hostname or ""))

    def open(self, address: str) -> None:
        self.page.goto(address)
        # Before it has a kernel, the notebook says that it is idle.
        kernel = self.page.locator(".jp-Toolbar-kernelName")
        expect(kernel).to_contain_text("Python 3", timeout=START_SECONDS * 1000)
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        indicator = self.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
        expect(indicator).to_be_attached(timeout=RUN_MILLISECONDS)

    def run_all(self) -> None:
        """Choose Run > Run All Cells, and wait until no cell waits any more. A failed cell stops the run."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(r"^Run$")).click()
        self.page.locator('[data-command="runmenu:run-all"]').click()
        self.page.wait_for_function(NO_CELL_WAITS, timeout=RUN_MILLISECONDS)
        self.wait_until_idle()

    def cell(self, index: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def replace(self, index: int, source: str) -> None:
        """Select what stands in a cell and write `source` over it."""
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(source)

    def run(self, index: int) -> None:
        """Run one cell with Shift+Enter, and wait until it has."""
        cell = self.cell(index)
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        expect(prompt).not_to_have_text(before, timeout=RUN_MILLISECONDS)
        expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=RUN_MILLISECONDS)
        self.wait_until_idle()

    def output_of(self, index: int) -> Locator:
        return self.cell(index).locator(".jp-OutputArea-output").last

    def complaints(self) -> list[str]:
        """The texts of all errors and of all that went to stderr: JupyterLab shows both as one kind."""
        selector = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]'
        return self.page.locator(selector).all_inner_texts()

    def questions(self) -> list[str]:
        """What JupyterLab asks or tells at the lower right."""
        return self.page.locator(".Toastify__toast").all_inner_texts()

    def pictures_shown(self) -> list[int]:
        """The widths of the pictures in the outputs, in pixels of the picture; 0 for a broken one."""
        pictures = self.page.locator(".jp-OutputArea-output img")
        return pictures.evaluate_all("images => images.map(image => image.naturalWidth)")


def lowest_contrast(element: Locator) -> float:
    """The lowest WCAG contrast ratio, 1 to 21, between a text of `element` and its background."""
    return element.evaluate(LOWEST_CONTRAST)


@dataclass(frozen=True)
class Server:
    """A running JupyterLab, the folder that it serves and the folder of its settings."""

    address: str
    root: Path
    settings: Path

    def choose_theme(self, theme: str) -> None:
        """For the pages that are opened from now on."""
        self.set("apputils-extension/themes", theme=theme)

    def set(self, plugin: str, **values: str) -> None:
        path = self.settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))

    def address_of(self, notebook: Path, workspace: str) -> str:
        """What opens a notebook. A workspace that is new has no tabs of an earlier page."""
        path = quote(notebook.relative_to(self.root).as_posix())
        return f"{self.address}/lab/workspaces/{workspace}/tree/{path}?token={TOKEN}"

    def end_kernels(self) -> None:
        for session in json.loads(self.ask("GET", "/api/sessions")):
            self.ask("DELETE", f"/api/sessions/{session['id']}")

    def ask(self, method: str, path: str) -> bytes:
        headers = {"Authorization": f"token {TOKEN}"}
        request = urllib.request.Request(self.address + path, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.read()


@contextmanager
def jupyter_server(root: Path, home: Path) -> Iterator[Server]:
    """Serve the folder `root` from an empty `home`."""
    port = free_port()
    jupyter = Server(f"http://127.0.0.1:{port}", root, home / "settings")
    # Cells out of sight are kept in the page, so that they can be counted and read.
    jupyter.set("notebook-extension/tracker", windowingMode="none")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PERSONAL)}
    log = home / "jupyter.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
                f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1",
                f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}",
            ],
            cwd=root, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            env={**environment, "HOME": str(home), "JUPYTERLAB_SETTINGS_DIR": str(jupyter.settings)},
        )
        try:
            wait_for_server(process, jupyter, log)
            yield jupyter
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_server(process: subprocess.Popen, jupyter: Server, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            jupyter.ask("GET", "/api")
            return
        except urllib.error.URLError:
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")
