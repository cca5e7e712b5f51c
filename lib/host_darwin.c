/* SPDX-License-Identifier: ISC */
/* Facts of a macOS host: its version, its dyld cache, and its protection. */
#include <sys/types.h>
#include <sys/sysctl.h>

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "host.h"

/* Bits of csr_get_active_config, xnu bsd/sys/csr.h. */
enum {
	CSR_UNTRUSTED_KEXTS = 1 << 0,
	CSR_UNRESTRICTED_FS = 1 << 1,
	CSR_TASK_FOR_PID = 1 << 2,
	CSR_APPLE_INTERNAL = 1 << 4,
};

static bool
by_sysctl(const char *name, char *buf, size_t size)
{
	size_t n = size - 1;

	if (sysctlbyname(name, buf, &n, NULL, 0) == -1)
		return false;
	buf[n] = '\0';
	return true;
}

/*
 * A program for Intel that runs on Apple silicon is told of an Intel machine,
 * and has a dyld cache of its own.
 */
static bool
is_translated(void)
{
	int yes = 0;
	size_t n = sizeof(yes);

	return sysctlbyname("sysctl.proc_translated", &yes, &n, NULL,
	    0) == 0 && yes == 1;
}

static bool
machine(char *buf, size_t size)
{
	if (!is_translated())
		return false;	/* uname(3) tells */
	snprintf(buf, size, "arm64");
	return true;
}

/* The call is in no public header, so it may be missing one day. */
static bool
sip(char *buf, size_t size)
{
	const uint32_t off = CSR_UNTRUSTED_KEXTS | CSR_UNRESTRICTED_FS |
	    CSR_TASK_FOR_PID;
	int (*get)(uint32_t *);
	uint32_t config;

	*(void **)&get = dlsym(RTLD_DEFAULT, "csr_get_active_config");
	if (get == NULL || get(&config) != 0)
		return false;
	if ((config & ~(uint32_t)CSR_APPLE_INTERNAL) == 0)
		snprintf(buf, size, "enabled");
	else
		snprintf(buf, size, (config & off) == off ? "disabled" :
		    "custom");
	return true;
}

static bool
dyld(char *buf, size_t size)
{
	bool (*get)(unsigned char [16]);
	unsigned char uuid[16];

	*(void **)&get = dlsym(RTLD_DEFAULT, "_dyld_get_shared_cache_uuid");
	if (is_translated() || get == NULL || !get(uuid))
		return false;
	snprintf(buf, size, "%02x%02x%02x%02x", uuid[0], uuid[1], uuid[2],
	    uuid[3]);
	return true;
}

bool
dt_host_fact(const char *key, char *buf, size_t size)
{
	if (strcmp(key, "build") == 0)
		return by_sysctl("kern.osversion", buf, size);
	if (strcmp(key, "version") == 0)
		return by_sysctl("kern.osproductversion", buf, size);
	if (strcmp(key, "machine") == 0)
		return machine(buf, size);
	if (strcmp(key, "product") == 0) {
		snprintf(buf, size, "macOS");
		return true;
	}
	if (strcmp(key, "sip") == 0)
		return sip(buf, size);
	if (strcmp(key, "dyld") == 0)
		return dyld(buf, size);
	return false;
}
