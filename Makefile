# Each command makes the environment first if it must.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint coverage faults audit bench crawl pins audit-deps sbom backup restore pictures install dev-install
.SILENT:

run: install
	exec $(BIN)/python -m connect.local

install:
	$(PYTHON) install.py

dev-install:
	$(PYTHON) install.py --dev

test: dev-install
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: dev-install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python -m docs.check_licences
	$(BIN)/python -m connect.local check

# Which lines and branches no test runs; takes half as long again as the tests.
coverage: dev-install
	rm -rf var/coverage && mkdir -p var/coverage
	$(BIN)/coverage run -m pytest -n auto --dist worksteal $(ARGS); passed=$$?; $(BIN)/coverage combine -q && \
	$(BIN)/coverage html -q -d var/coverage/html && $(BIN)/coverage report && exit $$passed

faults: dev-install
	$(BIN)/python -m pytest -m faults $(ARGS)

# Every page in every language, width and scheme; of these `make test` takes a part.
audit: dev-install
	$(BIN)/python -m pytest -m audit $(ARGS)

bench: dev-install
	$(BIN)/python -m bench $(ARGS)

# Needs nginx and openssl of the system; the scanner has an environment of its own.
crawl: dev-install
	test -x .venv-crawl/bin/wapiti || $(PYTHON) -m venv .venv-crawl
	.venv-crawl/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-crawl.txt
	$(BIN)/python -m tests.crawl .venv-crawl $(ARGS)

pictures: dev-install
	$(BIN)/python -m docs.make_pictures

# `make backup ARGS="/srv/backups --keep 14"`, `make restore ARGS=/srv/backups/connect-….tar`: docs/operate.md.
backup: install
	$(BIN)/python manage.py backup $(ARGS)

restore: install
	$(BIN)/python manage.py restore $(ARGS)

# Writes the pins again, the newest of all, with hashes and without addresses. `make pins UPGRADE=` keeps
# the pins that still fit.
UPGRADE ?= -U
PIN = $(BIN)/pip-compile -q $(UPGRADE) --strip-extras --allow-unsafe --generate-hashes --no-emit-options \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header
pins: dev-install
	$(PIN) -o requirements.txt requirements.in
	$(PIN) -o requirements-local.txt requirements-local.in
	$(PIN) -o requirements-dev.txt requirements-dev.in
	$(PIN) -o requirements-crawl.txt requirements-crawl.in
	$(PIN) -o requirements-audit.txt requirements-audit.in

.venv-audit/installed: requirements-audit.txt
	test -x .venv-audit/bin/python || $(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-audit.txt
	touch $@

# Known weaknesses of what is pinned; asks a public service about each package.
audit-deps: .venv-audit/installed
	.venv-audit/bin/pip-audit --disable-pip --require-hashes -r requirements.txt

# What production consists of, as CycloneDX: var/sbom.json.
sbom: .venv-audit/installed
	mkdir -p var
	.venv-audit/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
	  --of JSON -o var/sbom.json requirements.txt
