# SPDX-License-Identifier: GPL-2.0-or-later
"""Ansible's inventories: the INI format, and the JSON of `ansible-inventory --list`. Of the variables, ansible_host is the address,
and guestlist_KEY is a key of guestlist-fleet. All other variables belong to others."""
import json
import re

from .inventory import each_line, make_host, read_text, split_words
from .refusal import Place, Refusal, each

PREFIX = 'guestlist_'
RANGE = re.compile(r'\[([^\]:]+):([^\]:]+)(?::([0-9]{1,9}))?\]')
NUMBER = re.compile(r'[0-9]{1,9}\Z')
HOSTS_MAX = 100000
DEPTH_MAX = 64


class Group:
    """Names of hosts, names of child groups, and variables."""

    def __init__(self):
        self.hosts = []
        self.children = []
        self.variables = {}


# ---- From variables to a host ---------------------------------------------------------------------


def variable_text(name, value, place):
    """The value of a variable that is ours."""
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    if isinstance(value, (int, str)) and '{{' not in str(value):
        return str(value)
    raise Refusal(place, 'the variable %s' % name, 'a number or a text without {{ }}, which only Ansible itself can read')


def host_of_variables(name, variables):
    """`variables` has the value and the place of each variable; '' is the place of the host itself."""
    own_place = variables['']
    pairs = []
    for key, (value, place) in sorted((key, pair) for key, pair in variables.items() if key):
        if key == 'ansible_host' and PREFIX + 'address' not in variables:
            pairs.append(('address', variable_text(key, value, place), place))
        elif key.startswith(PREFIX):
            pairs.append((key[len(PREFIX):], variable_text(key, value, place), place))
    return make_host(name, pairs, own_place)


def members(groups, group, place, depth=0):
    """The hosts of a group and of all its descendants, each once, in their order."""
    if depth > DEPTH_MAX:
        raise Refusal(place, "group '%s'" % group, 'groups that do not contain themselves')
    names = dict.fromkeys(groups[group].hosts)
    for child in groups[group].children:
        names.update(dict.fromkeys(members(groups, child, place, depth + 1)))
    return names


def chosen_members(groups, chosen, file):
    names = {}
    for group in chosen or ['all']:
        if group not in groups:
            raise Refusal(Place(file), "there is no group '%s'" % group, 'one of %s' % ', '.join(sorted(groups)))
        names.update(members(groups, group, Place(file)))
    return names


def make_hosts(names, variables_of):
    return each(names, lambda name: host_of_variables(name, variables_of(name)))


# ---- INI ------------------------------------------------------------------------------------------


def expand_range(pattern, place):
    """hv[01:03].example.org is three hosts, and so is hv[a:c]."""
    match = RANGE.search(pattern)
    if not match:
        return [pattern]
    first, last, step = match[1], match[2], int(match[3] or 1)
    if NUMBER.match(first) and NUMBER.match(last) and step > 0:
        width = len(first) if first.startswith('0') else 0
        parts = ['%0*d' % (width, n) for n in range(int(first), min(int(last), int(first) + HOSTS_MAX * step) + 1, step)]
    elif re.match(r'([a-z] [a-z]|[A-Z] [A-Z])\Z', first + ' ' + last) and step > 0:
        parts = [chr(n) for n in range(ord(first), ord(last) + 1, step)]
    else:
        parts = []
    rests = expand_range(pattern[match.end():], place)
    if not parts or len(parts) * len(rests) > HOSTS_MAX:
        raise Refusal(place, "range '%s'" % match[0], 'two numbers or two letters, the smaller one first, and at most %d hosts' % HOSTS_MAX)
    return [pattern[:match.start()] + part + rest for part in parts for rest in rests]


