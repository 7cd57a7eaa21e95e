"""Loads cameras from a CSV file into PostgreSQL, all or nothing.

Called by tools/import.sh. The file is read once, row by row. This program
checks each value, puts it into its canonical form and streams it through psql
into a staging table (sql/30-import.sql). In the same transaction the database
then checks URLs, checks the rows against each other and merges them into
cameras. Memory use does not depend on the size of the file.

Exit status: 0 loaded, 1 the file was refused, 2 another error (usage, no such
file, no database).
"""

import argparse
import csv
import hashlib
import math
import os
import re
import struct
import subprocess
import sys
import tempfile

# Headers are compared ignoring case; a blank or a hyphen counts as "_".
SYNONYMS = {
    'external_id': 'external_id externalid ext_id camera_id cameraid uid uuid '
                   'guid key',
    'name': 'name camera_name description title label',
    'longitude': 'longitude lng lon long',
    'latitude': 'latitude lat',
    'stream_url': 'stream_url streamurl stream url uri stream_uri rtsp_url',
    'role': 'role',
    'codec': 'codec video_codec encoding',
    'profile': 'profile codec_profile',
    'width': 'width',
    'height': 'height',
    'fps': 'fps framerate frame_rate frames_per_second',
    'audio': 'audio has_audio',
    'heading': 'heading bearing azimuth direction',
    'field_of_view': 'field_of_view fieldofview fov',
    'status': 'status',
    'sub_stream_url': 'sub_stream_url substream_url sub_stream substream',
}
COLUMN_OF = {word: column for column, words in SYNONYMS.items()
             for word in words.split()}
REQUIRED = ('name', 'longitude', 'latitude', 'stream_url')
# The order of the staging table's columns, and of the digest of a row.
COLUMNS = list(SYNONYMS)
URLS = ('stream_url', 'sub_stream_url')
DEFAULTS = {'role': 'public', 'audio': 'f', 'status': 'unknown'}

CODECS = {
    'H.264': 'h264 h264+ x264 avc avc1 mpeg4avc h264avc',
    'H.265': 'h265 h265+ x265 hevc hvc1 hev1 h265hevc',
    'MPEG-4': 'mpeg4 mp4v mp4ves mpeg4part2',
    'MJPEG': 'mjpeg mjpg motionjpeg',
    'JPEG': 'jpeg jpg',
    'VP8': 'vp8',
    'VP9': 'vp9 vp09',
    'AV1': 'av1 av01',
}
CODEC_OF = {word: codec for codec, words in CODECS.items()
            for word in words.split()}

POINTS = 'n nne ne ene e ese se sse s ssw sw wsw w wnw nw nnw'.split()
DEGREES_OF = {point: 22.5 * i for i, point in enumerate(POINTS)}
for _short, _long in (('n', 'north'), ('e', 'east'),
                      ('s', 'south'), ('w', 'west')):
    DEGREES_OF[_short + 'b'] = DEGREES_OF[_short]
    DEGREES_OF[_long] = DEGREES_OF[_long + 'bound'] = DEGREES_OF[_short]
for _a in ('north', 'south'):
    for _b in ('east', 'west'):
        DEGREES_OF[_a + _b] = DEGREES_OF[_a + _b + 'bound'] = \
            DEGREES_OF[_a[0] + _b[0]]

BOOLEANS = {'t': 't', 'true': 't', 'yes': 't', 'y': 't', '1': 't', 'on': 't',
            'f': 'f', 'false': 'f', 'no': 'f', 'n': 'f', '0': 'f', 'off': 'f'}

NUMBER = re.compile(r'[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?')
WHOLE_NUMBER = re.compile(r'\+?([0-9]+)(\.0*)?')
CONTROL = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029]')
NOT_UTF8 = re.compile('[\ud800-\udfff]')
BLANK = re.compile(r'\s')

