# Everything begins with a bare Python 3.11 or later; what is needed comes from the package index into .venv.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONPATH := $(CURDIR)/src
.DEFAULT_GOAL := help

.PHONY: help setup demo test check reference bench clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## Make .venv with the pinned packages and this project (done by the others when needed)
	@$(PYTHON) tools/bootstrap.py

demo: setup  ## Show the platform at work on sample data (DATA=folder: keep its data there)
	@$(BIN)/tanhui demo $(if $(DATA),--data "$(DATA)")

test: setup  ## Run the tests (DB=server: on this machine's PostgreSQL; ARGS="-k word": only some)
	@TANHUI_TEST_DB=$(DB) $(BIN)/python -m pytest -n 2 $(if $(filter server,$(DB)),--ignore=tests/integration/engine) $(ARGS)

check: setup  ## Look for what can be seen without running: style, types, imports, documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/architecture

reference: setup  ## Write the pages of docs/reference anew from the methodologies
	@$(BIN)/python -m tools.reference

bench:  ## Measure the platform against its peers, one line of JSON each
	@$(PYTHON) tools/bootstrap.py --bench
	@$(BIN)/python -m bench $(ARGS)

clean:  ## Remove .venv and what the tools have left behind; no data
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
