# serve · book · test · lint · bench: each sets up what it needs in .venv; nothing is installed outside this folder
# except, for `make test` as root on Debian or Ubuntu, the package chromium.

PYTHON ?= python3
PORT ?= 8000
BIN = .venv/bin
SITE = _build/html
SOURCES = $(shell find book data widgets -type f -not -path '*/__pycache__/*' -not -path '*/.ipynb_checkpoints/*') \
	_config.yml _toc.yml requirements.txt

.PHONY: help serve book notebooks test lint bench clean

help:
	@echo "make serve   build the book and show it at http://localhost:$(PORT)"
	@echo "make book    write the site to $(SITE)"
	@echo "make test    everything that must hold: code, notebooks, pages in a real browser"
	@echo "make lint    style of the code"
	@echo "make bench   sizes and times beside a rival's"
	@echo "make notebooks   run the notebooks anew and store their outputs"

serve: book
	@$(BIN)/python -m widgets.publish.serve $(SITE) $(PORT)

book: $(SITE)/.built

$(SITE)/.built: $(SOURCES) .venv/.run node_modules/.done
	@echo "== Building the book (the first time about a minute: every notebook is run)"
	@$(BIN)/jupyter-book build . --path-output . -W -n --keep-going
	@touch $@
	@echo "== The site is in $(SITE)"

# The small plotly.js where npm is there; else the publisher takes the larger one from the Python package.
node_modules/.done: package.json package-lock.json
	@mkdir -p node_modules
	@if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund || echo "npm failed: the full plotly.js is used (1 MB more)"; \
	else echo "npm is not here: the full plotly.js is used (1 MB more)"; fi
	@mkdir -p node_modules && touch $@

.venv/.run: requirements.txt pyproject.toml
	@command -v git >/dev/null || { echo "git is missing. Debian/Ubuntu: apt install git. macOS: xcode-select --install"; exit 1; }
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing. Install Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: 3.11 or newer is needed. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv is missing. Debian/Ubuntu: apt install python3-venv"; exit 1; }
	@echo "== Making .venv and installing the book's packages (the first time one to three minutes)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.test: requirements-test.txt .venv/.run
	@echo "== Installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@

lint: .venv/.test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

test: lint book
	@CHROMIUM="$$(sh tests/find_chromium.sh $(BIN))" && export CHROMIUM && echo "== Chromium: $$CHROMIUM" && \
	$(BIN)/python -m pytest -q tests && \
	$(BIN)/python -m pytest -q -p tests.figures_in_notebooks --nbval --nbval-current-env book

bench: .venv/.test book
	@CHROMIUM="$$(sh tests/find_chromium.sh $(BIN))" && export CHROMIUM && $(BIN)/python -m tests.bench && $(BIN)/python -m tests.bench_agreement

notebooks: .venv/.run
	@$(BIN)/python -m widgets.publish.notebooks book

clean:
	rm -rf _build .venv node_modules
