#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An AgentX master (RFC 2741) that asks for names with up to 128 numbers, and then for longer ones.

usage: long-names.py SOCKET
Listens, lets the subagent register, and sends it Get and GetNext with names of up to 128 numbers. Then it sends a longer
name over each of several connections. Prints "answered, and closed" if the subagent has answered the first ones and closed
the connections over which the others came.
"""
import socket
import struct
import sys

OPEN, CLOSE, GET, GET_NEXT, RESPONSE = 1, 2, 5, 6, 18
NETWORK_ORDER = 0x10
SESSION = 7
PREFIX = 2  # RFC 2741, 5.1: the name begins with 1.3.6.1.2
BEFORE = 5  # that many numbers
LONGEST = 128
TOO_LONG = (129, 140, 200, 255 + BEFORE)
VM_NAME = (1, 236, 1, 4, 1, 2)  # vmName, below the prefix


def read_octets(connection, count):
    octets = b""
    while len(octets) < count:
        part = connection.recv(count - len(octets))
        if not part:
            sys.exit("the subagent closed the connection")
        octets += part
    return octets


def read_pdu(connection):
    """Returns the type, transaction and packet number of the next PDU, and its error if it is a response."""
    header = read_octets(connection, 20)
    order = ">" if header[2] & NETWORK_ORDER else "<"
    _, transaction, packet, length = struct.unpack(order + "4I", header[4:])
    payload = read_octets(connection, length)
    error = struct.unpack(order + "H", payload[4:6])[0] if header[1] == RESPONSE else 0
    return header[1], transaction, packet, error


def send_pdu(connection, kind, transaction, packet, payload):
    header = struct.pack(">4B4I", 1, kind, NETWORK_ORDER, 0, SESSION, transaction, packet, len(payload))
    connection.sendall(header + payload)


def answer_until_quiet(connection):
    """Grants all that the subagent asks for, until it asks for nothing for a second."""
    connection.settimeout(20)
    while True:
        try:
            kind, transaction, packet, _ = read_pdu(connection)
        except TimeoutError:
            return
        if kind == CLOSE:
            sys.exit("the subagent closed the session")
        send_pdu(connection, RESPONSE, transaction, packet, struct.pack(">IHH", 0, 0, 0))
        connection.settimeout(1)


def send_request(connection, kind, packet, count):
    """Sends a request for a name with so many numbers."""
    name = VM_NAME + (1,) * (count - BEFORE - len(VM_NAME))
    start = struct.pack(">4B", len(name), PREFIX, 0, 0) + struct.pack(">%dI" % len(name), *name)
    send_pdu(connection, kind, packet, packet, start + bytes(4))


def ask(connection, kind, packet, count):
    """Sends a request, and expects its response without an error."""
    send_request(connection, kind, packet, count)
    while True:
        kind, transaction, number, error = read_pdu(connection)
        if kind == RESPONSE:
            break
        send_pdu(connection, RESPONSE, transaction, number, struct.pack(">IHH", 0, 0, 0))
    if number != packet or error != 0:
        sys.exit("response %d with error %d to request %d" % (number, error, packet))


def is_closed(connection):
    """Reads until the other side closes the connection. False if it does not within 20 seconds."""
    connection.settimeout(20)
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


def main():
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(1)
    connection, _ = listener.accept()
    answer_until_quiet(connection)
    connection.settimeout(20)
    packet = 1000
    for count in range(BEFORE + len(VM_NAME) + 1, LONGEST + 1):
        for kind in (GET, GET_NEXT):
            ask(connection, kind, packet, count)
            packet += 1
    for count in TOO_LONG:
        send_request(connection, GET_NEXT, packet, count)
        if not is_closed(connection):
            sys.exit("a name with %d numbers is taken" % count)
        connection, _ = listener.accept()
        answer_until_quiet(connection)
    print("answered, and closed")


main()
