"""The file of logins that CCTVCameraLoginsFile names: reads it, and writes it
anew with the logins of an import. Only its owner can read it."""

import os
import tempfile

from .words import Obstacle

# An empty password, as the file has it.
EMPTY = '""'
HEAD = '# host:port/path of a camera  user  password; written by make import\n'


class LoginFile:
    """Collects the logins of an import. Nothing is written before prepare(),
    and the file is replaced by put()."""

    def __init__(self, path):
        self.path = path
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
            with open(handle, 'w', encoding='utf-8') as file:
                # A pattern with a path stands before that of its host.
                file.write(HEAD)
                for has_path in (True, False):
                    for pattern, login in self.logins.items():
                        if ('/' in pattern or '?' in pattern) == has_path:
                            file.write(f'{pattern}  {login}\n')
                file.writelines(old)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(self.ready, 0o600)
            self._keep_owner()
        except OSError as error:
            self.discard()
            raise Obstacle(f'Cannot write {self.path}: {error.strerror}. '
                           'Nothing was loaded.') from None

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
                if line != HEAD and (line.split() or [''])[0]
                not in self.logins]

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
