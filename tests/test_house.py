"""The house rules: one lock, arrows that point one way, a set-up that says what it lacks."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parent.parent
HELPERS = REPOSITORY / "helpers"
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))

PYTHONS = ["3.11", "3.12", "3.13"]
PLATFORMS = {
    "linux-x86_64": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
    "linux-aarch64": {"sys_platform": "linux", "platform_machine": "aarch64", "os_name": "posix"},
    "darwin": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
    "win32": {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
}
SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}


# ---- One lock -----------------------------------------------------------------------------------


def locked_lines() -> list[str]:
    lines = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def environment(platform: str, python: str) -> dict[str, str]:
    """The marker environment of a machine other than this one."""
    values = PLATFORMS[platform]
    return {
        **default_environment(),
        **values,
        "platform_system": SYSTEMS[values["sys_platform"]],
        "python_version": python,
        "python_full_version": f"{python}.9",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "test",
    }


def applies(requirement: Requirement, machine: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(machine)


def test_the_lock_pins_exact_versions_and_names_no_index():
    for line in locked_lines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+( ; .+)?", line), line
        assert "://" not in line


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_lock_satisfies_pyproject(platform, python):
    machine = environment(platform, python)
    pins = {}
    for requirement in map(Requirement, locked_lines()):
        if applies(requirement, machine):
            name = canonicalize_name(requirement.name)
            assert name not in pins, f"{name} is pinned twice for {platform}, Python {python}"
            (pin,) = requirement.specifier
            pins[name] = pin.version
    wanted = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["test"],
        # Installed without build isolation, the package is built by the locked setuptools.
        *PROJECT["build-system"]["requires"],
    ]
    for requirement in map(Requirement, wanted):
        if applies(requirement, machine):
            pinned = pins.get(canonicalize_name(requirement.name))
            assert pinned, f"{requirement.name} is not in requirements.txt: run make lock"
            assert requirement.specifier.contains(pinned, prereleases=True), f"{requirement}, locked {pinned}"


def test_every_place_names_the_same_pythons():
    supported = SpecifierSet(PROJECT["project"]["requires-python"])
    minors = [f"3.{minor}" for minor in range(30) if supported.contains(f"3.{minor}.0")]
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/tests.yml").read_text(encoding="utf-8"))
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert minors == PYTHONS
    assert workflow["jobs"]["locked"]["strategy"]["matrix"]["python"] == minors
    assert re.search(r"^FITTING := (.*)$", makefile, re.M)[1].split() == minors


def test_environment_yml_points_at_the_lock():
    environment_yml = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))
    *conda, last = environment_yml["dependencies"]
    # repo2docker reads this form only.
    (python,) = [entry for entry in conda if entry.startswith("python=")]
    version = re.fullmatch(r"python=(3\.\d+)", python)[1]
    assert version in SpecifierSet(PROJECT["project"]["requires-python"])
    assert sorted(set(conda) - {python}) == ["pip"]
    assert last == {"pip": ["-r requirements.txt", "-e ."]}


def test_continuous_integration_runs_what_the_readme_says():
    commands = [
        line.split() for line in (REPOSITORY / ".ci/run").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "set ", "cd "))
    ]
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert commands, ".ci/run runs nothing"
    for program, *targets in commands:
        assert program == "make"
        for target in targets:
            assert f"make {target}" in readme


# ---- Arrows -------------------------------------------------------------------------------------

# What each room may import of ours, besides itself.
FOUNDATION = {"nn", "datasets"}
MIDDLE = {"exercises", "experiments", "plots", "claims"}
ARROWS = {
    "__init__": set(),
    "nn": set(),
    "datasets": set(),
    **{room: FOUNDATION | MIDDLE for room in MIDDLE},
    "environment": FOUNDATION | {"claims"},
    "authoring": FOUNDATION | MIDDLE,
}


def imported_modules(source: str, package: str) -> Iterator[str]:
    """Yield the full name of everything that a module of `package` imports, inside functions as well."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = parents[: len(parents) - node.level + 1] if node.level else []
            start = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{start}.{alias.name}" for alias in node.names)


