# The two commands of the README, and what development needs besides. Everything is installed into
# .venv; `make test` also installs Debian's chromium where it is missing and apt-get is there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARCHIVE ?=
SIZES ?=
KEEP ?=
FAULTS ?=
PORT ?=
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# An index belongs to one archive: each archive served from here has its own.
INDEX_OF = .backfile/index-$$(printf '%s' "$$(cd "$(ARCHIVE)" && pwd -P)" | cksum | cut -d' ' -f1)

.PHONY: serve check test newest docs explore crash cluster-faults lint bench browser clean

serve: $(VENV)/installed
ifeq ($(strip $(ARCHIVE)),)
	@echo "Three files of this sample are broken on purpose, to show how such files are reported."
	@$(BIN)/backfile index
	@echo "From the command line: $(BIN)/backfile search WORDS"
	@BACKFILE_BY_MAKE=1 exec $(BIN)/backfile serve --open $(if $(PORT),--port $(PORT))
else
	@test -d "$(ARCHIVE)" || { echo "make: there is no such archive folder ($(ARCHIVE)). Name it: make serve ARCHIVE=path." >&2; exit 3; }
	@$(BIN)/backfile index "$(ARCHIVE)" --index "$(INDEX_OF)"
	@echo "From the command line: $(BIN)/backfile search WORDS --index $(INDEX_OF)"
	@BACKFILE_BY_MAKE=1 exec $(BIN)/backfile serve --open --index "$(INDEX_OF)" $(if $(PORT),--port $(PORT))
endif

# One fast file a layer. A file's tests stay in one process: what is made for all of them is made once.
CHECKED = tests/test_layers.py tests/test_docs.py tests/archive/test_dialects.py tests/analysis/test_engines.py \
	tests/codec/test_tables.py tests/indexing/test_changes.py tests/query/test_grammar.py \
	tests/evaluation/test_measures.py tests/cli/test_reading.py tests/web/test_params.py
PYTEST = -m pytest --numprocesses auto --dist loadfile

check: $(VENV)/installed-dev lint
	$(BIN)/python $(PYTEST) $(CHECKED)

# All on the Python of $(VENV), at the end, after the checked files and the contract on the newest other one.
test: $(VENV)/installed-dev browser lint newest
	$(BIN)/python $(PYTEST)

NEWEST := .venv-newest
newest:
	@python=$$(.ci/newest-python); \
	if [ -z "$$python" ]; then echo "make: no Python from 3.12 on starts here; the tests run on $(PYTHON) alone."; exit 0; fi; \
	echo "the checked files and the contract on $$("$$python" --version)"; \
	{ [ -f $(NEWEST)/installed ] && [ $(NEWEST)/installed -nt pyproject.toml ] && $(NEWEST)/bin/python -c '' 2>/dev/null; } || { \
		"$$python" -m venv --clear $(NEWEST) && $(NEWEST)/bin/pip install --quiet -e '.[test]' && touch $(NEWEST)/installed; } && \
	$(NEWEST)/bin/python $(PYTEST) -m "not cluster" $(CHECKED) tests/query/contract

docs: $(VENV)/installed-dev
	$(BIN)/python docs/tables.py

explore: $(VENV)/installed-dev browser
	BACKFILE_EXPLORE=1 $(BIN)/python $(PYTEST)

crash: $(VENV)/installed-dev
	BACKFILE_CRASHES=200 BACKFILE_CRASH_COUNT=benchmarks/crash.json $(BIN)/python -m pytest tests/indexing/test_crash.py -s

cluster-faults: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.cluster_faults $(FAULTS)

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks $(if $(ARCHIVE),--archive "$(ARCHIVE)") $(if $(SIZES),--sizes "$(SIZES)") $(if $(KEEP),--keep "$(KEEP)")

browser:
	@command -v chromium >/dev/null || command -v apt-get >/dev/null || { echo "make: the browser tests need Debian's chromium; install it first." >&2; exit 1; }
	@command -v chromium >/dev/null || { \
		as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
		echo "installing chromium for the browser tests"; \
		$$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null; }

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("make: Backfile needs Python 3.11 or newer; name one with PYTHON=.") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml
	@echo "Installing Backfile into $(VENV)/, which takes a minute"
	@$(BIN)/pip install --quiet -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet -e '.[dev]'
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) $(NEWEST) .backfile build *.egg-info
