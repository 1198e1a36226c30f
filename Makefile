# Everything one does in a checkout; `make` alone lists it. Needs git, make and Python 3.11+, and gets the rest from
# the package registries. Paths are relative and quoted throughout: make splits its own words at spaces, and the
# checkout may well lie in a folder that has one.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
SHELL := /bin/sh

PYTHON ?=
WORKERS ?= 3
CHAOS ?= full
LOAD ?= full
ARGS ?=

python := .venv/bin/python
running := .venv/.installed-run
project := .venv/.installed-project
testing := .venv/.installed-dev
litellm := .venv/.installed-litellm
guardrails := .venv/.installed-guardrails
pinning := .venv/.installed-pins
auditing := .venv/.installed-audit
packages := web/node_modules/.package-lock.json
page := app/static/index.html
web_sources := $(shell find web \( -name node_modules -o -name 'test-results' \) -prune -o -type f -print 2>/dev/null)

# Those whose first lines say how to run them.
benchmarks := $(shell sed -n 's/^ *python -m benchmarks\.\([a-z_]*\).*/\1/p' benchmarks/*.py 2>/dev/null)

# HOST is taken from make's command line only: shells and conda export a HOST of their own, which is no address.
host := $(if $(filter command line,$(origin HOST)),--host '$(HOST)')
port := $(if $(PORT),--port '$(PORT)')

# In a checkout that was moved or copied the installed command still names the old place.
ifneq ($(CURDIR),$(shell cat $(project) 2>/dev/null))
.PHONY: $(project)
endif

.PHONY: help serve test chaos fuzz load check audit sentences bench pins clean
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

serve: $(project) $(page) ## Start the server: make serve [HOST=…] [PORT=…], settings from the environment
	@exec $(python) tools/attached.py .venv/bin/chatkit-server serve $(host) $(port)

test: $(testing) $(litellm) $(guardrails) $(project) $(page) ## Run every test: make test [WORKERS=3] [ARGS='-k retry']
	@echo '==> tests of the page' && $(python) tools/npm.py test
	@echo '==> tests of the server' && CHROMIUM="$$($(python) tools/chromium.py)" && export CHROMIUM && \
		NGINX="$$($(python) -m tools.nginx)" && export NGINX && \
		LIBFAKETIME="$$($(python) -m tools.faketime)" && export LIBFAKETIME && \
		SLOWHTTPTEST="$$($(python) -m tools.slowhttptest)" && export SLOWHTTPTEST && \
		$(python) -m tools.testing -n '$(WORKERS)' --dist worksteal $(ARGS)

chaos: $(testing) $(project) $(page) ## Kill servers 1,000 times: make chaos [CHAOS=short] [CHAOS_TABLE=markdown] [CHAOS_SEED=…]
	@NGINX="$$($(python) -m tools.nginx)" && export NGINX && \
		LIBFAKETIME="$$($(python) -m tools.faketime)" && export LIBFAKETIME && \
		CHAOS='$(CHAOS)' $(python) -m pytest -q -m chaos tests/chaos tests/faults tests/proxy $(ARGS)

fuzz: $(testing) $(project) $(page) ## Send 100,000 odd requests: make fuzz [FUZZ_CASES=…] [FUZZ_SEED=…]
	@FUZZ_CASES='$(or $(FUZZ_CASES),100000)' FUZZ_SEED='$(FUZZ_SEED)' $(python) -m pytest -q tests/fuzz $(ARGS)

load: $(testing) $(project) $(page) ## Crowds, floods and slow clients: make load [LOAD=short]
	@LOAD='$(LOAD)' $(python) -m pytest -q -m load tests/load $(ARGS)

check: $(testing) $(project) $(packages) ## Run the gate: style, types, layers, sizes, repository rules, web
	@echo '==> style' && $(python) -m ruff check . && $(python) -m ruff format --check .
	@echo '==> types' && $(python) -m mypy
	@echo '==> layers' && $(python) .venv/bin/lint-imports --no-logo
	@echo '==> sizes' && $(python) -m tools.sizes
	@echo '==> duties' && $(python) -m tools.requirements
	@echo '==> repository and migrations' && $(python) -m pytest -q tests/project tests/migrations
	@echo '==> web' && $(python) tools/npm.py run check

audit: $(auditing) $(testing) $(packages) ## Ask databases of vulnerabilities about what is pinned; also licences and age
	@$(python) -m tools.audit

sentences: $(testing) ## Bring the translations in step with what the server says; print what is to be done
	@$(python) -m tools.catalogues

bench: $(testing) $(project) ## Measure ours beside the stock SDK: make bench [ARGS='turns mapper']
	@for name in $(or $(ARGS),$(benchmarks)); do echo "==> $$name" && $(python) -m benchmarks.$$name || exit; done

pins: $(pinning) ## Compile pyproject.toml into requirements/: make pins [ARGS=--check]
	@$(python) tools/pins.py $(ARGS)

clean: ## Remove what make made; your data in .chatkit stays
	@rm -rf .venv app/static web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find app migrations tests tools benchmarks -name __pycache__ -prune -exec rm -rf {} +

# No prerequisites and no stamp: it is made when it is not there, or when the Python it points to is gone.
$(python):
	@found="$$(PYTHON='$(PYTHON)' sh tools/python.sh)" && echo "==> making .venv with $$found" && \
		"$$found" -m venv --clear .venv

$(running): requirements/run.txt requirements/build.txt | $(python)
	@$(python) tools/install.py 'packages the server runs on' requirements/run.txt requirements/build.txt
	@touch $@

$(testing): requirements/dev.txt | $(running)
	@$(python) tools/install.py 'packages for tests and checks' requirements/dev.txt
	@touch $@

$(litellm): requirements/litellm.txt | $(testing)
	@$(python) tools/install.py 'LiteLLM, for the tests of providers' requirements/litellm.txt
	@touch $@

$(guardrails): requirements/guardrails.txt | $(testing)
	@$(python) tools/install.py 'checks of exported workflows, for their tests' requirements/guardrails.txt
	@touch $@

$(pinning): requirements/pins.txt | $(python)
	@$(python) tools/install.py 'the compiler of pins' requirements/pins.txt
	@touch $@

$(auditing): requirements/audit.txt | $(testing)
	@$(python) tools/install.py 'what asks for vulnerabilities' requirements/audit.txt
	@touch $@

$(project): pyproject.toml $(running)
	@echo '==> installing chatkit-server itself, editable'
	@$(python) -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	@printf '%s\n' '$(CURDIR)' > $@

$(packages): web/package.json web/package-lock.json | $(python)
	@echo '==> packages of the page (npm ci)'
	@$(python) tools/npm.py ci --no-audit --no-fund

$(page): $(packages) $(web_sources)
	@echo '==> building the page'
	@$(python) tools/npm.py run build
