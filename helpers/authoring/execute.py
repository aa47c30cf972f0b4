"""Running notebooks in a fresh kernel."""

import os
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import ipykernel.kernelspec
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from helpers.authoring import AuthoringError
from helpers.authoring.notebook import canonical

SLOWEST_CELL = 15.0  # seconds on two cores
SLOWEST_NOTEBOOK = 60.0


@dataclass(frozen=True)
class Execution:
    """An executed notebook and what it took.

    `cell_seconds` has one entry per code cell that ran, by cell id. `busy_seconds` has for each the processor time that
    the kernel spent on it, or the time that passed where that is less (several threads) or where the system does not
    tell: on a machine that other work shares, this is what the cell needs. `peak_memory` is the kernel's largest
    resident size in bytes, and None where the system does not tell. (Both are read from Linux's /proc.)
    """

    notebook: NotebookNode
    seconds: float
    cell_seconds: dict[str, float]
    busy_seconds: dict[str, float]
    peak_memory: int | None

    def too_slow(self) -> list[str]:
        """What took longer than a lecture can wait."""
        slow = [
            f"cell {name} takes {seconds:.1f} s, over {SLOWEST_CELL:.0f} s"
            for name, seconds in self.cell_seconds.items()
            if seconds > SLOWEST_CELL
        ]
        if self.seconds > SLOWEST_NOTEBOOK:
            slow.append(f"the notebook takes {self.seconds:.1f} s, over {SLOWEST_NOTEBOOK:.0f} s")
        return slow

    def __str__(self) -> str:
        slowest = sorted(self.cell_seconds.items(), key=lambda item: -item[1])[:3]
        memory = "unknown" if self.peak_memory is None else f"{self.peak_memory / 1e6:.0f} MB"
        cells = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest)
        return f"{self.seconds:.1f} s; kernel's peak memory {memory}; slowest cells: {cells}"


def execute(notebook: NotebookNode, folder: Path, *, strict: bool = False, timeout: float = 600) -> Execution:
    """Run a copy of the notebook from top to bottom in a fresh kernel of this Python.

    Args:
        folder: Where the kernel starts.
        strict: Whether a failed or unattempted exercise raises (`HELPERS_STRICT=1`).
        timeout: Seconds that one cell may take.

    Raises:
        AuthoringError: If a cell raises or does not end in time, or the kernel dies.
    """
    started_at: dict[int, tuple[float, float | None]] = {}
    cell_seconds: dict[str, float] = {}
    busy_seconds: dict[str, float] = {}
    memory: list[int | None] = [None]

    def on_start(cell: NotebookNode, cell_index: int) -> None:
        started_at[cell_index] = time.perf_counter(), _processor_seconds(manager.provisioner.pid)

    def on_end(cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        started, processor_before = started_at[cell_index]
        passed, processor = time.perf_counter() - started, _processor_seconds(manager.provisioner.pid)
        cell_seconds[cell.id] = passed
        busy_seconds[cell.id] = passed if processor is None else min(passed, processor - processor_before)
        memory[0] = _peak_memory(manager.provisioner.pid)

    manager = _KernelOfThisPython()
    client = NotebookClient(
        canonical(notebook),
        km=manager,
        timeout=timeout,
        extra_arguments=["--log-level=ERROR"],  # ipykernel warns of unencrypted sockets at every start
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
        record_timing=False,
        store_widget_state=False,
        on_cell_execute=on_start,
        on_cell_executed=on_end,
    )
    client.owns_km = True  # so that the client also ends the kernel it was given
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as profile:
        try:
            client.execute(env=_environment(profile, strict))
        except (CellExecutionError, DeadKernelError, TimeoutError) as error:
            raise AuthoringError(_without_colours(str(error))) from error
    return Execution(canonical(client.nb), time.perf_counter() - started, cell_seconds, busy_seconds, memory[0])


class _KernelOfThisPython(AsyncKernelManager):
    """A kernel of the Python that runs this, whatever kernels the user has installed under the same name."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(
            resource_dir=ipykernel.kernelspec.RESOURCES, **ipykernel.kernelspec.get_kernel_dict()
        )


def _environment(profile: str, strict: bool) -> dict[str, str]:
    """The user's environment without what would change a notebook's outputs."""
    environment = {name: value for name, value in os.environ.items() if name != "HELPERS_STRICT"}
    environment["IPYTHONDIR"] = profile
    if strict:
        environment["HELPERS_STRICT"] = "1"
    return environment


def _processor_seconds(process: int) -> float | None:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    # Fields 14 and 15 of proc(5), in user and in kernel mode; the first two stand before the bracket.
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_memory(process: int) -> int | None:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return 1024 * int(found[1]) if found else None


def _without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
