#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares the answers of an SNMP agent with facts files.
# Checks objects, types, ranges, enumerations, access and order. GET, GETNEXT, GETBULK, SNMPv1 and the walk of a second client
# must agree.
#     conformance.pl [--lacks NAME,...] [--moves NAME,...] [--rows TABLE=N,...] [--second FILE] ADDRESS ROOT=FACTS[:ARC]...
# --lacks: columns that may have no value in some rows. --moves: objects that may change at any time (counters and ticks may
# always grow). --rows: how many rows a table must have. --second: a walk of all roots by another client, lines "OID TYPE
# VALUE". ARC: the value of ROOT in a facts file that has no root of its own.
use strict;
use warnings;
use Getopt::Long;
use constant { BATCH => 60, HUGE => 4294967295 };

my ($lacks, $moves, $rows, $second) = ('', '', '', undef);
GetOptions('lacks=s' => \$lacks, 'moves=s' => \$moves, 'rows=s' => \$rows, 'second=s' => \$second) or exit 99;
my ($address, @roots) = @ARGV;
my %may_lack = map { $_ => 1 } split /,/, $lacks;
my %moves = map { $_ => 1 } split /,/, $moves;
my $community = $ENV{COMMUNITY} // 'public';
my ($failures, $checks) = (0, 0);

sub report_failure { # prints the first ones, counts all
    print STDERR "$_[0]\n" if $failures++ < 40;
}

sub check { # CONDITION MESSAGE
    $checks++;
    report_failure($_[1]) unless $_[0];
}

# ---- OIDs ----

sub compare {
    my @one = split /\./, $_[0];
    my @other = split /\./, $_[1];
    for (my $i = 0; $i < @one && $i < @other; $i++) {
        return $one[$i] <=> $other[$i] if $one[$i] != $other[$i];
    }
    return @one <=> @other;
}

sub is_under { return index("$_[0].", "$_[1].") == 0 } # OID ROOT

# ---- Facts files ----

my (%object, %tc);