def rooms_imported(imports: list[str]) -> set[str]:
    return {name.split(".")[1] for name in imports if name.startswith("helpers.")}


def modules_of(room: str) -> list[Path]:
    return sorted((HELPERS / room).rglob("*.py")) or [HELPERS / f"{room}.py"]


def imports_of_room(room: str) -> list[str]:
    imports = []
    for path in modules_of(room):
        package = ".".join(path.parent.relative_to(REPOSITORY).parts)
        imports += imported_modules(path.read_text(encoding="utf-8"), package)
    return imports


@pytest.mark.parametrize(
    "statement, found",
    [
        ("import helpers.plots", {"helpers.plots"}),
        ("from helpers import plots, nn", {"helpers.plots", "helpers.nn"}),
        ("from helpers.plots.style import colour", {"helpers.plots.style.colour"}),
        ("from .. import plots", {"helpers.plots"}),
        ("from ..plots import style", {"helpers.plots.style"}),
        ("from . import layer", {"helpers.nn.layer"}),
        ("def f():\n    import tensorflow as tf", {"tensorflow"}),
    ],
)
def test_imports_are_found_in_every_form(statement, found):
    assert set(imported_modules(statement, "helpers.nn")) == found


def test_every_room_has_its_arrows():
    rooms = {path.stem for path in HELPERS.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert rooms - {"__pycache__"} <= set(ARROWS)


@pytest.mark.parametrize("room", sorted(ARROWS))
def test_arrows_point_one_way(room):
    assert rooms_imported(imports_of_room(room)) <= ARROWS[room] | {room}


@pytest.mark.parametrize("room", sorted(FOUNDATION))
def test_the_foundation_needs_numpy_only(room):
    """And SciPy, in the one module that moves pixels."""
    outside = {name.split(".")[0] for name in imports_of_room(room)} - {"helpers", "numpy"}
    assert outside - ({"scipy"} if room == "nn" else set()) <= sys.stdlib_module_names


def test_scipy_is_used_by_augmentation_only():
    using = [
        path.name for path in (HELPERS / "nn").glob("*.py")
        if any(name.startswith("scipy") for name in imported_modules(path.read_text(encoding="utf-8"), "helpers.nn"))
    ]
    assert using == ["augmentation.py"]


def test_a_numpy_notebook_loads_no_heavy_library():
    code = (
        "import sys, helpers, helpers.nn, helpers.datasets\n"
        "print(*sorted({'tensorflow', 'keras', 'matplotlib', 'IPython', 'scipy'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True)
    assert (run.stdout.strip(), run.stderr) == ("", "")


def test_helpers_quietens_tensorflow_but_keeps_what_was_set():
    code = (
        "import os, helpers\n"
        "print(*(os.environ[n] for n in ('TF_CPP_MIN_LOG_LEVEL', 'TF_ENABLE_ONEDNN_OPTS', 'KERAS_BACKEND')))"
    )
    unset = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "KERAS_"))}
    for extra, expected in [({}, "3 0 tensorflow"), ({"TF_ENABLE_ONEDNN_OPTS": "1"}, "3 1 tensorflow")]:
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=REPOSITORY, env={**unset, **extra},
            capture_output=True, text=True, check=True,
        )
        assert run.stdout.strip() == expected


# ---- What is in the repository ------------------------------------------------------------------

# Written with brackets so that this file does not match itself.
FORBIDDEN = {
    "a registry host": r"pypi[.]org|pypi[.]python[.]org|pythonhosted[.]org|npmjs[.](?:org|com)"
                       r"|deb[.]debian[.]org|archive[.]ubuntu[.]com|anaconda[.]org|anaconda[.]com",
    "a path of one machine": r"(?<![\w.~+/:)}-])/(?:home|root|Users|work|tmp|opt|mnt|private|var)/\w"
                             r"|file:[/]{3}|\b[A-Z]:\\+Users\b",
}


