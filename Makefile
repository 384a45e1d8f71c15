# Each goal sets itself up: a virtual environment in .venv with the package and what the goal needs.
# PYTHON names the interpreter to build it from (3.11 or newer).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto

.PHONY: help lab test lint bench bench-seeds bench-search bench-consistency bench-factors sanitize notebooks clean
help:
	@echo "make lab        work through the whole lab on real images; writes lab-report/index.html"
	@echo "make test       run the whole test suite"
	@echo "make lint       check style (ruff) and types (mypy --strict)"
	@echo "make bench      measure EM iterations and fits beside scikit-learn; writes benchmarks/RESULTS.md (8 minutes)"
	@echo "make bench-seeds  likelihoods of whole fits from both starts over seeds; writes benchmarks/SEEDS.md (5 minutes)"
	@echo "make bench-search, bench-consistency  the search beside mclust, and its choices"
	@echo "make bench-factors  factor analysers beside PyTorch, where it is installed; writes benchmarks/FACTORS.md (3 minutes)"
	@echo "make sanitize   run the C++ tests under the address, undefined-behaviour and thread sanitizers"
	@echo "make notebooks  build the student and the solution notebooks"
	@echo "make clean      remove what the goals made"

# The stamps say which set of extras the environment holds; a change of pyproject.toml renews them.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "mixtura: $(PYTHON) is too old: Python 3.11 or newer is needed; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "mixtura: $(PYTHON) cannot make virtual environments; on Debian and its kin: apt install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/.all: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[all]'
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $(VENV)/.all $@

lab: $(VENV)/.all
	$(BIN)/mixtura lab --out lab-report

# Each worker keeps to one thread: the data of the tests are small, and workers that share cores only wait otherwise.
test: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term-missing:skip-covered

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# oneDAL is measured too where it is installed: pip install scikit-learn-intelex daal.
BENCH := $(BIN)/python -m pytest -q --benchmark-disable-gc -p no:cacheprovider
# pytest-benchmark below 5.3.1 breaks on pytest 9.2. Factor analysers are measured beside PyTorch.
$(VENV)/.bench: $(VENV)/.dev Makefile
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pytest-benchmark>=5.3.1'
	@touch $@
bench: $(VENV)/.bench
	$(BENCH) benchmarks/test_iteration.py benchmarks/test_fit.py
bench-seeds: $(VENV)/.bench
	$(BENCH) benchmarks/test_seeds.py
bench-search: $(VENV)/.bench
	$(BENCH) benchmarks/test_search.py
bench-consistency: $(VENV)/.bench
	$(BENCH) benchmarks/test_consistency.py
bench-factors: $(VENV)/.bench
	$(BENCH) benchmarks/test_factor_iteration.py

# Each instruction set that this processor has; the kernels' own tests compare with dense formulas in long double.
SANITIZE_ALL := $(CXX) -std=gnu++17 -O1 -g -fno-math-errno -ffp-contract=fast -fno-sanitize-recover=all -Inative/include
SANITIZE := $(SANITIZE_ALL) -fsanitize=address,undefined
SANITIZE_THREADS := $(SANITIZE_ALL) -fsanitize=thread
DENSE := native/src/variant.cpp native/src/few.cpp native/src/few_in_floats.cpp native/src/many.cpp native/tests/test_kernels.cpp
LOW_RANK := native/src/low_rank.cpp native/tests/test_low_rank.cpp
FAMILIES := native/src/families.cpp native/src/partition.cpp native/tests/test_families.cpp
PLAIN := -DMIXTURA_VARIANT=plain -DMIXTURA_WIDTH=2
AVX2 := -DMIXTURA_VARIANT=avx2 -DMIXTURA_WIDTH=4 -mavx2 -mfma
AVX512 := -DMIXTURA_VARIANT=avx512 -DMIXTURA_WIDTH=8 -mavx512f -mavx512dq -mavx512vl -mavx512bw -mfma
sanitize:
	@mkdir -p build/sanitize
	$(SANITIZE) native/tests/test_team.cpp -o build/sanitize/team && build/sanitize/team
	$(SANITIZE_THREADS) native/tests/test_team.cpp -o build/sanitize/team-threads && build/sanitize/team-threads
	$(SANITIZE) $(FAMILIES) -DMIXTURA_VARIANT=plain -o build/sanitize/families && build/sanitize/families
	$(SANITIZE) $(DENSE) $(PLAIN) -o build/sanitize/plain && build/sanitize/plain
	$(SANITIZE) $(LOW_RANK) $(PLAIN) -o build/sanitize/plain-low-rank && build/sanitize/plain-low-rank
	@if grep -qw avx2 /proc/cpuinfo; then set -ex; \
	  $(SANITIZE) $(DENSE) $(AVX2) -o build/sanitize/avx2; build/sanitize/avx2; \
	  $(SANITIZE) $(LOW_RANK) $(AVX2) -o build/sanitize/avx2-low-rank; build/sanitize/avx2-low-rank; fi
	@if grep -qw avx512bw /proc/cpuinfo; then set -ex; \
	  $(SANITIZE) $(DENSE) $(AVX512) -o build/sanitize/avx512; build/sanitize/avx512; \
	  $(SANITIZE) $(LOW_RANK) $(AVX512) -o build/sanitize/avx512-low-rank; build/sanitize/avx512-low-rank; fi

notebooks: $(VENV)/.all
	$(BIN)/python notebooks/build.py

clean:
	rm -rf $(VENV) lab-report build dist .pytest_cache .mypy_cache .ruff_cache .coverage .coverage.* .hypothesis
