# Two commands matter: `make run` (the dashboard, with the sample when the store is empty) and `make test`.

PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin

.PHONY: setup setup-dev run test style lint bench lock

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

style: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

lint: style
	@$(BIN)/mypy

# mypy works in one process for a third of a minute where it knows nothing yet: beside the tests, and says at the end what it found.
test: style
	@sh scripts/browser.sh
	@sh scripts/postgres.sh
	@told=$$(mktemp); trap 'rm -f "$$told"' EXIT; $(BIN)/mypy >"$$told" 2>&1 & types=$$!; \
	  sh scripts/test.sh; tests=$$?; wait $$types; types=$$?; cat "$$told"; [ $$tests = 0 ] && [ $$types = 0 ]

bench: setup-dev
	@$(BIN)/python -m benchmarks

lock: setup-dev
	@echo uv | $(BIN)/uv pip compile --quiet - --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o scripts/uv.txt
	@$(BIN)/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -o requirements.txt
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header -c requirements.txt -o requirements-dev.txt
