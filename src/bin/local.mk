# SPDX-License-Identifier: MIT
# The command.

bin_PROGRAMS += tunic

tunic_SOURCES = \
	src/bin/tunic.c \
	src/bin/command_line.c src/bin/command_line.h \
	src/bin/settings.c src/bin/settings.h \
	src/bin/program.c src/bin/program.h \
	src/bin/library.c src/bin/library.h \
	src/bin/descriptors.c src/bin/descriptors.h \
	src/bin/guard.c src/bin/guard.h src/bin/guard_kernel.h src/bin/guard_run.h \
	src/bin/guard_cage.c src/bin/guard_cage.h \
	src/bin/guard_caller.c src/bin/guard_caller.h \
	src/bin/guard_calls.c src/bin/guard_calls.h \
	src/bin/guard_channel.c src/bin/guard_channel.h \
	src/bin/guard_connect.c src/bin/guard_connect.h \
	src/bin/guard_datagram.c src/bin/guard_datagram.h \
	src/bin/guard_filter.c src/bin/guard_filter.h src/bin/guard.def \
	src/bin/guard_inbound.c src/bin/guard_inbound.h \
	src/bin/guard_jail.c src/bin/guard_jail.h \
	src/bin/guard_loop.c src/bin/guard_loop.h \
	src/bin/guard_lost.c src/bin/guard_lost.h \
	src/bin/guard_name_server.c src/bin/guard_name_server.h \
	src/bin/guard_notice.c src/bin/guard_notice.h \
	src/bin/guard_operation.c src/bin/guard_operation.h \
	src/bin/guard_park.c src/bin/guard_park.h \
	src/bin/guard_path.c src/bin/guard_path.h \
	src/bin/guard_memory.c src/bin/guard_memory.h \
	src/bin/guard_pool.c src/bin/guard_pool.h \
	src/bin/guard_proc.c src/bin/guard_proc.h \
	src/bin/guard_question.c src/bin/guard_question.h \
	src/bin/guard_relay.c src/bin/guard_relay.h \
	src/bin/guard_report.c src/bin/guard_report.h \
	src/bin/guard_resolver.c src/bin/guard_resolver.h \
	src/bin/guard_socket.c src/bin/guard_socket.h \
	src/bin/guard_socketcall.c src/bin/guard_socketcall.h \
	src/bin/guard_swap.c src/bin/guard_swap.h \
	src/bin/guard_supervisor.c src/bin/guard_supervisor.h \
	src/bin/guard_tally.c src/bin/guard_tally.h \
	src/bin/guard_talk.c src/bin/guard_talk.h \
	src/bin/guard_words.c src/bin/guard_words.h \
	src/bin/launch.c src/bin/launch.h \
	src/bin/pool_file.c src/bin/pool_file.h \
	src/bin/proxy_kind.c src/bin/proxy_kind.h \
	src/bin/say.c src/bin/say.h
tunic_CPPFLAGS = $(AM_CPPFLAGS) -DBINDIR='"$(bindir)"' -DPKGLIBDIR='"$(pkglibdir)"' \
	$(SECCOMP_CFLAGS)
tunic_LDADD = libtarget.la libcore.la libproto.la libbase.la $(SECCOMP_LIBS)

EXTRA_DIST += src/bin/README.md
