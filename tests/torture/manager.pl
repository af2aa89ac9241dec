#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
# A manager that asks for the same objects again and again, 40 times a second at most, until the file STOP exists.
# Prints a line for each answer: the time, the milliseconds until the answer came, and the values. For a request without an
# answer, the third word is the error.
#     manager.pl PORT STOP OID...
use strict;
use warnings;
use Net::SNMP qw(:asn1);
use Time::HiRes qw(time sleep);

my ($port, $stop, @oids) = @ARGV;
my ($session, $error) = Net::SNMP->session(
    -hostname => '127.0.0.1', -port => $port, -version => 'snmpv2c', -community => 'public', -timeout => 10, -retries => 0,
    -translate => [-all => 0],
);
die "$error\n" unless $session;
$| = 1;
until (-e $stop) {
    my $start = time;
    my $answer = $session->get_request(-varbindlist => \@oids);
    my $ms = (time - $start) * 1000;
    (my $text = $answer ? join ' ', map { $answer->{$_} } @oids : 'ERROR: ' . $session->error()) =~ tr/\n/ /;
    printf "%.3f %.3f %s\n", $start, $ms, $text;
    sleep 0.025;
}
