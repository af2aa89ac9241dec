#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An AgentX master (RFC 2741) that does what no master should do.

    hostile-master.py ADDRESS BEHAVIOUR [NUMBER...]

ADDRESS is the path of a Unix socket, or tcp:HOST:PORT. It listens there and shows the behaviour to each connection, one
after the other, until it is killed. BEHAVIOUR is a function or class of this file; the numbers are for its constructor.
It writes a line for each event: "connection N", "registered N" for the subtrees of a connection, "shown" when the
behaviour is complete, and "FAULT" with what the subagent should not have done.
"""

import random
import socket
import struct
import sys
import time

OPEN, CLOSE, REGISTER, UNREGISTER, GET, GETNEXT, GETBULK, TESTSET, COMMITSET, UNDOSET, CLEANUPSET, NOTIFY, PING = range(1, 14)
ADD_AGENT_CAPS, REMOVE_AGENT_CAPS, RESPONSE = 16, 17, 18
CONTEXT, NETWORK_ORDER = 0x08, 0x10
INTEGER, OCTETS, NULL, OBJECT_ID, IP_ADDRESS, COUNTER64 = 2, 4, 5, 6, 64, 70
DUPLICATE_REGISTRATION = 263
VM_MIB = (1, 3, 6, 1, 2, 1, 236)
VM_NAME = VM_MIB + (1, 4, 1, 2)
VM_AUTOSTART = VM_MIB + (1, 4, 1, 7, 1)
LIBVIRT_MIB = (1, 3, 6, 1, 4, 1, 36957)
GUESTLIST = (1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 2512)


class Gone(Exception):
    """The subagent closed the connection, or does not answer."""


def say(text):
    print(text, flush=True)


def encode_oid(subids, include=0):
    return struct.pack(">BBBB", len(subids), 0, include, 0) + b"".join(struct.pack(">I", one) for one in subids)


def encode_octets(octets):
    return struct.pack(">I", len(octets)) + octets + bytes(-len(octets) % 4)


def search_range(start, end=(), include=0):
    return encode_oid(start, include) + encode_oid(end)


def encode_varbind(kind, name, value=b""):
    return struct.pack(">HH", kind, 0) + encode_oid(name) + value


def header(kind, length, session=1, transaction=1, packet=1, flags=NETWORK_ORDER, version=1):
    return struct.pack(">BBBB", version, kind, flags, 0) + struct.pack(
        ">IIII", session & 0xFFFFFFFF, transaction & 0xFFFFFFFF, packet & 0xFFFFFFFF, length & 0xFFFFFFFF
    )


def encode_pdu(kind, payload=b"", **words):
    return header(kind, len(payload), **words) + payload


class Subagent:
    """One connection."""

    session = 4711

    def __init__(self, connection):
        self.connection = connection
        self.connection.settimeout(20)
        self.packet = random.getrandbits(31)
        self.transaction = random.getrandbits(31)
        self.registered = 0

    def read(self, count):
        octets = b""
        while len(octets) < count:
            try:
                more = self.connection.recv(count - len(octets))
            except OSError as error:
                raise Gone(str(error)) from error
            if not more:
                raise Gone("closed")
            octets += more
        return octets

    def receive(self):
        """The next PDU: its type, flags, three numbers and payload."""
        first = self.read(20)
        kind, flags = first[1], first[2]
        order = ">" if flags & NETWORK_ORDER else "<"
        session, transaction, packet, length = struct.unpack(order + "IIII", first[4:])
        return kind, order, (session, transaction, packet), self.read(length)

    def send(self, octets):
        try:
            self.connection.sendall(octets)
        except OSError as error:
            raise Gone(str(error)) from error

    def respond(self, order, numbers, error=0, session=None, kind=RESPONSE):
        payload = struct.pack(order + "IHH", 0, error, 0)
        flags = NETWORK_ORDER if order == ">" else 0
        self.send(
            struct.pack("BBBB", 1, kind, flags, 0)
            + struct.pack(order + "IIII", self.session if session is None else session, numbers[1], numbers[2], len(payload))
            + payload
        )

    def serve_one(self):
        """Answers one PDU of the subagent as a good master does. Its type, and its payload if it is a response."""
        kind, order, numbers, payload = self.receive()
        if kind == RESPONSE:
            return kind, numbers, struct.unpack(order + "IHH", payload[:8]) + (payload[8:],)
        self.respond(order, numbers)
        if kind == REGISTER:
            self.registered += 1
        return kind, numbers, None

    def welcome(self):
        """Serves it until it is at rest: a subagent sends its first ping after it has registered everything."""
        while self.serve_one()[0] != PING:
            pass
        say("registered %d" % self.registered)

    def next_packet(self):
        self.packet = self.packet + 1 & 0x7FFFFFFF
        return self.packet

    def next_transaction(self):
        self.transaction = self.transaction + 1 & 0x7FFFFFFF
        return self.transaction

    def request(self, kind, payload=b"", **words):
        """Sends a request, without waiting. Its packet number."""
        words.setdefault("session", self.session)
        words.setdefault("transaction", self.next_transaction())
        words.setdefault("packet", self.next_packet())
        self.send(encode_pdu(kind, payload, **words))
        return words["packet"]

    def await_response(self, packet):
        """The error and the varbinds of the response to that packet."""
        while True:
            kind, numbers, response = self.serve_one()
            if kind == RESPONSE and numbers[2] == packet & 0xFFFFFFFF:
                return response[1], response[3]

    def ask(self, kind, payload=b"", **words):
        return self.await_response(self.request(kind, payload, **words))

    def expect_service(self, what):
        """After whatever happened, a request is answered with the name of a row."""
        error, varbinds = self.ask(GETNEXT, search_range(VM_NAME))
        if error or not varbinds:
            say("FAULT after %s: error %d" % (what, error))
            raise Gone("no service")

    def idle(self):
        """Answers pings until the subagent goes."""
        while True:
            self.serve_one()


# ---- Behaviours: each gets a fresh connection --------------------------------------------------------------------


def good(subagent):
    subagent.welcome()
    subagent.expect_service("nothing")
    say("served")
    subagent.idle()


def closes_at_once(_):
    say("shown")


def closes_after_open(subagent):
    subagent.receive()
    say("shown")


def closes_in_registration(subagent):
    subagent.serve_one()
    subagent.serve_one()
    subagent.receive()
    say("shown")


def closes_in_pdu(subagent):
    subagent.welcome()
    subagent.send(header(GETNEXT, 1000) + bytes(500))
    say("shown")


def never_answers_open(subagent):
    subagent.receive()
    say("shown")
    while True:
        subagent.receive()


def never_answers_register(subagent):
    while True:
        kind, order, numbers, _ = subagent.receive()
        if kind == REGISTER:
            say("register")
        else:
            subagent.respond(order, numbers)
            if kind == PING:
                say("shown")


def refuses_register(subagent):
    while True:
        kind, order, numbers, _ = subagent.receive()
        if kind == REGISTER:
            say("register")
        elif kind == PING:
            say("shown")
        subagent.respond(order, numbers, error=DUPLICATE_REGISTRATION - 1 if kind == REGISTER else 0)


def never_answers_again(subagent):
    subagent.welcome()
    say("shown")
    while True:
        subagent.receive()


def wrong_sessions(subagent):
    """Answers with another session each time, and asks for sessions that do not exist."""
    rest = 0
    while rest < 3:
        kind, order, numbers, _ = subagent.receive()
        if kind != RESPONSE:
            subagent.respond(order, numbers, session=random.getrandbits(32))
        rest += kind == PING
    for session in (0, 1, subagent.session + 1, 0x7FFFFFFF, 0xFFFFFFFF):
        subagent.ask(GETNEXT, search_range(VM_NAME), session=session)
    for transaction in range(100):  # responses to nothing
        subagent.respond(">", (0, transaction, transaction))
        subagent.respond("<", (0, transaction, random.getrandbits(32)))
    subagent.expect_service("unknown sessions")
    say("shown")
    subagent.idle()


def long_names(subagent):
    """Names of up to 128 sub-identifiers, which is as many as a name may have."""
    subagent.welcome()
    for length in (100, 127, 128):
        name = VM_NAME + tuple(range(1, length - len(VM_NAME) + 1))
        for kind in (GET, GETNEXT):
            subagent.ask(kind, search_range(name) + search_range(GUESTLIST + name[10:]))
        subagent.ask(GETNEXT, struct.pack(">BBBB", length - 5, 2, 0, 0) + encode_oid(name[5:])[4:] + encode_oid(()))
        subagent.ask(GETNEXT, search_range(VM_NAME, name))
        transaction = subagent.next_transaction()
        subagent.ask(TESTSET, encode_varbind(INTEGER, name, struct.pack(">I", 1)), transaction=transaction)
        subagent.ask(CLEANUPSET, transaction=transaction)
    subagent.expect_service("long names")
    say("shown")
    subagent.idle()


def huge_bulk(subagent):
    subagent.welcome()
    for repeaters, repetitions, count in ((0, 65535, 1), (0, 65535, 50), (65535, 65535, 50), (1, 65535, 1000), (0, 0, 10)):
        payload = struct.pack(">HH", repeaters, repetitions) + search_range(VM_NAME) * count
        subagent.request(GETBULK, payload)  # net-snmp's subagent gives no answer
        subagent.expect_service("a huge bulk")
    say("shown")
    subagent.idle()


def set_flood(subagent):
    """Tests of large SETs that never end."""
    subagent.welcome()
    varbinds = encode_varbind(INTEGER, VM_AUTOSTART, struct.pack(">I", 2)) * 1000
    while True:
        subagent.ask(TESTSET, varbinds)


def flood(subagent):
    """Requests without a pause. The subagent's answers are read and dropped."""
    subagent.welcome()
    request = encode_pdu(GETNEXT, search_range(VM_NAME), session=subagent.session, packet=7) * 100
    for _ in range(100):
        subagent.send(request)
        for _ in range(100):
            while subagent.serve_one()[0] != RESPONSE:
                pass
    subagent.expect_service("a flood")
    say("shown")
    subagent.idle()


