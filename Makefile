# Development tasks. `make` without a target lists them.

PYTHON ?= python3
PORT ?= 8888
BIN := .venv/bin
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
export PATH := $(CURDIR)/$(BIN):$(PATH)

# `make start` writes its data here and, apart from the build, nowhere else.
HOME_DIR := $(CURDIR)/.arena
JUPYTER_DIRS := JUPYTER_DATA_DIR=$(HOME_DIR)/data JUPYTER_CONFIG_DIR=$(HOME_DIR)/config \
  JUPYTER_RUNTIME_DIR=$(HOME_DIR)/runtime IPYTHONDIR=$(HOME_DIR)/ipython \
  JUPYTERLAB_SETTINGS_DIR=$(HOME_DIR)/settings JUPYTERLAB_WORKSPACES_DIR=$(HOME_DIR)/workspaces
SERVER_FLAGS := --ServerApp.ip=127.0.0.1 --ServerApp.port=$(PORT) --ServerApp.open_browser=False \
  --ServerApp.allow_unauthenticated_access=False \
  $(if $(filter 0,$(shell id -u)),--ServerApp.allow_root=True)
# No news, no update check, no extension catalogue: JupyterLab sends no request to other hosts.
LAB_FLAGS := --LabApp.news_url=None --LabApp.extension_manager=readonly \
  --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate \
  --ServerApp.root_dir=$(HOME_DIR)/notebooks

SOURCES := package.json tsconfig.json tsconfig.build.json \
  $(shell find src style schema -type f -not -name '*.test.ts' -not -name '*.test.tsx')
# Each build product is represented by the file that its build writes last.
MODULES := node_modules/.package-lock.json
LABEXTENSION := arena_ext/labextension/package.json
GUEST := arena_ext/static/page.html
RUNTIME := arena_ext/labextension/runtime/version.json
LINKED := .venv/share/jupyter/labextensions/jupyter-arena

.PHONY: help start stand-alone build test lint contract format benchmark soak long-use retype fuzz costly container versions wheel clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

start: build ## JupyterLab with Arena in its launcher; prints its address
	@mkdir -p $(HOME_DIR)/notebooks
	@$(JUPYTER_DIRS) exec $(BIN)/jupyter lab $(SERVER_FLAGS) $(LAB_FLAGS)

stand-alone: build ## Arena alone, without JupyterLab; prints its address
	@mkdir -p $(HOME_DIR)
	@$(JUPYTER_DIRS) exec $(BIN)/jupyter arena $(SERVER_FLAGS)

build: $(LABEXTENSION) $(GUEST) $(RUNTIME) ## everything that a browser loads, if its sources changed
# A link instead of a copy: JupyterLab always loads the newest build.
	@if [ ! -L $(LINKED) ]; then rm -rf $(LINKED); mkdir -p $(dir $(LINKED)); \
	  ln -s $(CURDIR)/arena_ext/labextension $(LINKED); fi

test: .venv/.test build ## all checks and all tests; the last line counts them
	@$(BIN)/python -m tests.support.browsers
	@$(BIN)/python scripts/check.py

lint: .venv/.test $(MODULES) ## the checks without the tests
	@$(BIN)/python scripts/check.py --static

contract: .venv/.test $(MODULES) ## write the files that repeat the contract, after a change of it
	@$(BIN)/python -m scripts.generate_contract

format: .venv/.test $(MODULES) ## put code into the form that `make lint` wants
	$(BIN)/npm run --silent format
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

benchmark: .venv/.test build ## measure speed, and print a table; ARGS=load for servers under load
	@$(BIN)/python -m tests.support.browsers
	@$(BIN)/python -m benchmarks $(ARGS)

soak: .venv/.test build ## kill the server 200 times while three people type; nothing may be lost
	@$(BIN)/python -m tests.load.soak $(ARGS)

long-use: .venv/.test build ## do the work of two hours in two pages, as fast as they can; they must not grow
	@$(BIN)/python -m tests.support.browsers
	@$(BIN)/python -m tests.load.long_use $(ARGS)

retype: .venv/.test $(MODULES) ## type what people really typed through our clients; it must replay to its end
	@$(BIN)/python -m tests.load.retyped

fuzz: .venv/.test $(MODULES) ## a million hostile messages; none may do harm
	@$(BIN)/python -m tests.load.fuzz $(ARGS)

costly: .venv/.test build ## look for values that hold up a reader's page; ARGS="--minutes 10 --seed 7"
	@$(BIN)/python -m tests.support.browsers
	@$(BIN)/python -m tests.load.costly $(ARGS)

container: .venv/.test build ## build deploy/Dockerfile with buildah, run it, kill it, and run it again
	@ARENA_CONTAINER=1 $(BIN)/python -m pytest tests/test_container.py -s -q $(ARGS)

versions: .venv/.test build ## try the lowest and the highest versions of what Arena depends on
	@$(BIN)/python -m scripts.try_versions $(ARGS)

wheel: .venv/.test ## build dist/*.tar.gz and dist/*.whl
	$(BIN)/python -m build --outdir dist .

clean: ## remove all that was built or installed; recordings in .arena stay
	rm -rf .venv node_modules lib dist test-results arena_ext/labextension arena_ext/static

# --- build products --------------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Arena needs Python 3.11 or newer. Name one: make PYTHON=python3.12 start'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -qq -y python3-venv; } || \
	  { echo 'Python cannot make environments here. Install: apt-get install python3-venv'; exit 1; }
	$(PYTHON) -m venv .venv

# The link that `build` makes is removed first: pip would delete the files behind it.
.venv/.installed: pyproject.toml | $(BIN)/python
	@if [ -L $(LINKED) ]; then rm $(LINKED); fi
	SKIP_JUPYTER_BUILDER=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[lab,build]'
	@touch $@

.venv/.test: .venv/.installed
	@if [ -L $(LINKED) ]; then rm $(LINKED); fi
	SKIP_JUPYTER_BUILDER=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[lab,build,test,lint]'
	@touch $@

$(MODULES): package.json package-lock.json .npmrc | .venv/.installed
	$(BIN)/npm ci --no-progress --loglevel=error
	@touch $@

$(LABEXTENSION): $(SOURCES) $(MODULES)
	$(BIN)/npm run --silent build:lib
	$(BIN)/npm run --silent build:labextension
	@touch $@

$(GUEST): $(SOURCES) scripts/build-guest.mjs scripts/preact-client.mjs scripts/build-replay.mjs scripts/licences.mjs $(MODULES)
	$(BIN)/npm run --silent build:guest
	@touch $@

# The labextension build empties its directory, so the runtime in there is built after it.
$(RUNTIME): $(shell find src/run src/playback src/markup src/protocol src/session src/client -type f) scripts/build-runtime.mjs scripts/licences.mjs $(LABEXTENSION)
	$(BIN)/npm run --silent build:runtime
	@touch $@
