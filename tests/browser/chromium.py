"""Find the system's Chromium or Chrome. `python -m tests.browser.chromium` prints where it is."""

import os
import shutil
import sys
from pathlib import Path

PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
MAC_APPLICATIONS = ["Google Chrome", "Chromium"]


def find_chromium() -> str | None:
    """Return the browser's path: what CHROMIUM names, else one on the PATH, else a macOS application."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for program in PROGRAMS:
        if found := shutil.which(program):
            return found
    for name in MAC_APPLICATIONS:
        application = Path("/", "Applications", f"{name}.app", "Contents", "MacOS", name)
        if application.is_file():
            return str(application)
    return None


if __name__ == "__main__":
    path = find_chromium()
    if path is None:
        sys.exit(1)
    print(path)
