# dt tools.  `make help` lists the targets.  Set CC, CFLAGS, LDFLAGS, PREFIX;
# for the phases also TARGET, PID, TRACER, OUT, DURATION and PHASES; for the gate
# GOLDEN, and in GATE more options of dt-sigs; for entitlements APP; for
# mac-policy what tools/mac-policy.bash lists; SAMPLES for the samples.
SHELL = /bin/bash -o pipefail
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
OUT ?= out
TRACER ?= auto
DURATION ?= 2
MAC_DWELL ?= 10
SAMPLES ?= ../shared/samples
GOLDEN ?= fixtures/golden.json
SIGNATURES = $(OUT)/normalized/deny_signatures.json

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wmissing-prototypes \
	-Wstrict-prototypes
DT_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE \
	-D_DARWIN_C_SOURCE -Ilib -Itools $(WARN) -MMD -MP $(SANITIZE)
TARGET_CFLAGS = -std=c11 $(WARN) -MMD -MP

B = build
OS := $(if $(filter Darwin,$(shell uname -s)),darwin,linux)
OTHER_OS := $(if $(filter darwin,$(OS)),linux,darwin)

# On Apple silicon no compiler looks by itself where Homebrew installs.
BREW := $(if $(filter darwin,$(OS)),$(shell brew --prefix 2>/dev/null))
DT_CFLAGS += $(BREW:%=-isystem %/include)
LIBS = $(BREW:%=-L%/lib) -lyajl -lmd -lresolv

TOOLS = \
	dt-attach \
	dt-macpolicy \
	dt-normalize \
	dt-sigs \
	dt-spawn \
	dt-tojsonl \
	dt-world
TARGETS = \
	call_loop \
	do_calls \
	jail_probe \
	kin \
	landlocked \
	probe_service \
	ring_open \
	sleep_loop
# Programs that tests/*.bats run; rusage is for bench and the memory tests,
# audit_on for those that need auditing.
UNITS = \
	audit \
	audit_join \
	audit_on \
	diags \
	es \
	flat \
	fuzz_doc \
	fuzz_formats \
	fuzz_regions \
	meaning \
	optable \
	ranges \
	record \
	regions \
	roundtrip \
	rusage \
	shapes \
	tables
# Packages to build and trace with, and those that tests and lint add.
DEBS = \
	bpftool \
	clang \
	libbpf-dev \
	libc6-dev \
	libdw-dev \
	libmd-dev \
	libyajl-dev \
	pkg-config \
	strace
TEST_DEBS = \
	bats \
	binutils \
	cppcheck \
	jq \
	mandoc \
	openssh-client \
	openssh-server \
	parallel \
	procps \
	python3-jsonschema \
	shellcheck \
	yajl-tools
BREWS = \
	libmd \
	yajl
TEST_BREWS = \
	bats-core \
	cppcheck \
	jq \
	mandoc \
	parallel \
	python-jsonschema \
	shellcheck

# The tracer inside the kernel needs a compiler for it, bpftool, which turns
# what that makes into C, libbpf, and libdw, which names functions.  Where they
# are missing, another tracer of the same name says so.
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
BPF_ARCH := $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(shell uname -m)))
BPF_LACKS := $(strip $(if $(filter linux,$(OS)),$(if \
	$(filter x86 arm64,$(BPF_ARCH)),,x86-64-or-arm64) $(shell \
	for p in $(CLANG) $(BPFTOOL) pkg-config; do \
		command -v $$p >/dev/null || echo $$p; \
	done; \
	for p in libbpf libdw; do \
		pkg-config --exists $$p 2>/dev/null || echo $$p; \
	done),Linux))
BPF_SRC := lib/symbols.c lib/tracer_bpf.c $(wildcard lib/bpf_*.c)
ifeq ($(BPF_LACKS),)
# Who traces nothing does not load them.
LIBS += -Wl,--as-needed $(shell pkg-config --libs libbpf libdw)
UNITS += symbols
NOT_BUILT = lib/tracer_nobpf.c
else
NOT_BUILT = $(BPF_SRC) tests/symbols.c
endif

