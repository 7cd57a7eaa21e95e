# All commands of the project; `make help` lists them. Commands of more than a
# line call the scripts in tools/ and t/.

APXS    ?= apxs
CC      ?= cc
WERROR  ?= -Werror
PORT    ?= 8080
RUN_DIR ?= .run
# The number of integration test files that run at the same time. The tests
# mostly wait, so it may exceed the number of processors.
JOBS    ?= 4
BUILD   ?= build
# As many compilers as processors, unless the caller has chosen a number.
BUILD_JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
# The sanitizers to build with: address,undefined or thread.
SANITIZE ?=

SRCS   := $(wildcard mod_cctv/*.c mod_cctv/*/*.c)
HDRS   := $(wildcard mod_cctv/*.h mod_cctv/*/*.h)
# Files whose names start with mod_ may use httpd. All other files are pure: they
# use only libc, APR, libraries and other pure files. t/check-layers.py checks
# this.
PURE   := $(foreach f,$(SRCS) $(HDRS),$(if $(filter mod_%,$(notdir $(f))),,$(f)))
PURE_C := $(filter %.c,$(PURE))

OBJS   := $(SRCS:%.c=$(BUILD)/%.o)
MODULE := $(BUILD)/mod_cctv.so

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wformat=2 -Wcast-qual -Wwrite-strings -Wundef \
        -Wvla $(WERROR)
# The settings of other packages are read once, when a rule first needs them. On
# a fresh machine the packages are not installed before that.
once = $(eval $(1) := $(2))$($(1))
# -isystem suppresses warnings about the headers of other packages.
SYS  = $(call once,SYS,$(addprefix -isystem ,$(shell $(APXS) -q INCLUDEDIR) \
         $(shell $(APXS) -q APR_INCLUDEDIR) $(shell pg_config --includedir)))
DEFS = $(call once,DEFS,$(shell apr-1-config --cppflags))
LIBS = $(call once,LIBS,$(shell pkg-config --libs libpq jansson libxxhash libmaxminddb \
         libssl libcrypto libcurl) -lm)
APR_LIBS = $(call once,APR_LIBS,$(shell apr-1-config --link-ld) $(shell apu-1-config --link-ld))
# The flags of dpkg-buildflags with hardening=+all, except PIE, which is for
# programs. Not every compiler and processor supports the two flags in `if_taken`.
if_taken = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null \
             2>/dev/null && echo $(1))
HARDENING = $(call once,HARDENING,-fstack-protector-strong -D_FORTIFY_SOURCE=2 \
              -Wformat -Werror=format-security \
              $(call if_taken,-fstack-clash-protection) \
              $(call if_taken,-fcf-protection))
OPT ?= -O3 -g $(HARDENING)
MODLDFLAGS = -shared -Wl,-z,relro -Wl,-z,now \
             -Wl,--version-script=mod_cctv/mod_cctv.map
SANFLAGS = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer)
MODCFLAGS = -std=gnu11 -fPIC $(WARN) $(if $(SANITIZE),-O1 -g,$(OPT)) \
            $(SANFLAGS) $(DEFS) $(SYS) -I mod_cctv

# The groups of tools/packages.txt that a command needs.
GROUPS_NEEDED ?= run
# Used by the scripts in tools/; their comments say which ones they read.
export BUILD DEMO DESTDIR FILE LISTEN PORT PRUNE RUN_DIR WITHOUT

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- Run it ----

.PHONY: run
run: ## start it all with demo cameras [PORT=8080 LISTEN=0.0.0.0 RUN_DIR=.run DEMO=odd]
	@MAKE='$(MAKE)' tools/run.sh

.PHONY: stop
stop: ## stop what `make run` started
	@tools/stop.sh

.PHONY: psql
psql: ## ask that database [ARGS='-c "SELECT 1"']
	@tools/with-db.sh psql $(ARGS)

.PHONY: import
import: ## load a list of cameras FILE=cameras.csv [DRY_RUN=1 SKIP_BAD=1 PRUNE=1 COLUMNS= LOGINS=]
	@CALLER='$(PWD)' tools/run-import.sh

# ---- Build and install it ----

.PHONY: all
all: packages ## build the module
	@$(MAKE) --no-print-directory module

.PHONY: packages
packages: ## install the Debian packages that are missing
	@tools/packages.sh $(GROUPS_NEEDED)

.PHONY: module
module: $(MODULE)
	@:

