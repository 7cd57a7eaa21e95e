# Every command of the project. `make help` lists them; the work is done by
# the scripts in tools/.

APXS    ?= apxs
CC      ?= cc
WERROR  ?= -Werror
PORT    ?= 8080
RUN_DIR ?= .run
BUILD   ?= build
# Set by `make asan` and `make tsan`: the sanitizers to build with.
SANITIZE ?=

SRCS   := $(wildcard mod_cctv/*.c mod_cctv/*/*.c)
HDRS   := $(wildcard mod_cctv/*.h mod_cctv/*/*.h)
# The files that may know httpd. Everything else is pure: libc, APR, libraries
# and other pure files; t/check-layers.sh holds them to it.
HTTPD_LAYER := mod_cctv config log.h %/handler %/source %/pool %/reply
HTTPD  := $(foreach p,$(HTTPD_LAYER),$(filter mod_cctv/$(p).c mod_cctv/$(p).h mod_cctv/$(p),$(SRCS) $(HDRS)))
PURE   := $(filter-out $(HTTPD),$(SRCS) $(HDRS))

OBJS   := $(SRCS:%.c=$(BUILD)/%.o)
MODULE := $(BUILD)/mod_cctv.so

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wformat=2 -Wcast-qual -Wwrite-strings -Wundef \
        -Wvla $(WERROR)
# -isystem: the warnings are about our code, not about the headers of others.
SYS  = $(addprefix -isystem ,$(shell $(APXS) -q INCLUDEDIR) \
         $(shell $(APXS) -q APR_INCLUDEDIR) $(shell pg_config --includedir))
DEFS = $(shell apr-1-config --cppflags)
OPT  ?= -O3 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
SANFLAGS = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer)
MODCFLAGS = -std=gnu11 -fPIC $(WARN) $(if $(SANITIZE),-O1 -g,$(OPT)) \
         $(SANFLAGS) $(DEFS) $(SYS) -I mod_cctv
LIBS = $(shell pkg-config --libs libpq jansson libxxhash)

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: all
all: packages ## build the module
	@$(MAKE) --no-print-directory module

.PHONY: module
module: $(MODULE)

$(MODULE): $(OBJS) mod_cctv/mod_cctv.map
	@echo LINK $@
	@$(CC) -shared -Wl,--version-script=mod_cctv/mod_cctv.map $(SANFLAGS) \
	    $(LDFLAGS) -o $@ $(OBJS) $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo CC $@
	@$(CC) $(MODCFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(OBJS:.o=.d)

# The tests of the pure code link neither httpd nor the module.
PURE_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(filter %.c,$(PURE)))
UNIT_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard t/unit/*.c))

.PHONY: unit
unit: $(BUILD)/unit ## run the unit tests
	@$(BUILD)/unit

$(BUILD)/unit: $(UNIT_OBJS) $(PURE_OBJS)
	@echo LINK $@
	@$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) \
	    $(shell pkg-config --libs check) $(shell apr-1-config --link-ld)

-include $(UNIT_OBJS:.o=.d)

# Every parser of what comes from outside has a target in t/fuzz, with a
# corpus. libFuzzer looks for new inputs; the tests replay the corpus.
FUZZ_TARGETS := $(patsubst t/fuzz/fuzz_%.c,%,$(wildcard t/fuzz/fuzz_*.c))
FUZZ_TIME    ?= 600
FUZZ_LIBS     = $(LIBS) $(shell apr-1-config --link-ld)
PURE_C       := $(filter %.c,$(PURE))

.PHONY: replay
replay: $(FUZZ_TARGETS:%=$(BUILD)/replay_%) ## run the fuzz targets over their corpus
	@for t in $(FUZZ_TARGETS); do \
	    $(BUILD)/replay_$$t t/fuzz/corpus/$$t || exit 1; done
	@echo "replayed the corpus of: $(FUZZ_TARGETS)"

# With sanitizers whatever else is built without: they are what finds.
$(BUILD)/replay_%: t/fuzz/fuzz_%.c t/fuzz/standalone.c $(PURE)
	@mkdir -p $(@D)
	@echo CC $@
	@$(CC) $(MODCFLAGS) -fsanitize=address,undefined \
	    -fno-sanitize-recover=all -O1 -o $@ t/fuzz/fuzz_$*.c \
	    t/fuzz/standalone.c $(PURE_C) $(FUZZ_LIBS)

$(BUILD)/fuzz_%: t/fuzz/fuzz_%.c $(PURE)
	@mkdir -p $(@D)
	@echo CC $@
	@clang $(MODCFLAGS) -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=all -O1 -o $@ t/fuzz/fuzz_$*.c $(PURE_C) \
	    $(FUZZ_LIBS)

.PHONY: fuzz
fuzz: $(FUZZ_TARGETS:%=$(BUILD)/fuzz_%) ## fuzz every parser [FUZZ_TIME=600 seconds each]
	@for t in $(FUZZ_TARGETS); do \
	    mkdir -p $(BUILD)/corpus/$$t; echo "== $$t"; \
	    $(BUILD)/fuzz_$$t -max_total_time=$(FUZZ_TIME) -max_len=8192 \
	        -print_final_stats=1 -verbosity=0 \
	        -artifact_prefix=$(BUILD)/corpus/$$t- \
	        $(BUILD)/corpus/$$t t/fuzz/corpus/$$t || exit 1; done

.PHONY: guards
guards:
	@t/check-layers.sh $(PURE)
	@t/check-logids.sh
	@t/check-conf.sh

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

.PHONY: fmt
fmt: ## format the C sources
	@clang-format -i $(C_FILES)

.PHONY: packages
packages:
	@tools/packages.sh

.PHONY: clean
clean: ## remove what was built
	rm -rf build
