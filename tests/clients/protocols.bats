#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# bats file_tags=more
# Programs that speak something else than HTTP, and a web server that passes requests on.

load ../lib/tunic
load loops

setup_file() {
	environment_clean
	needs python3
	background protocols python3 "$TESTS/servers/protocols.py" "$BATS_FILE_TMPDIR"
	wait_until 10 test -s "$BATS_FILE_TMPDIR/ports"
}

teardown_file() {
	background_end
}

setup() {
	tunic_setup
	tornet_setup
	export TERM=xterm
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	background_end
}

port() { sed -n "s/^$1 //p" "$BATS_FILE_TMPDIR/ports"; }

# was_said WORDS: to a server of protocols.py.
was_said() { wait_until 30 grep -qF "$1" "$BATS_FILE_TMPDIR/said" || { cat "$BATS_FILE_TMPDIR/said"; return 1; }; }

# nginx_to HOST LAUNCHER: a web server, a master and two workers, that passes on to HOST. Its port is in $PORT.
nginx_to() {
	local nginx name
	nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || fail "nginx is missing: this test needs it" || return
	PORT=$(port_free)
	name=nginx-$PORT
	cat >nginx.conf <<-END
		daemon off;
		pid nginx.pid;
		error_log stderr;
		worker_processes 2;
		events { worker_connections 64; }
		http {
			access_log off;
			client_body_temp_path body;
			proxy_temp_path proxy;
			fastcgi_temp_path fastcgi;
			uwsgi_temp_path uwsgi;
			scgi_temp_path scgi;
			server {
				listen 127.0.0.1:$PORT;
				location / {
					proxy_pass http://$1;
					proxy_set_header Host $1;
				}
			}
		}
	END
	background "$name" "$2" "$nginx" -e stderr -p "$PWD" -c nginx.conf
	wait_until 30 tcp_answers 127.0.0.1 "$PORT" || { cat "$(background_log "$name")" >&2; return 1; }
}

# passes_on WORDS: eight pages that say so.
passes_on() {
	AS_URLS=yes target 127.0.0.1 "$PORT"
	run --separate-stderr timeout 60 curl -sSf --parallel --parallel-immediate "${WORDS[@]}"
	assert_pages "$1"
}

@test "nginx passes requests on to an onion service" {
	nginx_to "$TORNET_ONION" "$TUNIC"
	passes_on "tornet ok"
}

@test "nginx opens connections at once" {
	unset TUNIC_PIPELINE
	gathering_start
	nginx_to "127.0.0.1:$GATHERED" env
	passes_on gathered
	gathering_start
	TUNIC_PROXY=127.0.0.1:$GATHERED nginx_to 198.51.100.7 "$TUNIC"
	passes_on gathered
}

@test "redis-cli reaches a server by name" {
	run --separate-stderr "$TUNIC" redis-cli -h pub.test -p "$(port redis)" ping
	assert_status 0
	assert_output PONG
}

@test "psql reaches a server by name" {
	run --separate-stderr "$TUNIC" psql "host=pub.test port=$(port postgres) user=test dbname=test" -tAc "select word"
	assert_status 0
	assert_output skin
}

@test "weechat, whose child connects and hands the socket back, reaches a server" {
	background weechat "$TUNIC" weechat-headless -d "$PWD" \
		-r "/server add tornet pub.test/$(port irc) -notls -nicks=weechatter" -r "/connect tornet"
	was_said "irc NICK weechatter"
}

@test "irssi, whose child looks the name up, reaches a server" {
	background irssi script -qec "$TUNIC irssi --home=$PWD -c pub.test -p $(port irc) -n irssitter" /dev/null
	was_said "irc NICK irssitter"
}

# torrent_wanted: skin.torrent, of a file that is not here; tracker_was_asked, for it.
torrent_wanted() {
	TRACKER=/announce-$$-$BATS_TEST_NUMBER
	head -c 40000 /dev/zero >skin
	transmission-create -o skin.torrent -t "http://pub.test:$HTTP_PORT$TRACKER" skin
	rm skin
}

tracker_was_asked() {
	wait_until 30 grep -q "GET pub.test:$HTTP_PORT $TRACKER.*event=started" "$TORNET_DIR/http.log"
}

@test "transmission goes on with its tracker where UDP leads nowhere and peers are refused" {
	local log
	torrent_wanted
	background transmission "$TUNIC" transmission-cli -w "$PWD" skin.torrent
	tracker_was_asked
	log=$(background_log transmission)
	[ "$(grep -ac 'tunic: transmission-cli: refused to accept' "$log")" -eq 1 ]
}

@test "rtorrent, told not to listen, goes on with its tracker where UDP leads nowhere" {
	torrent_wanted
	background rtorrent script -qec "HOME=$PWD $TUNIC rtorrent -n -d $PWD \
		-O network.port_open.set=no -O dht.mode.set=on skin.torrent" /dev/null
	tracker_was_asked
}
