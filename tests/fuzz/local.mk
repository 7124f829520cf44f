# SPDX-License-Identifier: MIT
# Each driver is built twice: with replay.c, which runs its corpus in `make check`; and with libFuzzer
# where configure was given --enable-fuzzing. A new driver is one block here and a folder in corpus/.

fuzz_replays =
fuzz_programs =
fuzz_flags = -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined

fuzz_replays += tests/fuzz/replay_socks_client
tests_fuzz_replay_socks_client_SOURCES = tests/fuzz/fuzz_socks_client.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_socks_client_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_CORPUS='"socks_client"'
tests_fuzz_replay_socks_client_LDADD = libproto.la libbase.la
fuzz_programs += tests/fuzz/fuzz_socks_client
tests_fuzz_fuzz_socks_client_SOURCES = tests/fuzz/fuzz_socks_client.c tests/fuzz/fuzz.h $(libproto_la_SOURCES) $(libbase_la_SOURCES)
tests_fuzz_fuzz_socks_client_CFLAGS = $(AM_CFLAGS) $(fuzz_flags)

fuzz_replays += tests/fuzz/replay_socks_server
tests_fuzz_replay_socks_server_SOURCES = tests/fuzz/fuzz_socks_server.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_socks_server_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_CORPUS='"socks_server"'
tests_fuzz_replay_socks_server_LDADD = libproto.la libbase.la
fuzz_programs += tests/fuzz/fuzz_socks_server
tests_fuzz_fuzz_socks_server_SOURCES = tests/fuzz/fuzz_socks_server.c tests/fuzz/fuzz.h $(libproto_la_SOURCES) $(libbase_la_SOURCES)
tests_fuzz_fuzz_socks_server_CFLAGS = $(AM_CFLAGS) $(fuzz_flags)

fuzz_replays += tests/fuzz/replay_dns_message
tests_fuzz_replay_dns_message_SOURCES = tests/fuzz/fuzz_dns_message.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_dns_message_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_CORPUS='"dns_message"'
tests_fuzz_replay_dns_message_LDADD = libproto.la libbase.la
fuzz_programs += tests/fuzz/fuzz_dns_message
tests_fuzz_fuzz_dns_message_SOURCES = tests/fuzz/fuzz_dns_message.c tests/fuzz/fuzz.h $(libproto_la_SOURCES) $(libbase_la_SOURCES)
tests_fuzz_fuzz_dns_message_CFLAGS = $(AM_CFLAGS) $(fuzz_flags)

fuzz_replays += tests/fuzz/replay_conf_text
tests_fuzz_replay_conf_text_SOURCES = tests/fuzz/fuzz_conf_text.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_conf_text_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_CORPUS='"conf_text"'
tests_fuzz_replay_conf_text_LDADD = libcore.la libproto.la libbase.la
fuzz_programs += tests/fuzz/fuzz_conf_text
tests_fuzz_fuzz_conf_text_SOURCES = tests/fuzz/fuzz_conf_text.c tests/fuzz/fuzz.h $(libcore_la_SOURCES) $(libproto_la_SOURCES) $(libbase_la_SOURCES)
tests_fuzz_fuzz_conf_text_CFLAGS = $(AM_CFLAGS) $(fuzz_flags)

if ENABLE_FUZZING
noinst_PROGRAMS += $(fuzz_programs)
endif
check_PROGRAMS += $(fuzz_replays)
TESTS += $(fuzz_replays)
EXTRA_DIST += tests/fuzz/README.md tests/fuzz/corpus
