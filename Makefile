# Order Hub. `make demo` shows it, `make test` tests it, `make run` starts your own. Python 3.11 and pip only.
PY ?= python3
V := .venv
B := $(V)/bin/python
PORT ?= 8000
SHARD ?= all
# Nothing here needs a package index of its own: pip (or uv, when it is on PATH) as this machine has it set up.
PIP = if command -v uv >/dev/null 2>&1; then uv pip install -q --python $(B) $(1); \
  elif $(B) -m pip --version >/dev/null 2>&1; then $(B) -m pip install -q --disable-pip-version-check $(1); \
  else $(PY) -m pip --python $(B) install -q --disable-pip-version-check $(1); fi

.PHONY: demo run test check test-long bench demo-tryton messages pictures clean

$(B):
	@$(PY) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	@$(PY) -m venv $(V) 2>/dev/null || { rm -rf $(V); $(PY) -m venv --without-pip $(V); }

$(V)/.run: $(B) pyproject.toml constraints.txt
	@echo "Installing …"; $(call PIP,-e . -c constraints.txt)
	@touch $@

$(V)/.test: $(V)/.run
	@echo "Installing what tests need …"; $(call PIP,-e '.[test]' -c constraints.txt)
	@touch $@

$(V)/.bench: $(V)/.test
	@echo "Installing what benchmarks need …"; $(call PIP,-e '.[test$(comma)bench]' -c constraints.txt)
	@touch $@
comma := ,

demo: $(V)/.run  ## a sample factory on its own database; RESET=1 starts anew
	@$(B) -m config.launch demo --port $(PORT) $(if $(RESET),--reset)

run: $(V)/.run  ## an empty hub for your own data
	@$(B) -m config.launch run --port $(PORT) $(if $(RESET),--reset)

demo-tryton: $(V)/.run  ## two real Tryton systems beside the hub
	@$(B) -m config.launch tryton --port $(PORT)

check: $(V)/.test  ## lint, contracts, pure tests: 90 s at most
	@$(V)/bin/ruff check .
	@$(V)/bin/lint-imports --no-cache >/tmp/lint-imports.$$$$ 2>&1 || { cat /tmp/lint-imports.$$$$; exit 1; }; rm -f /tmp/lint-imports.$$$$
	@$(V)/bin/pytest -m "pure and not long" -n 2 -p no:cacheprovider

test: $(V)/.test  ## SQLite, a real PostgreSQL, and a browser when a Chromium is there
	@$(B) -m tests.gate

$(V)/.long: $(V)/.test
	@echo "Installing what long tests need …"; $(call PIP,-e '.[test$(comma)spark]' -c constraints.txt)
	@touch $@

test-long: $(V)/.long  ## the long tests; SHARD=name runs one
	@$(B) -m tests.gate --long $(SHARD)

bench: $(V)/.bench  ## seconds, beside named peers in the same run
	@$(B) -m benchmarks $(BENCH)

messages: $(V)/.test  ## read the texts out of the code again
	@$(B) manage.py hub_messages

pictures: $(V)/.test  ## take the README's pictures again
	@$(B) -m tests.pictures

clean:
	rm -rf $(V) var