LINE_BYTES_MAX = 1 << 20
FIELD_CHARACTERS_MAX = 1 << 17
FAULTS_SHOWN = 100
IGNORED_SHOWN = 30
VALUE_CHARACTERS_SHOWN = 60


class Refused(Exception):
    """The whole file cannot be loaded; the text is the reason."""


class Obstacle(Exception):
    """An error that is not in the file; the text describes it."""


class Bad(Exception):
    """One value cannot be loaded; the text follows the value in a sentence."""


# --- one value: text of the file to text for COPY, None for NULL -----------

def number(text):
    if not NUMBER.fullmatch(text):
        if re.fullmatch(r'[+-]?[0-9]+,[0-9]+', text):
            raise Bad('is not a number: write a point, not a comma')
        raise Bad('is not a number')
    value = float(text)
    if math.isinf(value):
        raise Bad('is too large')
    return value


def read_degrees_within(limit):
    def read(text):
        value = number(text)
        if not -limit <= value <= limit:
            raise Bad(f'is not between -{limit} and {limit} degrees')
        return repr(value)
    return read


def read_pixels(text):
    found = WHOLE_NUMBER.fullmatch(text)
    if not found:
        raise Bad('is not a whole number')
    digits = found[1].lstrip('0')
    if not digits:
        raise Bad('is not above 0')
    if len(digits) > 10 or int(digits) > 2147483647:
        raise Bad('is too large')
    return digits


def read_fps(text):
    value = number(text)
    if value <= 0:
        raise Bad('is not above 0')
    try:
        if struct.unpack('<f', struct.pack('<f', value))[0] == 0:
            raise Bad('is too small')
    except OverflowError:
        raise Bad('is too large') from None
    return repr(value)


def read_heading(text):
    word = re.sub(r'[\s_-]', '', text.casefold())
    if word in DEGREES_OF:
        return repr(DEGREES_OF[word])
    try:
        value = number(text)
    except Bad:
        raise Bad('is neither degrees nor a point of the compass '
                  'such as N or SSW') from None
    if not 0 <= value <= 360:
        raise Bad('is not between 0 and 360 degrees')
    return repr(value % 360)


def read_direction(text):
    """Columns named direction also contain words such as Median or Both
    Directions, for which there is no heading."""
    if any(c.isdigit() for c in text):
        return read_heading(text)
    try:
        return read_heading(text)
    except Bad:
        return None


def read_field_of_view(text):
    value = number(text)
    if not 0 < value <= 360:
        raise Bad('is not above 0 and up to 360 degrees')
    return repr(value)


def read_codec(text):
    word = re.sub(r'[\s._/-]', '', text.casefold())
    if word not in CODEC_OF:
        raise Bad('is not a codec known here: ' + ', '.join(CODECS))
    return CODEC_OF[word]


def read_audio(text):
    if text.casefold() not in BOOLEANS:
        raise Bad('is not true or false')
    return BOOLEANS[text.casefold()]


def read_status(text):
    if text.casefold() not in ('online', 'offline', 'unknown'):
        raise Bad('is not online, offline or unknown')
    return text.casefold()


def read_text(limit):
    def read(text):
        if len(text) > limit:
            raise Bad(f'is longer than {limit} characters')
        if CONTROL.search(text):
            raise Bad('holds a line break or another control character')
        return text.replace('\\', '\\\\')
    return read


def read_role(text):
    if ',' in text:
        raise Bad('holds a comma: a camera has one role')
    return read_text(64)(text)


def read_url(text):
    # Real lists contain URLs with blanks, which players write as %20.
    text = text.replace(' ', '%20')
    if CONTROL.search(text) or BLANK.search(text):
        raise Bad('holds a line break, a blank or a control character')
    if len(text) > 2048:
        raise Bad('is longer than 2048 characters')
    # Only the database checks that it is a URL and contains no login.
    return text.replace('\\', '\\\\')


