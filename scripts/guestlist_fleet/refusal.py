# SPDX-License-Identifier: GPL-2.0-or-later
"""Wrong input. A message names the place, the value and what was expected, and never a password."""


def printable(text):
    """The text on one line, without control characters, so that a message cannot change a terminal."""
    return ''.join(c if c.isprintable() else '\\x%02x' % ord(c) for c in text)


class Place:
    """Where a value is from: a file and a line, or a name in a file."""

    def __init__(self, file, line=None):
        self.file = file
        self.line = line

    def __str__(self):
        return printable(self.file) if self.line is None else '%s:%s' % (printable(self.file), printable(str(self.line)))


class Refusal(Exception):
    """One wrong value."""

    def __init__(self, place, what, expected):
        super().__init__('%s: %s; expected %s' % (place, printable(what), expected))
        self.order = (place.file, place.line if isinstance(place.line, int) else 0)


class Refusals(Exception):
    """All wrong values of the input, so that they can be repaired at once."""

    def __init__(self, refusals):
        # Many hosts may have the same wrong auth.
        messages = dict.fromkeys(str(refusal) for refusal in sorted(refusals, key=lambda refusal: refusal.order))
        super().__init__('\n'.join(messages))


class Failure(Exception):
    """The input was right, but something could not be done."""


class Collector:
    """Collects refusals: `with collector: ...` goes on after a wrong value, and finish() raises them together."""

    def __init__(self):
        self.refusals = []

    def __enter__(self):
        return self

    def __exit__(self, kind, refusal, trace):
        if isinstance(refusal, Refusal):
            self.refusals.append(refusal)
        return isinstance(refusal, Refusal)

    def finish(self):
        if self.refusals:
            raise Refusals(self.refusals)


def each(items, function):
    """Calls the function for each item, also after a wrong one. Then raises all refusals together. Returns the results."""
    collector = Collector()
    results = []
    for item in items:
        with collector:
            results.append(function(item))
    collector.finish()
    return results
