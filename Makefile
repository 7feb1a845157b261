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
.PHONY: help demo demo-reset test test-science test-quick check bench lock screenshots operating-points clean

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

demo-reset: $(VENV)/clinic.stamp ## forget what was entered into the demo clinic
	@$(BIN)/mooring demo --reset

lock: $(VENV)/bin/uv ## write the requirement files anew
	@$(BIN)/uv pip install --quiet --python $(BIN)/python uv
	@echo uv | $(UV_LOCK) - -o requirements/uv.txt
	@printf 'hatchling\neditables\n' | $(UV_LOCK) - -o requirements/build.txt
	@$(UV_LOCK) pyproject.toml -o requirements/base.txt
	@$(UV_LOCK) pyproject.toml --extra clinic -o requirements/clinic.txt
	@$(UV_LOCK) pyproject.toml --group test -o requirements/science-test.txt
	@$(UV_LOCK) pyproject.toml --extra clinic --group dev -o requirements/dev.txt
