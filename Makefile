# make demo, make test: each does all the set-up in .venv on a machine with Python, pip and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORE := $(VENV)/.core
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: help setup demo test test-all lint types layers unit bench lock clean

help:  ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 12

setup: $(READY)  ## install everything into .venv

$(CORE): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Escalade needs Python 3.11 or newer: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q $(VENV)/lib >/dev/null 2>&1 || true
	@touch $@

$(READY): $(CORE) requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	$(BIN)/python -m compileall -q $(VENV)/lib >/dev/null 2>&1 || true
	@touch $@

demo: $(CORE)  ## simulated models on bundled questions: no key, no network
	$(BIN)/escalade demo

test: lint types layers unit  ## lint, types, layers and the quick tests

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

layers: $(READY)
	$(BIN)/lint-imports

unit: $(READY)
	$(BIN)/pytest -n auto -m "not slow"

test-all: test  ## the long tests too: kills, simulations, servers
	$(BIN)/pytest -n auto -m slow

bench: $(READY)  ## what docs/performance.md reports
	$(BIN)/python benchmarks/run.py

lock: $(READY)  ## renew the locks: versions and hashes, no addresses
	$(PIP) uv
	$(BIN)/uv pip compile $(COMPILE) --extra dev --output-file requirements-dev.lock pyproject.toml requirements.in
	$(BIN)/uv pip compile $(COMPILE) --constraint requirements-dev.lock --output-file requirements.lock pyproject.toml requirements.in
	$(BIN)/uv pip compile $(COMPILE) --constraint requirements-dev.lock --output-file deploy/requirements.lock deploy/requirements.in

clean:  ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build
