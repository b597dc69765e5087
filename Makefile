# Two commands matter: `make demo` and `make test`. Each sets up its own virtual environment once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .venv-demo
# The releases of kubectl that the tests run with: all with the last one, the most important with each.
KUBECTLS ?= 1.32 1.37

.PHONY: help demo test fuzz check lint types format generate drift coverage coverage-floor pythons lowest test-cluster \
	test-browser docs dist test-wheel bench bench-install clean

help:  ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: $(DEMO)/.ready  ## set up kpy and synthesise the three-tier shop
	@echo "The YAML of a shop, web server, API and database: kpy synth examples/shop.py --set env=prod" >&2
	@$(DEMO)/bin/kpy synth examples/shop.py --set env=prod
	@printf '%s\n' "" \
		"That was checked before it was written, in this clone's own environment. Try next:" "" \
		"    . $(DEMO)/bin/activate" \
		"    kpy synth examples/shop.py --set replicas=-1          # a mistake, and what kpy says of it" \
		"    kpy graph examples/shop.py --format html > shop.html  # a page with what leads to what" \
		"    kpy explain deployment.spec.strategy                  # any field, offline" \
		"    kpy init ../hello                                     # a project of your own" >&2

test: $(VENV)/.ready  ## set up and run every test
	@$(BIN)/python -m pytest -n auto -q $(TEST_OPTIONS)

check: lint types drift coverage pythons lowest  ## everything that has to hold: all tests and all of the below

fuzz: $(VENV)/.ready  ## search for what breaks the laws, SECONDS=60 long or with EXAMPLES of each, from SEED on; keep it as a case
	@$(BIN)/python -m tests.fuzz $(if $(EXAMPLES),--examples $(EXAMPLES),--seconds $(or $(SECONDS),60)) $(if $(SEED),--seed $(SEED))

coverage: $(VENV)/.ready  ## run every test, as `make test`, and see that no less is covered than before
	@$(MAKE) --no-print-directory test TEST_OPTIONS="--cov --cov-report=json:coverage.json --cov-report="
	@$(BIN)/python -m tools.ratchet coverage.json

coverage-floor: $(VENV)/.ready  ## raise the floor of `make coverage` to what its last run reached
	@$(BIN)/python -m tools.ratchet coverage.json --raise

pythons: $(VENV)/.ready  ## run the tests but the slow ones on every other Python found, from 3.11 on
	@$(BIN)/python -m tools.pythons

lowest: $(VENV)/.ready  ## the same with the lowest versions that pyproject.toml allows
	@$(BIN)/python -m tools.pythons --lowest

test-cluster: $(VENV)/.ready  ## run the tests that need a real API server, KUBERNETES=1.34 and KUBECTLS="1.32 1.37" if given
	@assets=$$($(PYTHON) tools/envtest/build $(KUBERNETES)) || exit 1; \
		for release in $(KUBECTLS); do $(PYTHON) tools/programs.py kubectl $$release >/dev/null; done; \
		KUBEBUILDER_ASSETS="$$assets" KUBECTLS="$(KUBECTLS)" $(BIN)/python -m pytest tests/cluster -m cluster -q

test-browser: $(VENV)/.ready  ## run the tests that need a real browser: Chromium, and npm for Mermaid
	@$(BIN)/python -m pytest tests -m browser -q

docs: .venv-docs/.ready  ## build the documentation as a site, in build/site
	@.venv-docs/bin/zensical build --strict

dist:  ## build what is uploaded, in dist, and look at it; the list of its parts is in build/release
	@$(PYTHON) -m tools.package

test-wheel:  ## run the tests with the wheel in dist, and without the sources
	@$(PYTHON) -m tools.package --test

bench: $(VENV)/.ready  ## measure, and write docs/benchmarks.md
	@KUBEBUILDER_ASSETS="$$($(PYTHON) tools/envtest/build)" $(BIN)/python -m benchmarks

bench-install: $(VENV)/.ready  ## install what is measured beside kpy
	@$(BIN)/python -m benchmarks --quick --install

lint: $(VENV)/.ready  ## ruff over the whole tree, and the changelog fragments
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/python -m tools.changelog --check

types: $(VENV)/.ready  ## mypy --strict and pyright
	@$(BIN)/mypy && $(BIN)/pyright

format: $(VENV)/.ready  ## let ruff lay out the code
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

generate: $(VENV)/.ready  ## write all generated code and pages anew
	@$(BIN)/python -m tools.codegen

drift: $(VENV)/.ready  ## see that generated code and pages are as they would be written
	@$(BIN)/python -m tools.codegen --check

$(VENV)/.ready: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev,codegen]'
	@touch $@

.venv-docs/.ready: pyproject.toml
	@test -x .venv-docs/bin/python || $(PYTHON) -m venv .venv-docs
	@.venv-docs/bin/python -m pip install -q --disable-pip-version-check "$$($(PYTHON) -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["docs"][0])')"
	@touch $@

$(DEMO)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kpy needs Python 3.11 or newer, and this is " \
		+ sys.version.split()[0] + ": make demo PYTHON=python3.13")'
	@echo "Setting up kpy in $(DEMO), once ..." >&2
	@test -x $(DEMO)/bin/python || $(PYTHON) -m venv $(DEMO)
	@$(DEMO)/bin/python -m pip install -q --disable-pip-version-check -e .
	@touch $@

clean:  ## remove what the other targets made
	rm -rf $(VENV) $(VENV)-* build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage coverage.json
