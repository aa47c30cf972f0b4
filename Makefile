# The course's commands: `make help` lists them. For GNU make 3.81 (macOS) and newer.
# On Windows without make: the README gives the commands that `make lab` and `make test` stand for.

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
NOTEBOOK ?= notebooks/*.ipynb
# Processes that share the tests. Each may need 2 GB: more of them need a larger machine.
WORKERS ?= 2

# Tried in this order. TensorFlow has no wheel for Python 3.14.
PYTHONS := $(PYTHON) python3.12 python3.13 python3.11 python3
FITTING := 3.11 3.12 3.13

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore
# A PYTHONPATH or PYTHONHOME of yours would put other packages before the pinned ones.
unexport PYTHONPATH
unexport PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help lab test bench adequacy notebooks slides lock browser clean FORCE

help:
	@echo 'make lab        set up .venv and open JupyterLab   (LAB_FLAGS="--no-browser --port=8899")'
	@echo 'make test       set up .venv and run every test    (TEST_FLAGS="-x", WORKERS=1)'
	@echo 'make bench      measure speed and memory'
	@echo 'make adequacy   what do the checks let pass, or name falsely?   (EXERCISE="ridge penalty")'
	@echo 'make notebooks  run the notebooks and save their outputs   (NOTEBOOK=notebooks/NAME.ipynb)'
	@echo 'make slides     build one deck per lecture into build/slides   (LECTURE=47)'
	@echo 'make lock       write requirements.txt from pyproject.toml (LOCK_FLAGS=--upgrade)'
	@echo 'make browser    find a Chromium for the browser tests, or install one'
	@echo 'make clean      remove .venv, build and caches'
	@echo
	@echo 'The first set-up takes its Python from PYTHON=... or the first that fits of: python3.12,'
	@echo 'python3.13, python3.11, python3.'

# ---- Set-up -------------------------------------------------------------------------------------

# The stamp is written last, so an interrupted set-up starts again. It holds the folder's path: a folder
# that was moved, or a .venv whose Python is gone, is set up again as well.
ifneq ($(shell cat $(STAMP) 2>/dev/null; $(PY) -c 'print("runs")' 2>/dev/null),$(CURDIR) runs)
$(STAMP): FORCE
endif
FORCE:

$(STAMP): requirements.txt pyproject.toml setup.py settings/normalization-and-regularization.json
	@if ! $(PY) -m pip --version >/dev/null 2>&1; then \
	    $(find-python); rm -rf $(VENV) && "$$python" -m venv $(VENV); \
	fi
	$(PY) -m pip install -r requirements.txt
	@# setuptools is pinned too: without build isolation, nothing unpinned is fetched.
	$(PY) -m pip install --quiet --no-build-isolation --no-deps -e .
	@echo '$(CURDIR)' > $@

# Leaves the command of a fitting Python in the shell variable `python`, or says what is missing.
define find-python
python=; seen=; \
for candidate in $(PYTHONS); do \
    version=`"$$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null` || continue; \
    seen="$$seen\n  $$candidate is Python $$version"; \
    case ' $(FITTING) ' in *" $$version "*) ;; *) continue;; esac; \
    if "$$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then python=$$candidate; break; fi; \
    seen="$$seen without venv (Debian, Ubuntu: apt install python$$version-venv)"; \
done; \
if test -z "$$python"; then \
    echo 'The course needs Python 3.11, 3.12 or 3.13, with the venv module.' >&2; \
    printf "Found:$${seen:- no Python at all}\n" >&2; \
    echo 'TensorFlow has no release for Python 3.14 yet.' >&2; \
    echo 'Install Python 3.12 and try again, or name one: make lab PYTHON=/path/to/python3.12' >&2; \
    exit 1; \
fi; \
echo "Setting up $(VENV) with $$python (Python $$version). The first time takes some minutes."
endef

# ---- The course ---------------------------------------------------------------------------------

# Jupyter refuses to run as root unless told so.
ROOT_FLAG := $(if $(filter 0,$(shell id -u)),--allow-root)

# The folder itself is Jupyter's root, so that links to helpers and data work; the address opens the notebook.
lab: $(STAMP)
	$(PY) -m jupyterlab $(ROOT_FLAG) --ServerApp.root_dir='$(CURDIR)' \
	    --LabApp.default_url=/lab/tree/notebooks/00-start-here.ipynb $(LAB_FLAGS)

# ---- For whoever writes the course --------------------------------------------------------------

# What the tests see of a home: nothing of yours, whatever HOME is. Yours keeps its own settings.
QUIET_HOME := $(CURDIR)/build/home
ISOLATED := IPYTHONDIR='$(QUIET_HOME)/ipython' JUPYTER_CONFIG_DIR='$(QUIET_HOME)/jupyter' \
    JUPYTER_DATA_DIR='$(QUIET_HOME)/data' JUPYTER_RUNTIME_DIR='$(QUIET_HOME)/runtime' \
    JUPYTER_PREFER_ENV_PATH=1 MPLCONFIGDIR='$(QUIET_HOME)/matplotlib' KERAS_HOME='$(QUIET_HOME)/keras'

# One run, so that the closing line counts everything. nbval compares every saved output.
test: $(STAMP)
	@mkdir -p '$(QUIET_HOME)'
	$(ISOLATED) $(PY) -m pytest --nbval --nbval-current-env --nbval-sanitize-with tests/sanitize.cfg \
	    -n $(WORKERS) $(TEST_FLAGS) tests notebooks </dev/null

bench: $(STAMP)
	$(PY) -m tests.benchmarks

# EXERCISE: names of code exercises; all of them unless given.
adequacy: $(STAMP)
	$(PY) -m tests.adequacy -v $(EXERCISE)

notebooks: $(STAMP)
	@mkdir -p '$(QUIET_HOME)'
	$(ISOLATED) $(PY) -m helpers.authoring execute $(NOTEBOOK)

slides: $(STAMP)
	$(PY) -m helpers.authoring slides $(LECTURE)

lock:
	@if uv --version >/dev/null 2>&1; then uv=uv; \
	else $(MAKE) $(STAMP) && $(PY) -m pip install --quiet uv && uv='$(PY) -m uv'; fi && \
	$$uv pip compile --quiet --universal --python-version 3.11 --extra test --no-header --no-annotate \
	    $(LOCK_FLAGS) pyproject.toml -o requirements.txt

browser: $(STAMP)
	@if $(PY) -m tests.browser.chromium; then exit 0; fi; \
	if test "`id -u`" = 0 && grep -qsx 'ID=debian' /etc/os-release && command -v apt-get >/dev/null; then \
	    export DEBIAN_FRONTEND=noninteractive; \
	    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium </dev/null && \
	    exec $(PY) -m tests.browser.chromium; \
	fi; \
	echo 'The browser tests need Chromium or Google Chrome. Install one of them (on Debian: apt install' >&2; \
	echo 'chromium), or name yours: CHROMIUM=/path/to/chrome make browser test' >&2; exit 1

clean:
	rm -rf $(VENV) build .pytest_cache .hypothesis *.egg-info
	find helpers tests notebooks -name __pycache__ -prune -exec rm -rf {} +
