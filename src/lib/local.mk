# SPDX-License-Identifier: MIT
# libtunic.so: exports the rows of hooks.def and nothing else.

pkglib_LTLIBRARIES += libtunic.la

libtunic_la_SOURCES = \
	src/lib/aside.c src/lib/aside.h \
	src/lib/caller_memory.c src/lib/caller_memory.h \
	src/lib/child_environment.c src/lib/child_environment.h \
	src/lib/child_program.c src/lib/child_program.h \
	src/lib/chunks.c src/lib/chunks.h \
	src/lib/connection.c src/lib/connection.h \
	src/lib/deadline.h \
	src/lib/explain.c src/lib/explain.h \
	src/lib/fd_table.c src/lib/fd_table.h \
	src/lib/gai.h \
	src/lib/gate.c src/lib/gate.h \
	src/lib/guarded.c src/lib/guarded.h \
	src/lib/handed_out.c src/lib/handed_out.h \
	src/lib/hook_aio.c \
	src/lib/hook_close.c src/lib/hook_close.h \
	src/lib/hook_connect.c \
	src/lib/hook_curl.c \
	src/lib/hook_datagram.c \
	src/lib/hook_dup.c \
	src/lib/hook_epoll.c \
	src/lib/hook_exec.c \
	src/lib/hook_exit.c \
	src/lib/hook_fdpass.c src/lib/hook_fdpass.h \
	src/lib/hook_gai.c \
	src/lib/hook_hostent.c \
	src/lib/hook_inbound.c \
	src/lib/hook_poll.c \
	src/lib/hook_resolver.c \
	src/lib/hook_seccomp.c src/lib/hook_seccomp.h \
	src/lib/hook_select.c \
	src/lib/hook_socket.c \
	src/lib/hook_sockopt.c \
	src/lib/hook_stream.c \
	src/lib/hook_syscall.c \
	src/lib/hooks.def \
	src/lib/inner.def \
	src/lib/hosts_copy.c src/lib/hosts_copy.h \
	src/lib/interest.c src/lib/interest.h src/lib/interest_kernel.c \
	src/lib/judge.c src/lib/judge.h \
	src/lib/library.c src/lib/library.h \
	src/lib/libc.h \
	src/lib/late.c src/lib/late.h \
	src/lib/local_names.c src/lib/local_names.h \
	src/lib/log.c src/lib/log.h \
	src/lib/lookup.c src/lib/lookup.h \
	src/lib/name_cache.c src/lib/name_cache.h \
	src/lib/opening.c src/lib/opening.h \
	src/lib/pool_map.c src/lib/pool_map.h \
	src/lib/progress.c src/lib/progress.h \
	src/lib/proxy.c src/lib/proxy.h \
	src/lib/readiness.c src/lib/readiness.h \
	src/lib/received.c src/lib/received.h \
	src/lib/sequenced.h \
	src/lib/signals.h \
	src/lib/socket.c src/lib/socket.h \
	src/lib/stand_in.c src/lib/stand_in.h \
	src/lib/tunnel.c src/lib/tunnel.h \
	src/lib/watch.c src/lib/watch.h
if GLIBC
libtunic_la_SOURCES += \
	src/lib/hook_gai_async.c \
	src/lib/hook_inner.c src/lib/hook_inner.h \
	src/lib/hook_netdb.c
endif

# -Wpedantic objects to the transparent unions in libc's own prototypes of the socket functions.
libtunic_la_CFLAGS = $(AM_CFLAGS) -Wno-pedantic -fvisibility=hidden
libtunic_la_LIBADD = libearly.la libtarget.la libcore.la libproto.la libbase.la
libtunic_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared \
	-Wl,--version-script=src/lib/libtunic.map
if !SANITIZERS
libtunic_la_LDFLAGS += -Wl,-z,defs
endif
libtunic_la_DEPENDENCIES = libearly.la libtarget.la libcore.la libproto.la libbase.la src/lib/libtunic.map

# A sanitizer asks dlsym before it has set up what instrumented code needs.
noinst_LTLIBRARIES += libearly.la
libearly_la_SOURCES = \
	src/lib/dynamic.c src/lib/dynamic.h \
	src/lib/hook_loader.c \
	src/lib/real.c src/lib/real.h
libearly_la_CFLAGS = $(libtunic_la_CFLAGS) -fno-sanitize=all

CLEANFILES += src/lib/libtunic.map
EXTRA_DIST += src/lib/README.md

src/lib/libtunic.map: $(top_srcdir)/src/lib/hooks.def
	$(AM_V_GEN)$(MKDIR_P) src/lib && { echo '{ global:'; \
	sed -n 's/^\(HOOK\|HOOK_MAY\|LATE\|ALIAS\|INNER\)(\([A-Za-z0-9_]*\).*/\2;/p' $<; \
	echo 'local: *; };'; } >$@.tmp && mv $@.tmp $@

uninstall-local:
	-rm -f $(DESTDIR)$(pkglibdir)/libtunic.so
	-rmdir $(DESTDIR)$(pkglibdir)

# A module is found by its path; the libtool archive helps nobody.
install-exec-hook:
	rm -f $(DESTDIR)$(pkglibdir)/libtunic.la
