#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
# A walk by an SNMP client that shares no code with Net-SNMP: perl's Net::SNMP.
# Prints lines "OID TYPE VALUE", with octets in hexadecimal.
#     second-client.pl HOST PORT get-next|get-bulk ROOT...
use strict;
use warnings;
use Net::SNMP qw(:asn1 oid_base_match oid_lex_cmp);

my %words = (
    INTEGER, 'INTEGER', OCTET_STRING, 'OCTETS', OBJECT_IDENTIFIER, 'OID', TIMETICKS, 'TIMETICKS',
    COUNTER64, 'COUNTER64', COUNTER32, 'COUNTER32', GAUGE32, 'GAUGE32',
);
my ($host, $port, $way, @roots) = @ARGV;
my ($session, $error) = Net::SNMP->session(
    -hostname => $host, -port => $port, -version => 'snmpv2c', -community => $ENV{COMMUNITY} // 'public',
    -timeout => 20, -retries => 0, -translate => [-all => 0], -maxmsgsize => 60000,
);
die "$error\n" unless $session;

for my $root (@roots) {
    my $at = $root;
    WALK: while (1) {
        my $answer = $way eq 'get-bulk' ? $session->get_bulk_request(-maxrepetitions => 20, -varbindlist => [$at])
            : $session->get_next_request(-varbindlist => [$at]);
        die $session->error() . "\n" unless $answer;
        my $types = $session->var_bind_types();
        for my $oid ($session->var_bind_names()) {
            last WALK if !oid_base_match($root, $oid) || $types->{$oid} == ENDOFMIBVIEW;
            my $value = $answer->{$oid};
            $value = unpack 'H*', $value if $types->{$oid} == OCTET_STRING;
            print "$oid ", $words{ $types->{$oid} } // $types->{$oid}, " $value\n";
            $at = $oid;
        }
    }
}
