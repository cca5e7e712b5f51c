/* SPDX-License-Identifier: ISC */
/* What stands in front of a message in the logs of Linux. */
#include "logdate.h"
#include "linuxlog.h"
#include "scan.h"

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

enum { TAG_MAX = 64, HOST_MAX = 255 };

/* Seconds and a fraction, or of dmesg -T a date. */
static bool
is_since_boot(struct dt_str in)
{
	struct dt_str sec = dt_scan_until(&in, ". ");

	return dt_logdate_weekday(sec) || (dt_scan_digits(sec) &&
	    dt_scan_take(&in, ".") && dt_scan_digits(in));
}

bool
dt_linuxlog_printk(struct dt_str *s)
{
	struct dt_str rest = *s, in;

	if (!dt_scan_take(&rest, "["))
		return false;
	in = dt_scan_trim(dt_scan_until(&rest, "]"));
	if (!dt_scan_take(&rest, "]") || !is_since_boot(in))
		return false;
	if (rest.n > 0 && !dt_scan_blank(rest.s[0]) && rest.s[0] != '[')
		return false;
	rest = dt_scan_ltrim(rest);
	*s = rest;
	if (dt_scan_take(&rest, "[")) {
		in = dt_scan_trim(dt_scan_until(&rest, "]"));
		if ((dt_str_starts(in, "T") || dt_str_starts(in, "C")) &&
		    dt_scan_digits(dt_str_after(in, 1)) &&
		    dt_scan_take(&rest, "]"))
			*s = dt_scan_ltrim(rest);
	}
	return true;
}

/* `<5>`, and the facility in it. */
static bool
take_priority(struct dt_str *s, struct dt_linuxlog *log)
{
	struct dt_str rest = *s, num;
	int64_t prio;

	if (!dt_scan_take(&rest, "<"))
		return false;
	num = dt_scan_until(&rest, ">");
	if (num.n > 3 || !dt_scan_digits(num) || !dt_scan_take(&rest, ">") ||
	    dt_num_parse(num, &prio) == -1)
		return false;
	log->facility = DT_INT(prio / 8);
	*s = rest;
	return true;
}

static bool
is_facility(struct dt_str word, struct dt_linuxlog *log)
{
	static const char *const facilities[] = {"kern", "user", "mail",
	    "daemon", "auth", "syslog", "lpr", "news"};
	size_t i;

	for (i = 0; i < NELEM(facilities); i++)
		if (dt_str_is(word, facilities[i])) {
			log->facility = DT_INT((int64_t)i);
			return true;
		}
	return false;
}

/* `kern  :notice: `, of dmesg -x. */
static bool
take_decoded(struct dt_str *s, struct dt_linuxlog *log)
{
	struct dt_str rest = *s, word;

	word = dt_scan_rtrim(dt_scan_until(&rest, ": "));
	rest = dt_scan_ltrim(rest);
	if (!dt_scan_take(&rest, ":"))
		return false;
	dt_scan_until(&rest, ":[ ");
	rest = dt_scan_ltrim(rest);
	if (!dt_scan_take(&rest, ":") || !is_facility(word, log))
		return false;
	*s = dt_scan_ltrim(rest);
	return true;
}

/* `kern.notice: ` or `kern.notice ` in place of the host: OpenWrt. */
static bool
take_level(struct dt_str *s, struct dt_linuxlog *log)
{
	struct dt_str rest = *s, word;

	word = dt_scan_until(&rest, " ");
	if (!is_facility(dt_scan_until(&word, "."), log) || word.n == 0)
		return false;
	*s = dt_scan_ltrim(rest);
	return true;
}

/* `5,123,456789,-;`, of /dev/kmsg. */
static bool
take_kmsg(struct dt_str *s, struct dt_linuxlog *log)
{
	struct dt_str rest = *s, head, prio;
	int64_t num;

	if (!dt_logdate_form(&rest, "0"))
		return false;
	rest = *s;
	head = dt_scan_until(&rest, "; ");
	if (!dt_scan_take(&rest, ";"))
		return false;
	prio = dt_scan_until(&head, ",");
	if (!dt_scan_digits(prio) || dt_num_parse(prio, &num) == -1 ||
	    !dt_scan_take(&head, ",") ||
	    !dt_scan_digits(dt_scan_until(&head, ",")) ||
	    !dt_scan_take(&head, ",") ||
	    !dt_scan_digits(dt_scan_until(&head, ",")))
		return false;
	log->facility = DT_INT(num / 8);
	*s = rest;
	return true;
}

