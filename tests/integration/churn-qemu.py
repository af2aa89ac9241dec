#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes QEMU guests without a pause, and compares published rows with what was done.

    churn-qemu.py write URI SECONDS FOLDER     Needs FOLDER/NAME.xml and defined guests for all writers below. Writes
                                               FOLDER/history, and prints the number of changes.
    churn-qemu.py check FOLDER WALKS...        Reads FOLDER/history and what row-values.pl printed into the files.
                                               Prints what is wrong, and a summary. Exit status 1 if something is wrong.

Each guest has one writer, which waits for each command. So at each moment, a guest is in the state after the last command, or
on the way to the state after the next one. A row must have a state that the guest had while its listing was made.
"""

import json
import subprocess
import sys
import threading
import time
from collections import Counter

PREPARING, RUNNING, SUSPENDING, SUSPENDED, RESUMING, PAUSED, MIGRATING, SHUTTING_DOWN, SHUT_DOWN = range(3, 12)
OFF = {"oper": SHUT_DOWN, "persistent": 1, "autostart": 2, "saved": 2, "snapshot": 2}
ABSENT = None
SLACK = 0.05  # seconds: the age has hundredths


class Guest:
    """What a writer has done to a guest. A change is (begin, end, passing, state): `passing` has states in between."""

    def __init__(self, virsh, name, state=OFF):
        self.virsh, self.name, self.state = virsh, name, state and dict(state, name=name)
        self.changes = [(0, 0, [], self.state)]

    def change(self, command, passing=(), gone=False, **fields):
        begin = time.time()
        self.virsh(command)
        self.state = ABSENT if gone else dict(self.state or dict(OFF, name=self.name), **fields)
        self.changes.append((begin, time.time(), list(passing), self.state))


def cycle(guest, folder):
    """Starts, pauses, resumes, saves, restores, destroys."""
    starts, stops = [PREPARING, PAUSED, RUNNING], [SHUTTING_DOWN]
    saves, restores = [SUSPENDING, PAUSED], [PREPARING, RESUMING, PAUSED, MIGRATING]
    guest.change(f"start {guest.name}", starts, oper=RUNNING)
    guest.change(f"suspend {guest.name}", oper=PAUSED)
    guest.change(f"resume {guest.name}", oper=RUNNING)
    guest.change(f"autostart {guest.name}", autostart=1)
    guest.change(f"managedsave {guest.name}", saves, oper=SUSPENDED, saved=1)
    guest.change(f"start {guest.name}", restores, oper=RUNNING, saved=2)
    guest.change(f"managedsave {guest.name} --paused", saves, oper=SUSPENDED, saved=1)
    guest.change(f"start {guest.name}", restores, oper=PAUSED, saved=2)
    guest.change(f"destroy {guest.name}", stops, oper=SHUT_DOWN)
    guest.change(f"autostart {guest.name} --disable", autostart=2)


def rename(guest, folder):
    guest.change(f"domrename {guest.name} {guest.name}-renamed", name=guest.name + "-renamed")
    guest.change(f"domrename {guest.name}-renamed {guest.name}", name=guest.name)


def snapshots(guest, folder):
    guest.change(f"snapshot-create-as {guest.name} first", snapshot=1)
    guest.change(f"start {guest.name}", [PREPARING, PAUSED, RUNNING], oper=RUNNING)
    guest.change(f"snapshot-create-as {guest.name} second", [SUSPENDING, PAUSED])
    guest.change(f"snapshot-delete {guest.name} first")
    guest.change(f"destroy {guest.name}", [SHUTTING_DOWN], oper=SHUT_DOWN)
    guest.change(f"snapshot-delete {guest.name} second", snapshot=2)


def transient(guest, folder):
    """Appears transient, becomes persistent, is transient again, and vanishes."""
    guest.change(f"create {folder}/{guest.name}.xml", [PREPARING, PAUSED, RUNNING], oper=RUNNING, persistent=2)
    guest.change(f"define {folder}/{guest.name}.xml", persistent=1)
    guest.change(f"autostart {guest.name}", autostart=1)
    guest.change(f"undefine {guest.name}", persistent=2, autostart=2)
    guest.change(f"destroy {guest.name}", [SHUTTING_DOWN], gone=True)


def define(guest, folder):
    guest.change(f"define {folder}/{guest.name}.xml")
    guest.change(f"undefine {guest.name}", gone=True)


WRITERS = {"cycle-1": cycle, "cycle-2": cycle, "rename": rename, "snapshots": snapshots}
ABSENT_AT_FIRST = {"transient": transient, "define": define}


def write(uri, seconds, folder):
    failures = []

    def virsh(command):
        done = subprocess.run(["virsh", "-q", "-c", uri, command], capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"virsh {command}: {done.stderr}")

    def run(guest, writer, until):
        try:
            while time.time() < until and not failures:
                writer(guest, folder)
        except RuntimeError as error:
            failures.append(str(error))

    guests = [(Guest(virsh, name), writer) for name, writer in WRITERS.items()]
    guests += [(Guest(virsh, name, ABSENT), writer) for name, writer in ABSENT_AT_FIRST.items()]
    until = time.time() + float(seconds)
    threads = [threading.Thread(target=run, args=(guest, writer, until)) for guest, writer in guests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open(f"{folder}/history", "w", encoding="ascii") as file:
        json.dump({guest.name: guest.changes for guest, _ in guests}, file)
    if failures:
        sys.exit("\n".join(failures))
    print(sum(len(guest.changes) - 1 for guest, _ in guests))


class Possible:
    """What a guest may have been from `begin` to `end`."""

    def __init__(self, changes, begin, end):
        self.states, self.passing = [], set()
        for i, (changed, done, passing, state) in enumerate(changes):
            until = changes[i + 1][1] if i + 1 < len(changes) else float("inf")
            if changed <= end and until >= begin:
                self.states.append(state)
            if changed <= end and done >= begin:
                self.passing.update(passing)

    def must_exist(self):
        return ABSENT not in self.states

    def may_exist(self):
        return any(self.states)

    def allows(self, field, value):
        return any(state and state[field] == value for state in self.states) or (
            field == "oper" and value in self.passing)


VM_UNKNOWN = 1
VM_VALUES = {1: 2, 2: 3, 3: VM_UNKNOWN}  # VM-MIB: unknown(1), yes(2), no(3)
COLUMNS = ("name", "uuid", "oper", "vm_autostart", "vm_persistent", "active", "persistent", "autostart", "saved", "snapshot")


def contradictions(row):
    if row["persistent"] == 2 and row["active"] == 2:
        yield "inactive and transient"
    if row["persistent"] == 2 and row["autostart"] == 1:
        yield "transient with autostart"
    if row["active"] == 1 and row["oper"] in (SUSPENDED, SHUT_DOWN):
        yield "active, and off"
    if row["active"] == 2 and row["oper"] not in (SUSPENDED, SHUT_DOWN):
        yield "inactive, and not off"
    if (row["oper"] == SUSPENDED) != (row["active"] == 2 and row["saved"] == 1):
        yield "suspended does not agree with the managed save"
    if row["vm_persistent"] != VM_VALUES[row["persistent"]]:
        yield "the two MIBs do not agree on persistent"
    # Since libvirt 11.2, a guest may start at the next boot only. The agent reads this apart from the listing, so it is unknown
    # for a new guest at first.
    is_read_later = row["vm_autostart"] == VM_UNKNOWN and row["autostart"] == 2
    if row["vm_autostart"] != VM_VALUES[row["autostart"]] and not is_read_later:
        yield "the two MIBs do not agree on autostart"


class Checker:
    def __init__(self, history):
        self.history = history
        self.rows, self.unknown, self.serials, self.wrong = 0, 0, set(), Counter()
        self.indexes = {}

    def fault(self, what, text):
        self.wrong[what] += 1
        if self.wrong[what] <= 5:
            print(f"{what}: {text}")

    def check_row(self, row, possible, where):
        text = f"{where}: {row}; possible: {possible.states}, passing: {possible.passing}"
        for contradiction in contradictions(row):
            self.fault("impossible", f"{contradiction}: {text}")
        if not possible.may_exist():
            self.fault("gone", text)
            return
        for field in ("name", "oper", "persistent", "autostart", "saved", "snapshot"):
            if row[field] == 3 and field not in ("name", "oper"):
                self.unknown += 1
            elif not possible.allows(field, row[field]):
                self.fault("untrue", f"{field}: {text}")

    def check_walk(self, head, rows):
        sent, received, serial, age, duration, domains = head
        begin, end = sent - age / 100 - SLACK, received - age / 100 + duration / 1e6 + SLACK
        where = f"listing {serial:.0f}, {begin:.2f} to {end:.2f}"
        self.serials.add(serial)
        self.rows += len(rows)
        if len(rows) != domains:
            self.fault("counted", f"{where}: {len(rows)} rows, {domains} domains")
        seen = Counter(row["guest"] for row in rows)
        for name, changes in self.history.items():
            possible = Possible(changes, begin, end)
            if seen[name] > 1:
                self.fault("doubled", f"{where}: {name}")
            if seen[name] == 0 and possible.must_exist():
                self.fault("lost", f"{where}: {name}: {possible.states}")
            for row in rows:
                if row["guest"] == name:
                    self.check_row(row, possible, where)
        for row in rows:
            if self.indexes.setdefault(row["uuid"], row["index"]) != row["index"]:
                self.fault("renumbered", f"{where}: {row}")


def parse_row(words):
    row = dict(zip(COLUMNS, words[1:]), index=words[0])
    row["name"] = bytes.fromhex(row["name"]).decode()
    row["guest"] = row["name"].removesuffix("-renamed")
    return {key: value if key in ("name", "uuid", "index", "guest") else int(value) for key, value in row.items()}


def check(folder, *walks):
    with open(f"{folder}/history", encoding="ascii") as file:
        checker = Checker(json.load(file))
    count = torn = 0
    for path in walks:
        head, rows = None, []
        with open(path, encoding="ascii") as file:
            for line in file:
                kind, *words = line.split()
                if kind == "torn":
                    torn += 1
                    continue
                if kind == "row":
                    rows.append(parse_row(words))
                    continue
                if head:
                    checker.check_walk(head, rows)
                head, rows, count = [float(word) for word in words], [], count + 1
    # The agent does not know which manager sends a request, and can take one for another in rare cases.
    if 50 * torn > count:
        checker.fault("torn", f"{torn} of {count + torn} walks")
    wrong = ", ".join(f"{number} {what}" for what, number in checker.wrong.items()) or "nothing wrong"
    print(f"{count} walks of {len(checker.serials)} listings, {checker.rows} rows"
          f" ({checker.unknown} values unknown), {torn} torn walks: {wrong}")
    sys.exit(1 if checker.wrong or not checker.rows else 0)


{"write": write, "check": check}[sys.argv[1]](*sys.argv[2:])
