/* SPDX-License-Identifier: MIT */
/*
 * A configuration file that nobody meant well; the input is its text. Whatever it holds: the reader
 * comes to an end, its lines count upwards, what it returns is trimmed and inside its bounds; a
 * text that is refused is refused in one printable line; and each value that was taken is read back
 * as it is shown.
 */
#include <string.h>

#include "core/conf_text.h"
#include "core/options.h"
#include "fuzz.h"

static void assert_trimmed(const char *text, size_t cap)
{
	size_t len = strnlen(text, cap);

	HOLDS(len > 0 && len < cap);
	HOLDS(!strchr(" \t", text[0]) && !strchr(" \t", text[len - 1]));
	HOLDS(!strchr(text, '\n'));
}

static void assert_pointed_inside(const struct conf_text *conf, const char *text)
{
	HOLDS(conf->bad && conf->bad[0] != '\0');
	HOLDS(conf->bad_text >= text && conf->bad_text <= conf->at);
	HOLDS(conf->bad_len <= (size_t)(conf->at - conf->bad_text));
	HOLDS(conf->bad_len > 0 && !memchr(conf->bad_text, '\n', conf->bad_len));
}

/* Returns how many lines the reader did not understand. */
static size_t read_lines(const char *text, size_t size)
{
	struct conf_text conf;
	enum conf_line kind;
	size_t bad = 0;
	unsigned line = 0;

	conf_text_open(&conf, text, size);
	while ((kind = conf_text_next(&conf)) != CONF_END) {
		HOLDS(conf.line > line && conf.line <= size);
		line = conf.line;
		if (kind == CONF_SETTING) {
			assert_trimmed(conf.key, sizeof(conf.key));
			assert_trimmed(conf.value, sizeof(conf.value));
		} else {
			assert_pointed_inside(&conf, text);
			bad++;
		}
	}
	HOLDS(conf.at == text + size);
	return bad;
}

static void assert_read_back(const struct options *options, enum option option)
{
	const struct option_origin origin = {SOURCE_COMMAND_LINE, 0};
	char shown[4200], again[4200], why[512];
	struct text out = text_over(shown, sizeof(shown));
	struct text out_again = text_over(again, sizeof(again));
	struct text error = text_over(why, sizeof(why));
	struct options copy;

	options_init(&copy);
	options_format(options, option, &out);
	HOLDS(!out.cut);
	HOLDS(options_set(&copy, option, shown, origin, &error));
	options_format(&copy, option, &out_again);
	HOLDS(strcmp(shown, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const size_t bad = read_lines(text, size);
	char buf[1024];
	struct text error = text_over(buf, sizeof(buf));
	struct options options;

	options_init(&options);
	if (options_read_text(&options, SOURCE_SYSTEM_FILE, text, size, &error)) {
		HOLDS(bad == 0 && error.len == 0);
	} else {
		HOLDS(error.len > 0 && !error.cut);
		for (size_t i = 0; i < error.len; i++)
			HOLDS(buf[i] >= ' ' && buf[i] <= '~');
	}
	for (enum option i = 0; i < OPTION_COUNT; i++)
		assert_read_back(&options, i);
	return 0;
}
