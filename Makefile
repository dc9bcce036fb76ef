# Each command makes the environment first if it must.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint coverage faults audit bench crawl pins backup restore pictures install dev-install
.SILENT:

run: install
	exec $(BIN)/python -m connect.local

install:
	$(PYTHON) install.py

dev-install:
	$(PYTHON) install.py --dev

test: dev-install
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

lint: dev-install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python -m connect.local check

# Which lines and branches no test runs; takes half as long again as the tests.
coverage: dev-install
	rm -rf var/coverage && mkdir -p var/coverage
	$(BIN)/coverage run -m pytest -n auto --dist loadgroup $(ARGS); passed=$$?; $(BIN)/coverage combine -q && \
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

# Writes the pins again, with hashes and without addresses.
pins: dev-install
	$(BIN)/pip-compile -q -U --strip-extras --allow-unsafe --generate-hashes --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header -o requirements.txt requirements.in
	$(BIN)/pip-compile -q -U --strip-extras --allow-unsafe --generate-hashes --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header -o requirements-dev.txt requirements-dev.in
	$(BIN)/pip-compile -q -U --strip-extras --allow-unsafe --generate-hashes --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header -o requirements-crawl.txt requirements-crawl.in
