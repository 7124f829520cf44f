#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# base < proto < core < target < lib or bin: an arrow points down only, and the lowest three do nothing but think.

load tree

setup() { cd "$TREE" || return; }

# may_include FOLDER: which folders of src its files may name.
may_include() {
	case $1 in
	base) echo base ;;
	proto) echo base proto ;;
	core) echo base proto core ;;
	target) echo base proto core target ;;
	lib) echo base proto core target lib ;;
	bin) echo base proto core target bin ;;
	esac
}

includes_of() {
	grep -noE '^[[:blank:]]*#[[:blank:]]*include[[:blank:]]+"[^"]+"' "$1" |
		sed 's/^\([0-9]*\):.*"\(.*\)"/\1 \2/'
}

@test "every folder of src is one whose layer is known" {
	for folder in src/*/; do
		[ -n "$(may_include "$(basename "$folder")")" ] || echo "$folder"
	done | nothing "these are not"
}

@test "a file includes only what its folder may know, by its path from src" {
	local files folder allowed
	files=$(tree_files | grep -E '^src/[a-z]+/.*\.[ch]$' | something)
	for file in $files; do
		folder=${file#src/}
		allowed=" $(may_include "${folder%%/*}") "
		includes_of "$file" | while read -r line name; do
			case $name in
			config.h) ;;
			*/*) [[ $allowed = *" ${name%%/*} "* ]] || echo "$file:$line: $name" ;;
			*) echo "$file:$line: $name has no folder" ;;
			esac
		done
	done | nothing "these include something else"
}

@test "tests include what they test, and nothing of lib's from bin or of bin's from lib" {
	local files
	files=$(tree_files | grep -E '^tests/.*\.[ch]$' | something)
	for file in $files; do
		includes_of "$file" | sed 's/^[0-9]* //' | grep -oE '^(lib|bin)/' | sort -u | wc -l |
			grep -qv '^2$' || echo "$file"
	done | nothing "these include both"
}

@test "every header compiles alone" {
	local files
	files=$(tree_files | grep -E '^(src|tests)/.*\.h$' | something)
	for file in $files; do
		echo "#include \"$file\"" | gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Isrc -I. \
			-I"$TUNIC_BUILD" -fsyntax-only -x c - 2>&1 || echo "$file"
	done | nothing "these do not"
}

# What the folders that only think may not call, the _chk forms of it included.
FORBIDDEN='open(at)?(64)?|f(d)?open(64)?|creat|read|write|p(read|write)(64)?|readv|writev|socket|connect|bind|
listen|accept4?|send(to|msg|mmsg)?|recv(from|msg|mmsg)?|poll|ppoll|select|pselect|epoll_.*|
v?(f|d|as|vas)?printf|puts|fputs|putchar|perror|syslog|stdout|stderr|
time|clock.*|gettimeofday|localtime.*|gmtime.*|usleep|nanosleep|sleep|
malloc|calloc|realloc.*|free|strn?dup|mmap(64)?|munmap|
__errno_location|getenv|secure_getenv|getpid|gettid|getuid|geteuid|abort|_?exit|__assert_fail|
getaddrinfo|gethostby.*|getnameinfo|random|rand|getrandom|inet_aton'

@test "base, proto and core open nothing, print nothing, allocate nothing, and know no clock" {
	local pattern objects
	pattern=$(tr -d '\n' <<<"$FORBIDDEN")
	objects=$(objects_of base proto core)
	for object in $objects; do
		nm -A -u "$object" | grep -E " U (__)?($pattern)(_chk)?(@|$)" || true
	done | nothing "these call what they may not"
}
