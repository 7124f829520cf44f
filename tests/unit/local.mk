# SPDX-License-Identifier: MIT
# One program for each file of src that is tested alone. A new test is two lines: the program
# (its source is the file of the same name) and the libraries that it needs.

unit_tests =

unit_tests += tests/unit/test_addr
tests_unit_test_addr_LDADD = libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_cursor
tests_unit_test_cursor_LDADD = libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_text
tests_unit_test_text_LDADD = libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_socks_client
tests_unit_test_socks_client_LDADD = libproto.la libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_socks_server
tests_unit_test_socks_server_LDADD = libproto.la libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_socks_wire
tests_unit_test_socks_wire_LDADD = libproto.la libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_tor_question
tests_unit_test_tor_question_LDADD = libproto.la libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_dns_name
tests_unit_test_dns_name_LDADD = libproto.la libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_dns_message
tests_unit_test_dns_message_LDADD = libproto.la libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_conf_text
tests_unit_test_conf_text_LDADD = libcore.la libproto.la libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_isolate
tests_unit_test_isolate_LDADD = libcore.la libproto.la libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_name
tests_unit_test_name_LDADD = libcore.la libproto.la libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_options
tests_unit_test_options_LDADD = libcore.la libproto.la libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_policy
tests_unit_test_policy_LDADD = libcore.la libproto.la libbase.la $(CMOCKA_LIBS)

# Its source includes src/core/pool.c. What gcc makes of its own memcpy ThreadSanitizer cannot see.
unit_tests += tests/unit/test_pool
tests_unit_test_pool_CFLAGS = $(AM_CFLAGS) -fno-builtin
tests_unit_test_pool_LDADD = libcore.la libbase.la $(CMOCKA_LIBS) -lpthread

# Pieces of the shim, linked directly instead of being preloaded.
unit_tests += tests/unit/test_connection
tests_unit_test_connection_SOURCES = \
	tests/unit/test_connection.c src/lib/connection.c src/lib/dynamic.c src/lib/guarded.c \
	src/lib/real.c
tests_unit_test_connection_CFLAGS = $(AM_CFLAGS) -Wno-pedantic
tests_unit_test_connection_LDADD = libproto.la libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_fd_table
tests_unit_test_fd_table_SOURCES = \
	tests/unit/test_fd_table.c src/lib/chunks.c src/lib/fd_table.c src/lib/dynamic.c src/lib/real.c
tests_unit_test_fd_table_CFLAGS = $(AM_CFLAGS) -Wno-pedantic
tests_unit_test_fd_table_LDADD = libbase.la $(CMOCKA_LIBS) -lpthread

unit_tests += tests/unit/test_chunks
tests_unit_test_chunks_SOURCES = tests/unit/test_chunks.c src/lib/chunks.c
tests_unit_test_chunks_LDADD = $(CMOCKA_LIBS)

unit_tests += tests/unit/test_deadline
tests_unit_test_deadline_LDADD = $(CMOCKA_LIBS)

unit_tests += tests/unit/test_interest
tests_unit_test_interest_SOURCES = \
	tests/unit/test_interest.c src/lib/chunks.c src/lib/interest.c src/lib/interest_kernel.c \
	src/lib/dynamic.c src/lib/real.c
tests_unit_test_interest_CFLAGS = $(AM_CFLAGS) -Wno-pedantic
tests_unit_test_interest_LDADD = libbase.la $(CMOCKA_LIBS) -lpthread

unit_tests += tests/unit/test_opening
tests_unit_test_opening_SOURCES = \
	tests/unit/test_opening.c src/lib/chunks.c src/lib/fd_table.c src/lib/opening.c \
	src/lib/dynamic.c src/lib/real.c
tests_unit_test_opening_CFLAGS = $(AM_CFLAGS) -Wno-pedantic
tests_unit_test_opening_LDADD = libbase.la $(CMOCKA_LIBS) -lpthread

unit_tests += tests/unit/test_received
tests_unit_test_received_SOURCES = tests/unit/test_received.c src/lib/received.c
tests_unit_test_received_LDADD = $(CMOCKA_LIBS)

unit_tests += tests/unit/test_name_cache
tests_unit_test_name_cache_SOURCES = tests/unit/test_name_cache.c src/lib/name_cache.c
tests_unit_test_name_cache_LDADD = libproto.la libbase.la $(CMOCKA_LIBS) -lpthread

unit_tests += tests/unit/test_handed_out
tests_unit_test_handed_out_SOURCES = tests/unit/test_handed_out.c src/lib/handed_out.c
tests_unit_test_handed_out_LDADD = libbase.la $(CMOCKA_LIBS)

unit_tests += tests/unit/test_hosts_copy
tests_unit_test_hosts_copy_SOURCES = \
	tests/unit/test_hosts_copy.c src/lib/hosts_copy.c src/lib/dynamic.c src/lib/real.c
tests_unit_test_hosts_copy_CFLAGS = $(AM_CFLAGS) -Wno-pedantic
tests_unit_test_hosts_copy_LDADD = $(CMOCKA_LIBS)

unit_tests += tests/unit/test_guard_sign
tests_unit_test_guard_sign_LDADD = $(CMOCKA_LIBS)

# The guard's filter: what it answers on each machine, and what this kernel makes of it.
unit_tests += tests/unit/test_guard_filter
tests_unit_test_guard_filter_SOURCES = \
	tests/unit/test_guard_filter.c tests/unit/bpf.c tests/unit/bpf.h src/bin/guard_filter.c \
	src/bin/guard_memory.c
tests_unit_test_guard_filter_CPPFLAGS = $(AM_CPPFLAGS) $(SECCOMP_CFLAGS)
tests_unit_test_guard_filter_LDADD = libcore.la libbase.la $(SECCOMP_LIBS) $(CMOCKA_LIBS)

unit_tests += tests/unit/test_guard_kernel
tests_unit_test_guard_kernel_SOURCES = tests/unit/test_guard_kernel.c src/bin/guard_filter.c \
	src/bin/guard_memory.c
tests_unit_test_guard_kernel_CPPFLAGS = $(AM_CPPFLAGS) $(SECCOMP_CFLAGS)
tests_unit_test_guard_kernel_LDADD = $(SECCOMP_LIBS) $(CMOCKA_LIBS)

# Without cmocka these do not compile, so `make check` fails: it never passes by skipping them.
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
EXTRA_DIST += tests/unit/hex.h