class IniReader:
    """Reads the lines of an INI inventory into groups, and variables of hosts."""

    def __init__(self, file):
        self.file = file
        self.groups = {'all': Group(), 'ungrouped': Group()}
        self.variables = {}
        self.group, self.kind = 'ungrouped', 'hosts'

    def read_section(self, line, place):
        match = re.match(r'\[([^\]:]+)(?::(vars|children|hosts))?\]\s*(?:[#;].*)?\Z', line)
        if not match:
            raise Refusal(place, "section '%s'" % line, '[GROUP], [GROUP:vars] or [GROUP:children]')
        self.group, self.kind = match[1], match[2] or 'hosts'
        self.groups.setdefault(self.group, Group())

    def read_hosts(self, line, place):
        words = split_words(line, place)
        if not words:
            return
        pattern = words[0]
        # A port after the name is that of ssh.
        match = re.match(r'([^:\[\]]|\[[^\]]*\])+(:[0-9]+)\Z', pattern)
        names = expand_range(pattern[:match.start(2)] if match else pattern, place)
        for name in names:
            variables = self.variables.setdefault(name, {'': place})
            for word in words[1:]:
                key, equals, value = word.partition('=')
                if not equals:
                    raise Refusal(place, "'%s'" % word, 'KEY=VALUE after the name of the host')
                variables[key] = (value, place)
        self.groups[self.group].hosts += names

    def read_variable(self, line, place):
        key, equals, value = line.partition('=')
        if not equals:
            raise Refusal(place, "a line without '='", 'KEY=VALUE')
        words = split_words(value, place)
        self.groups[self.group].variables[key.strip()] = (words[0] if len(words) == 1 else ' '.join(words), place)

    def read_line(self, line, place):
        line = line.strip()
        if not line or line[0] in '#;':
            return
        if line[0] == '[':
            self.read_section(line, place)
        elif self.kind == 'hosts':
            self.read_hosts(line, place)
        elif self.kind == 'vars':
            self.read_variable(line, place)
        else:
            self.groups[self.group].children.append(line.split('#')[0].strip())

    def finish(self):
        """As in Ansible, each group is below `all`, and a host of another group is not ungrouped."""
        for group in list(self.groups):
            for child in self.groups[group].children:
                if child not in self.groups:
                    raise Refusal(Place(self.file), "the group '%s' of [%s:children]" % (child, group), 'a group of this file')
        grouped = {host for name, group in self.groups.items() if name not in ('all', 'ungrouped') for host in group.hosts}
        self.groups['ungrouped'].hosts = [host for host in self.groups['ungrouped'].hosts if host not in grouped]
        self.groups['all'].children += [group for group in self.groups if group != 'all']

        self.depths = {}
        self.measure('all', 0)
        self.members = {group: members(self.groups, group, Place(self.file)) for group in self.groups}

    def measure(self, group, depth):
        """Sets the length of the longest way from `all` to each group."""
        if depth > DEPTH_MAX:
            raise Refusal(Place(self.file), "group '%s'" % group, 'groups that do not contain themselves')
        self.depths[group] = max(depth, self.depths.get(group, 0))
        for child in self.groups[group].children:
            self.measure(child, depth + 1)

    def variables_of(self, name):
        """Those of a deeper group win over those of its parents, and those of the host over all."""
        found = {}
        for group in sorted(self.groups, key=lambda group: (self.depths[group], group)):
            if name in self.members[group]:
                found.update(self.groups[group].variables)
        found.update(self.variables[name])
        return found


def read_ini(file, chosen):
    reader = IniReader(file)
    each_line(file, reader.read_line)
    reader.finish()
    return make_hosts(chosen_members(reader.groups, chosen, file), reader.variables_of)


# ---- JSON -----------------------------------------------------------------------------------------


def expect(condition, place, what, expected):
    if not condition:
        raise Refusal(place, what, expected)


def is_list_of_texts(value):
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def groups_of_json(inventory, file):
    groups = {'all': Group()}
    for name, content in inventory.items():
        if name == '_meta':
            continue
        place = Place(file, name)
        group = groups.setdefault(name, Group())
        expect(isinstance(content, dict), place, 'a group', 'an object with hosts and children')
        group.hosts, group.children = content.get('hosts', []), content.get('children', [])
        expect(is_list_of_texts(group.hosts) and is_list_of_texts(group.children), place, 'hosts or children', 'lists of names')
    for group in list(groups.values()):
        for child in group.children:
            groups.setdefault(child, Group())  # ansible-inventory leaves out groups that are empty
    return groups


def read_json(file, chosen):
    try:
        inventory = json.loads(read_text(file))
    except (ValueError, RecursionError) as error:
        raise Refusal(Place(file, getattr(error, 'lineno', None)), 'no JSON: %s' % getattr(error, 'msg', error),
                      'the output of ansible-inventory --list') from None
    expect(isinstance(inventory, dict), Place(file), 'no object', 'the output of ansible-inventory --list')
    meta = inventory.get('_meta', {})
    hostvars = meta.get('hostvars', {}) if isinstance(meta, dict) else None
    expect(isinstance(hostvars, dict) and all(isinstance(each, dict) for each in hostvars.values()),
           Place(file, '_meta'), 'hostvars', 'an object with an object for each host')
    groups = groups_of_json(inventory, file)

    def variables_of(name):
        place = Place(file, name)
        return dict({key: (value, place) for key, value in hostvars.get(name, {}).items()}, **{'': place})

    return make_hosts(chosen_members(groups, chosen, file), variables_of)
