PEERS := tools/bench/node_modules/.installed
ORIGINAL := tools/bench/.venv/.installed

.PHONY: bench

bench: $(INSTALLED) $(PEERS) $(ORIGINAL) ## Compare start, requests and memory with other implementations, into tools/bench/RESULTS.md (ROUNDS=5 for a short run)
	@exec $(NODE) tools/bench/main.ts

# aws-lambda-ric is compiled for the first Node.js on PATH.
$(PEERS): tools/bench/package-lock.json | $(INSTALLED)
	@echo 'Installing the packages of the bench (once) …'
	@export $(BIN); cd tools/bench && npm ci --no-audit --no-fund || { echo 'aws-lambda-ric needs a C++ compiler, make and cmake: install them.'; exit 1; }
	@touch $@

# The original is skipped without Python.
$(ORIGINAL): tools/bench/requirements.txt
	@cd tools/bench && python3 -m venv .venv && .venv/bin/python -m pip install --quiet --requirement=requirements.txt && touch .venv/.installed \
	  || echo 'The original is skipped: its packages could not be installed for python3.'
