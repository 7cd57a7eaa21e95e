"""The part of an import that runs in the database, through psql."""

import os
import re
import subprocess
import sys
import tempfile

from .rows import FAULTS_SHOWN, STAGED
from .words import Obstacle, Refused, shown

PSQL = ('psql', '-X', '-q', '-w', '-A', '-t', '-F', '\t',
        '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=terse')
LINES_AT_ONCE = 500

BEFORE_ROWS = '''\
BEGIN;
SET LOCAL statement_timeout = 0;
SET LOCAL work_mem = '256MB';
SET LOCAL maintenance_work_mem = '256MB';
SELECT cctv_import.start() \\gset
COPY pg_temp.incoming (line, bad, import_row, login_check_waived, {columns})
  FROM STDIN;
'''
BEFORE_FAULTS = '''\
\\.
COPY pg_temp.faults (line, column_name, value, reason) FROM STDIN;
'''
AFTER_FAULTS = '''\
\\.
SELECT fault_count, bad_rows, good_rows, bad_rows > 0 AS is_bad,
       good_rows > 0 AND {skip} OR bad_rows = 0 AS is_good,
       bad_rows = 0 AND {prune} AS prune
  FROM cctv_import.find_faults({key}, {skip}) \\gset
\\if :is_bad
  SELECT 'bad', :bad_rows, :fault_count;
  SELECT line, column_name, value, reason
    FROM pg_temp.faults ORDER BY line, n {limit};
\\endif
\\if :is_good
  SELECT 'ok', * FROM cctv_import.merge('{{{file_columns}}}', {keyed}, :'prune');
  ANALYZE public.cameras;
  COMMIT;
\\else
  ROLLBACK;
\\endif
'''


def environment():
    return dict(os.environ, PGCLIENTENCODING='UTF8', PGAPPNAME='cctv import',
                LC_ALL='C.UTF-8', PAGER='')


def message_of(stderr):
    """The last relevant message of psql, without its file and line."""
    lines = [re.sub(r'^psql(:[^ ]*)?: ', '', line).strip()
             for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if re.match('error|fatal', line, re.I)]
    return re.sub('^(error|fatal): +| at character [0-9]+$', '',
                  (errors or lines or [''])[0], flags=re.I)


def require_schema():
    """Checks the database before the import; raises one sentence if it fails."""
    question = (
        "SELECT CASE WHEN to_regclass('public.cameras') IS NULL"
        " OR to_regnamespace('cctv_import') IS NULL THEN 'none'"
        " WHEN to_regprocedure('cctv_import.find_faults(text, boolean)')"
        " IS NULL OR NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid ="
        " to_regclass('public.cameras') AND attname = 'login_check_waived')"
        " THEN 'old' ELSE 'ok' END")
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
                       + message_of(answer.stderr) + '.')
    if answer.stdout.strip() == 'none':
        raise Obstacle('The database has no table of cameras: load '
                       '10-schema.sql, 20-roles.sql and 30-import.sql of '
                       'sql/ into it first.')
    if answer.stdout.strip() != 'ok':
        raise Obstacle('The table of cameras is of an earlier version: load '
                       '10-schema.sql, 20-roles.sql and 30-import.sql of '
                       'sql/ into the database again.')


class Faults:
    """The faults of rows as lines for COPY, in a file of their own; with a
    limit only the first ones are kept, and all are counted."""

    def __init__(self, limit):
        self.limit = limit
        self.count = 0
        self.file = tempfile.TemporaryFile('w+', encoding='utf-8',
                                           errors='backslashreplace')

    def add(self, line, title, value, reason):
        self.count += 1
        if self.limit is None or self.count <= self.limit:
            self.file.write('\t'.join(
                '\\N' if field is None or field == '' else
                str(field).replace('\\', '\\\\')
                for field in (line, title, value, reason)) + '\n')

    def lines(self):
        self.file.seek(0)
        return self.file


def load(rows, numbered, faults, key_title, prune, skip, before_commit):
    """Runs the import.

    rows           a Rows
    numbered       what Rows.copy_lines() wants
    before_commit  called once all rows were sent; it may raise
    Returns the answers of psql: an iterator of lists of fields, for a file
    that may be long."""
    columns = rows.loaded + (['login_check_waived'] if rows.streams.allow_at else [])
    script = AFTER_FAULTS.format(
        key=":'key_title'" if rows.keyed else 'NULL',
        limit='' if skip else f'LIMIT {FAULTS_SHOWN}', skip=skip,
        file_columns=','.join(columns), keyed=rows.keyed, prune=prune)
    variables = ('-v', 'key_title=' + (shown(key_title or '') or '…'))
    out = tempfile.TemporaryFile()
    with tempfile.TemporaryFile() as err:
        psql = subprocess.Popen(PSQL + variables, env=environment(),
                                stdin=subprocess.PIPE, stdout=out, stderr=err)
        try:
            with psql.stdin as stdin:
                send(stdin, [BEFORE_ROWS.format(columns=', '.join(STAGED))])
                send(stdin, rows.copy_lines(numbered))
                if rows.row_count == 0:
                    raise Refused('the file has a header and no cameras')
                before_commit()
                send(stdin, [BEFORE_FAULTS])
                send(stdin, faults.lines())
                send(stdin, [script])
        except BrokenPipeError:
            pass  # psql has printed the reason, and exits with an error.
        except BaseException:
            psql.kill()
            raise
        finally:
            psql.wait()
        err.seek(0)
        said = err.read().decode(errors='replace')
        if psql.returncode != 0:
            raise Obstacle('Nothing was loaded. The database said: '
                           + message_of(said))
        sys.stderr.write(said)
    out.seek(0)
    return (line.decode().rstrip('\n').split('\t') for line in out)


def send(stdin, lines):
    batch = []
    for line in lines:
        batch.append(line)
        if len(batch) == LINES_AT_ONCE:
            stdin.write(''.join(batch).encode())
            batch.clear()
    stdin.write(''.join(batch).encode())
    stdin.flush()
