/* SPDX-License-Identifier: MIT */
/* The types of options.def: each one's way from text to value and back. */
#ifndef TUNIC_CORE_OPTION_TYPES_H
#define TUNIC_CORE_OPTION_TYPES_H

#include <stdbool.h>

#include "base/text.h"
#include "core/options.h"

/* How the type of one option reads and writes its field of struct settings. */
struct option_type {
	/*
	 * Reads `value` into the field. False: the field is as it was, and `why` completes the
	 * sentence "'VALUE' …" with what is wrong or what is allowed.
	 */
	bool (*parse)(void *field, const char *value, struct text *why);
	/* Writes the field as `parse` would read it. */
	void (*format)(const void *field, struct text *out);
};

/* The type of an option. */
const struct option_type *option_type(enum option option);

/* The option's field of the settings. */
void *option_field(struct settings *settings, enum option option);
const void *option_value(const struct settings *settings, enum option option);

#endif
