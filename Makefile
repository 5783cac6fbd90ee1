# Everything a contributor types. Each target brings .venv up to date first; that is instant when nothing changed.
PYTHON ?= python3
# Tests wait for each other side of a wire more than they compute: four keep two cores busy. Those of `check` have no wire, and
# each process reads all of them first: there is one for each core.
JOBS ?= 4
ARGS ?=
BIN := .venv/bin
# Without bytecode, as in many a container, each process of the tests would compile Hypothesis for itself.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo check test test-slow quality lint format bench pictures man lock clean run-deps dev-deps

help: ## say what there is
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

demo: run-deps ## try the program on a simulated cluster; ARGS="--seed 7" passes options on
	@$(BIN)/proximity-tui demo $(ARGS)

check: lint ## lint, and the tests that need no socket, no process and no database server; a minute
	@$(BIN)/python -m pytest -q -n auto --maxprocesses $(JOBS) --dist worksteal -m "not connected" $(ARGS)

test: dev-deps ## run all tests in JOBS processes; ARGS="-k janitor" passes options on
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal $(ARGS)

test-slow: dev-deps ## run all tests on threads that wait by chance: what fails depends on the speed of the machine
	@PROXIMITY_TUI_TEST_SLOW_THREADS=1 $(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal $(ARGS)

quality: dev-deps ## print the branch coverage of core/, and which changes of doctrine and engine no test notices
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -q -n $(JOBS) --dist worksteal $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report
	@$(BIN)/python -m tools.mutation --jobs $(JOBS)

lint: dev-deps ## check style, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

format: dev-deps ## rewrite the code in the house style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: dev-deps ## measure what the documentation promises
	@$(BIN)/python -m bench $(ARGS)

pictures: dev-deps ## draw the screens for the documentation again
	@$(BIN)/python tools/pictures.py $(ARGS)

man: run-deps ## write the manual page to build/proximity-tui.1
	@mkdir -p build && $(BIN)/proximity-tui completion man > build/proximity-tui.1

lock: ## resolve the dependencies again and rewrite both lock files
	PYTHON=$(PYTHON) tools/lock.sh

clean: ## remove .venv and every cache
	rm -rf .coverage* .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find proximity_tui tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +

run-deps:
	@$(PYTHON) tools/bootstrap.py run

dev-deps:
	@$(PYTHON) tools/bootstrap.py dev