$(MODULE): $(OBJS) mod_cctv/mod_cctv.map
	@echo LINK $@
	@$(CC) $(MODLDFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $(OBJS) $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo CC $@
	@$(CC) $(MODCFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(OBJS:.o=.d)

.PHONY: install
install: ## install into Debian's Apache [DESTDIR= WITHOUT=postgresql,janus]
	@tools/install.sh check
	@$(MAKE) --no-print-directory $(if $(DESTDIR),module,all)
	@tools/install.sh

.PHONY: uninstall
uninstall: ## remove what was installed [DESTDIR=]
	@tools/uninstall.sh

.PHONY: deb
deb: GROUPS_NEEDED = deb
deb: packages ## build the Debian packages into build/deb, and check them with lintian
	@tools/deb.sh

.PHONY: check-deb
check-deb: GROUPS_NEEDED = check-deb
check-deb: packages ## install, upgrade and purge them in a clean Debian; takes minutes
	@t/deb/check-deb.sh

.PHONY: clean
clean: ## remove what was built
	rm -rf build

# ---- Test it ----

.PHONY: check
check: GROUPS_NEEDED = check
check: packages ## run every test
	@$(MAKE) -s --no-print-directory $(BUILD_JOBS) module $(BUILD)/mod_tell.so \
	    $(BUILD)/unit $(BUILD)/load $(REPLAYS) $(AXE) $(STREETS) $(HLS)
	@$(MAKE) -s --no-print-directory $(BUILD_JOBS) CC=clang BUILD=build/clang module
	@$(MAKE) --no-print-directory guards unit replay it
	@echo "make check: all passed"

# For frequent runs during development. It expects the packages that `make check`
# installs.
.PHONY: quick
quick: module ## guards, unit tests, replay and a smoke test, within a minute
	@$(MAKE) --no-print-directory guards unit replay
	@$(RUN_TESTS) t/it/test_smoke.py
	@echo "make quick: all passed"

.PHONY: guards
guards: module $(BUILD)/mod_tell.so $(BUILD)/mod_cctv_double.so
	@t/check-hardening.sh $(MODULE) $(if $(SANITIZE),sanitized)
	@/usr/bin/python3 t/check-layers.py
	@t/check-logids.sh
	@/usr/bin/python3 t/check-links.py
	@/usr/bin/python3 t/check-failures.py
	@/usr/bin/python3 t/check-docs.py $(MODULE) $(BUILD)/mod_tell.so

# A module that prints the directives of mod_cctv; t/check-docs.py uses it.
$(BUILD)/mod_tell.so: $(BUILD)/t/guards/mod_tell.o
	@echo LINK $@
	@$(CC) -shared $(SANFLAGS) $(LDFLAGS) -o $@ $^

-include $(BUILD)/t/guards/mod_tell.d

# The unit tests link the pure code only, neither httpd nor the module; and what
# the viewers of `make load` count with.
UNIT_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard t/unit/*.c) $(PURE_C) \
               t/load/rtp.c t/load/offer.c)

.PHONY: unit
unit: $(BUILD)/unit ## run the unit tests
	@$(BUILD)/unit

$(BUILD)/unit: $(UNIT_OBJS)
	@echo LINK $@
	@$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) \
	    $(shell pkg-config --libs check) $(APR_LIBS)

-include $(UNIT_OBJS:.o=.d)

# npm installs it and verifies the checksum in package-lock.json. That file names
# no registry, so npm uses the one in its own configuration.
AXE := build/npm/node_modules/axe-core/axe.min.js

$(AXE): t/it/npm/package-lock.json
	@echo NPM $@
	@mkdir -p build/npm
	@cp t/it/npm/package.json $< build/npm
	@npm ci --prefix build/npm --cache build/npm/cache --ignore-scripts \
	    --no-audit --no-fund --loglevel=error >build/npm/log
	@touch $@

# What draws streets on the map page. Without it, its tests are skipped.
STREETS := build/streets/protomaps-leaflet.js

$(STREETS): tools/streets/package-lock.json
	@echo NPM $@
	-@tools/streets.sh $(@D) >/dev/null

# What plays HLS in browsers that do not by themselves; as STREETS.
HLS := build/hls/hls.js

$(HLS): tools/hls/package-lock.json
	@echo NPM $@
	-@tools/hls.sh $(@D) >/dev/null

RUN_TESTS = CCTV_MODULE=$(abspath $(MODULE)) t/it/namespace.sh \
            /usr/bin/python3 -m pytest -q -o cache_dir=$(abspath build)/pytest

# What the pages of docs/gis.md draw with; as AXE.
GIS := build/npm-gis/node_modules/ol/package.json

$(GIS): t/it/npm-gis/package-lock.json
	@echo NPM $@
	@mkdir -p build/npm-gis
	@cp t/it/npm-gis/package.json $< build/npm-gis
	@npm ci --prefix build/npm-gis --cache build/npm-gis/cache \
	    --ignore-scripts --no-audit --no-fund --loglevel=error \
	    >build/npm-gis/log
	@touch $@

.PHONY: check-gis
check-gis: GROUPS_NEEDED = check-gis
check-gis: packages module $(GIS) ## docs/gis.md: QGIS, MapLibre, OpenLayers and Leaflet show the cameras
	@$(RUN_TESTS) t/it/check_gis.py

# T names a file or a test: test_http or test_http.py::test_options. Without T
# all run side by side, and a few that fail are run again alone.
.PHONY: it
it: module $(AXE) $(STREETS) $(HLS) ## run the integration tests [T=test_http.py::test_options PYTEST_ARGS='-k bbox' JOBS=4]
ifdef T
	@$(RUN_TESTS) $(call test_path,$(T)) $(PYTEST_ARGS)
else
	@rm -rf build/pytest
	@$(RUN_TESTS) -n $(JOBS) --dist loadfile t/it $(PYTEST_ARGS) || \
	    /usr/bin/python3 t/it/again.py env $(RUN_TESTS) t/it $(PYTEST_ARGS)
endif

# Completes "test_http::test_options" to t/it/test_http.py::test_options.
test_path = t/it/$(patsubst %.py,%,$(word 1,$(subst ::, ,$(1:t/it/%=%)))).py$(subst $(word 1,$(subst ::, ,$(1))),,$(1))

# A wall of nine cameras with faults thrown in, in one browser; not in
# `make check`.
SOAK_MINUTES ?= 60

.PHONY: soak-wall
soak-wall: module $(AXE) ## a wall of nine with faults thrown in [SOAK_MINUTES=60]
	@SOAK_MINUTES=$(SOAK_MINUTES) $(RUN_TESTS) -s t/it/soak_wall.py

# UDP and TURN are blocked for 9 s, 13 s, ...; `make check` has one such round.
ROUNDS_DOWN ?= 10

.PHONY: way-down
way-down: module $(AXE) ## block UDP and TURN: stills, and back to video [ROUNDS_DOWN=10]
	@CCTV_WAY_DOWN=$(ROUNDS_DOWN) $(RUN_TESTS) -s t/it/test_way_down.py

# PostgreSQL fails over again and again, under load; not in `make check`.
FAILOVERS ?= 10

.PHONY: soak-failover
soak-failover: module ## PostgreSQL fails over under load: some minutes [FAILOVERS=10]
	@FAILOVERS=$(FAILOVERS) $(RUN_TESTS) -s t/it/soak_failover.py

# Two Apaches, three Janus servers, a PostgreSQL with a standby: each is lost in
# turn, with stand-ins for Janus and with real ones; not in `make check`.
NODE_VIEWERS ?= 300
NODE_REAL    ?= 30
NODE_ROUNDS  ?= 1
NODE_VIEWS   ?= 50000

.PHONY: soak-nodes
soak-nodes: GROUPS_NEEDED = check
soak-nodes: module $(BUILD)/load ## each of several servers is lost in turn; many views on two of them: a quarter of an hour [NODE_VIEWERS=300 NODE_REAL=30 NODE_ROUNDS=1 NODE_VIEWS=50000]
	@NODE_VIEWERS=$(NODE_VIEWERS) NODE_REAL=$(NODE_REAL) \
	    NODE_ROUNDS=$(NODE_ROUNDS) NODE_VIEWS=$(NODE_VIEWS) $(RUN_TESTS) -s \
	    t/it/soak_nodes.py t/it/soak_real.py t/it/soak_many.py

.PHONY: asan
asan: GROUPS_NEEDED = check
asan: packages ## run unit and integration tests under ASan and UBSan
	@ASAN_OPTIONS=allocator_may_return_null=1 $(MAKE) --no-print-directory \
	    BUILD=build/asan SANITIZE=address,undefined unit module
	@CCTV_PRELOAD="$$($(CC) -print-file-name=libasan.so):$$($(CC) -print-file-name=libubsan.so)" \
	    $(MAKE) --no-print-directory BUILD=build/asan \
	    SANITIZE=address,undefined it

# `make tsan T=test_views` runs a file of integration tests instead.
.PHONY: tsan
tsan: GROUPS_NEEDED = check
tsan: packages ## run unit tests and views by many threads under TSan
	@TSAN_OPTIONS=allocator_may_return_null=1,halt_on_error=1 $(MAKE) \
	    --no-print-directory BUILD=build/tsan SANITIZE=thread unit \
	    build/tsan/tsan_apr.so
	@CCTV_PRELOAD="$$($(CC) -print-file-name=libtsan.so):$(abspath build/tsan/tsan_apr.so)" \
	    $(MAKE) --no-print-directory BUILD=build/tsan SANITIZE=thread \
	    PYTEST_ARGS='$(if $(T),$(PYTEST_ARGS),-k exact_with_one_process)' it

# Shows ThreadSanitizer what APR does with atomics.
$(BUILD)/tsan_apr.so: $(BUILD)/t/it/tsan_apr.o
	@echo LINK $@
	@$(CC) -shared $(SANFLAGS) $(LDFLAGS) -o $@ $^

-include $(BUILD)/t/it/tsan_apr.d

# With LEAKS=1 integration tests also fail on memory that a process of Apache
# has lost.
.PHONY: valgrind
valgrind: GROUPS_NEEDED = check
valgrind: packages ## run unit and integration tests under valgrind [LEAKS=1]
	@$(MAKE) --no-print-directory module unit
	@CK_FORK=no valgrind -q --error-exitcode=1 --leak-check=full \
	    --errors-for-leak-kinds=definite --show-leak-kinds=definite \
	    --suppressions=t/unit/valgrind.supp $(BUILD)/unit
	@CCTV_VALGRIND=$(if $(LEAKS),leaks,1) $(MAKE) --no-print-directory it

# Every parser of untrusted input has a target in t/fuzz, with a corpus.
# `make fuzz` searches for new inputs with libFuzzer; `make replay` runs the
# targets over the corpus.
FUZZ_TARGETS := $(patsubst t/fuzz/fuzz_%.c,%,$(wildcard t/fuzz/fuzz_*.c))
REPLAYS       = $(FUZZ_TARGETS:%=$(BUILD)/replay_%)
FUZZ_TIME    ?= 600
# Always with sanitizers, because they detect the faults.
FUZZ_CFLAGS   = $(filter-out -D_FORTIFY_SOURCE=2,$(MODCFLAGS)) \
                -fno-sanitize-recover=all -O1 -fsanitize=address,undefined

.PHONY: replay
replay: $(REPLAYS) ## run the fuzz targets over their corpus
	@for t in $(FUZZ_TARGETS); do \
	    $(BUILD)/replay_$$t t/fuzz/corpus/$$t || exit 1; done
	@echo "replayed the corpus of: $(FUZZ_TARGETS)"

# The pure code is compiled once for all targets: in replay/ by $(CC), in fuzz/
# by clang with the coverage instrumentation that libFuzzer needs.
REPLAY_OBJS := $(PURE_C:%.c=$(BUILD)/replay/%.o)
FUZZ_OBJS   := $(PURE_C:%.c=$(BUILD)/fuzz/%.o)

$(BUILD)/replay/%.o: %.c
	@mkdir -p $(@D)
	@echo CC $@
	@$(CC) $(FUZZ_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	@echo CC $@
	@clang $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(BUILD)/replay_%: $(BUILD)/replay/t/fuzz/fuzz_%.o \
                   $(BUILD)/replay/t/fuzz/standalone.o $(REPLAY_OBJS)
	@echo LINK $@
	@$(CC) $(FUZZ_CFLAGS) -o $@ $^ $(LIBS) $(APR_LIBS)

$(BUILD)/fuzz_%: $(BUILD)/fuzz/t/fuzz/fuzz_%.o $(FUZZ_OBJS)
	@echo LINK $@
	@clang $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS) $(APR_LIBS)

# Keep all objects between runs; make would delete those that only a pattern
# rule names.
.PRECIOUS: $(BUILD)/%.o $(BUILD)/replay/%.o $(BUILD)/fuzz/%.o

-include $(REPLAY_OBJS:.o=.d) $(FUZZ_OBJS:.o=.d) \
         $(patsubst %.c,$(BUILD)/replay/%.d,$(wildcard t/fuzz/*.c)) \
         $(patsubst %.c,$(BUILD)/fuzz/%.d,$(wildcard t/fuzz/*.c))

.PHONY: fuzz
fuzz: $(FUZZ_TARGETS:%=$(BUILD)/fuzz_%) ## fuzz every parser [FUZZ_TIME=600 seconds each]
	@for t in $(FUZZ_TARGETS); do \
	    mkdir -p $(BUILD)/corpus/$$t; echo "== $$t"; \
	    $(BUILD)/fuzz_$$t -max_total_time=$(FUZZ_TIME) -max_len=8192 \
	        -print_final_stats=1 -verbosity=0 \
	        -artifact_prefix=$(BUILD)/corpus/$$t- \
	        $(BUILD)/corpus/$$t t/fuzz/corpus/$$t || exit 1; done

# ---- Measure it ----

# Results are ratios to a reference in the same run; raw figures are in
# build/bench.
MPM             ?= event
ROUNDS          ?= 5
SECONDS         ?= 1
MEMORY_REQUESTS ?= 100000
BENCH_PARTS     ?= answers,catalogue,tiles,stills,changes,plans,memory,views,metrics,video,map

.PHONY: bench
bench: GROUPS_NEEDED = bench
bench: packages ## measure its speed [MPM=event ROUNDS=5 SECONDS=1]
	@$(MAKE) --no-print-directory module $(BENCH_PROGRAMS:%=$(BUILD)/%) \
	    $(BUILD)/mod_cctv_double.so $(BUILD)/mod_floor.so
	@t/bench/bench.sh $(BUILD) --mpm $(MPM) --rounds $(ROUNDS) \
	    --seconds $(SECONDS) --memory-requests $(MEMORY_REQUESTS) \
	    --parts $(BENCH_PARTS)

# Not a part of `make bench`: a million rows take minutes.
.PHONY: bench-map
bench-map: GROUPS_NEEDED = bench
bench-map: packages ## the map page with up to a million cameras: some minutes [SIZES="20000 100000 1000000"]
	@$(MAKE) --no-print-directory module
	@CCTV_MODULE=$(abspath $(BUILD))/mod_cctv.so t/it/namespace.sh \
	    /usr/bin/python3 -B t/bench/map_sizes.py

# 10,000 clients need about 12,000 file descriptors (ulimit -n).
.PHONY: soak-push
soak-push: GROUPS_NEEDED = bench
soak-push: packages ## many clients of changes, the database away, reloads: some minutes
	@CCTV_LONG=1 CCTV_CLIENTS=10000 $(MAKE) --no-print-directory it JOBS=1 \
	    T=test_soak_push PYTEST_ARGS='-s'
	@CCTV_LONG=1 CCTV_CLIENTS=10000 $(MAKE) --no-print-directory it JOBS=1 \
	    T=test_changes PYTEST_ARGS='-s -k ten_thousand'
	@CCTV_LONG=1 $(MAKE) --no-print-directory it JOBS=1 T=test_catalogue_feed \
	    PYTEST_ARGS='-k killed_at_random'

# Programs that use the pure code only: statement prints the SQL that the module
# sends, fill_state makes state files, exposition writes metrics and discards
# them, starts starts and ends views, agents classifies User-Agents.
BENCH_PROGRAMS := catalogue statement fill_state exposition starts agents
PURE_OBJS      := $(PURE_C:%.c=$(BUILD)/%.o)

$(BENCH_PROGRAMS:%=$(BUILD)/%): $(BUILD)/%: $(BUILD)/t/bench/%.o $(PURE_OBJS)
	@echo LINK $@
	@$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(APR_LIBS)

# The module with a double of mod_source.c, which needs no database.
DOUBLE_OBJS := $(filter-out %/cameras/mod_source.o,$(OBJS)) $(BUILD)/t/bench/source_double.o

$(BUILD)/mod_cctv_double.so: $(DOUBLE_OBJS) mod_cctv/mod_cctv.map
	@echo LINK $@
	@$(CC) $(MODLDFLAGS) $(SANFLAGS) $(LDFLAGS) -o $@ $(DOUBLE_OBJS) $(LIBS)
	@! nm -Du $@ | grep ' cctv_'

# A module with handlers that do nothing, as the reference of measurements.
$(BUILD)/mod_floor.so: $(BUILD)/t/bench/mod_floor.o
	@echo LINK $@
	@$(CC) -shared $(SANFLAGS) $(LDFLAGS) -o $@ $^

-include $(patsubst %.c,$(BUILD)/%.d,$(wildcard t/bench/*.c))

# The views of event logs, and how long the program of a piped log is halted.
VIEWS ?= 100000
HALT  ?= 30

.PHONY: soak
soak: GROUPS_NEEDED = check
soak: packages ## end 100,000 views in all ways, and count them [VIEWS=100000 HALT=30 seconds]
	@$(MAKE) --no-print-directory module
	@VIEWS=$(VIEWS) HALT=$(HALT) CCTV_MODULE=$(abspath $(MODULE)) \
	    t/it/namespace.sh /usr/bin/python3 t/it/soak.py

# Viewers of real WebRTC that count packets and decode nothing. By default they
# watch the test cameras of `make run`; CAMERAS=all: all that play.
URL     ?= http://127.0.0.1:$(PORT)
CAMERAS ?= q=live
VIEWERS ?= 10
RATE    ?= 10
load: SECONDS = 30

.PHONY: load
load: GROUPS_NEEDED = build
load: packages ## many viewers of real WebRTC [URL= CAMERAS=1,2 VIEWERS=10 RATE=10 SECONDS=30]
	@$(MAKE) -s --no-print-directory $(BUILD)/load
	@$(BUILD)/load --url '$(URL)' --cameras '$(CAMERAS)' --viewers $(VIEWERS) \
	    --rate $(RATE) --seconds $(SECONDS)

# How many viewers one Janus bears, on this machine.
.PHONY: load-limit
load-limit: GROUPS_NEEDED = check
load-limit: packages ## viewers of one camera until 5 % of packets are late or lost [FROM=100 STEP=100 RATE=50]
	@$(MAKE) -s --no-print-directory module $(BUILD)/load
	@CCTV_MODULE=$(abspath $(MODULE)) t/it/namespace.sh \
	    /usr/bin/python3 -B t/load/limit.py

LOAD_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard t/load/*.c))

$(BUILD)/load: $(LOAD_OBJS)
	@echo LINK $@
	@$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ -pthread -lm \
	    $(shell pkg-config --libs libssl libcrypto libcurl jansson)

-include $(LOAD_OBJS:.o=.d)

# t/it/test_load.py starts it.
it: $(BUILD)/load

# ---- Look after the sources ----

C_FILES     := $(SRCS) $(HDRS) $(wildcard t/*/*.c t/*/*.h)
SHELL_FILES := $(wildcard tools/*.sh t/*.sh t/*/*.sh) .ci/run

.PHONY: lint
lint: GROUPS_NEEDED = lint
lint: packages ## check format, clang-tidy, cppcheck, shellcheck
	@clang-format --dry-run --Werror $(C_FILES)
	@$(MAKE) --no-print-directory CC=clang BUILD=build/clang module
	@clang-tidy --quiet $(SRCS) -- $(filter-out -Werror,$(MODCFLAGS)) 2>&1 \
	    | { ! grep -E -A8 '(warning|error):'; }
	@cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr \
	    --enable=warning,performance,portability -I mod_cctv \
	    --suppress=missingInclude mod_cctv
	@shellcheck -x $(SHELL_FILES)
	@echo "lint: nothing to complain about"

# The newest lists of crawlers and browsers, and the table that is made from them.
.PHONY: agents
agents: ## renew the list of crawlers from the npm registry
	@cd t/it/npm && npm install --package-lock-only --save-dev --save-exact \
	    --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved \
	    --loglevel=error crawler-user-agents@latest user-agents@latest \
	    top-user-agents@latest >/dev/null && sed -i '/^  "name":/d' package-lock.json
	@$(MAKE) -s --no-print-directory $(AXE) $(BUILD)/agents
	@/usr/bin/python3 tools/agents.py $(BUILD)/agents \
	    mod_cctv/views/agent_crawlers.h build/npm/node_modules

MERMAID := build/npm/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js

.PHONY: diagrams
diagrams: GROUPS_NEEDED = check
diagrams: packages ## draw diagrams/*.mmd as SVG into build/diagrams
	@$(MAKE) -s --no-print-directory $(AXE)
	@tools/diagrams.py $(MERMAID) diagrams/*.mmd --to build/diagrams
	@echo "The diagrams are in build/diagrams."

.PHONY: fmt
fmt: ## format the C sources
	@clang-format -i $(C_FILES)
