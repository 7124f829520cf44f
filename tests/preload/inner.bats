#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Sun RPC: libc's own functions, which connect in its inside, are refused; those of libtirpc have the same names and
# work. That nothing of them leaks is for tests/leak.

load ../lib/tunic
load served

setup() {
	tunic_setup
	needs gcc
	through relay
	requests_forget
	cd "$BATS_TEST_TMPDIR" || return
	cat >client.c <<-'END'
		#include <arpa/inet.h>
		#include <stdio.h>
		#include <stdlib.h>
		void *clnttcp_create(struct sockaddr_in *, unsigned long, unsigned long, int *, unsigned, unsigned);
		char *clnt_spcreateerror(const char *);
		#ifdef VERSION
		__asm__(".symver clnttcp_create,clnttcp_create@" VERSION);
		__asm__(".symver clnt_spcreateerror,clnt_spcreateerror@" VERSION);
		#endif
		void try(const char *port)
		{
			struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
			int fd = -1;
			inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
			if (clnttcp_create(&to, 100000, 2, &fd, 0, 0) != NULL)
				puts("connected");
			else
				puts(clnt_spcreateerror("not connected"));
		}
	END
	cat >main.c <<-'END'
		#include <dlfcn.h>
		void try(const char *);
		int main(int argc, char **argv)
		{
			void *module = dlopen(argc > 2 ? argv[2] : 0, RTLD_NOW | RTLD_LOCAL);
			((void (*)(const char *))dlsym(module, "try"))(argv[1]);
			return 0;
		}
	END
}

tirpc_needed() {
	[ -e "$(gcc -print-file-name=libtirpc.so)" ] || fail "libtirpc-dev is missing"
}

@test "Sun RPC of libc, for programs linked long ago, is refused and says why" {
	local version
	version=$(readelf -W --dyn-syms "$(gcc -print-file-name=libc.so.6)" |
		sed -n 's/.* clnttcp_create@*\(GLIBC_[0-9.]*\).*/\1/p')
	gcc -DVERSION="\"$version\"" -rdynamic main.c client.c -o old
	run bare ./old "$(port echo)"
	assert_output connected
	run --separate-stderr shimmed ./old "$(port echo)"
	assert_output 'not connected: RPC: Remote system error - Permission denied'
	assert_stderr_says 'refused a function that connects in the inside of libc .clnttcp_create'
	[ -z "$(requests)" ]
}

@test "Sun RPC of libtirpc goes through the proxy, in a program linked to it" {
	tirpc_needed
	gcc -rdynamic main.c client.c -o new -ltirpc
	run bare ./new "$(port echo)"
	assert_output connected
	run --separate-stderr shimmed ./new "$(port echo)"
	assert_output connected
	requests | grep -q "^relay 01 1 127.0.0.1 $(port echo)"
}

# The address sanitizer has functions of XDR, too, and looks for libtirpc's when the program starts: not there yet.
@test "Sun RPC of libtirpc goes through the proxy, in a module that alone knows of it" {
	tirpc_needed
	gcc -shared -fPIC client.c -o module.so -ltirpc
	gcc main.c -o loader
	run bare ./loader "$(port echo)" ./module.so
	assert_output connected
	[ -z "$SANITIZED" ] || return 0
	run --separate-stderr shimmed ./loader "$(port echo)" ./module.so
	assert_output connected
	requests | grep -q "^relay 01 1 127.0.0.1 $(port echo)"
}
