/* SPDX-License-Identifier: ISC */
/* XML 1.0, as much of it as a report needs. */
#ifndef DT_XML_H
#define DT_XML_H

#include <stdio.h>

#include "str.h"

/*
 * Write text between tags or in an attribute's double quotes.  What XML cannot
 * hold, or would not give back as it was, stands there as lib/show.h says.
 * Failures are the stream's.
 */
void dt_xml_text(FILE *, struct dt_str);
/* Write an attribute with the space before it. */
void dt_xml_attr(FILE *, const char *name, struct dt_str);

#endif
