# Two commands to know: make demo, make test.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
BIN := .venv/bin
SERVE ?= 1
SEEDS ?= 20
NODES ?= 1
# One more than the cores this is measured on: some test always waits for a server.
WORKERS ?= 3
HOME_FOLDER ?= var/loupe
# Many short processes run here: each would compile everything that it imports anew.
unexport PYTHONDONTWRITEBYTECODE
UV = .cache/uv/bin/uv
COMPILE = $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 --custom-compile-command "make lock"
RUN_EXTRAS = --extra production --extra build --extra features --extra spark --extra training --extra notebooks

.PHONY: help demo stack test quick bench faults style check serve setup lock clean

help:  ## What can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo:  ## Set up, play the whole loop, print the report, serve the console (SERVE=0 ends after the report)
	@deploy/setup.sh run
	@$(BIN)/loupe demo --home $(HOME_FOLDER) $(if $(filter 0,$(SERVE)),--no-serve,--serve)

stack:  ## Set up what the real servers need, and start them (loupe stack status|down|wipe)
	@deploy/setup.sh stack
	@$(BIN)/loupe stack fetch
	@$(BIN)/loupe stack up

test:  ## Set up and run every check and test
	@deploy/setup.sh test
	@$(BIN)/loupe stack fetch
	@$(MAKE) --no-print-directory style
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

quick:  ## Every check and test but those that need servers, while writing code
	@deploy/setup.sh test
	@$(MAKE) --no-print-directory style
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not servers"

style:  ## Format and lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

check: style  ## Format, lint and strict types (make test has the types among its tests)
	@$(BIN)/mypy

bench:  ## Speeds and memory, as medians and percentiles
	@deploy/setup.sh test
	@$(BIN)/loupe stack fetch
	@$(BIN)/python -m tests.benchmarks

faults:  ## Kill servers and workers while people write and read; SEEDS=20 stories on NODES=1 or 3
	@deploy/setup.sh test
	@$(BIN)/loupe stack fetch
	@$(BIN)/python -m tests.faults --seeds $(SEEDS) --nodes $(NODES)

serve:  ## The API and console over an existing home folder
	@deploy/setup.sh run
	@$(BIN)/loupe serve --home $(HOME_FOLDER)

lock:  ## Resolve pyproject.toml into the hashed requirements files
	@[ -x $(UV) ] || { python3 -m venv .cache/uv && .cache/uv/bin/python -m pip install --quiet --require-hashes -r deploy/bootstrap.txt; }
	@$(COMPILE) deploy/bootstrap.in -o deploy/bootstrap.txt
	@$(COMPILE) pyproject.toml $(RUN_EXTRAS) -o requirements.txt
	@$(COMPILE) pyproject.toml $(RUN_EXTRAS) --extra test -c requirements.txt -o requirements-test.txt
	@$(COMPILE) pyproject.toml --extra build -c requirements.txt -o requirements-serve.txt

clean:  ## Remove what demo and tests wrote (keeps the environment)
	@rm -rf var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
