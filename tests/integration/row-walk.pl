#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
# A manager that reads tables row by row, again and again without a pause, until the file STOP exists.
# Each request asks for glListingSerial and for the next rows of all columns. Prints a line for each walk: the number of rows,
# and each serial it saw.
#     row-walk.pl HOST PORT STOP SERIAL COLUMN...
use strict;
use warnings;
use Net::SNMP qw(:asn1 oid_base_match);

my ($host, $port, $stop, $serial, @columns) = @ARGV;
my ($session, $error) = Net::SNMP->session(
    -hostname => $host, -port => $port, -version => 'snmpv2c', -community => 'public',
    -timeout => 20, -retries => 0, -maxmsgsize => 60000,
);
die "$error\n" unless $session;

sub walk {
    my (%serials, %rows);
    my @at = @columns;
    while (1) {
        my $answer = $session->get_bulk_request(
            -nonrepeaters => 1, -maxrepetitions => 10, -varbindlist => [$serial, @at]);
        die $session->error() . "\n" unless $answer;
        my ($first, @names) = $session->var_bind_names();
        $serials{ $answer->{$first} } = 1;
        while (my @row = splice @names, 0, scalar @columns) {
            return (scalar keys %rows, sort { $a <=> $b } keys %serials) unless oid_base_match($columns[0], $row[0]);
            for my $i (0 .. $#columns) {
                my $index = substr $row[$i], length $columns[$i];
                die "$row[$i] is not in the row of $row[0]\n" unless $row[0] eq $columns[0] . $index;
            }
            $rows{ $row[0] } = 1;
            @at = @row;
        }
    }
}

$| = 1;
print join(' ', walk()), "\n" until -e $stop;
