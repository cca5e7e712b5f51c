/* SPDX-License-Identifier: ISC */
/* From a key to its row of members.def, in constant time. */
#include <string.h>

#include "keys.h"

static uint8_t
hash(const char *s, size_t n)
{
	return (uint8_t)(n * 37 + (unsigned char)s[0] * 7 +
	    (unsigned char)s[n / 2] * 3 + (unsigned char)s[n - 1]);
}

static bool
is_among(const char *key, const char *const *only)
{
	for (; *only != NULL; only++)
		if (strcmp(*only, key) == 0)
			return true;
	return false;
}

void
dt_keys_init(struct dt_keys *keys, const char *const *only)
{
	const struct dt_member *m;
	uint8_t h;
	size_t i;

	*keys = (struct dt_keys){0};
	for (i = 0; i < dt_nmembers; i++) {
		m = &dt_members[i];
		if (only != NULL && !is_among(m->key, only))
			continue;
		h = hash(m->key, m->keylen);
		while (keys->slot[h] != 0)
			h++;
		keys->slot[h] = (uint8_t)(i + 1);
	}
}

static bool
is(const struct dt_member *m, const char *s, size_t n)
{
	return m->keylen == n && memcmp(m->key, s, n) == 0;
}

const struct dt_member *
dt_keys_find(const struct dt_keys *keys, struct dt_str key)
{
	const struct dt_member *m;
	uint8_t h;

	if (key.n == 0)
		return NULL;
	for (h = hash(key.s, key.n); keys->slot[h] != 0; h++) {
		m = &dt_members[keys->slot[h] - 1];
		if (is(m, key.s, key.n))
			return m;
	}
	return NULL;
}

const struct dt_member *
dt_keys_next(const struct dt_member *m)
{
	const struct dt_member *next;

	for (next = m + 1; next < dt_members + dt_nmembers; next++)
		if (is(next, m->key, m->keylen))
			return next;
	return NULL;
}