sub read_facts {
    my ($file, $arc) = @_;
    open my $in, '<', $file or die "$file: $!\n";
    while (<$in>) {
        chomp;
        next if /^#/ || /^module\t/;
        my (undef, $name, $oid, $kind, $syntax, $access, $index) = split /\t/, $_, -1;
        $tc{$name} = $syntax if $kind eq 'TC';
        next if $kind eq 'TC';
        $oid =~ s/^ROOT/$arc/;
        $object{$oid} = { name => $name, oid => $oid, kind => $kind, syntax => $syntax, access => $access // '', index => $index // '' };
    }
    close $in;
}

# Textual conventions of other modules.
my %well_known = (
    SnmpAdminString => 'OCTET STRING (SIZE (0..255))', TruthValue => 'INTEGER { true(1), false(2) }',
    PhysAddress => 'OCTET STRING (SIZE (0|6))', InterfaceIndexOrZero => 'Integer32 (0..2147483647)',
    CounterBasedGauge64 => 'Counter64', DateAndTime => 'OCTET STRING (SIZE (8|11))', InterfaceIndex => 'Integer32 (1..2147483647)',
    RowStatus => 'INTEGER { active(1), notInService(2), notReady(3), createAndGo(4), createAndWait(5), destroy(6) }',
);

# Returns the base syntax and its restriction. A size at the object overrides that of its textual convention.
sub resolve {
    my $syntax = shift;
    my $restriction = '';
    my $is_text = $syntax =~ /^SnmpAdminString/;
    while ($syntax =~ /^(\w+)(?:\s*(\(.*\)))?$/ && ($tc{$1} // $well_known{$1})) {
        $restriction ||= $2 // '';
        $syntax = $tc{$1} // $well_known{$1};
    }
    $syntax =~ /^(OCTET STRING|OBJECT IDENTIFIER|\w+)\s*(.*)$/;
    return ($1, $restriction || $2, $is_text);
}

sub in_ranges {
    my ($value, $ranges) = @_;
    for (split /\|/, $ranges) {
        my ($low, $high) = /^\s*(-?\d+)(?:\.\.(\d+))?\s*$/ or die "cannot read the range $ranges\n";
        return 1 if $value >= $low && $value <= ($high // $low);
    }
    return 0;
}

my %wire = (
    Integer32 => 'INTEGER', INTEGER => 'INTEGER', 'OCTET STRING' => 'OCTETS', 'OBJECT IDENTIFIER' => 'OID',
    TimeTicks => 'TIMETICKS', Counter64 => 'COUNTER64', Counter32 => 'COUNTER32', Gauge32 => 'GAUGE32', Unsigned32 => 'GAUGE32',
);

sub check_value {
    my ($object, $oid, $type, $value) = @_;
    my ($base, $restriction, $is_text) = resolve($object->{syntax});
    my $where = "$object->{name} ($oid)";
    check($wire{$base}, "$where: the facts have the syntax $object->{syntax}, which this checker does not know");
    check($type eq ($wire{$base} // ''), "$where is $type, expected $object->{syntax}");
    if ($restriction =~ /^\{(.*)\}$/) {
        my %labels = map { /\((-?\d+)\)/ ? ($1 => 1) : () } split /,/, $1;
        check($labels{$value}, "$where is $value, expected one of $restriction");
    } elsif ($restriction =~ /^\(SIZE \((.*)\)\)$/) {
        check(in_ranges(length($value) / 2, $1), "$where has " . length($value) / 2 . " octets, expected $1");
    } elsif ($restriction =~ /^\((.*)\)$/) {
        check(in_ranges($value, $1), "$where is $value, expected a value in $1");
    }
    return unless $is_text;
    my $octets = pack 'H*', $value;
    check(utf8::decode($octets), "$where is not UTF-8: $value");
}

# ---- Net-SNMP's tools ----

sub run { # COMMAND... -> its lines. The exit status is ignored: the tools fail at the end of the MIB.
    open my $pipe, '-|', @_ or die "$_[0]: $!\n";
    my @lines = <$pipe>;
    close $pipe;
    return @lines;
}

# Parses lines ".OID = TYPE: VALUE" into [OID, TYPE, VALUE]. Long strings take several lines.
sub parse {
    my @varbinds;
    for (@_) {
        chomp;
        if (/^\.([\d.]+) = (.*)$/) {
            push @varbinds, [$1, $2];
        } elsif (@varbinds && /^[0-9A-F ]*$/) {
            $varbinds[-1][1] .= " $_";
        }
    }
    return map { [$_->[0], canonical($_->[1])] } @varbinds;
}

sub canonical {
    local $_ = shift;
    return ('INTEGER', $1) if /^INTEGER: (-?\d+)$/;
    return ('OCTETS', '') if /^""\s*$/ || /^(?:Hex-)?STRING:\s*(?:"")?$/;
    return ('OCTETS', lc($1 =~ s/\s//gr)) if /^Hex-STRING: ([0-9A-F ]+)$/;
    return ('OID', $1) if /^OID: \.?([\d.]+)$/;
    return ('TIMETICKS', $1) if /^Timeticks: \((\d+)\)/;
    return (uc $1, $2) if /^(Counter32|Counter64|Gauge32): (\d+)$/;
    return ('NONE', $_) if /^No (Such|more)/;
    return ('STRANGE', $_);
}

sub tool { # NAME VERSION OPTION...
    my ($name, $version, @arguments) = @_;
    return ($name, "-v$version", '-c', $community, '-t', 20, '-r', 0, '-Onx', @arguments);
}

sub walk { return parse(run(tool('snmpwalk', $_[0], '-CI', $address, $_[1]))) } # VERSION ROOT

# Sends GET or GETNEXT for many OIDs. Returns the answers in the order of the OIDs.
sub ask {
    my ($name, @oids) = @_;
    my @answers;
    while (my @some = splice @oids, 0, BATCH) {
        my @got = parse(run(tool($name, '2c', $address, @some)));
        report_failure("$name of " . @some . " objects returned " . @got . ": @some") if @got != @some;
        push @answers, @got[0 .. $#some];
    }
    return @answers;
}

# ---- The checks ----

my %walked; # root -> varbinds

# Returns the object of an instance, and the index: what follows the OID of the column or scalar.
sub instance_of {
    my $oid = shift;
    for (my $prefix = $oid; $prefix =~ s/\.(\d+)$//;) {
        return ($object{$prefix}, substr($oid, length($prefix) + 1)) if $object{$prefix};
    }
    return;
}

sub check_walk {
    my $root = shift;
    my $last = $root;
    for (@{ $walked{$root} }) {
        my ($oid, $type, $value) = @$_;
        my ($object, $index) = instance_of($oid);
        check(compare($oid, $last) > 0, "the walk goes back from $last to $oid");
        check(is_under($oid, $root), "the walk of $root returned $oid");
        $last = $oid;
        my $is_accessible = $object && $object->{kind} =~ /^(scalar|column)$/ && $object->{access} =~ /^read-/;
        check($is_accessible, "$oid is not an instance of an accessible object");
        next unless $is_accessible;
        check($object->{kind} ne 'scalar' || $index eq '0', "$object->{name} is a scalar and has instance $index");
        check_index($object, $index) if $object->{kind} eq 'column';
        check_value($object, $oid, $type, $value);
        $object->{instances}{$index} = 1;
    }
}

# Returns the words of the INDEX of a row. A row that augments another one has the INDEX of that row.
sub index_words {
    my $row = shift;
    my ($augmented) = $row->{index} =~ /^AUGMENTS (\S+)/ or return grep { $_ ne '' } split /[,\s]+/, $row->{index};
    my ($other) = grep { $_->{name} eq $augmented } values %object;
    return index_words($other);
}

# The sub-identifiers of an index must match the syntax of the index objects (RFC 2578, 7.7).
sub check_index {
    my ($column, $index) = @_;
    my @parts = split /\./, $index;
    my $where = "$column->{name}.$index";
    my $is_implied = 0;
    for my $name (index_words($object{ $column->{oid} =~ s/\.\d+$//r })) {
        if ($name eq 'IMPLIED') {
            $is_implied = 1;
            next;
        }
        my ($object) = grep { $_->{name} eq $name } values %object;
        my ($base, $restriction) = resolve($object->{syntax});
        my ($range) = $restriction =~ /^\((?:SIZE \()?(.*?)\)+$/;
        if ($base ne 'OCTET STRING') {
            check(@parts && defined $range && in_ranges($parts[0], $range), "$where: $name must be in $restriction");
            shift @parts;
            next;
        }
        my $length = $is_implied ? @parts : $range =~ /^\d+$/ ? $range : shift @parts;
        my @octets = splice @parts, 0, $length;
        check(@octets == $length && in_ranges($length, $range), "$where: $name must have $restriction octets");
        check($_ < 256, "$where: $_ is not an octet") for @octets;
    }
    check(@parts == 0, "$where: the index is too long");
}

# There must be every scalar, and every column of every row, except those in --lacks.
sub check_presence {
    my $root = shift;
    my %wanted = map { split /=/ } split /,/, $rows;
    my @mine = grep { is_under($_->{oid}, $root) && $_->{access} =~ /^read-/ } values %object;
    for my $scalar (grep { $_->{kind} eq 'scalar' } @mine) {
        check($scalar->{instances}{0} || $may_lack{ $scalar->{name} }, "$scalar->{name}.0 is missing");
    }
    for my $table (grep { is_under($_->{oid}, $root) && $_->{kind} eq 'table' } values %object) {
        my @columns = grep { $_->{kind} eq 'column' && is_under($_->{oid}, $table->{oid}) } @mine;
        my %all = map { %{ $_->{instances} // {} } } @columns;
        for my $column (@columns) {
            next if $may_lack{ $column->{name} };
            check($column->{instances}{$_}, "$column->{name}.$_ is missing, other columns of that row are there") for keys %all;
        }
        my $wanted = delete $wanted{ $table->{name} };
        check($wanted == keys %all, "$table->{name} has " . keys(%all) . " rows, expected $wanted") if defined $wanted;
        $table->{rows} = \%all;
    }
}

# The agent must not answer for an object that may not be read: not for the object, not for its instance 0, and not for an
# instance in any row of its table.
sub check_inaccessible {
    my $root = shift;
    my @probes;
    for my $object (grep { is_under($_->{oid}, $root) } values %object) {
        push @probes, $object->{oid};
        next if $object->{access} =~ /^read-/;
        push @probes, "$object->{oid}.0";
        next unless $object->{kind} eq 'column';
        my ($table) = grep { $_->{kind} eq 'table' && is_under($object->{oid}, $_->{oid}) } values %object;
        push @probes, map { "$object->{oid}.$_" } keys %{ $table->{rows} // {} };
    }
    for (ask('snmpget', @probes)) {
        check($_ && $_->[1] eq 'NONE', ($_ ? "$_->[0] answers $_->[1] $_->[2]" : 'no answer') . ', although it may not be read');
    }
    # There must be no answer for instances that do not exist.
    my @absent = map { ("$_->{oid}." . HUGE, "$_->{oid}.0.0", "$_->{oid}.1.1.1.1.1") }
        grep { is_under($_->{oid}, $root) && $_->{access} =~ /^read-/ } values %object;
    for (ask('snmpget', @absent)) {
        check($_ && $_->[1] eq 'NONE', ($_ ? "$_->[0] answers $_->[1] $_->[2]" : 'no answer') . ', although there is no such instance');
    }
}

# The later answer must equal the earlier one. A counter or clock may have grown.
sub same {
    my ($how, $earlier, $later) = @_;
    my ($object) = instance_of($earlier->[0]);
    my $fits = $later && $later->[0] eq $earlier->[0] && $later->[1] eq $earlier->[1];
    if ($fits && !$moves{ $object->{name} // '' }) {
        $fits = $earlier->[1] =~ /^(COUNTER|TIMETICKS)/ ? $later->[2] >= $earlier->[2] : $later->[2] eq $earlier->[2];
    }
    check($fits, "first @$earlier, then " . ($later ? "@$later" : 'nothing') . ": walk and $how differ");
}

sub check_same_walk { # HOW EARLIER LATER
    my ($how, $earlier, $later) = @_;
    my %later = map { $_->[0] => $_ } @$later;
    same($how, $_, $later{ $_->[0] }) for @$earlier;
    check(join(' ', map { $_->[0] } @$earlier) eq join(' ', map { $_->[0] } @$later), "the walk and $how differ in names or order");
}

sub check_get {
    my @walk = @{ $walked{ $_[0] } };
    my @answers = ask('snmpget', map { $_->[0] } @walk);
    same('GET', $walk[$_], $answers[$_]) for 0 .. $#walk;
}

# Returns OIDs for GETNEXT: each instance, the OIDs before and after it, shortened and extended ones, and each object.
sub probes {
    my ($root, @names) = @_;
    my %probes = map { $_ => 1 } $root, "$root.0", "$root." . HUGE;
    for my $name (@names) {
        my ($head, $last) = $name =~ /^(.*)\.(\d+)$/;
        $probes{$_} = 1 for $name, $head, "$name.0", "$name." . HUGE, "$head." . HUGE, "$name.0.1.2.3", "$head.0";
        $probes{ "$head." . ($last - 1) } = 1 if $last > 0;
        $probes{ "$head." . ($last + 1) } = 1;
    }
    for (grep { is_under($_->{oid}, $root) } values %object) {
        my ($head, $last) = $_->{oid} =~ /^(.*)\.(\d+)$/;
        $probes{$_} = 1 for $_->{oid}, "$_->{oid}.0", "$_->{oid}." . HUGE, "$_->{oid}.0.0.0.0.0.0", "$head." . ($last + 1);
    }
    return sort { compare($a, $b) } grep { is_under($_, $root) } keys %probes;
}

sub check_next {
    my $root = shift;
    my @names = map { $_->[0] } @{ $walked{$root} };
    my @probes = probes($root, @names);
    my @answers = ask('snmpgetnext', @probes);
    my $at = 0; # both are sorted
    for my $i (0 .. $#probes) {
        $at++ while $at < @names && compare($names[$at], $probes[$i]) <= 0;
        my $got = $answers[$i] ? $answers[$i][0] : 'no answer';
        if ($at < @names) {
            check($got eq $names[$at], "the OID after $probes[$i] is $names[$at], GETNEXT returned $got");
        } else {
            check(!is_under($got, $root) || $answers[$i][1] eq 'NONE', "there is no OID after $probes[$i], GETNEXT returned $got");
        }
    }
    return scalar @probes;
}

# SNMPv1 has no Counter64. Such objects are skipped.
sub check_v1 {
    my $root = shift;
    my @narrow = grep { $_->[1] ne 'COUNTER64' } @{ $walked{$root} };
    my @walk = walk('1', $root);
    check_same_walk('SNMPv1', \@narrow, [grep { $_->[1] ne 'NONE' } @walk]);
}

sub check_bulk {
    my $root = shift;
    for my $repetitions (1, 10, 97) {
        my @walk = parse(run(tool('snmpbulkwalk', '2c', "-Cr$repetitions", $address, $root)));
        check_same_walk("GETBULK by $repetitions", $walked{$root}, \@walk);
    }
}

sub check_second {
    my $root = shift;
    open my $in, '<', $second or die "$second: $!\n";
    my @walk = grep { is_under($_->[0], $root) } map { chomp; [(split / /, $_, 3), ''] } <$in>;
    $#$_ = 2 for @walk;
    close $in;
    check_same_walk('the second client', \@walk, $walked{$root});
}

my @arcs;
for (@roots) {
    my ($root, $file) = /^([\d.]+)=(.+)$/ or die "expected ROOT=FACTS, got $_\n";
    read_facts($file, $root);
    push @arcs, $root;
}
for my $root (@arcs) {
    $walked{$root} = [grep { $_->[1] ne 'NONE' } walk('2c', $root)];
    check(scalar @{ $walked{$root} }, "the walk of $root is empty");
    check_walk($root);
    check_presence($root);
    check_inaccessible($root);
    check_second($root) if defined $second;
    check_get($root);
    my $probes = check_next($root);
    check_v1($root);
    check_bulk($root);
    print "$root: " . @{ $walked{$root} } . " instances, $probes GETNEXT probes\n";
}
print "$checks checks, $failures failed\n";
exit($failures ? 1 : 0);