def never_reads(subagent):
    """Requests without a pause, and no answer is ever read."""
    subagent.welcome()
    request = encode_pdu(GETNEXT, search_range(VM_NAME), session=subagent.session, packet=7) * 100
    while True:
        subagent.send(request)


def http(subagent):
    """Another protocol answers at the address."""
    subagent.receive()
    subagent.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    say("shown")


def large_pdus(subagent):
    """PDUs as large as they may be."""
    subagent.welcome()
    for _ in range(5):
        subagent.ask(GET, search_range((1,)) * (65500 // 12))
        subagent.ask(GETNEXT, search_range(()) * (65500 // 8))
        transaction = subagent.next_transaction()
        subagent.ask(TESTSET, encode_varbind(NULL, VM_AUTOSTART) * (65500 // 56), transaction=transaction)
        subagent.ask(CLEANUPSET, transaction=transaction)
    subagent.expect_service("large PDUs")
    say("shown")
    subagent.idle()


def faults():
    """What a master must never send: a name, and a function that makes the octets for a subagent."""
    name = VM_NAME + (1,)
    long_name = VM_NAME + tuple(range(1, 129 - len(VM_NAME) + 1))
    test = encode_varbind(INTEGER, VM_AUTOSTART, struct.pack(">I", 2))

    def pdu(kind, payload=b"", **words):
        return lambda subagent: encode_pdu(kind, payload, session=subagent.session, packet=subagent.next_packet(), **words)

    def steps(*kinds):
        return lambda subagent: b"".join(pdu(kind, test if kind == TESTSET else b"")(subagent) for kind in kinds)

    def varbind(kind, value):
        return pdu(TESTSET, encode_varbind(kind, name, value))

    yield "garbage", lambda _: b"\x80" + random.randbytes(4095)
    yield "another version", pdu(GET, search_range(name), version=2)
    for kind in (0, OPEN, REGISTER, UNREGISTER, NOTIFY, PING, ADD_AGENT_CAPS, REMOVE_AGENT_CAPS, 99, 255):
        yield "type %d" % kind, pdu(kind, bytes(16))
    for length in (0x7FFFFF00, 65536, -1, -19, -20, -21):
        yield "length %d" % length, lambda _, length=length: header(GETNEXT, length) + bytes(65536)
    yield "name of 129", pdu(GETNEXT, search_range(long_name))
    yield "end of 129", pdu(GET, search_range(name, long_name))
    yield "name of 255", pdu(TESTSET, encode_varbind(NULL, long_name + (1,) * 126))
    yield "name of 124 with a prefix", pdu(GETNEXT, b"\x7c\x02\0\0" + encode_oid((1,) * 124)[4:] + encode_oid(()))
    yield "cut name", pdu(GET, search_range(name)[:-6])
    yield "cut string", varbind(OCTETS, struct.pack(">I", 100) + b"guest123")
    yield "endless string", varbind(OCTETS, struct.pack(">I", 0xFFFFFFFF) + b"guest123")
    yield "cut number", varbind(INTEGER, b"\0\0")
    yield "type of no value", varbind(3, bytes(4))
    yield "IP address of 5 octets", varbind(IP_ADDRESS, encode_octets(b"12345"))
    yield "endless context", pdu(GET, b"\xff\xff\xff\xff" + search_range(name), flags=CONTEXT | NETWORK_ORDER)
    yield "context with a zero", pdu(GET, encode_octets(b"x\0y") + search_range(name), flags=CONTEXT | NETWORK_ORDER)
    yield "CommitSet with a context", pdu(COMMITSET, encode_octets(b"x"), flags=CONTEXT | NETWORK_ORDER)
    yield "TestSet of nothing", pdu(TESTSET)
    yield "CleanupSet with more", pdu(CLEANUPSET, bytes(4))
    yield "cut GetBulk", pdu(GETBULK, bytes(2))
    yield "cut Response", pdu(RESPONSE, bytes(4))
    for kinds in ((COMMITSET,), (UNDOSET,), (CLEANUPSET,), (TESTSET, UNDOSET), (TESTSET, TESTSET), (TESTSET, CLEANUPSET, COMMITSET)):
        yield "SET steps %s" % (kinds,), steps(*kinds)


def answered_request(kind):
    """A request that has the packet number of the subagent's own request, instead of a response to it."""

    def show(subagent):
        while True:
            received, order, numbers, _ = subagent.receive()
            if received == kind:
                subagent.send(encode_pdu(GETNEXT, search_range(VM_NAME), session=subagent.session, packet=numbers[2]))
                return
            if received != RESPONSE:
                subagent.respond(order, numbers)

    return show


def after_welcome(octets):
    def show(subagent):
        subagent.welcome()
        subagent.send(octets(subagent))

    return show


def await_end(subagent, name):
    """The subagent must close the connection."""
    try:
        while True:
            subagent.receive()
    except Gone as gone:
        say("%s: %s" % ("FAULT, stays after" if "timed out" in str(gone) else "ended after", name))


class Faults:
    """Each fault once, in a connection of its own. After that, a good master."""

    def __init__(self):
        self.left = [(name, after_welcome(octets)) for name, octets in faults()]
        self.left += [("own number in type %d" % kind, answered_request(kind)) for kind in (REGISTER, ADD_AGENT_CAPS, PING)]

    def __call__(self, subagent):
        if not self.left:
            say("shown")
            good(subagent)
            return
        name, show = self.left.pop()
        try:
            show(subagent)
        except Gone as gone:
            if "timed out" in str(gone):
                raise
        await_end(subagent, name)


def valid_payloads():
    """A payload of each kind that a master may send, and of some that only a subagent may send."""
    name = VM_NAME + (1,)
    number = struct.pack(">I", 1)
    varbinds = (
        encode_varbind(INTEGER, VM_AUTOSTART, number)
        + encode_varbind(OCTETS, name, encode_octets(b"guest"))
        + encode_varbind(OBJECT_ID, name, encode_oid(name))
        + encode_varbind(COUNTER64, name, number * 2)
        + encode_varbind(IP_ADDRESS, name, encode_octets(b"\x7f\0\0\1"))
        + encode_varbind(NULL, name)
    )
    return (
        (GET, search_range(name) + search_range(GUESTLIST + (1, 1, 1, 0))),
        (GETNEXT, search_range(VM_NAME, VM_MIB + (2,)) + search_range(VM_MIB, include=1)),
        (GETBULK, struct.pack(">HH", 1, 10) + search_range(VM_MIB) + search_range(VM_NAME)),
        (TESTSET, varbinds),
        (COMMITSET, b""),
        (UNDOSET, b""),
        (CLEANUPSET, b""),
        (RESPONSE, struct.pack(">IHH", 1, 0, 0) + varbinds),
        (NOTIFY, varbinds),
        (REGISTER, struct.pack(">BBBB", 1, 127, 0, 0) + encode_oid(VM_MIB)),
        (OPEN, struct.pack(">I", 0) + encode_oid(VM_MIB) + encode_octets(b"subagent")),
        (ADD_AGENT_CAPS, encode_oid(VM_MIB) + encode_octets(b"x")),
        (PING, b""),
    )


class Fuzz:
    """Random requests: some as a master may send them, some with random changes, which end the connection."""

    def __init__(self, seed, seconds):
        self.source = random.Random(int(seed))
        self.seed = int(seed)
        self.until = time.monotonic() + seconds
        self.sent = 0

    def __call__(self, subagent):
        subagent.welcome()
        while time.monotonic() < self.until:
            for _ in range(self.source.randrange(1, 40)):
                self.send_valid(subagent)
            subagent.expect_service("PDU %d of seed %d" % (self.sent, self.seed))
            if self.source.random() < 0.02:
                self.send_changed(subagent)
        say("sent %d" % self.sent)
        say("shown")
        subagent.idle()

    def send(self, subagent, octets):
        self.sent += 1
        subagent.send(octets)

    def name(self):
        start = self.source.choice((VM_MIB, VM_NAME, VM_AUTOSTART, GUESTLIST, LIBVIRT_MIB, (), (1,), (2, 999)))
        more = [self.source.choice((0, 1, 2, 5, 255, 1 << 31, (1 << 32) - 1)) for _ in range(self.source.choice((0, 1, 2, 4, 16, 100)))]
        return (start + tuple(more))[:128]

    def value(self):
        kind = self.source.choice((INTEGER, OCTETS, NULL, OBJECT_ID, IP_ADDRESS, 65, 66, 67, 68, COUNTER64, 128, 129, 130))
        number = struct.pack(">I", self.source.choice((0, 1, 2, 1 << 31, (1 << 32) - 1)))
        octets = encode_octets(self.source.randbytes(self.source.choice((0, 1, 3, 4, 11, 300, 5000))))
        opaque = encode_octets(b"\x9f" + self.source.choice((b"\x78\x04", b"\x79\x08")) + self.source.randbytes(self.source.choice((4, 8))))
        values = {OCTETS: octets, 68: opaque, OBJECT_ID: encode_oid(self.name()), IP_ADDRESS: encode_octets(b"\x7f\0\0\1")}
        values.update({COUNTER64: number * 2, NULL: b"", 128: b"", 129: b"", 130: b""})
        return kind, values.get(kind, number)

    def varbinds(self):
        octets = b""
        for _ in range(self.source.choice((1, 1, 2, 5))):
            kind, value = self.value()
            octets += encode_varbind(kind, self.name(), value)
        return octets

    def send_valid(self, subagent):
        kind = self.source.choice((GET, GETNEXT, GETNEXT, GETBULK, TESTSET, RESPONSE))
        if kind == TESTSET:
            self.send_set(subagent)
            return
        payload = b"".join(
            search_range(self.name(), self.name(), self.source.randrange(2)) for _ in range(self.source.choice((0, 1, 1, 2, 20)))
        )
        flags = NETWORK_ORDER | self.source.choice((0, 0, 0, 1, 2, 4, 0xE0))
        if kind == GETBULK:
            payload = self.source.randbytes(4) + payload
        if kind == RESPONSE:
            payload = self.source.randbytes(8) + self.varbinds()
        elif self.source.random() < 0.1:
            flags |= CONTEXT
            payload = encode_octets(self.source.choice((b"", b"x", b"\xff\x01", b"y" * 300))) + payload
        words = {"session": self.source.getrandbits(32), "packet": 1 << 31 | self.source.getrandbits(31)}
        self.send(subagent, encode_pdu(kind, payload, flags=flags, **words))

    def send_set(self, subagent):
        """The steps that a SET may have. CommitSet has to wait for the answer to TestSet."""
        transaction = subagent.next_transaction()
        self.sent += 1
        error, _ = subagent.ask(TESTSET, self.varbinds(), transaction=transaction)
        if not error and self.source.random() < 0.7:
            subagent.ask(COMMITSET, transaction=transaction)
            subagent.ask(self.source.choice((UNDOSET, CLEANUPSET)), transaction=transaction)
        else:
            subagent.ask(CLEANUPSET, transaction=transaction)

    def send_changed(self, subagent):
        kind, payload = self.source.choice(valid_payloads())
        octets = bytearray(payload)
        for _ in range(self.source.choice((1, 2, 4, 16))):
            place = self.source.randrange(len(octets) + 1)
            change = self.source.randrange(3)
            if change == 0 and octets:
                octets[place % len(octets)] = self.source.choice((0, 1, 127, 128, 255, self.source.randrange(256)))
            elif change == 1:
                octets[place:place] = self.source.randbytes(self.source.choice((1, 4, 4, 8)))
            else:
                del octets[place : place + self.source.choice((1, 4, 4, 8))]
        self.send(subagent, encode_pdu(kind, bytes(octets), session=subagent.session, packet=self.source.getrandbits(31)))


# ---- The program -------------------------------------------------------------------------------------------------


def listen(address):
    if address.startswith("tcp:"):
        host, port = address[4:].rsplit(":", 1)
        return socket.create_server((host, int(port)))
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen(64)
    return server


def main():
    server = listen(sys.argv[1])
    words = [float(word) for word in sys.argv[3:]]
    behaviour = globals()[sys.argv[2]]
    if isinstance(behaviour, type):
        behaviour = behaviour(*words)
    say("listening")
    count = 0
    while True:
        connection, _ = server.accept()
        count += 1
        say("connection %d" % count)
        try:
            behaviour(Subagent(connection))
        except (Gone, OSError) as error:
            say("gone: %s" % error)
        connection.close()


if __name__ == "__main__":
    main()