READERS = {
    'external_id': read_text(200),
    'name': read_text(200),
    'longitude': read_degrees_within(180),
    'latitude': read_degrees_within(90),
    'stream_url': read_url,
    'sub_stream_url': read_url,
    'role': read_role,
    'codec': read_codec,
    'profile': read_text(64),
    'width': read_pixels,
    'height': read_pixels,
    'fps': read_fps,
    'audio': read_audio,
    'heading': read_heading,
    'field_of_view': read_field_of_view,
    'status': read_status,
}


def shown(text):
    """A value as a message may show it; None if it must not be shown, because
    it may be part of a URL or of a login."""
    if '@' in text or '://' in text:
        return None
    if len(text) > VALUE_CHARACTERS_SHOWN:
        text = text[:VALUE_CHARACTERS_SHOWN] + '…'
    return ''.join(
        f'\\x{ord(c) - 0xdc00:02x}' if NOT_UTF8.match(c) else
        c if c.isprintable() else c.encode('unicode_escape').decode()
        for c in text)


# --- the file ---------------------------------------------------------------

class Lines:
    """The lines of the file, for the csv module, with a count of lines."""

    def __init__(self, file):
        self.file = file
        self.count = 0

    def __iter__(self):
        return self

    def __next__(self):
        raw = self.file.readline(LINE_BYTES_MAX + 1)
        if not raw:
            raise StopIteration
        self.count += 1
        if len(raw) > LINE_BYTES_MAX:
            raise Refused(f'line {self.count} is longer than 1 MiB: '
                          'this is not CSV with a camera per line')
        if self.count == 1:
            raw = raw.removeprefix(b'\xef\xbb\xbf')
            if raw[:2] in (b'\xff\xfe', b'\xfe\xff') or b'\0' in raw:
                raise Refused('line 1 is not UTF-8 text: save the file as '
                              'CSV in UTF-8')
        return raw.decode('utf-8', 'surrogateescape')


