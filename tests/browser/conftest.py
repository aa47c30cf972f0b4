"""One browser and one JupyterLab for the browser tests that a process runs; a page of its own for each test."""

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.chromium import find_chromium
from tests.browser.lab import CHROMIUM_FLAGS, Lab, jupyter_server


@pytest.fixture(scope="session")
def chromium():
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium or Chrome found: make browser installs one or says how")
    return path


@pytest.fixture(scope="package")
def browser(chromium):
    """Ends before a test of another folder begins: Playwright's event loop would be in the way of nbclient's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def jupyter(chromium, tmp_path_factory):
    """JupyterLab in an empty home. It serves the folder that holds each test's `tmp_path`."""
    with jupyter_server(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture
def open_lab(browser, jupyter, tmp_path):
    """A function that shows a notebook, somewhere in `tmp_path`, in a new page of the browser."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:

        def open_lab(notebook, theme="JupyterLab Light"):
            jupyter.choose_theme(theme)
            lab = Lab(context.new_page())
            lab.open(jupyter.address_of(notebook, workspace=tmp_path.name))
            return lab

        yield open_lab
    jupyter.end_kernels()
