# make demo   clusters in the terminal and a page to open, from made-up postings
# make test   the whole suite: style, types, imports, tests with coverage
# make stress the property tests again and again, each time with other examples; then 10,000 damaged files and 50 killed loads
# make lock   renew constraints.txt from pyproject.toml
# make clean  remove what these targets made

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(not (3,11) <= sys.version_info < (3,14))' \
	&& echo $$name && break; done)
SEEDS ?= $(shell seq 1 25)
MUTANTS ?= 10000
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check -q

.PHONY: demo test stress lock clean

demo: $(VENV)/installed
	@$(VENV)/bin/graphcli --workspace demo/workforce demo demo

test: $(VENV)/installed-dev
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check -q .
	@$(VENV)/bin/lint-imports --no-logo
	@rm -rf build/types && $(PIP) install --no-deps --target build/types .
	@cd build/types && ../../$(RUN) -m mypy --config-file ../../pyproject.toml -p graphcli
	@$(RUN) -m pytest -n auto --maxprocesses 4 --cov --cov-report=term:skip-covered --durations=15 -q -rs \
		$(PYTEST_OPTIONS)

stress: $(VENV)/installed-dev
	@for seed in $(SEEDS); do $(RUN) -m pytest -q -m hypothesis --hypothesis-seed=$$seed $(PYTEST_OPTIONS) || exit 1; done
	@GRAPHCLI_MUTANTS=$(MUTANTS) $(RUN) -m pytest -q tests/mutations $(PYTEST_OPTIONS)
	@GRAPHCLI_KILLS=50 $(RUN) -m pytest -q tests/audit/test_killed_loads.py $(PYTEST_OPTIONS)

lock: $(VENV)/installed-dev
	@$(PIP) install uv
	@$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --extra dev --upgrade --no-header --no-annotate \
		pyproject.toml -o constraints.txt

clean:
	@rm -rf $(VENV) build demo .coverage htmlcov *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/python:
	@test -n "$(PYTHON)" || { echo "graphcli needs Python 3.11, 3.12 or 3.13 (Debian: apt install python3 python3-venv; macOS: brew install python@3.13)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3,11) <= sys.version_info < (3,14))' 2>/dev/null || { echo "$(PYTHON) is no Python 3.11, 3.12 or 3.13"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) lacks the venv module (Debian: apt install python3-venv)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/python pyproject.toml constraints.txt
	@echo "installing into $(VENV) (once)"
	@$(PIP) install -c constraints.txt -e . || { \
		echo "trying without the embedded engine, which has no wheel for this machine"; \
		grep -v '^arcadedb-embedded\|^jpype1' constraints.txt > $(VENV)/without-engine.txt; \
		$(PIP) install -r $(VENV)/without-engine.txt && $(PIP) install --no-deps -e .; }
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@$(PIP) install -c constraints.txt -e '.[dev]' || $(PIP) install -r $(VENV)/without-engine.txt
	@touch $@
