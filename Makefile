# Two commands matter: `make demo` and `make test`. Each sets up its own virtual environment once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .venv-demo

.PHONY: help demo test test-cluster bench bench-install lint types format clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: $(DEMO)/.ready  ## set up kpy and synthesise the three-tier shop
	@$(DEMO)/bin/kpy synth examples/shop.py --set env=prod

test: $(VENV)/.ready  ## set up and run every test
	@$(BIN)/python -m pytest -n auto -q

test-cluster: $(VENV)/.ready  ## run the tests that need a real API server, built first where there is none
	@assets=$$($(PYTHON) tools/envtest/build) && \
		KUBEBUILDER_ASSETS="$$assets" $(BIN)/python -m pytest tests/cluster -m cluster -q

bench: $(VENV)/.ready  ## measure, and write docs/benchmarks.md
	@$(BIN)/python -m benchmarks

bench-install: $(VENV)/.ready  ## install cdk8s and kubeconform, to be measured beside kpy
	@$(BIN)/python -m benchmarks --quick --install

lint: $(VENV)/.ready  ## ruff over the whole tree
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.ready  ## mypy --strict and pyright
	@$(BIN)/mypy && $(BIN)/pyright

format: $(VENV)/.ready  ## let ruff lay out the code
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

$(VENV)/.ready: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev,codegen]'
	@touch $@

$(DEMO)/.ready: pyproject.toml
	@test -x $(DEMO)/bin/python || $(PYTHON) -m venv $(DEMO)
	@$(DEMO)/bin/python -m pip install -q --disable-pip-version-check -e .
	@touch $@

clean:  ## remove what the other targets made
	rm -rf $(VENV) $(DEMO) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
