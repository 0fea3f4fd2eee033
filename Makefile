# Two commands matter: `make run` (the dashboard, with the sample when the store is empty) and `make test`.

PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin

.PHONY: setup setup-dev run test lint bench lock

setup: .venv/.runtime

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "panorama needs Python 3.11 or newer; say which with: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv .venv 2>/dev/null || sh scripts/venv.sh $(PYTHON)

.venv/.runtime: .venv/bin/python requirements.txt
	@echo "Installing the locked requirements into .venv …"
	@sh scripts/install.sh requirements.txt
	@touch $@

setup-dev: .venv/.dev

.venv/.dev: .venv/.runtime requirements-dev.txt
	@sh scripts/install.sh requirements-dev.txt
	@touch $@

run: setup
	@$(BIN)/python -m panorama serve --port $(PORT) --sample

lint: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: setup-dev lint
	@sh scripts/browser.sh
	@sh scripts/postgres.sh
	@sh scripts/test.sh

bench: setup-dev
	@$(BIN)/python -m benchmarks

lock: setup-dev
	@echo uv | $(BIN)/uv pip compile --quiet - --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o scripts/uv.txt
	@$(BIN)/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -o requirements.txt
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header -c requirements.txt -o requirements-dev.txt
