#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
# A manager that reads rows with all their values, again and again without a pause, until the file STOP exists.
# Each request asks for the scalars and for the next rows of all columns. For each walk, prints a line "walk SENT RECEIVED
# SCALAR...", with the times of the first request and the scalars of its answer, and a line "row INDEX VALUE..." for each row.
# Strings are printed as hexadecimal digits. For a walk in which the first scalar changes, prints only "torn" and its values. Dies if
# a column lacks a row.
#     row-values.pl PORT STOP SCALAR,SCALAR... COLUMN...
use strict;
use warnings;
use Net::SNMP qw(:asn1 oid_base_match);
use Time::HiRes qw(time);

my ($port, $stop, $scalars, @columns) = @ARGV;
my @scalars = split /,/, $scalars;
my ($session, $error) = Net::SNMP->session(
    -hostname => '127.0.0.1', -port => $port, -version => 'snmpv2c', -community => 'public',
    -timeout => 20, -retries => 0, -maxmsgsize => 60000, -translate => [-all => 0],
);
die "$error\n" unless $session;

sub text { my ($type, $value) = @_; return $type == OCTET_STRING ? unpack('H*', $value) || '-' : $value; }

sub walk {
    my (@lines, $first, %sames);
    my @at = @columns;
    while (1) {
        my $sent = time;
        my $answer = $session->get_bulk_request(
            -nonrepeaters => scalar @scalars, -maxrepetitions => 3, -varbindlist => [@scalars, @at]);
        die $session->error() . "\n" unless $answer;
        my $types = $session->var_bind_types();
        my @names = $session->var_bind_names();
        my @values = map { $answer->{$_} } splice @names, 0, scalar @scalars;
        $first ||= sprintf 'walk %.4f %.4f %s', $sent, time, join ' ', @values;
        $sames{ $values[0] } = 1;
        return join ' ', 'torn', sort keys %sames if keys %sames > 1;
        while (my @row = splice @names, 0, scalar @columns) {
            return join "\n", $first, @lines unless oid_base_match($columns[0], $row[0]);
            my $index = substr $row[0], length($columns[0]) + 1;
            for my $i (0 .. $#columns) {
                die "$row[$i] is not in the row of $row[0]\n" unless $row[$i] eq "$columns[$i].$index";
            }
            push @lines, join ' ', 'row', $index, map { text($types->{$_}, $answer->{$_}) } @row;
            @at = @row;
        }
    }
}

$| = 1;
print walk(), "\n" until -e $stop;
