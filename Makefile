# Two commands do everything: `make demo` and `make test`. Both build the environment first.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
DEV_STAMP := $(VENV)/.ready-dev
PIP := PYTHONWARNINGS=ignore $(BIN)/python -m pip --quiet --disable-pip-version-check --require-virtualenv
export PIP_CONSTRAINT := $(CURDIR)/.ci/constraints.txt

.PHONY: help setup demo chat test lint types contracts clean

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

setup: $(STAMP)  ## the environment alone (.venv, pinned)

$(STAMP): pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Cần Python 3.11 trở lên.") if sys.version_info < (3, 11) else None'
	@echo "Đang dựng môi trường .venv (khoảng một phút) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade pip
	@$(PIP) install --editable .
	@touch $@

# On top of it what only the tests need. torch first and by its exact version: any other request would bring gigabytes of GPU libraries.
$(DEV_STAMP): $(STAMP)
	@$(PIP) install torch==2.13.0
	@$(PIP) install --group dev --editable '.[baseline,chat,sentence-transformers]'
	@touch $@

demo: $(STAMP)  ## index the samples, open the sample campaign, serve on 127.0.0.1:8000
	$(BIN)/thidua demo

chat: $(STAMP)  ## the same conversation in the terminal
	@$(BIN)/thidua chat --demo

# One thread for each process of tests: pools of several processes on the same cores wait for each other.
test: lint types contracts  ## lint, types, import contracts and the whole suite
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto

lint: $(DEV_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(DEV_STAMP)
	$(BIN)/mypy

contracts: $(DEV_STAMP)
	$(BIN)/lint-imports

clean:  ## remove the environment and all state
	rm -rf $(VENV) data
