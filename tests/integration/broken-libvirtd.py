#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A libvirtd that answers wrongly: a proxy that damages what a real libvirtd answers.

    broken-libvirtd.py FOLDER LIBVIRTD DAMAGE...

For each DAMAGE, a class of this file, it listens at the socket FOLDER/DAMAGE and connects each client to LIBVIRTD, the socket
of a real one. It passes on all bytes until the file FOLDER/broken exists. From then on, it damages what the server sends. If
the file is removed, it behaves again, also on connections that exist.
It writes a line for each event: "listening", "DAMAGE connection", and "DAMAGE damaged" when it has damaged something.

A message of libvirt's protocol is: the length in 4 bytes, which includes these 4, then six numbers of 4 bytes, of which see
below, and then the values as XDR.
"""

import os
import random
import socket
import struct
import sys
import threading
import time

HEADER = struct.Struct(">IIIIiIi")  # length, program, version, procedure, type, serial, status
CALL, REPLY, EVENT = 0, 1, 2
OK, ERROR = 0, 1
LENGTH, PROGRAM, VERSION, PROCEDURE, TYPE, SERIAL, STATUS = range(7)
LIST_ALL_DOMAINS, EVENT_LIFECYCLE = 273, 318
LENGTH_MAX = 32 * 1024 * 1024 + 4  # libvirt accepts no longer message


class Closed(Exception):
    """This side closes the connection, after it has sent the bytes."""


def header_of(message):
    return list(HEADER.unpack_from(message))


def with_header(message, **changes):
    header = header_of(message)
    for field, value in changes.items():
        header[globals()[field.upper()]] = value
    return HEADER.pack(*header) + message[HEADER.size:]


def with_payload(message, payload):
    return with_header(HEADER.pack(*header_of(message)) + payload, length=HEADER.size + len(payload))


class Damage:
    """Damages one connection. damage() returns the bytes to send instead of a message, or None to pass it on."""

    def __init__(self):
        self.count = 0
        self.random = random.Random(1)

    def accept(self):
        """Called if a client connects while the server is broken."""

    def damage(self, message):
        raise NotImplementedError


class CloseAtOnce(Damage):
    def accept(self):
        raise Closed(b"")

    def damage(self, message):
        raise Closed(b"")


class CloseAfterFirst(Damage):
    def damage(self, message):
        raise Closed(message)


class CloseAfterTenth(Damage):
    """The connection opens, and breaks in the middle of what follows."""

    def damage(self, message):
        self.count += 1
        if self.count == 10:
            raise Closed(message)


class Rubbish(Damage):
    def damage(self, message):
        return self.random.randbytes(200)


class OtherProtocol(Damage):
    def damage(self, message):
        return b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"


class LengthHuge(Damage):
    def damage(self, message):
        return with_header(message, length=0x7FFFFFFF)


class LengthMinusOne(Damage):
    def damage(self, message):
        return with_header(message, length=0xFFFFFFFF)


class LengthLargest(Damage):
    """The largest length that libvirt accepts, and then nothing: the client waits for the rest."""

    def damage(self, message):
        self.count += 1
        return with_header(message, length=LENGTH_MAX) if self.count == 1 else b""


class LengthZero(Damage):
    def damage(self, message):
        return with_header(message, length=0)


class LengthSmall(Damage):
    """Too short for the header."""

    def damage(self, message):
        return with_header(message, length=5)


class Truncated(Damage):
    def damage(self, message):
        raise Closed(message[:len(message) // 2])


class Stalled(Damage):
    """Half a message, and then nothing more."""

    def damage(self, message):
        self.count += 1
        return message[:len(message) // 2] if self.count == 1 else b""


class OtherProgram(Damage):
    def damage(self, message):
        return with_header(message, program=0x12345678)


class OtherVersion(Damage):
    def damage(self, message):
        return with_header(message, version=77)


class OtherProcedure(Damage):
    def damage(self, message):
        return with_header(message, procedure=header_of(message)[PROCEDURE] + 1)


class OtherSerial(Damage):
    def damage(self, message):
        return with_header(message, serial=header_of(message)[SERIAL] + 1000)


class OtherType(Damage):
    """A call, although a client expects only replies and events."""

    def damage(self, message):
        return with_header(message, type=CALL)


class OtherStatus(Damage):
    """An error whose text is the reply."""

    def damage(self, message):
        return with_header(message, status=ERROR) if header_of(message)[TYPE] == REPLY else None


class Twice(Damage):
    def damage(self, message):
        return message + message


class Unasked(Damage):
    """Events of domains that nobody asked for, with values that cannot be read, before each reply."""

    def damage(self, message):
        event = with_header(message, procedure=EVENT_LIFECYCLE, type=EVENT, serial=0)
        return with_payload(event, self.random.randbytes(40)) + message


class Domains(Damage):
    """The reply with all domains, damaged in one way after the other. The other replies are right."""

    def damage(self, message):
        header = header_of(message)
        if header[TYPE] != REPLY or header[PROCEDURE] != LIST_ALL_DOMAINS or header[STATUS] != OK:
            return None
        ways = [
            lambda xdr: struct.pack(">I", 0xFFFFFFFF) + xdr[4:],  # the number of domains
            lambda xdr: struct.pack(">I", 16385) + xdr[4:],  # one more than libvirt accepts
            lambda xdr: xdr[:4] + struct.pack(">I", 0x7FFFFFFF) + xdr[8:],  # the length of the first name
            lambda xdr: xdr[:len(xdr) // 2],
            lambda xdr: b"",
            lambda xdr: self.random.randbytes(len(xdr)),
        ]
        self.count += 1
        return with_payload(message, ways[self.count % len(ways)](message[HEADER.size:]))


class Counts(Damage):
    """Many replies end with a number of what they list. It becomes far too large. The lists themselves are right."""

    def damage(self, message):
        if header_of(message)[TYPE] != REPLY or header_of(message)[STATUS] != OK or len(message) < HEADER.size + 8:
            return None
        self.count += 1
        number = (0x7FFFFFFF, 1000000, 1, -1)[self.count % 4]
        return message[:-4] + struct.pack(">i", number)


class FlippedBits(Damage):
    """One bit in some of the messages, anywhere but in the length: then it would be another damage."""

    def damage(self, message):
        if self.random.randrange(8):
            return None
        at = self.random.randrange(4, len(message))
        flipped = bytearray(message)
        flipped[at] ^= 1 << self.random.randrange(8)
        return bytes(flipped)


class Proxy:
    def __init__(self, folder, upstream, damage):
        self.folder, self.upstream, self.damage = folder, upstream, damage
        path = os.path.join(folder, damage.__name__)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        os.chmod(path, 0o777)
        self.listener.listen(64)
        self.seed = 0

    def say(self, text):
        os.write(1, f"{self.damage.__name__} {text}\n".encode())  # one write for each line: there are many threads

    def is_broken(self):
        return os.path.exists(os.path.join(self.folder, "broken"))

    def run(self):
        while True:
            client, _ = self.listener.accept()
            self.seed += 1
            threading.Thread(target=self.serve, args=(client, self.seed), daemon=True).start()

    def serve(self, client, seed):
        self.say("connection")
        server = socket.socket(socket.AF_UNIX)
        damage = self.damage()
        damage.random.seed(seed)
        try:
            if self.is_broken():
                damage.accept()
            server.connect(self.upstream)
            threading.Thread(target=copy, args=(client, server), daemon=True).start()
            self.pass_messages(server, client, damage)
        except Closed as closed:
            self.say("damaged")
            send(client, closed.args[0])
        except OSError:
            pass  # one of the sides is gone
        finally:
            end(server)
            end(client)

    def pass_messages(self, server, client, damage):
        while message := read_message(server):
            damaged = damage.damage(message) if self.is_broken() else None
            if damaged is not None:
                self.say("damaged")
            client.sendall(message if damaged is None else damaged)


def read_exactly(peer, length):
    parts = b""
    while len(parts) < length:
        part = peer.recv(length - len(parts))
        if not part:
            return b""
        parts += part
    return parts


def read_message(peer):
    head = read_exactly(peer, 4)
    return head and head + read_exactly(peer, struct.unpack(">I", head)[0] - 4)


def copy(source, target):
    try:
        while part := source.recv(65536):
            target.sendall(part)
    except OSError:
        pass
    end(target)


def send(peer, part):
    try:
        peer.sendall(part)
    except OSError:
        pass


def end(peer):
    """Also ends a recv() of another thread, which close() would not do."""
    try:
        peer.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def main():
    folder, upstream, *names = sys.argv[1:]
    for name in names:
        proxy = Proxy(folder, upstream, globals()[name])
        threading.Thread(target=proxy.run, daemon=True).start()
    print("listening", flush=True)
    while True:
        time.sleep(3600)


main()
