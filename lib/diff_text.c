/* SPDX-License-Identifier: ISC */
/* A comparison in words, and what names a signature for good. */
#include <inttypes.h>
#include <sha256.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "diff_own.h"

static void
put_part(struct dt_buf *t, const char *before, struct dt_str str,
    const char *after)
{
	if (str.n == 0)
		return;
	dt_buf_c(t, before);
	dt_buf_shown(t, str);
	dt_buf_c(t, after);
}

static void
put_what(struct dt_buf *t, const struct dt_sig *sig)
{
	dt_buf_shown(t, sig->name.n > 0 ? sig->name : sig->kind);
	put_part(t, " of ", sig->path_shape, "");
	put_part(t, " to ", sig->path2_shape, "");
	put_part(t, " of ", sig->target_shape, "");
}

static void
put_how(struct dt_buf *t, const struct dt_sig *sig)
{
	put_part(t, " with ", sig->errno_name, "");
	if (sig->errno_name.n == 0 && sig->errnum.v != 0) {
		dt_buf_c(t, " with errno ");
		dt_buf_num(t, sig->errnum.v);
	}
	put_part(t, " by ", sig->denied_by, "");
	put_part(t, " (", sig->op, ")");
}

static void
put_times(struct dt_buf *t, int64_t n)
{
	if (n == 1) {
		dt_buf_c(t, "once");
		return;
	}
	dt_buf_num(t, n);
	dt_buf_c(t, " times");
}

struct dt_str
dt_diff_title(struct dt_arena *mem, const struct dt_sig *sig)
{
	struct dt_buf t = {.mem = mem};

	put_what(&t, sig);
	put_how(&t, sig);
	return dt_buf_end(&t);
}

struct dt_str
dt_diff_sentence(struct dt_arena *mem, const struct dt_diff_row *row)
{
	struct dt_buf t = {.mem = mem};

	put_what(&t, &row->sig);
	dt_buf_c(&t, " was refused");
	put_how(&t, &row->sig);
	put_part(&t, " in phase ", row->sig.phase, "");
	dt_buf_c(&t, ", ");
	put_times(&t, row->now > 0 ? row->now : row->golden);
	if (row->change == DT_GONE) {
		dt_buf_c(&t, " before, and no longer");
	} else if (row->change == DT_UNSEEN) {
		dt_buf_c(&t, " before; whether it still is cannot be told");
	} else if (row->golden > 0 && row->golden != row->now) {
		dt_buf_c(&t, " instead of ");
		put_times(&t, row->golden);
	}
	return dt_buf_end(&t);
}

struct dt_str
dt_diff_doubt_text(struct dt_arena *mem, struct dt_str file,
    const struct dt_diff_doubt *doubt)
{
	struct dt_buf t = {.mem = mem};

	put_part(&t, "", file, ": ");
	put_part(&t, "phase ", doubt->phase, ": ");
	dt_buf_c(&t, doubt->reason);
	return dt_buf_end(&t);
}

static void
put_worlds(struct dt_buf *t, const struct dt_sigs *ss)
{
	struct dt_str world;
	size_t i;

	for (i = 0; i < dt_sigs_worlds(ss); i++) {
		world = dt_sigs_world(ss, i);
		dt_buf_c(t, i > 0 ? " and " : "");
		dt_buf_shown(t, world.s != NULL ? world :
		    DT_STR("a world that is not known"));
	}
}

struct dt_str
dt_diff_worlds_text(struct dt_arena *mem, const struct dt_diff *d)
{
	struct dt_buf t = {.mem = mem};

	if (dt_diff_same_worlds(d))
		return DT_STR("");
	put_part(&t, "", d->golden_name, " is of ");
	put_worlds(&t, d->golden);
	put_part(&t, ", ", d->now_name, " is of ");
	put_worlds(&t, d->now);
	return dt_buf_end(&t);
}

struct dt_str
dt_diff_known_text(struct dt_arena *mem, const struct dt_diff *d,
    const struct dt_known *known)
{
	struct dt_buf t = {.mem = mem};

	put_part(&t, "", d->known_name, ":");
	dt_buf_num(&t, (int64_t)known->line);
	put_part(&t, ": ", known->pattern, "");
	if (known->expired)
		put_part(&t, ": expired, it held until ", known->until, "");
	if (known->matched > 0) {
		dt_buf_c(&t, ": matches ");
		dt_buf_num(&t, (int64_t)known->matched);
	} else {
		dt_buf_c(&t, dt_diff_is_partial(d) ?
		    ": matches nothing here; cannot tell if ever" :
		    ": matches nothing any more");
	}
	put_part(&t, " (", known->reason, ")");
	return dt_buf_end(&t);
}

const char *
dt_diff_verdict(const struct dt_diff *d)
{
	if (dt_diff_is_new(d))
		return "new-denials";
	return dt_diff_is_doubtful(d) ? "cannot-tell" : "nothing-new";
}

/* A length before each string, or it could hold the next one's beginning. */
static void
digest_str(SHA256_CTX *ctx, const char *key, struct dt_str str)
{
	char head[64];
	int n;

	if (str.s != NULL)
		n = snprintf(head, sizeof(head), "%s=%zu:", key, str.n);
	else
		n = snprintf(head, sizeof(head), "%s;", key);
	SHA256Update(ctx, (const uint8_t *)head, (size_t)n);
	if (str.n > 0)
		SHA256Update(ctx, (const uint8_t *)str.s, str.n);
}

static void
digest_int(SHA256_CTX *ctx, const char *key, struct dt_int num)
{
	char dec[24];

	snprintf(dec, sizeof(dec), "%" PRId64, num.v);
	digest_str(ctx, key, num.set ? dt_str_c(dec) : (struct dt_str){0});
}

void
dt_sig_digest(const struct dt_sig *sig, char hex[DT_SIG_DIGEST_MAX])
{
	SHA256_CTX ctx;

	SHA256Init(&ctx);
#define S(key, field, from, none) WHEN_##none(sig->field) \
	digest_str(&ctx, key, sig->field);
#define WHEN_NULLS(str)
#define WHEN_EMPTY(str)
#define WHEN_ABSENT(str) if (str.n > 0)
#define I(key, field, from) digest_int(&ctx, key, sig->field);
#include "sigmembers.def"
#undef S
#undef I
	SHA256End(&ctx, hex);
}