LIB_SRC := $(filter-out %_$(OTHER_OS).c %.bpf.c $(NOT_BUILT),\
	$(sort $(wildcard lib/*.c)))
LIB_OBJ = $(LIB_SRC:%.c=$(B)/%.o)
# What tools share; each takes what it needs.
TOOL_OBJ = $(patsubst %,$(B)/tools/%.o,cli output session sigs_job \
	sigs_show tojsonl_job)
TOOL_LIB = $(B)/libtool.a
JAIL_OBJ = $(patsubst %,$(B)/fixtures/targets/%.o,jail_$(OS) probe_ops \
	probe_run report)
OBJ = $(LIB_OBJ) $(TOOL_OBJ) $(TOOLS:%=$(B)/tools/%.o) \
	$(UNITS:%=$(B)/tests/%.o) $(B)/tests/fuzz.o
TARGET_OBJ = $(JAIL_OBJ) $(B)/fixtures/targets/work.o \
	$(TARGETS:%=$(B)/fixtures/targets/%.o)
SRC = $(sort $(LIB_SRC) lib/tracer_nobpf.c) \
	$(filter-out $(NOT_BUILT),$(wildcard tools/*.c tests/*.c))
TARGET_SRC = $(filter-out %_$(OTHER_OS).c,$(wildcard fixtures/targets/*.c))
SCRIPTS = .ci/run fixtures/targets/run-phase tools/entitlements.bash \
	tools/mac-policy.bash $(filter-out tests/helper.bash,$(wildcard tests/*.bash))
# What bats sets or runs in a subshell, and what is quoted for a shell inside.
BATS_SETS = SC2016,SC2030,SC2031,SC2034,SC2154,SC2164
all: $(TOOLS:%=$(B)/%) $(TARGETS:%=$(B)/%)	## build the tools, and the targets to trace

help:				## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## */\1\t/p' Makefile | expand -t 14

deps:				## install what builds and traces, or say what to install
test-deps:			## the same, with what tests and lint need
test-deps: WANTED = $(DEBS) $(TEST_DEBS)
test-deps: WANTED_BREWS = $(BREWS) $(TEST_BREWS)
deps: WANTED = $(DEBS)
deps: WANTED_BREWS = $(BREWS)
# npm may have come with another node than Debian's.
macos-deps: WANTED = dpkg-dev $(if $(shell command -v npm),,npm)
# No package may start a service; sshd not with the next boot either.
deps macos-deps test-deps:
	@if command -v apt-get >/dev/null; then \
		for p in $(WANTED); do \
			dpkg-query -W -f '$${db:Status-Status}' $$p 2>&1 | \
			    grep -qx installed || missing+=" $$p"; \
		done; \
		[ -n "$$missing" ] || exit 0; \
		if [ "$$(id -u)" -ne 0 ]; then \
			echo "dt needs packages; run as root:" >&2; \
			echo "apt-get install$$missing" >&2; exit 1; \
		fi; \
		export DEBIAN_FRONTEND=noninteractive; \
		policy=/usr/sbin/policy-rc.d; \
		if [ ! -e $$policy ]; then \
			trap "rm -f $$policy" EXIT; \
			printf '#!/bin/sh\nexit 101\n' >$$policy; \
			chmod 755 $$policy; \
		fi; \
		apt-get update -qq && \
		apt-get install -qq -y --no-install-recommends $$missing || \
			exit 1; \
		[[ "$$missing" != *openssh-server* ]] || \
			update-rc.d ssh disable; \
	elif command -v brew >/dev/null; then \
		brew install --quiet $(WANTED_BREWS); \
	else \
		echo "no apt-get and no brew; please install what these" \
		    "Debian packages hold: $(WANTED)" >&2; exit 1; \
	fi

# Its frames are what a test of stacks looks for.
$(B)/fixtures/targets/do_calls.o: TARGET_CFLAGS += -fno-omit-frame-pointer
$(B)/do_calls $(B)/ring_open: LDLIBS = -pthread
$(B)/fixtures/%.o: fixtures/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(TARGET_CFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(DT_CFLAGS) $(CFLAGS) -c -o $@ $<

# The kernel's own headers may differ: what they have is looked up at run time.
BPF_CFLAGS = -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -Ilib \
	-idirafter /usr/include/$(shell $(CC) -print-multiarch 2>/dev/null) \
	-Wall -Wextra -Wno-unused-parameter
$(B)/lib/tracer.bpf.o: lib/tracer.bpf.c
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -c \
	    -o $(@:.o=.full.o) $<
	$(BPFTOOL) gen object $@ $(@:.o=.full.o)

$(B)/lib/tracer.skel.h: $(B)/lib/tracer.bpf.o
	$(BPFTOOL) gen skeleton $< name dt_tracer_bpf >$@.new
	@mv $@.new $@

$(BPF_SRC:%.c=$(B)/%.o): $(B)/lib/tracer.skel.h
$(BPF_SRC:%.c=$(B)/%.o): DT_CFLAGS += -isystem $(B)/lib

$(B)/lib/tracer_nobpf.o: | $(B)/without-bpf
$(B)/without-bpf:
	@mkdir -p $(@D)
	@echo "built without the tracer bpf, for want of: $(BPF_LACKS)" >&2
	@touch $@

$(B)/libdt.a: $(LIB_OBJ)
$(TOOL_LIB): $(TOOL_OBJ)
$(B)/libdt.a $(TOOL_LIB):
	@rm -f $@
	$(AR) rcs $@ $^

$(TOOLS:%=$(B)/%): $(B)/%: $(B)/tools/%.o $(TOOL_LIB) $(B)/libdt.a
	$(CC) $(SANITIZE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(filter $(B)/tests/fuzz_%,$(UNITS:%=$(B)/tests/%)): $(B)/tests/fuzz.o
$(UNITS:%=$(B)/tests/%): $(B)/tests/%: $(B)/tests/%.o $(B)/libdt.a
	$(CC) $(SANITIZE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/jail_probe: $(B)/fixtures/targets/work.o $(JAIL_OBJ)
$(B)/probe_service: $(JAIL_OBJ)
$(TARGETS:%=$(B)/%): $(B)/%: $(B)/fixtures/targets/%.o
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

PHASES = smoke idle interaction
$(PHASES): all
	@BIN=$(B) OUT='$(OUT)' TRACER='$(TRACER)' TARGET='$(TARGET)' \
	PID='$(PID)' DURATION='$(DURATION)' fixtures/targets/run-phase $@

smoke:				## capture a program from start to end
idle:				## capture a program that does nothing much
interaction:			## capture a service that is told to do things

# fold DIR: the phases that are in DIR, as signatures and as a table.
define fold
	@mkdir -p '$(OUT)/normalized'
	@files=(); for p in $(PHASES); do f='$(1)'/$$p.jsonl; \
	    [ ! -e "$$f" ] || files+=("$$f"); done; \
	[ -n "$$files" ] || { echo "no phase was captured in $(1)" >&2; exit 1; }; \
	$(B)/dt-normalize -w world.json "$${files[@]}" \
	    >'$(OUT)/normalized/events.jsonl'
	@$(B)/dt-sigs '$(OUT)/normalized/events.jsonl' \
	    >'$(SIGNATURES)'
	@$(B)/dt-sigs -T '$(OUT)/normalized/events.jsonl'
endef

sigs: all			## fold the phases captured into signatures
	$(call fold,$(OUT)/raw)

phases:				## capture all phases and fold them
	@for p in $(PHASES); do \
		$(MAKE) --no-print-directory $$p || exit 1; \
	done
	@$(MAKE) --no-print-directory sigs

golden: phases			## keep what the phases were refused, if it is whole
	@$(B)/dt-sigs -D '$(SIGNATURES)' '$(SIGNATURES)' >/dev/null || \
	    { echo "not whole: nothing was kept" >&2; exit 1; }
	@$(B)/dt-sigs -M -o '$(GOLDEN)' '$(SIGNATURES)'
	@echo "kept in $(GOLDEN)"

gate: phases			## fail when the phases are refused something new
	@echo
	@$(B)/dt-sigs -D $(GATE) '$(GOLDEN)' '$(SIGNATURES)'

agree: phases			## compare what the programs reported with what was seen
	@echo
	@{ cat '$(OUT)/normalized/events.jsonl' && for p in $(PHASES); do \
	    f='$(OUT)/raw'/$$p.probe.jsonl; \
	    [ ! -e "$$f" ] || $(B)/dt-normalize -P $$p "$$f" || exit 1; \
	done; } | $(B)/dt-sigs -A

entitlements: export APP := $(APP)
entitlements: all		## collect what is known of the entitlements of APP
	@BIN=$(B) OUT='$(OUT)' tools/entitlements.bash "$$APP"

# What is set on make's command line comes by the environment.
mac-policy: all			## watch policy modules register; TRACER=dtrace, or a replay
	@BIN=$(B) OUT='$(OUT)' TRACER='$(TRACER)' MAC_DWELL='$(MAC_DWELL)' \
	tools/mac-policy.bash

replay: all			## fold captured fixtures; needs no tracer
	$(call fold,fixtures/dt)

demo: deps			## install what is missing, build, and show the main job
	@$(MAKE) --no-print-directory -s all
	@echo
	@echo "Three phases of two sandboxed programs follow, under a tracer:"
	@echo "jail_probe confines itself and tries what it may and may not do,"
	@echo "sleep_loop idles, probe_service is told to overstep its bounds."
	@$(MAKE) --no-print-directory phases
	@echo
	@echo "Each row is a denial the kernel gave: which phase, how often,"
	@echo "which call, errno and operation, by whom where that is known, and"
	@echo "on what, with what differs from run to run replaced.  The same as"
	@echo "a document to keep: $(SIGNATURES)"

test: test-deps			## install what is missing, build, and test
	@$(MAKE) --no-print-directory -s all units
	@tests/sarif-schema.bash build/sarif-schema-2.1.0.json
	@DT_BIN='$(abspath $(B))' BATS_TEST_TIMEOUT=120 \
	bats -F tap tests | \
	awk '{ print } \
	    /^ok .* # skip/ { skip++; next } /^ok / { ok++ } \
	    /^not ok / { bad++ } \
	    END { printf "%d passed, %d failed, %d skipped\n", ok, bad, skip }'

units: $(UNITS:%=$(B)/tests/%)

asan:				## test again, under AddressSanitizer and UBSan
	@ASAN_OPTIONS=abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1 \
	DT_SANITIZED=1 $(MAKE) --no-print-directory B=build/asan test \
	CFLAGS='-O1 -g' SANITIZE='-fsanitize=address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer'

lint: test-deps			## compilers' warnings, cppcheck, shellcheck, mandoc
	@$(MAKE) --no-print-directory -s lint-all

lint-all: $(if $(BPF_LACKS),,$(B)/lib/tracer.skel.h)
	@for cc in gcc clang; do for f in $(SRC); do \
		$$cc $(DT_CFLAGS) -isystem $(B)/lib -O2 -Werror -c \
		    -o /dev/null -MF /dev/null $$f || exit 1; done; \
	for f in $(TARGET_SRC); do \
		$$cc $(TARGET_CFLAGS) -O2 -Werror -c -o /dev/null \
		    -MF /dev/null $$f || exit 1; done; done
	$(if $(BPF_LACKS),,$(CLANG) $(BPF_CFLAGS) -Werror -c -o /dev/null \
	    lib/tracer.bpf.c)
	cppcheck --quiet --error-exitcode=1 --enable=warning,portability \
	    --inline-suppr --suppress=missingIncludeSystem -Ilib -Itools \
	    $(SRC) $(TARGET_SRC)
	shellcheck $(SCRIPTS)
	shellcheck -e $(BATS_SETS) tests/helper.bash tests/*.bats
	mandoc -Tlint -W warning tools/*.1
	tests/d-check.bash

d-check:			## check the D scripts, and compile them where dtrace is
	@tests/d-check.bash

check-macos: macos-deps		## compile and link for macOS, on Linux
	@tests/check-macos.bash $(B)/macos

check: lint test asan check-macos	## everything above

bench: test-deps		## what the filters cost, beside json_verify; and tracers
	@$(MAKE) --no-print-directory -s all units
	@tests/sarif-schema.bash build/sarif-schema-2.1.0.json
	@DT_BIN='$(B)' tests/bench.bash $(BENCH)
	@echo
	@$(MAKE) --no-print-directory -s bench-tracers

bench-tracers: all		## what tracers cost the program
	@DT_BIN='$(B)' tests/bench-tracers.bash $(TRACERS_BENCH)

samples: all units		## run real captures through the filters, where there are any
	@if [ -d '$(SAMPLES)' ]; then \
		DT_BIN='$(B)' tests/samples.bash '$(SAMPLES)'; \
	else \
		echo "no captures in $(SAMPLES): SAMPLES=DIR names some"; \
	fi

regen: all			## write the fixtures' answers anew, for git diff
	tests/golden.bash write fixtures/*/*.txt
	$(B)/dt-normalize -w world.json $(PHASES:%=fixtures/dt/%.jsonl) | \
	    $(B)/dt-sigs >fixtures/replay.sigs
	tests/diff-golden.bash write fixtures/diff/*.golden.json
	tests/macpolicy-golden.bash write

install: all			## install tools, manuals and D scripts in PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/dt/d-scripts
	install -m 755 $(TOOLS:%=$(B)/%) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(TOOLS:%=tools/%.1) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 d-scripts/*.d $(DESTDIR)$(PREFIX)/share/dt/d-scripts
	install -m 644 world.json $(DESTDIR)$(PREFIX)/share/dt

clean:				## remove what was built and captured
	rm -rf $(B) out

-include $(OBJ:.o=.d) $(TARGET_OBJ:.o=.d) $(B)/lib/tracer.bpf.d

.PHONY: agree all asan bench bench-tracers check check-macos clean d-check demo \
	deps entitlements gate golden help idle install interaction lint \
	lint-all mac-policy macos-deps phases regen replay samples sigs smoke test test-deps units
.SECONDARY:
