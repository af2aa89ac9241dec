#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
# mib-facts.pl FACTS.tsv MODULE FILE: compares a MIB module with its facts, in both directions.
# smidump computes the numbers. Syntax, access, index, units, objects and members are read from the text.
use strict;
use warnings;

my ($facts_file, $module, $file) = @ARGV;
my $failed = 0;
sub report { print "$file: @_\n"; $failed = 1; }
sub squeeze { my $s = shift // ''; $s =~ s/\s+//g; return $s; }

my %facts;
open my $in, '<', $facts_file or die "$facts_file: $!";
while (<$in>) {
    chomp;
    next if /^#/ || /^module\t/;
    my %f; @f{qw(module name oid kind syntax access index units)} = split /\t/, $_, -1;
    $facts{$f{name}} = \%f if $f{module} eq $module;
}
die "$facts_file: no facts of $module\n" unless %facts;

my (%oid, %kind);
for (split /\n/, `smidump -c /dev/null -f identifiers $module 2>/dev/null`) {
    my ($m, $name, $kind, $oid) = split;
    next unless defined $kind && $m eq $module;
    $kind{$name} = $kind;
    $oid{$name} = $oid if defined $oid;
}
# ROOT is the number of the module itself, without the part after ROOT in the facts.
my ($self) = grep { $_->{kind} eq 'module' } values %facts;
my $root = $self ? $oid{$self->{name}} // '' : '';
$root =~ s/\Q$1\E$// if $self && $self->{oid} =~ /^ROOT(.*)/;

my $text = do { local $/; open my $f, '<', $file or die "$file: $!"; <$f> };
$text =~ s/--[^\n]*//g;
$text =~ s/"[^"]*"/my $s = $&; $s =~ s{[^"\s]}{_}g if $s =~ m{\s}; $s/ge; # replace blanks and words in descriptions, so that no macro matches there

# Returns the definition of a name in the text.
sub definition {
    my $name = shift;
    return $1 if $text =~ /^\Q$name\E\s+(?:OBJECT-TYPE|NOTIFICATION-TYPE|OBJECT-GROUP|NOTIFICATION-GROUP|AGENT-CAPABILITIES|MODULE-COMPLIANCE|MODULE-IDENTITY)\b(.*?)::=\s*\{/ms;
    return $1 if $text =~ /^\Q$name\E\s*::=\s*TEXTUAL-CONVENTION\b(.*?)(?=^\S)/ms;
    return undef;
}

sub clause {
    my ($d, $key, $end) = @_;
    return $d =~ /\b(?:$key)\s+(.*?)\s*(?:$end)/s ? squeeze($1) : '';
}

my %reader = (
    'scalar' => \&object, table => \&object, row => \&object, column => \&object,
    TC => sub { my ($f, $d) = @_; want($f, 'syntax', squeeze($f->{syntax}), clause($d, 'SYNTAX', '\z')); },
    notification => sub { my ($f, $d) = @_; want($f, 'objects', squeeze($f->{syntax}), 'OBJECTS' . clause($d, 'OBJECTS', '\bSTATUS')); },
    'object-group' => \&members, 'notification-group' => \&members,
    capabilities => sub {
        my ($f, $d) = @_;
        my ($supported, $groups) = squeeze($f->{syntax}) =~ /SUPPORTS([\w-]+)INCLUDES(\{.*?\})/;
        want($f, 'supported module', $supported, clause($d, 'SUPPORTS', '\bINCLUDES'));
        want($f, 'groups', $groups, clause($d, 'INCLUDES', '(?<=\})'));
    },
    compliance => sub {
        my ($f, $d) = @_;
        my ($wanted) = squeeze($f->{syntax}) =~ /MANDATORY-GROUPS(\{.*?\})/;
        want($f, 'mandatory groups', $wanted, clause($d, 'MANDATORY-GROUPS', '(?<=\})'));
    },
);

sub want {
    my ($f, $what, $wanted, $got) = @_;
    report("$f->{name}: $what is '$got', the facts have '$wanted'") if $wanted ne $got;
}

sub object {
    my ($f, $d) = @_;
    want($f, 'syntax', squeeze($f->{syntax}), clause($d, 'SYNTAX', '\bUNITS|\bMAX-ACCESS'));
    want($f, 'access', $f->{access}, clause($d, 'MAX-ACCESS', '\bSTATUS'));
    want($f, 'units', $f->{units}, $d =~ /\bUNITS\s+"([^"]*)"/ ? $1 : '');
    return if $f->{kind} ne 'row';
    my ($clause, $index) = $f->{index} =~ /^AUGMENTS (.*)/ ? ('AUGMENTS', $1) : ('INDEX', $f->{index});
    want($f, lc $clause, squeeze("{$index}"), clause($d, $clause, '(?<=\})'));
}

sub members {
    my ($f, $d) = @_;
    my ($wanted) = squeeze($f->{syntax}) =~ /(\{.*\})/;
    want($f, 'members', $wanted, clause($d, 'OBJECTS|NOTIFICATIONS', '(?<=\})'));
}

for my $name (sort keys %facts) {
    my $f = $facts{$name};
    (my $oid = $f->{oid}) =~ s/^ROOT/$root/;
    want($f, 'OID', $oid, $oid{$name} // 'missing') if $oid ne '';
    next if $f->{kind} eq 'node' || $f->{kind} eq 'module';
    my $d = definition($name);
    defined $d ? $reader{$f->{kind}}->($f, $d) : report("$name is missing");
}
for my $name (sort keys %kind) {
    report("$name ($kind{$name}) is not in the facts") unless $facts{$name} || $kind{$name} eq 'type' && $name =~ /Entry$/;
}
exit $failed;