/* `tag: ` or `tag[123]: `. */
static void
take_tag(struct dt_str *s, struct dt_linuxlog *log)
{
	struct dt_str rest = *s, tag, num;

	tag = dt_scan_until(&rest, "[: ");
	if (tag.n == 0 || tag.n > TAG_MAX)
		return;
	if (dt_scan_take(&rest, "[")) {
		num = dt_scan_until(&rest, "]");
		if (!dt_scan_digits(num) || !dt_scan_take(&rest, "]") ||
		    dt_num_parse(num, &log->pid.v) == -1)
			return;
		log->pid.set = true;
	}
	if (!dt_scan_take(&rest, ":")) {
		log->pid = (struct dt_int){0};
		return;
	}
	log->tag = tag;
	*s = rest.n > 0 && rest.s[0] == ' ' ? dt_str_after(rest, 1) : rest;
}

/* `-`, or `[id key="value"]` any number of times. */
static bool
take_data(struct dt_str *s)
{
	struct dt_str rest = dt_scan_ltrim(*s);
	bool quoted;

	if (!dt_str_starts(rest, "[") && !dt_scan_take(&rest, "-"))
		return false;
	while (dt_scan_take(&rest, "[")) {
		for (quoted = false; rest.n > 0 &&
		    (quoted || rest.s[0] != ']'); rest = dt_str_after(rest, 1))
			if (rest.s[0] == '\\' && rest.n > 1)
				rest = dt_str_after(rest, 1);
			else if (rest.s[0] == '"')
				quoted = !quoted;
		if (!dt_scan_take(&rest, "]"))
			return false;
	}
	dt_scan_take(&rest, " ");
	dt_scan_take(&rest, "\357\273\277");	/* UTF-8 */
	*s = rest;
	return true;
}

/* `host app pid msgid data ` behind the date of RFC 5424. */
static bool
take_5424(struct dt_str *s, struct dt_linuxlog *log)
{
	struct dt_str rest = *s, pid;

	log->host = dt_scan_word(&rest);
	log->tag = dt_scan_word(&rest);
	pid = dt_scan_word(&rest);
	dt_scan_word(&rest);
	if (dt_num_parse(pid, &log->pid.v) == 0)
		log->pid.set = true;
	if (!take_data(&rest))
		return false;
	*s = rest;
	return true;
}

static bool
take_date(struct dt_str *s, struct dt_linuxlog *log)
{
	struct dt_str rest = *s;
	struct dt_int ts;

	if (!dt_logdate_take(&rest, &ts) || rest.n == 0 || rest.s[0] != ' ')
		return false;
	log->ts = ts;
	log->time = (struct dt_str){s->s, (size_t)(rest.s - s->s)};
	*s = dt_scan_ltrim(rest);
	return true;
}

static bool
read_syslog(struct dt_str s, struct dt_linuxlog *log)
{
	bool versioned = log->facility.set && dt_scan_take(&s, "1 ");
	bool comma;

	if (!take_date(&s, log))
		return false;
	log->of = DT_LINUXLOG_SYSLOG;
	log->msg = s;
	if (versioned) {
		if (take_5424(&s, log))
			log->msg = s;
		return true;
	}
	/* dmesg --time-format iso, which has no host and no tag. */
	comma = dt_scan_find(log->time, ",") < log->time.n;
	if (comma && log->ts.set) {
		log->of = DT_LINUXLOG_KERNEL;
		return true;
	}
	if (take_level(&s, log)) {
		take_tag(&s, log);
		if (log->tag.s == NULL && log->facility.v == 0)
			log->tag = DT_STR("kernel");
		log->msg = s;
		return true;
	}
	log->host = dt_scan_until(&s, " ");
	if (log->host.n > HOST_MAX || s.n == 0) {
		log->host = (struct dt_str){0};
		return true;
	}
	s = dt_str_after(s, 1);
	take_tag(&s, log);
	log->msg = s;
	return true;
}