class Table:
    """The file as a header and rows with their line numbers."""

    def __init__(self, file):
        self.lines = Lines(file)
        self.reader = csv.reader(self.lines, strict=True)
        self.header = self._read_header()
        self.index_of = self._find_columns()

    def rows(self):
        """Yields (line, fields, None), or (line, None, reason) if the text is
        not a row. Rows without any text are skipped."""
        while True:
            line = self.lines.count + 1
            try:
                fields = next(self.reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, None, csv_reason(error)
                continue
            if len(fields) == len(self.header):
                if any(fields):
                    yield line, fields, None
            elif any(fields):
                yield line, None, (f'has {count(len(fields), "field")}, the '
                                   f'header has {len(self.header)}')

    def _read_header(self):
        try:
            for fields in self.reader:
                if any(field.strip() for field in fields):
                    return [field.strip() for field in fields]
        except csv.Error as error:
            raise Refused(f'line {self.lines.count}, the header, '
                          + csv_reason(error)) from None
        raise Refused('the file is empty: the first line names the columns, '
                      'for example name,longitude,latitude,url')

    def _find_columns(self):
        """The index of each column of the file. A column "id" is the key if no
        other column is."""
        found = {}
        plain_id = None
        for index, title in enumerate(self.header):
            word = re.sub(r'[\s-]+', '_', title.casefold())
            if word == 'id':
                plain_id = index if plain_id is None else plain_id
                continue
            column = COLUMN_OF.get(word)
            if column in found:
                raise Refused(
                    f'the columns {quoted(self.header[found[column]])} and '
                    f'{quoted(title)} both mean the {column}: leave one out')
            if column:
                found[column] = index
        if plain_id is not None:
            found.setdefault('external_id', plain_id)
        missing = [column for column in REQUIRED if column not in found]
        if missing:
            raise Refused(self._missing_reason(missing))
        return found

    def _missing_reason(self, missing):
        for separator, called in ((';', 'semicolons'), ('\t', 'tabs')):
            if len(self.header) <= 2 and separator in self.header[0]:
                return (f'the fields are separated by {called}: '
                        'save the file with commas')
        return 'the header has no column for ' + ', none for '.join(
            f'{column} ({" or ".join(SYNONYMS[column].split())})'
            for column in missing)

    def title(self, column):
        return self.header[self.index_of[column]]

    def ignored_titles(self):
        used = set(self.index_of.values())
        return [title for index, title in enumerate(self.header)
                if index not in used]


def csv_reason(error):
    text = str(error)
    if 'unexpected end of data' in text:
        return 'opens a quote that is never closed'
    if 'field larger than' in text:
        return (f'holds a field of more than {FIELD_CHARACTERS_MAX:,} '
                'characters: a closing quote may be missing')
    if 'expected after' in text:
        return ('has text after a closing quote: a quote inside a quoted '
                'field is written ""')
    if 'new-line character' in text:
        return ('has a carriage return inside: end lines with LF or CR LF, '
                'and quote fields with line breaks')
    return f'is not CSV: {text}'


def quoted(text):
    return f'"{shown(text) or "…"}"'


def count(number_of, noun):
    return f'{number_of:,} {noun}{"" if number_of == 1 else "s"}'


# --- rows to the staging table ----------------------------------------------

class Stager:
    """Turns rows into lines for COPY, and collects their faults."""

    def __init__(self, table):
        self.keyed = 'external_id' in table.index_of
        self.faults = []
        self.fault_count = 0
        self.row_count = 0
        self.no_heading = 0
        self.columns = []
        for column in COLUMNS:
            index = table.index_of.get(column)
            title = None if index is None else self._plain(table.header[index])
            reader = READERS[column]
            if column == 'heading' and title and \
                    title.casefold() == 'direction':
                reader = read_direction
            # Columns with few different values are cached, so each value is
            # parsed once. A cache would not help for the others.
            cache = None if column in ('external_id', 'name', 'longitude',
                                       'latitude', *URLS) else {}
            self.columns.append((column, index, title, reader, cache))

    @staticmethod
    def _plain(title):
        return shown(title) or '…'

    def copy_lines(self, table):
        for line, fields, reason in table.rows():
            self.row_count += 1
            if reason:
                self._fault(line, None, None, reason)
                yield f'{line}\tt' + '\t\\N' * (1 + len(COLUMNS)) + '\n'
            else:
                yield self._row(line, fields)

    def _row(self, line, fields):
        values = []
        wrong = []
        for column, index, title, reader, cache in self.columns:
            if index is None:
                values.append(DEFAULTS.get(column, '\\N'))
                continue
            text = fields[index].strip()
            if cache is not None and text in cache:
                value = cache[text]
            else:
                try:
                    value = self._read(column, text, reader)
                except Bad as bad:
                    wrong.append((column, title, text, str(bad)))
                    values.append('\\N')
                    continue
                if cache is not None and len(cache) < 10000:
                    cache[text] = value
            if reader is read_direction and text and value == '\\N':
                self.no_heading += 1
            values.append(value)
        if wrong:
            self._keep_wrong(line, fields, wrong)
        digest = '\\N'
        if not self.keyed:
            # Earlier versions had no second stream in the digest.
            known = values[:-1] if values[-1] == '\\N' else values
            digest = hashlib.md5('\t'.join(known).encode()).hexdigest()
        return '\t'.join((str(line), 't' if wrong else 'f', digest, *values)) \
            + '\n'

    @staticmethod
    def _read(column, text, reader):
        if '\0' in text:
            raise Bad('holds a NUL byte')
        if not text.isascii() and NOT_UTF8.search(text):
            raise Bad('is not UTF-8: save the file as CSV in UTF-8')
        if text:
            value = reader(text)
            return '\\N' if value is None else value
        if column == 'external_id':
            raise Bad('is empty: every camera of a file with keys needs one')
        if column in REQUIRED:
            raise Bad('is empty')
        return DEFAULTS.get(column, '\\N')

    def _keep_wrong(self, line, fields, wrong):
        # If the URL is wrong, or a part of a URL is in another column, a stray
        # comma may have put a part of a login into any column.
        usual = [index for column, index, *_ in self.columns
                 if column in ('name', *URLS)]
        hide = any(column in URLS for column, *_ in wrong) or any(
            '://' in field or '@' in field
            for index, field in enumerate(fields) if index not in usual)
        for _, title, text, reason in wrong:
            self._fault(line, title, None if hide else shown(text), reason)

    def _fault(self, line, title, value, reason):
        self.fault_count += 1
        if len(self.faults) < FAULTS_SHOWN:
            self.faults.append((line, title, value, reason))

    def fault_lines(self):
        for fault in self.faults:
            yield '\t'.join('\\N' if field is None or field == '' else
                            str(field).replace('\\', '\\\\')
                            for field in fault) + '\n'


# --- the database -----------------------------------------------------------

PSQL = ('psql', '-X', '-q', '-w', '-A', '-t', '-F', '\t',
        '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=terse')


def environment():
    return dict(os.environ, PGCLIENTENCODING='UTF8', PGAPPNAME='cctv import',
                LC_ALL='C.UTF-8', PAGER='')


def psql_message(stderr):
    """The last relevant message of psql, without its file and line."""
    lines = [re.sub(r'^psql(:[^ ]*)?: ', '', line).strip()
             for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if re.match('error|fatal', line, re.I)]
    return re.sub('^(error|fatal): +| at character [0-9]+$', '',
                  (errors or lines or [''])[0], flags=re.I)


def require_schema():
    """Checks the database before the import; raises one sentence if it fails."""
    question = ("SELECT to_regclass('public.cameras') IS NOT NULL AND "
                "to_regnamespace('cctv_import') IS NOT NULL")
    try:
        answer = subprocess.run(PSQL + ('-c', question), env=environment(),
                                stdin=subprocess.DEVNULL, text=True,
                                capture_output=True, errors='replace')
    except FileNotFoundError:
        raise Obstacle('psql is not installed: install the package '
                       'postgresql-client.') from None
    if answer.returncode != 0:
        raise Obstacle('Cannot connect to the database (PGHOST, PGUSER and '
                       'PGDATABASE say which): '
                       + psql_message(answer.stderr) + '.')
    if answer.stdout.strip() != 't':
        raise Obstacle('The database has no table of cameras: load '
                       '10-schema.sql, 20-roles.sql and 30-import.sql of '
                       'sql/ into it first.')


BEFORE_ROWS = '''\
BEGIN;
SET LOCAL statement_timeout = 0;
SET LOCAL work_mem = '64MB';
SELECT cctv_import.start() \\gset
COPY pg_temp.incoming (line, bad, import_row, {columns}) FROM STDIN;
'''
BEFORE_FAULTS = '''\
\\.
COPY pg_temp.faults (line, column_name, value, reason) FROM STDIN;
'''
AFTER_FAULTS = '''\
\\.
SELECT fault_count, bad_rows, bad_rows > 0 AS is_bad
  FROM cctv_import.find_faults(:{url}, {key}) \\gset
\\if :is_bad
  SELECT 'bad', :bad_rows, :fault_count;
  SELECT line, column_name, value, reason
    FROM pg_temp.faults ORDER BY line, n LIMIT {limit};
  ROLLBACK;
\\else
  SELECT 'ok', * FROM cctv_import.merge('{{{file_columns}}}', {keyed}, {prune});
  ANALYZE public.cameras;
  COMMIT;
\\endif
'''


def load(table, stager, prune):
    """Runs the import. Returns what psql printed, as lists of fields."""
    script = AFTER_FAULTS.format(
        url="'url_title'", key=":'key_title'" if stager.keyed else 'NULL',
        limit=FAULTS_SHOWN, file_columns=','.join(table.index_of),
        keyed=stager.keyed, prune=prune)
    titles = ('-v', 'url_title=' + (shown(table.title('stream_url')) or '…'))
    if stager.keyed:
        titles += ('-v', 'key_title='
                   + (shown(table.title('external_id')) or '…'))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        psql = subprocess.Popen(PSQL + titles, env=environment(),
                                stdin=subprocess.PIPE, stdout=out, stderr=err)
        try:
            with psql.stdin as stdin:
                def send(text):
                    stdin.write(text.encode())
                send(BEFORE_ROWS.format(columns=', '.join(COLUMNS)))
                for line in stager.copy_lines(table):
                    send(line)
                if stager.row_count == 0:
                    raise Refused('the file has a header and no cameras')
                send(BEFORE_FAULTS)
                for line in stager.fault_lines():
                    send(line)
                send(script)
        except BrokenPipeError:
            pass  # psql has printed the reason, and exits with an error.
        except BaseException:
            psql.kill()
            raise
        finally:
            psql.wait()
        out.seek(0)
        err.seek(0)
        said = err.read().decode(errors='replace')
        if psql.returncode != 0:
            raise Obstacle('Nothing was loaded. The database said: '
                           + psql_message(said))
        sys.stderr.write(said)
        return [line.split('\t')
                for line in out.read().decode().splitlines()]


def report_faults(path, stager, answer):
    bad_rows = int(answer[0][1])
    fault_count = stager.fault_count + int(answer[0][2])
    for line, title, value, reason in answer[1:]:
        where = f'line {line}'
        if title:
            where += f', {title}'
        if value:
            where += f' "{value}"'
        print(f'{where}: {reason}', file=sys.stderr)
    more = fault_count - len(answer[1:])
    if more > 0:
        print(f'… and {more:,} more', file=sys.stderr)
    print(f'{path}: {count(bad_rows, "bad row")}. Nothing was loaded.',
          file=sys.stderr)


def import_file(path, prune):
    try:
        file = open(path, 'rb')
        file.peek(1)
    except OSError as error:
        raise Obstacle(f'Cannot read {path}: {error.strerror}.') from None
    with file:
        table = Table(file)
        if prune and 'external_id' not in table.index_of:
            raise Refused(
                'PRUNE=1 needs a file with keys: without a column '
                'external_id nothing says which camera is gone')
        require_schema()
        ignored = table.ignored_titles()
        if ignored:
            more = len(ignored) - IGNORED_SHOWN
            print('Ignored columns: '
                  + ', '.join(shown(title) or '(no name)'
                              for title in ignored[:IGNORED_SHOWN])
                  + (f' … and {more:,} more' if more > 0 else ''),
                  file=sys.stderr)
        stager = Stager(table)
        answer = load(table, stager, prune)
    if answer[0][0] == 'bad':
        report_faults(path, stager, answer)
        return 1
    if stager.no_heading:
        print(f'{count(stager.no_heading, "direction")} that are no point of '
              'the compass were left out', file=sys.stderr)
    added, updated, unchanged, removed = answer[0][1:]
    print(f'{added} added, {updated} updated, {unchanged} unchanged'
          + (f', {removed} removed' if prune else ''))
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('file')
    parser.add_argument('--prune', action='store_true',
                        help='remove imported cameras that the file lacks')
    arguments = parser.parse_args()
    csv.field_size_limit(FIELD_CHARACTERS_MAX)
    sys.stdout.reconfigure(encoding='utf-8')
    sys.stderr.reconfigure(encoding='utf-8', errors='backslashreplace')
    try:
        return import_file(arguments.file, arguments.prune)
    except Refused as refused:
        print(f'{arguments.file}: {refused}. Nothing was loaded.',
              file=sys.stderr)
        return 1
    except Obstacle as obstacle:
        print(obstacle, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('Interrupted.', file=sys.stderr)
        return 130


if __name__ == '__main__':
    sys.exit(main())
