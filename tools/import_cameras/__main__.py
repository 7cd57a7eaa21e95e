"""Loads cameras from a list into PostgreSQL: all rows or none, or with
--skip-bad the good ones.

Called by tools/import.sh. The way of a list:

  source     what the file is, or a sentence about what it is not
  tables     a header and rows, of text (text, delimited), JSON (documents),
             kml, or sheets (parts, xlsx, ods)
  columns    what each column is (titles, overrides), and settle what only many
             rows tell about coordinates
  rows       each row to a line for COPY: cells, keys, places, values,
             headings, sizes, codecs_of_video, streams (addresses, logins)
  outliers   warns of places that look wrong
  psql       the staging table and the functions of sql/30-import.sql
  login_file the file of logins
  report     what is printed

A file is read row by row. Memory use does not depend on its size.

Exit status: 0 loaded, 1 the file was refused, 2 another error (usage, no such
file, no database).
"""

import argparse
import itertools
import os
import sys
import zipfile
import zlib
from xml.etree import ElementTree

from . import psql, report
from .columns import find_columns
from .login_file import LoginFile
from .outliers import Outliers
from .rows import FAULTS_SHOWN, Rows
from .settle import settle
from .source import Source
from .tables import open_table
from .words import Obstacle, Refused, count

SAMPLE = 1000


class Import:
    def __init__(self, path, options):
        self.path = path
        self.options = options
        self.source = Source(path)
        self.table = self._open()
        numbered = self.table.rows()
        first = list(itertools.islice(numbered, SAMPLE))
        self.sample = [fields for _, fields, reason in first if not reason]
        self.numbered = itertools.chain(first, numbered)
        self.columns = find_columns(self.table.header, self.sample,
                                    options.columns)
        settle(self.table.header, self.columns, self.sample, self._all_fields)
        if self.columns.place[0] == 'one' and len(first) == SAMPLE:
            # The rows may have been read to their end.
            self.table = self._open()
            self.numbered = self.table.rows()
        self.faults = psql.Faults(None if options.skip_bad else FAULTS_SHOWN)
        self.outliers = Outliers()
        self.login_file = LoginFile(options.logins) if options.logins \
            else None
        self.rows = Rows(self.table.header, self.columns, self.sample,
                         self.faults.add, self.outliers.see, self.login_file,
                         options.allow_at)

    def _open(self):
        titles = [part.partition('=')[2].strip()
                  for part in (self.options.columns or '').split(',')]
        return open_table(self.source, filter(None, titles))

    def _all_fields(self):
        return (fields for _, fields, reason in self._open().rows()
                if not reason)

    def watched(self):
        return report.Progress(self.table.what).watch(self.numbered)

    def print_warnings(self):
        for text in (*self.table.notes, *self.table.finish()):
            report.note(f'{self.path}: {text}')
        report.print_warnings(self.table.what, self.outliers.warnings())
        report.print_counts(self.rows, self.table, self.columns)

    # --- without the database ----------------------------------------------

    def dry_run(self):
        report.print_columns(self.table, self.columns, self.sample)
        for _ in self.rows.copy_lines(self.watched()):
            pass
        if self.rows.row_count == 0:
            raise Refused('the file has a header and no cameras')
        self.print_warnings()
        kept = [line.rstrip('\n').replace('\\N', '').replace('\\\\', '\\')
                .split('\t') for line in itertools.islice(
                    self.faults.lines(), FAULTS_SHOWN)]
        report.print_faults(self.table.what, kept, self.faults.count)
        bad = self.rows.bad_count
        print(f'{count(self.rows.row_count - bad, "good row")}, '
              f'{count(bad, "bad row")}. Nothing was loaded: this is a dry '
              'run')
        return 1 if bad and not self.options.skip_bad else 0

    # --- with it -----------------------------------------------------------------

    def load(self):
        if self.options.prune and not self.rows.keyed:
            raise Refused(
                'PRUNE=1 needs a file with keys: without a column '
                'external_id nothing says which camera is gone')
        psql.require_schema()
        bad_rows = self.options.bad_rows or report.bad_rows_path(self.path)
        check_apart({'the list': self.path, 'LOGINS': self.options.logins,
                     'BAD_ROWS': self.options.skip_bad and bad_rows})
        if self.options.skip_bad:
            report.check_writable(bad_rows)
        report.print_ignored(self.table.header, self.columns)
        key = self.columns.index_of.get('external_id')
        try:
            answers = psql.load(
                self.rows, self.watched(), self.faults,
                None if key is None else self.table.header[key],
                self.options.prune, self.options.skip_bad,
                self.login_file.prepare if self.login_file else lambda: None)
            return self._tell(answers, bad_rows)
        finally:
            if self.login_file:
                self.login_file.discard()

    def _tell(self, answers, bad_rows):
        first = next(answers)
        bad_count = 0
        if first[0] == 'bad':
            bad_count = int(first[1])
            first = self._tell_bad(answers, first, bad_rows)
            if first is None:
                return 1
        elif self.options.skip_bad:
            report.discard_bad_rows(bad_rows)
        if self.login_file and self.login_file.logins:
            self.login_file.put()
            report.note(f'{count(len(self.login_file.logins), "login")} '
                        f'written to {self.options.logins}')
        self.print_warnings()
        added, updated, unchanged, removed, adopted, stale, codecless = \
            first[1:]
        if int(adopted):
            report.note(f'{count(int(adopted), "key")} written in another way '
                        'than before, such as 1,234 for 1234, found again')
        if int(codecless):
            report.note(f'{count(int(codecless), "camera")} cannot be played '
                        'while the codec is not known: add a column codec')
        if int(stale):
            report.note(
                f'{count(int(stale), "camera")} of earlier imports without '
                'keys, which this file does not have, stay: a column '
                'external_id lets an import find its cameras again')
        print(f'{added} added, {updated} updated, {unchanged} unchanged'
              + (f', {removed} removed' if self.options.prune else '')
              + (f', {bad_count:,} bad' if bad_count else ''))
        if self.options.prune and bad_count:
            report.note('Nothing was removed, because some rows are bad')
        return 0

    def _tell_bad(self, answers, first, bad_rows):
        """Reports bad rows. Returns the answer about the good ones, or None if
        nothing was loaded."""
        fault_count = int(first[2]) + self.faults.count
        faults = SplitFaults(answers)
        if self.options.skip_bad:
            kept = []

            def all_faults():
                for fault in faults:
                    if len(kept) < FAULTS_SHOWN:
                        kept.append(fault)
                    yield fault
            report.write_bad_rows(bad_rows, self._open(), all_faults())
            for _ in faults:
                pass
        else:
            kept = list(faults)
        report.print_faults(self.table.what, kept, fault_count)
        bad = count(int(first[1]), "bad row")
        if faults.rest is None:
            self.print_warnings()
            hint = '' if self.options.skip_bad \
                else 'SKIP_BAD=1 loads the good rows. '
            report.note(f'{self.path}: {hint}{bad}. Nothing was loaded.')
            return None
        report.note(f'{self.path}: {bad} not loaded, see {bad_rows}')
        return faults.rest


