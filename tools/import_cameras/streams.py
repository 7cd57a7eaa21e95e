"""The addresses of a row: the best one, the second stream, the still picture,
and the login that they or the columns have."""

from . import addresses, logins, values
from .cells import NULL, Fault, clean, escaped, fault_of
from .words import Bad


class Streams:
    """login_file: a LoginFile, or None: addresses with a login are refused.

    is_waived  whether the last row has what merely looks like a login"""

    def __init__(self, columns, login_file, allow_at):
        self.login_file = login_file
        self.allow_at = allow_at
        self.is_waived = False
        self.stills_taken = self.stills_left = 0
        index_of = columns.index_of
        self.streams = list(columns.streams)
        self.still_at = columns.still_at
        if self.still_at is not None and self.still_at not in self.streams:
            self.streams.append(self.still_at)
        self.sub_at = index_of.get('sub_stream_url')
        self.user_at = index_of.get('user')
        self.password_at = index_of.get('password')
        self.urls = {*self.streams, self.sub_at} - {None}
        self.secrets = {self.user_at, self.password_at} - {None}

    def read(self, fields):
        """(address, address of the second stream, address of the still
        picture) for COPY. Raises Fault."""
        self.is_waived = False
        index, text = self._best_stream(fields)
        login = self._login_of_columns(fields)
        second = NULL
        try:
            if not text:
                raise Bad('is empty')
            first = self._address(text, login)
        except Bad as bad:
            raise fault_of(fields, index, bad) from None
        if self.sub_at is not None:
            try:
                text = clean(fields[self.sub_at])
                if text.casefold() not in values.EMPTY_WORDS:
                    second = self._address(text, login)
            except Bad as bad:
                raise fault_of(fields, self.sub_at, bad) from None
        return first, second, self._still(fields, index, first, login)

    def _still(self, fields, taken, first, login):
        """The address in the column of still pictures.

        taken  the column of the first address
        login  of the columns: only for the host of the first address"""
        if self.still_at is None:
            return NULL
        if self.still_at == taken:
            return first if addresses.may_be_jpeg(first) else NULL
        try:
            text = clean(fields[self.still_at])
            if text.casefold() in values.EMPTY_WORDS:
                return NULL
            if not addresses.may_be_jpeg(text):
                self.stills_left += 1
                return NULL
            return self._address(text, login if login and addresses.host_of(
                text) == addresses.host_of(first) else None)
        except Bad as bad:
            raise fault_of(fields, self.still_at, bad) from None

    def _best_stream(self, fields):
        """(index, text) of the best address of a row: RTSP first."""
        best = None
        for index in self.streams:
            try:
                text = clean(fields[index])
            except Bad as bad:
                raise fault_of(fields, index, bad) from None
            if text.casefold() in values.EMPTY_WORDS:
                continue
            if len(self.streams) == 1:
                return index, text
            rank = addresses.kind_of(text)
            if best is None or rank < best[0]:
                best = (rank, index, text)
            if rank == addresses.RTSP:
                break
        if best is None:
            return self.streams[0], ''
        if best[0] == addresses.STILL and best[1] != self.streams[0]:
            self.stills_taken += 1
        return best[1], best[2]

    def _address(self, text, login):
        text = addresses.read_url(text)
        user = password = None
        if addresses.HINT.search(text):
            text, user, password = self._without_login(text)
        if not addresses.is_url(text):
            raise Bad('is not a URL such as rtsp://host/path')
        if user is None and login:
            user, password = login
        if user is not None:
            self._move(text, user, password)
        return escaped(text)

    def _without_login(self, text):
        if not logins.needs_taking(text):
            return text, None, None
        if self.allow_at and not addresses.surely_has_login(text):
            self.is_waived = True
            return text, None, None
        if self.login_file is not None:
            return logins.take(text)
        if addresses.surely_has_login(text):
            raise Bad('holds a login, which is not shown here: say '
                      'LOGINS=file to move logins into a file for '
                      'CCTVCameraLoginsFile, or store the URL without it')
        raise Bad('holds a login, or what looks like one, which is not shown '
                  'here: say LOGINS=file to move logins into a file for '
                  'CCTVCameraLoginsFile, or ALLOW_AT=1 if no address of the '
                  'file holds one')

    def _login_of_columns(self, fields):
        if self.login_file is None or self.user_at is None and \
                self.password_at is None:
            return None
        user = self._cell(fields, self.user_at)
        password = self._cell(fields, self.password_at)
        if not user and not password:
            return None
        try:
            logins.check(user or logins.NO_USER, password)
        except Bad as bad:
            raise Fault(self.user_at if self.user_at is not None
                        else self.password_at, '', str(bad)) from None
        return user or logins.NO_USER, password

    @staticmethod
    def _cell(fields, index):
        text = '' if index is None else fields[index].strip()
        return '' if text.casefold() in ('null', '(null)', 'n/a', '#n/a',
                                         'nan', '-', 'none') else text

    def _move(self, address, user, password):
        pattern = logins.pattern_of(address)
        if pattern is None:
            raise Bad(logins.CANNOT)
        if not self.login_file.add(pattern, user, password):
            raise Bad('has another login than an earlier row with the same '
                      'address')
