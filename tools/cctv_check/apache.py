"""Asks Apache for its configuration: with all files that it includes, and with
the values of its variables."""

import os
import re
import subprocess

INFO = '/usr/lib/apache2/modules/mod_info.so'
AS_ROOT = ('apache2ctl',)
# Only root may make the folders that apache2ctl makes.
AS_USER = ('sh', '-c', '. /etc/apache2/envvars && exec apache2 "$@"', '-')
# What the event and worker MPMs use without a directive, and prefork.
THREADS, SERVERS, PREFORKED = 25, 16, 256
DBD = ('dbdriver', 'dbdparams', 'dbdmin', 'dbdkeep', 'dbdmax', 'dbdpersist')


class NoApache(Exception):
    """A sentence, and what to do."""


def words(text):
    """The arguments of a directive."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|(\S+)', text)
    return [re.sub(r'\\(["\'])', r'\1', a or b) if a or b else c
            for a, b, c in found]


class Server:
    """The directives of the main server, or of a virtual host."""

    def __init__(self, main=None):
        self.main = main
        self.directives = []

    def all(self, name):
        return [arguments for known, arguments in self.directives
                if known == name.lower()]

    def value(self, name):
        found = self.all(name)
        if found:
            return found[-1][0] if found[-1] else ''
        return self.main.value(name) if self.main else None

    def has_dbd(self):
        return any(name in DBD for name, _ in self.directives)


def read(dump):
    """The servers in the output of mod_info, the main server first."""
    servers = [Server()]
    current = servers[0]
    for line in dump.splitlines():
        line = line.strip()
        name, _, rest = line.partition(' ')
        if name.lower() == '<virtualhost':
            current = Server(servers[0])
            servers.append(current)
        elif name.lower() == '</virtualhost>':
            current = servers[0]
        elif line and line[0] not in '#<':
            current.directives.append((name.lower(), words(rest)))
    return servers


class Apache:
    def __init__(self, arguments):
        """@param arguments: options of apache2, such as -f httpd.conf"""
        self.command = [*(AS_ROOT if os.geteuid() == 0 else AS_USER),
                        *arguments]
        self.said = ''
        self.is_right = self._test()
        # `-c` comes after the files, so another LoadModule may have been there.
        done = self._run('-c', f'LoadModule info_module {INFO}', '-t', '-D',
                         'DUMP_CONFIG')
        self.servers = read(done.stdout)
        self.main = self.servers[0]

    def _run(self, *arguments):
        try:
            return subprocess.run([*self.command, *arguments], text=True,
                                  capture_output=True, check=False)
        except FileNotFoundError:
            raise NoApache('Apache is not installed.',
                           'apt install apache2') from None

    def _test(self):
        done = self._run('-t')
        self.said = done.stderr + done.stdout
        return done.returncode == 0

    def first(self, name):
        """The value of a directive of the whole server, wherever it stands."""
        for server in self.servers:
            if server.all(name):
                return server.value(name)
        return None

    def every(self, name):
        """All arguments of a directive, wherever it stands."""
        return [word for server in self.servers for arguments in
                server.all(name) for word in arguments]

    def is_in_use(self):
        return any(word.lower().startswith('cctv') for server in self.servers
                   for name, arguments in server.directives
                   for word in (name, *arguments[:1]))

    def user(self):
        return self.first('User') or 'www-data'

    def pools(self):
        """The servers that have a pool of connections of their own."""
        found = {}
        for server in self.servers:
            if ((server.main is None or server.has_dbd())
                    and server.value('DBDriver') == 'pgsql'):
                found.setdefault((server.value('DBDParams'),
                                  server.value('DBDMax')), server)
        return list(found.values())

    def children(self):
        """(most child processes, threads of each)"""
        def number(name, default):
            value = self.first(name) or ''
            return int(value) if value.isdigit() else default

        if 'prefork' in self._run('-V').stdout:
            return number('MaxRequestWorkers', PREFORKED), 1
        threads = number('ThreadsPerChild', THREADS)
        workers = number('MaxRequestWorkers', threads * SERVERS)
        return max(workers // threads, 1), threads
