/* SPDX-License-Identifier: MIT */
/* What kind a host name is, and its normal form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/name.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *name;
	enum name_kind kind;
	const char *normal;
} names[] = {
	{"example.org", NAME_PUBLIC, "example.org"},
	{"EXAMPLE.Org", NAME_PUBLIC, "example.org"},
	{"example.org.", NAME_PUBLIC, "example.org"},
	{"_sip._tcp.example.org", NAME_PUBLIC, "_sip._tcp.example.org"},
	{"xn--bcher-kva.example", NAME_PUBLIC, "xn--bcher-kva.example"},
	{"192.0.2.1", NAME_PUBLIC, "192.0.2.1"},
	{"a~b.example", NAME_PUBLIC, "a~b.example"},
	{"onion.example", NAME_PUBLIC, "onion.example"},
	{"localhost.example", NAME_PUBLIC, "localhost.example"},
	{"local.example", NAME_PUBLIC, "local.example"},
	{"example.notlocal", NAME_PUBLIC, "example.notlocal"},
	{"notlocalhost.example", NAME_PUBLIC, "notlocalhost.example"},

	{"localhost", NAME_LOCALHOST, "localhost"},
	{"LocalHost.", NAME_LOCALHOST, "localhost"},
	{"a.b.localhost", NAME_LOCALHOST, "a.b.localhost"},

	{"abc.onion", NAME_ONION, "abc.onion"},
	{"ABC.ONION.", NAME_ONION, "abc.onion"},
	{"www.abc.onion", NAME_ONION, "www.abc.onion"},

	{"printer", NAME_LOCAL, "printer"},
	{"printer.", NAME_LOCAL, "printer"},
	{"onion", NAME_LOCAL, "onion"},
	{"local", NAME_LOCAL, "local"},
	{"printer.LOCAL", NAME_LOCAL, "printer.local"},
	{"notlocalhost", NAME_LOCAL, "notlocalhost"},

	{"", NAME_BAD, ""},
	{".", NAME_BAD, ""},
	{"..", NAME_BAD, ""},
	{".onion", NAME_BAD, ""},
	{".example.org", NAME_BAD, ""},
	{"example..org", NAME_BAD, ""},
	{"example.org..", NAME_BAD, ""},
	{"exa mple.org", NAME_BAD, ""},
	{"exam\tple.org", NAME_BAD, ""},
	{"example.org\n", NAME_BAD, ""},
	{"user@example.org", NAME_BAD, ""},
	{"example.org:80", NAME_BAD, ""},
	{"fe80::1", NAME_BAD, ""},
	{"example.org/", NAME_BAD, ""},
	{"fe80--1%eth0", NAME_BAD, ""},
	{"example\\.org", NAME_BAD, ""},
	{"b\xc3\xbc"
	 "cher.example",
		NAME_BAD, ""},
	{"example.org\x7f", NAME_BAD, ""},
};

static void every_name_has_its_kind_and_its_normal_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char out[NAME_BUF] = "unchanged";
		const enum name_kind kind = name_judge(out, names[i].name);

		if (kind != names[i].kind || strcmp(out, names[i].normal) != 0)
			fail_msg("'%s' is kind %d and '%s'", names[i].name, (int)kind, out);
	}
}

/* A name of `len` bytes: labels of one letter, so that only its length can be wrong. */
static void name_fill(char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		name[i] = i % 2 == 1 && i + 1 < len ? '.' : 'a';
	name[len] = '\0';
}

static void a_name_of_255_bytes_is_whole_and_one_of_256_is_bad(void **state)
{
	char name[300], out[NAME_BUF];

	(void)state;
	name_fill(name, 255);
	assert_int_equal(name_judge(out, name), NAME_PUBLIC);
	assert_string_equal(out, name);
	name_fill(name, 256);
	assert_int_equal(name_judge(out, name), NAME_BAD);
	assert_string_equal(out, "");
}

static void the_trailing_dot_does_not_count_as_length(void **state)
{
	char name[300], out[NAME_BUF];

	(void)state;
	name_fill(name, 255);
	strcat(name, ".");
	assert_int_equal(name_judge(out, name), NAME_PUBLIC);
	assert_int_equal(strlen(out), 255);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_has_its_kind_and_its_normal_form),
		cmocka_unit_test(a_name_of_255_bytes_is_whole_and_one_of_256_is_bad),
		cmocka_unit_test(the_trailing_dot_does_not_count_as_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
