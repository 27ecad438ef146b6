# Builds the fuzz targets and the program that writes seeds, for script/fuzz:
#
#     make -f script/lib/fuzz.make OUT=FOLDER WOLFSSL=PREFIX

CC := clang
CFLAGS := -std=c11 -D_GNU_SOURCE -O1 -g -fno-omit-frame-pointer -Wall -Wextra -Wpedantic -Wshadow \
    -Wconversion -Werror -Icapi/include -Icapi/src -Ispec/capi -Ispec/capi/support \
    -isystem $(WOLFSSL)/include -MMD -MP
SANITIZERS := address,undefined
LIBRARY := $(OUT)/libsecsock.a
WRAPS := $(shell script/lib/wraps capi/src/*.c)
LIBS := $(LIBRARY) $(WOLFSSL)/lib/libwolfssl.a $(WRAPS) -lm -pthread

SOURCES := $(wildcard capi/src/*.c)
OBJECTS := $(SOURCES:%.c=$(OUT)/obj/%.o)
HELPERS := $(patsubst %.c,$(OUT)/obj/%.o,$(wildcard spec/capi/fuzz/*.c spec/capi/support/mint*.c))
TARGETS := $(patsubst spec/capi/fuzz_%.c,%,$(wildcard spec/capi/fuzz_*.c))

# What a target has besides itself, and which functions these stand in for.
FUZZ := $(OUT)/obj/spec/capi/fuzz
MUTATOR := $(FUZZ)/der_mutator.o
ITERATIONS := $(FUZZ)/iterations.o
SIGNATURES := $(FUZZ)/signatures.o
WRAP_ITERATIONS := -Wl,--wrap=kdf_derive
WITH_constraints := $(MUTATOR)
WITH_crl := $(MUTATOR)
WITH_der := $(MUTATOR)
WITH_key := $(MUTATOR) $(ITERATIONS) $(WRAP_ITERATIONS)
WITH_ocsp := $(MUTATOR)
WITH_pem := $(ITERATIONS) $(WRAP_ITERATIONS)
WITH_pkcs12 := $(MUTATOR) $(ITERATIONS) $(WRAP_ITERATIONS)
WITH_validate := $(MUTATOR) $(SIGNATURES) -Wl,--wrap=signature_verify
WITH_x509 := $(MUTATOR)

all: $(TARGETS:%=$(OUT)/fuzz_%) $(OUT)/fuzz-seeds

# Kept: they are needed again when one source changes.
.SECONDARY:

$(OUT)/obj/%.o: %.c script/lib/fuzz.make
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -fsanitize=fuzzer-no-link,$(SANITIZERS) -fno-sanitize-recover=all -c $< -o $@

# Written anew, so that nothing stays in it whose source is gone.
$(LIBRARY): $(OBJECTS)
	@rm -f $@
	ar rcs $@ $^

$(OUT)/fuzz_%: $(OUT)/obj/spec/capi/fuzz_%.o $(FUZZ)/fuzz.o $(LIBRARY) $(HELPERS)
	$(CC) -fsanitize=fuzzer,$(SANITIZERS) $< $(FUZZ)/fuzz.o $(WITH_$*) $(LIBS) -o $@

$(OUT)/fuzz-seeds: $(FUZZ)/seeds.o $(FUZZ)/fuzz.o $(LIBRARY) $(HELPERS)
	$(CC) -fsanitize=fuzzer-no-link,$(SANITIZERS) \
	    $< $(FUZZ)/fuzz.o $(filter $(OUT)/obj/spec/capi/support/%,$(HELPERS)) $(LIBS) -o $@

-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)
