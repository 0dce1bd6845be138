# Needs nothing but Python 3.11 or later; everything else is installed into .venv by the first target that wants it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo serve test test-neo4j-2026 check bench chaos conformance laws mutants favorites pictures clean

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "graph-cdp needs Python 3.11 or later")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade -c constraints.txt pip
	$(BIN)/python -m pip install --quiet -c constraints.txt --editable '.[api,kafka,sql]' --group dev
	touch $@

demo: $(READY)  ## the main job on a store of its own, which is gone afterwards
	$(BIN)/graph-cdp demo

serve: $(READY)  ## the API on this machine, until Ctrl-C
	$(BIN)/graph-cdp serve

# Each of the processes has servers of its own, and a file of tests is run by one of them, in the order of the listing:
# the small files come last and fill the gaps.
PROCESSES ?= $(if $(GRAPH_CDP_TEST_STORE),1,2)
test: $(READY)  ## everything that can be run here; the header says which servers were found
	$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder

# Neo4j 2026 needs Java 25, which the wheel of the embedded server brings along.
NEO4J_2026 := $(CURDIR)/.cache/neo4j-2026.09.0
test-neo4j-2026: $(READY)  ## what stores and laws promise, on Neo4j 2026.09; needs Maven
	mvn --batch-mode --quiet --file tests/neo4j/pom-2026.xml \
		org.apache.maven.plugins:maven-dependency-plugin:3.8.0:copy-dependencies \
		-DincludeScope=runtime -DexcludeTypes=pom -DoutputDirectory=$(NEO4J_2026)/lib
	PATH="$$(echo $(CURDIR)/$(VENV)/lib/python*/site-packages/arcadedb_embedded/jre/bin):$$PATH" \
		GRAPH_CDP_REQUIRE_NEO4J=1 GRAPH_CDP_NEO4J_HOME=$(NEO4J_2026) \
		$(BIN)/python -m pytest tests/store -k neo4j

check: $(READY)  ## style, types, architecture, Cypher contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/unit/test_cypher_contracts.py

laws: $(READY)  ## the pure laws with many more examples
	HYPOTHESIS_PROFILE=many $(BIN)/python -m pytest tests/laws/test_pure_laws.py

chaos: $(READY)  ## a hundred relinks killed at random moments on each server, and a hundred APIs and servers under load
	GRAPH_CDP_KILLS=100 $(BIN)/python -m pytest -s tests/store/test_killed_relinks.py tests/store/test_killed_writers.py

conformance: $(READY)  ## schemathesis with 2,000 examples of each operation, an hour or more; MORE='--since graph_query --examples 300'
	$(BIN)/python -m tests.api.conformance $(MORE)

mutants: $(READY)  ## faults put into resolve/, which some fast test has to notice; hours, so ONLY='graph_cdp.resolve.greedy*'
	$(BIN)/python -m pip install --quiet -c constraints.txt --group mutants
	HYPOTHESIS_PROFILE=mutants POLARS_MAX_THREADS=1 $(BIN)/mutmut run $(ONLY)
	$(BIN)/mutmut results

bench: $(READY)  ## speed beside named peers in the same run; results in benchmarks/results
	$(BIN)/python -m benchmarks

favorites: $(READY)  ## docs/browser/favorites.zip from cypher/browse
	$(BIN)/python docs/browser/favorites.py

pictures: $(READY)  ## the pictures of docs/browser.md; needs Java, Maven and Chromium
	$(BIN)/python -m tests.browser.pictures

clean:
	rm -rf $(VENV) .cache build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis mutants .import_linter_cache .coverage
