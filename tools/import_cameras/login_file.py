"""The file of logins that CCTVCameraLoginsFile names: reads it, and writes it
anew with the logins of an import. Only its owner can read it."""

import os
import re
import tempfile

from .words import Obstacle

# An empty password, as the file has it.
EMPTY = '""'
HEAD = '# host:port/path of a camera  user  password; written by make import\n'


def first_word(line):
    return (line.split() or [''])[0]


def host_of(pattern):
    return re.split('[/?#]', pattern, maxsplit=1)[0]


class LoginFile:
    """Collects the logins of an import. Nothing is written before prepare(),
    and the file is replaced by put()."""

    def __init__(self, path):
        # A link stays a link.
        self.path = os.path.realpath(path)
        if os.path.exists(self.path) and not os.path.isfile(self.path):
            raise Obstacle(f'LOGINS names {path}, which is no file.')
        self.logins = {}
        self.ready = None

    def add(self, pattern, user, password):
        """False if another login is known for the same address."""
        login = f'{user} {password or EMPTY}'
        return self.logins.setdefault(pattern, login) == login

    def prepare(self):
        """Writes the new file beside the old one."""
        old = self._old_lines()
        folder = os.path.dirname(os.path.abspath(self.path))
        try:
            handle, self.ready = tempfile.mkstemp(dir=folder,
                                                  prefix='.cctv-logins-')
            with open(handle, 'w', encoding='utf-8',
                      errors='surrogateescape') as file:
                file.writelines(self._new_lines(old))
                file.flush()
                os.fsync(file.fileno())
            os.chmod(self.ready, 0o600)
            self._keep_owner()
        except OSError as error:
            self.discard()
            raise Obstacle(f'Cannot write {self.path}: {error.strerror}. '
                           'Nothing was loaded.') from None

    def _new_lines(self, old):
        """The first line that matches counts: a pattern with a path, also an
        old one, stands before that of its host."""
        hosts = {pattern for pattern in self.logins
                 if host_of(pattern) == pattern}
        yield HEAD
        for pattern, login in self.logins.items():
            if pattern not in hosts:
                yield f'{pattern}  {login}\n'
        before = [line for line in old if hosts
                  and first_word(line) not in hosts
                  and host_of(first_word(line)) in hosts]
        yield from before
        for pattern in self.logins:
            if pattern in hosts:
                yield f'{pattern}  {self.logins[pattern]}\n'
        moved = set(before)
        for line in old:
            if line not in moved:
                yield line

    def _old_lines(self):
        """The lines of the file as it is, but those for the same cameras."""
        try:
            with open(self.path, encoding='utf-8',
                      errors='surrogateescape') as file:
                lines = file.readlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise Obstacle(f'Cannot read {self.path}: {error.strerror}. '
                           'Nothing was loaded.') from None
        if lines and not lines[-1].endswith('\n'):
            lines[-1] += '\n'
        return [line for line in lines
                if line != HEAD and first_word(line) not in self.logins]

    def _keep_owner(self):
        if os.geteuid() == 0 and os.path.exists(self.path):
            info = os.stat(self.path)
            os.chown(self.ready, info.st_uid, info.st_gid)

    def put(self):
        """Replaces the file; call it once the cameras are loaded."""
        os.replace(self.ready, self.path)
        self.ready = None

    def discard(self):
        if self.ready:
            os.unlink(self.ready)
            self.ready = None
