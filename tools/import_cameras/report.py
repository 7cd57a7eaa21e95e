"""What the import prints: faults, notes, and what each column was taken for."""

import csv
import os
import stat
import sys

from . import addresses
from .rows import FAULTS_SHOWN
from .words import Obstacle, count, listed, printable, quoted, shown

EXAMPLES = 3
IGNORED_SHOWN = 30
WARNINGS_SHOWN = 20
# Parts of titles of columns that are ignored and may have logins.
LOGIN_WORDS = ('pass', 'pwd', 'pw', 'secret', 'token', 'kennwort', 'cred',
               'auth', 'login', 'user', 'benutzer', 'contrase', 'clave', 'senha',
               'parola', 'haslo', 'hasło', 'wachtwoord', 'apikey', 'api_key',
               'streamkey', 'stream_key')
SECRET = ('user', 'password')


def note(text):
    print(text, file=sys.stderr)


def fault_text(what, line, title, value, reason):
    where = f'{what} {line}'
    if title:
        where += f', {title}'
    if value:
        where += f' "{value}"'
    return f'{where}: {reason.replace("on line ", f"on {what} ")}'


def print_faults(what, faults, fault_count):
    """Prints the first faults: [line, title, value, reason]."""
    for fault in faults[:FAULTS_SHOWN]:
        note(fault_text(what, *fault))
    more = fault_count - min(len(faults), FAULTS_SHOWN)
    if more > 0:
        note(f'… and {more:,} more')


def print_ignored(header, columns):
    used = columns.used()
    ignored = [shown(title) or '(no name)'
               for index, title in enumerate(header) if index not in used]
    if ignored:
        note('Ignored columns: ' + listed(ignored, IGNORED_SHOWN))


def print_warnings(what, warnings):
    for line, sentence in warnings[:WARNINGS_SHOWN]:
        note(f'{what} {line} {sentence}' if line else sentence)
    if len(warnings) > WARNINGS_SHOWN:
        note(f'… and {len(warnings) - WARNINGS_SHOWN:,} more such rows')


class Progress:
    """Says how far a long import is: at 10,000 rows, 20,000, 50,000, …"""

    def __init__(self, what):
        self.what = what
        self.next = 10_000

    def watch(self, rows):
        count_of_rows = 0
        for row in rows:
            count_of_rows += 1
            if count_of_rows > self.next:
                note(f'{self.next:,} {self.what}s read …')
                self.next += 100_000 if self.next >= 100_000 else \
                    {1: self.next, 2: 30_000, 5: 50_000}[
                        int(str(self.next)[0])]
            yield row
        if count_of_rows > 10_000:
            note(f'{count_of_rows:,} {self.what}s read; the database loads '
                 'them …')


# --- the dry run ---------------------------------------------------------------

def examples(sample, index, column):
    """Three different values of a column, as people may see them."""
    if column in SECRET:
        return '(not shown)'
    seen = []
    for row in sample:
        text = row[index].strip()
        if text and text not in seen:
            seen.append(text)
        if len(seen) == EXAMPLES:
            break
    return ', '.join(f'"{example(text)}"' for text in seen) or '(empty)'


def example(text):
    if addresses.has_login(text) or '@' in text:
        return '…'
    return printable(text)


def taken_for(columns):
    """(what, index) of each column that is used, in order."""
    taken = []
    for column, index in columns.index_of.items():
        if column not in ('stream_url',):
            taken.append((column, index))
    kind, first, second = columns.place
    if kind == 'two':
        taken += [('longitude', first), ('latitude', second)]
    else:
        taken.append((f'position ({second})' if second else 'position',
                      first))
    for number, index in enumerate(columns.streams):
        taken.append(('stream_url' if number == 0
                      else 'stream_url of rows without a better one', index))
    return taken


def print_columns(table, columns, sample):
    print(f'{table.format}; what each column is taken for:')
    header = table.header
    # A stray comma may have put a part of a login into any column.
    name = columns.index_of['name']
    sample = [row for row in sample if not addresses.has_login(row[name])]
    taken = sorted(taken_for(columns), key=lambda each: each[1])
    for column, index in taken:
        if column == 'status' and columns.status_is_turned:
            column = 'status (turned)'
        if column == 'still_url':
            column = 'still picture'
        print(f'  {column} <- {quoted(header[index])}: '
              + examples(sample, index, column))
    used = columns.used()
    for index, title in enumerate(header):
        if index not in used:
            name = f'"{shown(title) or "…"}"' if title else '(no name)'
            hidden = any(word in title.casefold() for word in LOGIN_WORDS)
            print(f'  ignored: {name}: ' + (
                '(not shown)' if hidden
                else examples(sample, index, 'ignored')))


# --- the file of bad rows ------------------------------------------------------

def bad_rows_path(path):
    stem, _ = os.path.splitext(path)
    return stem + '.bad.csv'


def check_writable(path):
    """Raises Obstacle if the file of bad rows cannot be written."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        # /dev/null is for all.
        if stat.S_ISREG(os.fstat(handle).st_mode):
            os.fchmod(handle, 0o600)
        os.close(handle)
    except OSError as error:
        raise Obstacle(f'Cannot write {path}: {error.strerror}; '
                       'BAD_ROWS=file names another file.') from None


def discard_bad_rows(path):
    """Removes the file that check_writable() has made, if it is empty."""
    info = os.stat(path)
    if stat.S_ISREG(info.st_mode) and info.st_size == 0:
        os.unlink(path)


def write_bad_rows(path, table, faults):
    """Writes the rows that have faults, with their reasons in front, so that
    the file can be mended and imported again.

    table   a table that was not read yet
    faults  [line, title, value, reason] in the order of their lines"""
    written = 0
    faults = iter(faults)
    fault = next(faults, None)
    with open(path, 'w', encoding='utf-8', newline='',
              errors='backslashreplace') as file:
        out = csv.writer(file)
        out.writerow([f'import_{table.what}', 'import_reason', *table.header])
        for line, fields, _ in table.rows():
            reasons = []
            while fault and int(fault[0]) <= line:
                reasons.append(fault_text('', *fault).split(' ', 2)[-1]
                               if fault[1] else fault[3])
                fault = next(faults, None)
            if reasons:
                out.writerow([line, '; '.join(reasons), *fields])
                written += 1
            if fault is None:
                break
    return written


def print_counts(rows, table, columns):
    """Notes about what was read, after all rows."""
    if rows.no_heading:
        note(f'{count(rows.no_heading, "direction")} that are no point of '
             'the compass were left out')
    if rows.no_size:
        note(f'{count(rows.no_size, "size")} that do not tell width and '
             'height were left out')
    if rows.streams.stills_taken:
        note(f'{count(rows.streams.stills_taken, "row")} without an address of video: '
             'the address of the still picture was taken, and cannot be '
             'played')
    if rows.streams.stills_left:
        note(f'{count(rows.streams.stills_left, "still picture")} with an '
             'address that is no JPEG by http or https were left out')
    if 'password' in columns.index_of and rows.streams.login_file is None:
        note(f'The logins of {quoted(table.header[columns.index_of["password"]])} '
             'were not loaded: say LOGINS=file to write them to a file for '
             'CCTVCameraLoginsFile')
