# The way in. Everything here installs what it needs by itself (scripts/setup).

BUILD ?= build/release
TEST_BUILD ?= build/test

.PHONY: help setup tools oracles bench-tools build demo serve test unit blackbox check race lint fuzz bench interop chaos simulation clean

help:
	@echo 'make demo     see both tutorials run, from an empty folder to typed Parquet'
	@echo 'make serve    start Foz on http://127.0.0.1:8080 with its data in ./foz-data'
	@echo 'make test     build and run every test that CI runs'
	@echo 'make bench    measure, as ratios against peers in the same run'
	@echo 'make chaos    faults on purpose at full size: kills, storms, lying vendors, storage in trouble'
	@echo 'make simulation  worlds on simulated time, network, disk and chance, from seeds'
	@echo 'make interop  foreign clients against Foz and its simulators'
	@echo 'make check    unit tests under address and undefined-behaviour sanitizers; make race: threads; make fuzz; make lint'

setup:
	@scripts/setup

$(BUILD)/build.ninja: | setup
	@cmake --preset release >/dev/null

$(TEST_BUILD)/build.ninja: | setup
	@cmake --preset test >/dev/null

build: $(BUILD)/build.ninja
	@ninja -C $(BUILD) foz foz-sim

demo: build
	@$(BUILD)/foz demo

serve: build
	@$(BUILD)/foz serve --data foz-data --listen 127.0.0.1:8080

test: unit blackbox

unit: $(TEST_BUILD)/build.ninja oracles
	@ninja -C $(TEST_BUILD)
	@ctest --test-dir $(TEST_BUILD) --output-on-failure -j2

blackbox: unit
	@FOZ_BIN=$(CURDIR)/$(TEST_BUILD) tests/run

check: setup
	@cmake --preset dev >/dev/null && ninja -C build/dev && ctest --test-dir build/dev --output-on-failure -j2

race: setup
	@cmake --preset race >/dev/null && ninja -C build/race && ctest --test-dir build/race --output-on-failure -j2

tools:
	@scripts/setup tools

oracles:
	@scripts/setup oracles

bench-tools:
	@scripts/setup bench

lint: tools
	@cmake --preset lint >/dev/null && ninja -C build/lint

fuzz: tools
	@cmake --preset fuzz >/dev/null && ninja -C build/fuzz fuzz_targets && tests/fuzz/run build/fuzz

bench: build bench-tools
	@ninja -C $(BUILD) foz-bench-floor foz-bench-spool foz-bench-mapping foz-bench-csv foz-bench-registry foz-bench-fill
	@FOZ_BIN=$(CURDIR)/$(BUILD) tests/bench/run

interop: build
	@FOZ_BIN=$(CURDIR)/$(BUILD) tests/interop/run

chaos: build
	@ninja -C $(BUILD) foz_sources_test foz_http_test foz-simulation
	@FOZ_BIN=$(CURDIR)/$(BUILD) tests/chaos/run

# Worlds from seeds (docs/simulation.md): FOZ_SIM_SEEDS of them from FOZ_SIM_FIRST on.
FOZ_SIM_SEEDS ?= 20
FOZ_SIM_FIRST ?= 1
simulation: build
	@ninja -C $(BUILD) foz-simulation
	@$(BUILD)/foz-simulation --seed $(FOZ_SIM_FIRST) --seeds $(FOZ_SIM_SEEDS)

clean:
	@rm -rf build