def check_apart(paths):
    """Raises Obstacle if what is written would replace what is read."""
    seen = {}
    for what, path in paths.items():
        if path:
            other = seen.setdefault(os.path.realpath(path), what)
            if other != what:
                raise Obstacle(f'{other} and {what} are the same file, '
                               f'{path}: name another one.')


class SplitFaults:
    """The faults of psql's answers; .rest is the answer after them."""

    def __init__(self, answers):
        self.answers = answers
        self.rest = None

    def __iter__(self):
        for answer in self.answers:
            if answer[0] == 'ok':
                self.rest = answer
                return
            yield answer


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog='tools/import.sh', description=__doc__.split('\n\n')[0])
    parser.add_argument('file')
    parser.add_argument('--prune', action='store_true',
                        help='remove imported cameras that the file lacks')
    parser.add_argument('--dry-run', action='store_true',
                        help='say what each column is, and load nothing')
    parser.add_argument('--columns', metavar='NAME=TITLE,…', default='',
                        help='which column is what')
    parser.add_argument('--skip-bad', action='store_true',
                        help='load the good rows')
    parser.add_argument('--bad-rows', metavar='FILE',
                        help='where the others are written to')
    parser.add_argument('--logins', metavar='FILE',
                        help='move logins out of the list into this file')
    parser.add_argument('--allow-at', action='store_true',
                        help='what merely looks like a login is none')
    return parser.parse_args()


def main():
    options = parse_arguments()
    sys.stdout.reconfigure(encoding='utf-8', errors='backslashreplace')
    sys.stderr.reconfigure(encoding='utf-8', errors='backslashreplace')
    path = options.file
    try:
        job = Import(path, options)
        return job.dry_run() if options.dry_run else job.load()
    except Refused as refused:
        report.note(f'{path}: {refused}. Nothing was loaded.')
        return 1
    except (ElementTree.ParseError, zipfile.BadZipFile, zlib.error, EOFError,
            RecursionError):
        report.note(f'{path}: the file is damaged. Nothing was loaded.')
        return 1
    except Obstacle as obstacle:
        report.note(obstacle)
        return 2
    except KeyboardInterrupt:
        report.note('Interrupted.')
        return 130


if __name__ == '__main__':
    sys.exit(main())
