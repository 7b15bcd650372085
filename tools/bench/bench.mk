.PHONY: bench

bench: $(INSTALLED) ## Measure start, requests and memory beside others, into tools/bench/RESULTS.md (ROUNDS=5 for a short run)
	@exec $(NODE) tools/bench/main.ts