def forbidden_in(text: str) -> list[str]:
    return [
        f"{what}: {match[0]}" for what, pattern in FORBIDDEN.items() for match in re.finditer(pattern, text)
    ]


@pytest.mark.parametrize(
    "text",
    ["--index-url https://" + "pypi" + ".org/simple", "open('/" + "home/ada/x.png')", "file:" + "///x"],
)
def test_forbidden_text_is_recognized(text):
    assert forbidden_in(text)


def test_the_repository_names_no_registry_and_no_machine():
    if not (REPOSITORY / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a Git checkout: there is no list of the repository's files")
    # New files count before they are committed, ignored ones never do.
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )
    findings = []
    for name in filter(None, listed.stdout.split("\0")):
        path = REPOSITORY / name
        if not path.is_file() or b"\0" in (content := path.read_bytes()):
            continue
        findings += [f"{name}: {finding}" for finding in forbidden_in(content.decode("utf-8"))]
    assert not findings


# ---- The set-up ---------------------------------------------------------------------------------


@pytest.fixture
def bare_machine(tmp_path):
    """A folder with the set-up's files, and a PATH that holds a shell and nothing else.

    Gives a function that runs the set-up with made-up Pythons: `{command: (version, has venv)}`.
    """
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    course, programs = tmp_path / "course", tmp_path / "bin"
    course.mkdir()
    programs.mkdir()
    for name in ["Makefile", "requirements.txt", "pyproject.toml", "setup.py"]:
        shutil.copy(REPOSITORY / name, course)
    shutil.copytree(REPOSITORY / "settings", course / "settings")
    for name in ["sh", "cat", "id", "rm"]:
        (programs / name).symlink_to(shutil.which(name))

    def set_up(pythons: dict[str, tuple[str, bool]]) -> subprocess.CompletedProcess:
        for command, (version, has_venv) in pythons.items():
            script = programs / command
            refusal = "" if has_venv else 'case "$2" in *ensurepip*) exit 1;; esac; '
            script.write_text(f"#!/bin/sh\n{refusal}echo {version}\n")
            script.chmod(0o755)
        return subprocess.run(
            [make, ".venv/.installed"], cwd=course, env={"PATH": str(programs)},
            capture_output=True, text=True,
        )

    return set_up


@pytest.mark.parametrize(
    "pythons, said",
    [
        ({}, "no Python at all"),
        ({"python3": ("3.14", True)}, "python3 is Python 3.14"),
        ({"python3": ("3.10", True)}, "python3 is Python 3.10"),
        ({"python3": ("3.11", False)}, "apt install python3.11-venv"),
    ],
    ids=["none", "too-new", "too-old", "no-venv"],
)
def test_the_set_up_says_what_is_missing(bare_machine, pythons, said):
    run = bare_machine(pythons)
    assert run.returncode != 0
    assert said in run.stderr
    assert "needs Python 3.11, 3.12 or 3.13" in run.stderr


def test_the_set_up_passes_over_a_python_that_does_not_fit(bare_machine):
    run = bare_machine({"python3.12": ("3.12", False), "python3": ("3.13", True)})
    assert "with python3 (Python 3.13)" in run.stdout


def test_the_settings_of_jupyterlab_are_installed_with_the_package():
    """However the environment was made: `pip install -e .` puts them there, and JupyterLab asks for no news."""
    name = "normalization-and-regularization.json"
    installed = Path(sys.prefix, "share", "jupyter", "lab", "settings", "overrides.d", name)
    assert installed.is_file(), "not installed: make lab does, and so does pip install -e ."
    settings = json.loads(installed.read_text(encoding="utf-8"))
    assert settings == json.loads((REPOSITORY / "settings" / name).read_text(encoding="utf-8"))
    assert settings["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false", "checkForUpdates": False}
