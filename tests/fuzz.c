/* SPDX-License-Identifier: ISC */
/*
 * The other half of a fuzz target: files named, or stdin; or, compiled with
 * -DFUZZ_TARGET -fsanitize=fuzzer, what libFuzzer makes up.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#ifdef FUZZ_TARGET
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	fuzz_bytes((struct dt_str){(const char *)data, n});
	return 0;
}
#else
static struct dt_str
slurp(FILE *f)
{
	size_t cap = 0, n = 0, r;
	char *buf = NULL;

	do {
		if (n == cap) {
			cap = cap == 0 ? 65536 : cap * 2;
			buf = realloc(buf, cap);
			if (buf == NULL)
				err(2, NULL);
		}
		r = fread(buf + n, 1, cap - n, f);
		n += r;
	} while (r > 0);
	if (ferror(f))
		err(2, "read");
	return (struct dt_str){buf, n};
}

static void
one(FILE *f)
{
	struct dt_str bytes = slurp(f);

	fuzz_bytes(bytes);
	free((char *)(uintptr_t)bytes.s);
}

int
main(int argc, char **argv)
{
	FILE *f;
	int i;

	if (argc == 1)
		one(stdin);
	for (i = 1; i < argc; i++) {
		f = fopen(argv[i], "r");
		if (f != NULL) {
			one(f);
			fclose(f);
		} else
			err(2, "%s", argv[i]);
	}
	return 0;
}
#endif
