# make run   from a fresh clone to a simulated hall      make test  from a fresh clone to the whole suite
# Each step leaves a stamp in .venv, so that only what changed is done again.

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?= var/demo
SPEED ?= 10
PAST ?= 60
ARGS ?=

.PHONY: help run test check lint types bench pictures messages format lock clean
.DELETE_ON_ERROR:

help:
	@echo 'make run       a demo: two halls, simulated at $(SPEED) times real speed (HOST, PORT, DATA, SPEED, PAST)'
	@echo 'make test      everything that must hold: check, then the tests (ARGS="-k ticket" for some of them)'
	@echo 'make check     lint and types'
	@echo 'make format    put the code into its format'
	@echo 'make bench     the benchmarks (ARGS="history estimate" for some of them)'
	@echo 'make pictures  docs/pictures, from real pages (ARGS="kiosk phone" for those of some pages)'
	@echo 'make messages  the catalogues, up to date with the texts (ARGS=bo begins Tibetan)'
	@echo 'make lock      pin the dependencies of pyproject.toml anew (needs uv; ARGS=--upgrade for newer ones)'
	@echo 'make clean     remove the environment and the caches; data stays'

run: .venv/ready-to-run
	@exec $(PY) -m queue_server demo --host $(HOST) --port $(PORT) --data $(DATA) --simulate $(SPEED) --past $(PAST)

test: check .venv/ready-to-test
	$(PY) -m pytest -n auto --dist worksteal $(ARGS)

check: lint types

lint: .venv/ready-to-check
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: .venv/ready-to-check
	$(PY) -m mypy

format: .venv/ready-to-check
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

messages: .venv/ready-to-run
	@$(PY) -m scripts.messages $(ARGS)

bench: .venv/ready-to-check
	$(PY) -m benchmarks $(ARGS)

pictures: .venv/ready-to-test
	$(PY) -m scripts.pictures $(ARGS)
	$(PY) -m scripts.slips

# One resolution: what running needs is taken out of what testing needs.
lock:
	UV_CUSTOM_COMPILE_COMMAND='make lock' uv pip compile --quiet --universal --no-annotate $(ARGS) \
		pyproject.toml --group dev -o requirements-dev.lock
	UV_CUSTOM_COMPILE_COMMAND='make lock' uv pip compile --quiet --universal --no-annotate \
		pyproject.toml --constraint requirements-dev.lock -o requirements.lock

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment -----------------------------------------------------------------------------------------------------

.venv/bin/python:
	@sh scripts/create-venv .venv

# --no-deps: the lock is complete, and says more exactly than the packages do what a platform needs.
.venv/ready-to-run: .venv/bin/python requirements.lock pyproject.toml
	@echo 'installing what running needs …'
	@$(PIP) --no-deps -r requirements.lock
	@$(PIP) --no-deps --editable .
	@touch $@

.venv/ready-to-check: .venv/ready-to-run requirements-dev.lock
	@echo 'installing what testing needs …'
	@$(PIP) --no-deps -r requirements-dev.lock
	@touch $@

.venv/ready-to-test: .venv/ready-to-check scripts/install-system-packages
	@sh scripts/install-system-packages
	@touch $@
