"""How `make test` shares the tests between two processes (pytest-xdist)."""

import os
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling


# Each takes many seconds and shares nothing with its neighbours but, in the browser, the process's JupyterLab.
LONG = ("::test_the_solved_exercises", "::test_each_path_of_the_course", "tests/browser/")


class FilesAndLongTests(LoadScopeScheduling):
    """A file's tests stay together: a notebook's cells need one kernel, in order. Long tests go one by one.

    pytest-xdist's own ``loadfile`` would give all solved notebooks to one process, and end late; its
    ``loadgroup`` does not see the marks of pytest 9.2.
    """

    def _split_scope(self, nodeid):
        return nodeid if any(part in nodeid for part in LONG) else nodeid.split("::")[0]


# It trains the clinic's patients for a minute and a half: dealt out last, it would keep one process waiting for it.
LONGEST = "::test_the_solved_exercises_pass_strictly_and_change_nothing_else[12-model-clinic]"


def pytest_collection_modifyitems(items):
    """Of what goes one by one, the longest goes first: larger files are dealt out before, in any order."""
    items.sort(key=lambda item: not item.nodeid.endswith(LONGEST))


def pytest_xdist_make_scheduler(config, log):
    return FilesAndLongTests(config, log)


def pytest_configure(config):
    """Give each process an IPython folder of its own: two kernels would lock one another's history."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and "IPYTHONDIR" in os.environ:
        folder = Path(os.environ["IPYTHONDIR"]) / worker
        folder.mkdir(parents=True, exist_ok=True)
        os.environ["IPYTHONDIR"] = str(folder)
