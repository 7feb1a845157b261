# One door for commands; CI uses the same ones. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
UV_LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --python-version 3.11
# Outside CI a stable place for compiled kernels: the first page then comes at once.
export NUMBA_CACHE_DIR ?= $(CURDIR)/var/kernels

.DEFAULT_GOAL := help
.PHONY: help demo demo-calibrated demo-reset test test-science test-postgresql test-quick check bench lock screenshots operating-points clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

# Bare Debian has python3 without ensurepip: as root we add it, otherwise one line is printed.
$(VENV)/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Mooring needs Python 3.11 or newer; this is $$($(PYTHON) --version)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ]; then \
			echo "Installing python3-venv ..."; apt-get update -qq && \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null; \
		else \
			echo "Python's venv is missing. Please run:  sudo apt-get install python3-venv"; exit 1; \
		fi; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt

$(VENV)/clinic.stamp: $(VENV)/bin/uv requirements/clinic.txt pyproject.toml
	@echo "Installing Mooring into $(VENV) ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/build.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/clinic.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/clinic.stamp requirements/dev.txt
	@echo "Installing what the tests need ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(VENV)/clinic.stamp ## serve the demo clinic on localhost (another port: PORT=9000)
	@$(BIN)/mooring demo --port $(PORT)

demo-calibrated: $(VENV)/clinic.stamp ## the same after a made-up survey has calibrated the questions
	@$(BIN)/mooring demo --port $(PORT) --calibrated

demo-reset: $(VENV)/clinic.stamp ## forget what was entered into the demo clinic
	@$(BIN)/mooring demo --reset

# What the tests need from the system. As root it is installed, otherwise one line says what is missing:
# the tests that need it are then skipped, with that reason.
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
.PHONY: browser
browser:
ifeq ($(CHROMIUM),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing a browser for the tests ..."; apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
		echo "No browser: its tests are skipped. To get one:  sudo apt-get install chromium"; \
	fi
endif

# The guides whose every example is run need nothing of the web system: they run with the science.
GUIDES := --ignore tests/docs/test_tutorial.py --ignore tests/docs/test_commands.py

# The science is a library of its own: its tests also pass where nothing of the web system is installed.
.venv-science/stamp: $(VENV)/bin/uv requirements/science-test.txt
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-science
	@$(BIN)/uv pip install --quiet --python .venv-science/bin/python --require-hashes -r requirements/science-test.txt
	@touch $@

test-science: .venv-science/stamp ## the science and the catalogue, without Django
	@PYTHONPATH=src .venv-science/bin/python -m pytest -q -p no:cacheprovider tests/science tests/catalogue \
		tests/docs/test_tutorial.py tests/docs/test_commands.py -n 2

test-postgresql: $(VENV)/dev.stamp ## everything that touches a database, on a real PostgreSQL
	@MOORING_TEST_DATABASE=postgresql $(BIN)/python -m pytest -q -p no:cacheprovider -n 2 --dist loadgroup tests -m "not browser and not own_clinic" \
		--ignore tests/science --ignore tests/catalogue --ignore tests/charts --ignore tests/research --ignore tests/docs

# Three runs, each test in one of them; those with a database in two.
test: $(VENV)/dev.stamp browser test-science test-postgresql ## all tests, on SQLite and PostgreSQL, browser included
	@$(BIN)/python -m pytest -n 3 --dist loadgroup tests --ignore tests/science --ignore tests/catalogue $(GUIDES)

test-quick: $(VENV)/dev.stamp ## what can be tried in a minute
	@$(BIN)/python -m pytest -q -n 2 tests -m "not browser and not slow"

CHECK := src tests benchmarks docs manage.py
check: $(VENV)/dev.stamp ## lint, types, import rules, migrations, catalogue, docs
	@$(BIN)/ruff check $(CHECK)
	@$(BIN)/ruff format --check $(CHECK)
	@MOORING_DATA=var/check $(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@MOORING_DATA=var/check $(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python -m mooring.catalogue.lock
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/docs $(GUIDES)
	@echo "All checks pass."

bench: $(VENV)/dev.stamp ## measure, each beside a peer in one run
	@for bench in benchmarks/bench_*.py; do $(BIN)/python $$bench || exit 1; done

operating-points: $(VENV)/dev.stamp ## false flags and delays of every signal, into docs/operating-points.md
	@$(BIN)/python benchmarks/operating_points.py --write

screenshots: $(VENV)/dev.stamp browser ## take the pictures of docs anew
	@$(BIN)/python -m docs.screenshots

clean: ## remove environments, caches and the demonstration
	@rm -rf $(VENV) .venv-science var .mypy_cache .ruff_cache .pytest_cache .hypothesis

lock: $(VENV)/bin/uv ## write the requirement files anew
	@$(BIN)/uv pip install --quiet --python $(BIN)/python uv
	@echo uv | $(UV_LOCK) - -o requirements/uv.txt
	@printf 'hatchling\neditables\n' | $(UV_LOCK) - -o requirements/build.txt
	@$(UV_LOCK) pyproject.toml -o requirements/base.txt
	@$(UV_LOCK) pyproject.toml --extra clinic -o requirements/clinic.txt
	@$(UV_LOCK) pyproject.toml --group test -o requirements/science-test.txt
	@$(UV_LOCK) pyproject.toml --extra clinic --group dev -o requirements/dev.txt
