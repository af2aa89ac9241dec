# SPDX-License-Identifier: GPL-2.0-or-later
"""Auths: how SNMP is asked, by name. Their file has versions, users, protocols, and where the passwords are. The passwords
themselves are read only for a scan and for --with-secrets."""
import os
import re
import stat

from .host import DEFAULT_AUTH, auth_name
from .inventory import each_line, read_text
from .refusal import Failure, Place, Refusal, each, printable

LEVELS = ('noAuthNoPriv', 'authNoPriv', 'authPriv')
AUTH_PROTOCOLS = ('MD5', 'SHA', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512')
PRIV_PROTOCOLS = ('DES', 'AES', 'AES-192', 'AES-256')
SECRETS = ('community', 'auth_password', 'priv_password')
CHOICES = {'version': ('2c', '3'), 'level': LEVELS, 'auth_protocol': AUTH_PROTOCOLS, 'priv_protocol': PRIV_PROTOCOLS}
PASSWORD_MIN = 8  # SNMPv3's


class Auth:
    """An auth. `secrets` has where each password is, `nagios` the macro of Nagios that stands for it."""

    def __init__(self, name, place):
        self.name = name
        self.place = place
        self.version = '2c'
        self.level = 'authPriv'
        self.user = None
        self.auth_protocol = 'SHA'
        self.priv_protocol = 'AES'
        self.module = None
        self.secrets = {}
        self.nagios = {}

    def needed(self):
        """The names of the passwords that this auth has."""
        if self.version == '2c':
            return ('community',)
        return {'noAuthNoPriv': (), 'authNoPriv': ('auth_password',), 'authPriv': ('auth_password', 'priv_password')}[self.level]

    def secret(self, name):
        """The password itself."""
        if name not in self.secrets:
            raise Refusal(self.place, "auth '%s' without %s" % (self.name, name), 'a line %s = file:PATH or env:NAME' % name)
        value, place = self.secrets[name]
        kind, _, where = value.partition(':')
        if kind == 'env':
            text = os.environ.get(where)
            if text is None:
                raise Failure('%s: the environment has no %s' % (place, printable(where)))
        elif kind == 'file':
            text = read_secret_file(where)
        else:
            text = value
        if not text or not text.isprintable() or (name != 'community' and len(text) < PASSWORD_MIN):
            raise Refusal(place, '%s of auth %s' % (name, self.name), 'one line without control characters, of at least %d characters'
                          % (1 if name == 'community' else PASSWORD_MIN))
        return text


def read_secret_file(path):
    """The first line of a file, which its other users must not be able to read."""
    check_private(path)
    return read_text(path).split('\n')[0].rstrip('\r')


def check_private(path):
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        raise Failure('%s: %s' % (printable(path), error.strerror)) from None
    if stat.S_ISREG(mode) and mode & (stat.S_IROTH | stat.S_IWOTH):
        raise Refusal(Place(path), 'a password in a file with the mode %o' % stat.S_IMODE(mode), 'a file that others can neither read '
                      'nor write: chmod 600')


def set_nagios(auth, key, value, place):
    if not re.match(r'\$USER([1-9][0-9]{0,2})\$\Z', value):
        raise Refusal(place, key, 'a macro of resource.cfg, such as $USER5$')
    auth.nagios[key[len('nagios_'):]] = value


def set_secret(auth, key, value, place):
    if not re.match(r'(file|env):.', value):
        check_private(place.file)
    auth.secrets[key] = (value, place)


def set_key(auth, key, value, place):
    if key in SECRETS:
        set_secret(auth, key, value, place)
    elif key in CHOICES:
        if value not in CHOICES[key]:
            raise Refusal(place, "%s '%s'" % (key, value), 'one of %s' % ', '.join(CHOICES[key]))
        setattr(auth, key, value)
    elif key in ('user', 'module') and value and value.isprintable():
        setattr(auth, key, value)
    elif key.startswith('nagios_') and key[len('nagios_'):] in SECRETS:
        set_nagios(auth, key, value, place)
    else:
        raise Refusal(place, 'key %s' % key, 'one of user, module, %s, %s, nagios_... of the latter' % (', '.join(CHOICES), ', '.join(SECRETS)))


def built_in():
    """What is used without a file: SNMPv2c, and the community that each system calls its default."""
    auth = Auth(DEFAULT_AUTH, Place('the built-in auth'))
    auth.secrets['community'] = ('public', auth.place)
    auth.nagios['community'] = '$USER3$'
    return {auth.name: auth}


class AuthsReader:
    """Reads the lines of the file: sections [NAME], and KEY = VALUE in them."""

    def __init__(self):
        self.auths = {}
        self.auth = None

    def read_line(self, line, place):
        line = line.strip()
        if not line or line[0] in '#;':
            return
        if line[0] == '[':
            self.begin(line, place)
            return
        key, equals, value = (part.strip() for part in line.partition('='))
        if not equals or not self.auth:
            raise Refusal(place, 'a line without [AUTH] above or = in it', '[AUTH], then KEY = VALUE')
        set_key(self.auth, key, value, place)

    def begin(self, line, place):
        name = auth_name(line[1:-1] if line.endswith(']') else line, place)
        # Zabbix writes macros in capitals and without dashes.
        for other in self.auths.values():
            if macro_part(other.name) == macro_part(name):
                raise Refusal(place, 'auth %s' % name, 'names that differ in more than case, - and _: %s has another' % other.place)
        self.auth = self.auths[name] = Auth(name, place)

    def finish(self):
        for auth in self.auths.values():
            if auth.version == '3' and not auth.user:
                raise Refusal(auth.place, "auth '%s' without user" % auth.name, 'a line user = NAME, because version = 3')


def macro_part(name):
    """The name of an auth in the name of a macro of Zabbix."""
    return name.upper().replace('-', '_')


def read_auths(file):
    if file is None:
        return built_in()
    reader = AuthsReader()
    each_line(file, reader.read_line)
    reader.finish()
    return reader.auths


def check_host(host, auths):
    """Each auth of a host exists. SNMPv2c has no contexts: a community stands for each."""
    asked = set()
    for hypervisor in host.hypervisors:
        if hypervisor.auth not in auths:
            raise Refusal(host.place, "auth '%s' of host '%s'" % (hypervisor.auth, host.name),
                          'one of the file of --auths: %s' % ', '.join(auths))
        if auths[hypervisor.auth].version == '2c' and hypervisor.auth in asked:
            raise Refusal(host.place, "context '%s' of host '%s'" % (hypervisor.context or '-', host.name),
                          'an auth of its own, as in contexts=-,lab:lab-auth, because it has SNMPv2c')
        asked.add(hypervisor.auth)


def check_auths(hosts, auths):
    each(hosts, lambda host: check_host(host, auths))
