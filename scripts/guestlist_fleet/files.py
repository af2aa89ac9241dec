# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a file by rename, and only if its text or its mode is another one. A reader sees the old file or the new one."""
import os
import stat
import sys
import tempfile

from .refusal import Failure, printable

SECRET_MODE = 0o600


def current(path):
    """The data and the status of a file, or None twice if there is none."""
    try:
        with open(path, 'rb') as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Failure('%s: no regular file; for the standard output, write -' % printable(path))
            return stream.read(), status
    except FileNotFoundError:
        return None, None


def new_mode(status, is_secret):
    if is_secret:
        return SECRET_MODE
    if status:
        return stat.S_IMODE(status.st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def replace(path, data, mode, status):
    handle, temporary = tempfile.mkstemp(prefix='.' + os.path.basename(path) + '.', dir=os.path.dirname(path) or '.')
    try:
        with open(handle, 'wb') as stream:
            stream.write(data)
            stream.flush()
            if status and (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(stream.fileno(), status.st_uid, status.st_gid)
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def write_output(data):
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        # Python would try it again at its end, and complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Failure('the standard output: %s' % error.strerror) from None


def write_file(path, text, is_secret):
    """True if the file was replaced, or is new. For "-", writes to the standard output."""
    data = text.encode()
    if path == '-':
        write_output(data)
        return False
    path = os.path.realpath(path)  # a link stays a link
    try:
        old, status = current(path)
        mode = new_mode(status, is_secret)
        if old == data and stat.S_IMODE(status.st_mode) == mode:
            return False
        replace(path, data, mode, status)
    except OSError as error:
        raise Failure('%s: %s' % (printable(path), error.strerror)) from None
    return True
