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
SYS  = -isystem $(shell $(APXS) -q INCLUDEDIR) \
       $(patsubst -I%,-isystem %,$(shell apr-1-config --includes) \
                                 $(shell apu-1-config --includes) \
                                 $(shell pkg-config --cflags libpq))
DEFS = $(shell apr-1-config --cppflags)
OPT  ?= -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
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
	@:

$(MODULE): $(OBJS) mod_cctv/mod_cctv.map
	$(CC) -shared -Wl,--version-script=mod_cctv/mod_cctv.map $(SANFLAGS) \
	    $(LDFLAGS) -o $@ $(OBJS) $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(MODCFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(OBJS:.o=.d)

# The groups of tools/packages.txt to install.
GROUPS_NEEDED ?= run

.PHONY: packages
packages: ## install the Debian packages that are missing
	@tools/packages.sh $(GROUPS_NEEDED)

# For the scripts in tools/, which say what they take.
export BUILD DESTDIR FILE PORT PRUNE RUN_DIR

.PHONY: run
run: ## start it all with demo cameras [PORT=8080 RUN_DIR=.run]
	@MAKE='$(MAKE)' tools/run.sh

.PHONY: stop
stop: ## stop what `make run` started
	@tools/stop.sh

.PHONY: psql
psql: ## ask that database [ARGS='-c "SELECT 1"']
	@tools/with-db.sh psql $(ARGS)

.PHONY: import
import: ## load cameras from a CSV file FILE=cameras.csv [PRUNE=1]
	@CALLER='$(PWD)' tools/run-import.sh

.PHONY: install
install: $(if $(DESTDIR),module,all) ## install into Debian's Apache [DESTDIR=]
	@tools/install.sh

.PHONY: uninstall
uninstall: ## remove what was installed [DESTDIR=]
	@tools/uninstall.sh

.PHONY: clean
clean: ## remove what was built
	rm -rf build
