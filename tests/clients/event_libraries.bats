#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# bats file_tags=more
# As parallel.bats, by the event libraries of several languages.

load ../lib/tunic
load loops

setup_file() {
	environment_clean
	needs cc g++ pkg-config cargo
	cd "$BATS_FILE_TMPDIR" || return
	compiled libevent -levent
	compiled libev -lev
	compiled libuv -luv
	compiled curl_multi -lcurl
	# shellcheck disable=SC2046 # words are wanted
	compiled gio $(pkg-config --cflags --libs gio-2.0)
	g++ -o asio "$LOOPS/asio.cpp" -lpthread
	rust_build mio
	rust_build tokio
}

setup() {
	tunic_setup
	tornet_setup
	PATH=$BATS_FILE_TMPDIR:$PATH
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	background_end
}

compiled() { cc -D_GNU_SOURCE -o "$1" "$LOOPS/$1.c" "${@:2}"; }

# With the crates that Debian has packaged.
rust_build() {
	export CARGO_HOME=$BATS_FILE_TMPDIR/cargo CARGO_TARGET_DIR=$BATS_FILE_TMPDIR/target
	mkdir -p "$CARGO_HOME"
	printf '%s\n' '[source.crates-io]' 'replace-with = "debian"' '[source.debian]' \
		'directory = "/usr/share/cargo/registry"' >"$CARGO_HOME/config.toml"
	cp -r "$LOOPS/$1" "$1_source"
	(cd "$1_source" && PATH=/usr/bin:/bin cargo build --offline --quiet) || return
	cp "target/debug/$1_pages" "$1"
}

java_client() { AS_URLS=yes "$1" java "$TESTS/clients/Net.java" pages; }

ruby_threads() {
	AS_URLS=yes "$1" ruby -rnet/http -e '
ARGV.map { |url| Thread.new { Net::HTTP.get(URI(url)) } }.each { |page| print page.value }'
}

# Its resolver speaks to name servers itself.
aria2_pages() {
	# shellcheck disable=SC2016 # of that shell
	AS_URLS=yes "$1" sh -c 'aria2c -q -Z -j8 --async-dns=false --allow-overwrite "$@" && cat [0-7]' sh
}

wget2_pages() { AS_URLS=yes "$1" wget2 -q --max-threads=8 -O-; }

@test "libevent fetches pages" { pages_come libevent; }

@test "libevent opens connections at once" { opens_at_once libevent; }

@test "libev fetches pages" { pages_come libev; }

@test "libev opens connections at once" { opens_at_once libev; }

@test "libuv fetches pages" { pages_come libuv; }

@test "libuv opens connections at once" { opens_at_once libuv; }

@test "GLib fetches pages" { pages_come gio; }

@test "GLib opens connections at once" { opens_at_once gio; }

@test "Boost.Asio fetches pages" { pages_come asio; }

@test "Boost.Asio opens connections at once" { opens_at_once asio; }

@test "libcurl's multi interface fetches pages" { pages_come curl_multi; }

@test "libcurl's multi interface opens connections at once" { opens_at_once curl_multi; }

@test "node fetches pages by http and by net" { pages_come node "$LOOPS/node.js"; }

@test "node opens connections at once" { opens_at_once node "$LOOPS/node.js"; }

# By the library alone: the guard would refuse that, too.
@test "node opens connections at once, though it is told to use io_uring" {
	UV_USE_IO_URING=1 TUNIC_GUARD=off opens_at_once node "$LOOPS/node.js"
}

@test "Rust's mio fetches pages" { pages_come mio; }

@test "Rust's mio opens connections at once" { opens_at_once mio; }

@test "Rust's tokio fetches pages" { pages_come tokio; }

@test "Rust's tokio opens connections at once" { opens_at_once tokio; }

@test "Java's channels fetch pages" { pages_come java "$TESTS/clients/Net.java" channels; }

@test "Java's channels open connections at once" { opens_at_once java "$TESTS/clients/Net.java" channels; }

@test "Java's HTTP client fetches pages" { java_client pages_come; }

@test "Java's HTTP client opens connections at once" { java_client opens_at_once; }

@test "perl's IO::Async fetches pages, with names that its child looked up" { pages_come perl "$LOOPS/io_async.pl"; }

@test "perl's IO::Async opens connections at once" { opens_at_once perl "$LOOPS/io_async.pl"; }

@test "perl's AnyEvent fetches pages from an address" { pages_come_by_address perl "$LOOPS/anyevent.pl"; }

@test "perl's AnyEvent opens connections at once" { opens_at_once perl "$LOOPS/anyevent.pl"; }

@test "ruby's threads fetch pages" { ruby_threads pages_come; }

@test "ruby's threads open connections at once" { ruby_threads opens_at_once; }

@test "aria2 fetches pages" { aria2_pages pages_come; }

@test "aria2 opens connections at once" { aria2_pages opens_at_once; }

@test "wget2 fetches pages" { wget2_pages pages_come; }

@test "wget2 opens connections at once" { wget2_pages opens_at_once; }