/* `08-30 12:19:40.582  3841  3841 W Thread-329: `, with a user or without. */
static bool
read_logcat(struct dt_str s, struct dt_linuxlog *log)
{
	const char *start;
	struct dt_str word;

	dt_scan_take(&s, ",");
	start = s.s;
	if (!dt_logdate_form(&s, "00-00 00:00:00.000 "))
		return false;
	log->time = (struct dt_str){start, (size_t)(s.s - start) - 1};
	if (!dt_scan_num(&s, &log->pid.v)) {
		word = dt_scan_word(&s);
		if (word.n != 1 && !dt_scan_num(&s, &log->pid.v))
			return false;
	}
	log->of = DT_LINUXLOG_LOGCAT;
	log->pid.set = true;
	dt_scan_word(&s);
	word = dt_scan_word(&s);
	if (word.n != 1)
		return false;
	s = dt_scan_ltrim(s);
	log->tag = dt_scan_until(&s, ":");
	log->tag = dt_scan_rtrim(log->tag);
	if (!dt_scan_take(&s, ":"))
		return false;
	log->msg = dt_scan_ltrim(s);
	return true;
}

/* `W/Thread-329( 3841): `, logcat -v brief. */
static bool
read_brief(struct dt_str s, struct dt_linuxlog *log)
{
	struct dt_str num;

	if (!dt_logdate_form(&s, "x/") || s.s[-2] < 'A' || s.s[-2] > 'Z')
		return false;
	log->tag = dt_scan_rtrim(dt_scan_until(&s, "("));
	if (!dt_scan_take(&s, "("))
		return false;
	num = dt_scan_trim(dt_scan_until(&s, ")"));
	if (!dt_scan_digits(num) || !dt_scan_take(&s, "): ") ||
	    dt_num_parse(num, &log->pid.v) == -1)
		return false;
	log->pid.set = true;
	log->of = DT_LINUXLOG_LOGCAT;
	log->msg = s;
	return true;
}

/* Behind the printk prefix of journalctl -o short-monotonic is a host. */
static void
read_monotonic(struct dt_linuxlog *log)
{
	struct dt_linuxlog more = {0};
	struct dt_str s = log->msg;

	more.host = dt_scan_until(&s, " ");
	if (more.host.n == 0 || more.host.n > HOST_MAX || s.n == 0 ||
	    dt_scan_ends(more.host, ":"))
		return;
	s = dt_str_after(s, 1);
	take_tag(&s, &more);
	if (more.tag.s == NULL || (!more.pid.set &&
	    !dt_str_is(more.tag, "kernel")))
		return;
	log->of = DT_LINUXLOG_SYSLOG;
	log->host = more.host;
	log->tag = more.tag;
	log->pid = more.pid;
	log->msg = s;
}

static bool
read_dmesg(struct dt_str s, struct dt_linuxlog *log)
{
	struct dt_str rest = s;

	if (!dt_linuxlog_printk(&rest))
		return false;
	s = dt_str_after(s, 1);
	log->time = dt_scan_trim(dt_scan_until(&s, "]"));
	log->boot = true;
	log->of = DT_LINUXLOG_KERNEL;
	log->msg = rest;
	read_monotonic(log);
	return true;
}

void
dt_linuxlog_read(struct dt_str line, struct dt_linuxlog *log)
{
	struct dt_linuxlog none = {0};
	struct dt_str s = line;
	bool prefixed;

	*log = none;
	prefixed = take_priority(&s, log) || take_decoded(&s, log);
	if (read_dmesg(s, log) || read_syslog(s, log))
		return;
	if (!prefixed && take_kmsg(&s, log)) {
		log->of = DT_LINUXLOG_KERNEL;
		log->msg = s;
		return;
	}
	*log = none;
	if (read_logcat(line, log))
		return;
	*log = none;
	if (read_brief(line, log))
		return;
	*log = none;
	log->msg = line;
}
