#include <errno.h>
#include "sigs_diff.h"
int dt_diff_write_json(const struct dt_diff *d, FILE *f, bool p){(void)d;(void)f;(void)p;errno=ENOSYS;return -1;}
int dt_diff_write_sarif(const struct dt_diff *d, FILE *f){(void)d;(void)f;errno=ENOSYS;return -1;}
int dt_diff_write_junit(const struct dt_diff *d, FILE *f){(void)d;(void)f;errno=ENOSYS;return -1;}
