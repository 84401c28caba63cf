# The verbs of this house. Each of them does its own set-up from a bare clone and is quick the second time.
#   make run    the demo city on http://127.0.0.1:8000 (PORT=…)      make check  lint, types, layers, translations
#   make setup  the same without data                                make fix    mends what can be mended
#   make pbx    a telephone exchange to try with       make unpbx  ends it
#   make bundle one file for machines without network                make audit  known holes and licences
#   make test   the whole suite (ARGS="-k hotline" goes to pytest)   make bench  the figures, as ratios

SHELL := /bin/bash
PY := .venv/bin/python
ARGS ?=
export PORT ?= 8000

VENV := .venv/.ready
BROWSER := static/built/.ready
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

.PHONY: setup run pbx unpbx test drill check fix bench bench-large bundle audit pictures messages lock clean

setup: $(VENV) $(BROWSER) $(CATALOGUES)
	@ops/dev/system.sh papers
	@$(PY) manage.py migrate --verbosity 0

run: setup
	@$(PY) manage.py demo
	@exec $(PY) manage.py serve

# A real Asterisk on this machine, run without root and installed nowhere (ops/dev/pbx.py); prints its settings.
pbx: $(VENV)
	@$(PY) ops/dev/pbx.py start

unpbx: $(VENV)
	@$(PY) ops/dev/pbx.py stop

test: $(VENV) $(BROWSER) $(CATALOGUES)
	@ops/dev/system.sh tests
	@$(PY) ops/dev/test.py $(ARGS)

# Faults in full: a thousand kills and more, for an hour or two.
drill: $(VENV) $(BROWSER) $(CATALOGUES)
	@ops/dev/system.sh tests
	@MINGBAI_DRILL=1 $(PY) ops/dev/test.py tests/drill -n 0 -x --timeout 0 $(ARGS)

# One file that installs and upgrades on a bare Debian without any network: dist/mingbai-….run
bundle: $(VENV) $(BROWSER) $(CATALOGUES)
	@ops/dev/system.sh bundle
	@$(PY) ops/bundle/build.py

# Known holes of the locked packages (asks the network), and under which licence each stands.
audit: $(VENV) $(BROWSER)
	@$(PY) ops/dev/audit.py $(ARGS)

check: $(VENV) $(BROWSER) $(CATALOGUES)
	@ops/dev/check.sh

fix: $(VENV)
	$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format --quiet .
	$(PY) ops/dev/messages.py --update

bench: $(VENV) $(BROWSER) $(CATALOGUES)
	@ops/dev/system.sh bench
	@$(PY) -m tests.bench $(ARGS)

bench-large: $(VENV) $(BROWSER) $(CATALOGUES)
	@ops/dev/system.sh bench
	@$(PY) -m tests.bench --large $(ARGS)

# The README's pictures, of a fresh demo city: docs/pictures/*.png.
pictures: $(VENV) $(BROWSER) $(CATALOGUES)
	@ops/dev/system.sh tests
	@$(PY) ops/dev/pictures.py

# New and vanished texts into locale/: then translate what is empty.
messages: $(VENV)
	@$(PY) ops/dev/messages.py --update

# After a change of a version in pyproject.toml.
lock: $(VENV)
	@ops/dev/lock.sh

clean:
	rm -rf .venv node_modules static/built .mypy_cache .ruff_cache .pytest_cache

$(VENV): requirements-dev.txt ops/dev/venv.sh
	@ops/dev/venv.sh
	@$(PY) -m compileall -q config mingbai tests
	@$(PY) -m mingbai.servicedays.solver.compiled
	@touch $@

$(BROWSER): package-lock.json static/icons.txt ops/dev/build.mjs ops/dev/browser.sh | $(VENV)
	@ops/dev/browser.sh
	@touch $@

%.mo: %.po | $(VENV)
	@$(PY) ops/dev/messages.py --compile
