# SPDX-License-Identifier: MIT
# HOST PORT COUNT: pages by perl's AnyEvent. Its own resolver speaks to name servers: HOST is an address.
use strict;
use warnings;
use AnyEvent;
use AnyEvent::Handle;

my ($host, $port, $count) = @ARGV;
my $all = AnyEvent->condvar;

sub fetch {
	my ($number) = @_;
	my $handle;
	$all->begin;
	$handle = AnyEvent::Handle->new(
		connect => [$host, $port],
		on_connect_error => sub { $all->croak("page $number: $_[1]") },
		on_error => sub { print $handle->{rbuf}; $handle->destroy; $all->end });
	$handle->on_read(sub { });
	$handle->push_write("GET /$number HTTP/1.0\r\nHost: $host\r\n\r\n");
}

fetch($_) for 0 .. $count - 1;
$all->recv;
