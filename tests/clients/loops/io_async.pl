# SPDX-License-Identifier: MIT
# HOST PORT COUNT: pages by perl's IO::Async, which looks names up in a child process.
use strict;
use warnings;
use Future;
use IO::Async::Loop;
use IO::Async::Stream;

my ($host, $port, $count) = @ARGV;
my $loop = IO::Async::Loop->new;

sub fetch {
	my ($number) = @_;
	return $loop->connect(host => $host, service => $port, socktype => 'stream')->then(sub {
		my ($handle) = @_;
		my $stream = IO::Async::Stream->new(handle => $handle, on_read => sub { 0 });
		$loop->add($stream);
		$stream->write("GET /$number HTTP/1.0\r\nHost: $host\r\n\r\n");
		return $stream->read_until_eof;
	})->on_done(sub { print $_[0] });
}

Future->needs_all(map { fetch($_) } 0 .. $count - 1)->get;
