"""The private PostgreSQL of a test run."""

import contextlib
import os
import shutil
import signal
import subprocess

import psycopg2

from env import REPO, children, is_stopped, make_folder, wait_for

# mod_dbd's messages when it cannot connect, and with them the module's
# messages about a database that is down or does not answer.
MOD_DBD = ('AH00629', 'AH00639', 'AH02655')
DOWN = ('CCTV0008', 'CCTV0009', 'CCTV0051', *MOD_DBD)


def told(httpd, name):
    """The lines of this id in the log that are no details for developers."""
    return [line for line in httpd.text().splitlines()
            if name in line and 'cctv:debug' not in line]


def have_stopped(pids):
    # A process may end meanwhile: then it is looked at again, or no longer.
    with contextlib.suppress(FileNotFoundError):
        return all(map(is_stopped, pids))


class Postgres:
    """One cluster with the database `cctv`, loaded from sql/."""

    def __init__(self):
        self.folder = make_folder()
        self.tool('start')
        self.tool('load')
        lines = self.tool('env').splitlines()
        self.env = dict(line.split('=', 1) for line in lines)

    def tool(self, command):
        done = subprocess.run(
            [REPO + '/tools/postgres.sh', command, self.folder],
            stdout=subprocess.PIPE, encoding='utf-8', timeout=120, check=True,
            env={**os.environ, 'CCTV_PG_FSYNC': 'off'})
        return done.stdout

    def connect(self, dbname=None, user=None):
        connection = psycopg2.connect(
            host=self.env['PGHOST'], port=self.env['PGPORT'],
            user=user or self.env['PGUSER'],
            dbname=dbname or self.env['PGDATABASE'])
        connection.autocommit = True
        return connection

    def query(self, sql, values=None, dbname=None):
        with contextlib.closing(self.connect(dbname)) as connection, \
                connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def load_schema(self, dbname):
        for name in ('10-schema', '20-roles', '40-journal'):
            with open(f'{REPO}/sql/{name}.sql') as file:
                self.query(file.read(), dbname=dbname)

    def pid(self):
        with open(self.folder + '/data/postmaster.pid') as file:
            return int(file.readline())

    def signal(self, number):
        """Signals the server and then all its backends."""
        server = self.pid()
        os.kill(server, number)
        if number == signal.SIGSTOP:
            # It may be about to start a backend.
            wait_for(lambda: is_stopped(server), 'PostgreSQL has stopped')
        for pid in children(server):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if number == signal.SIGSTOP:
            wait_for(lambda: have_stopped(children(server)),
                     'its backends have stopped')

    def remove(self):
        self.tool('stop')
        shutil.rmtree(self.folder)

    def params(self, **more):
        """A connection string for Apache's children."""
        params = {'host': self.env['PGHOST'], 'port': self.env['PGPORT'],
                  'dbname': self.env['PGDATABASE'], 'user': 'cctv_reader',
                  **more}
        return ' '.join(f'{name}={value}' for name, value in params.items())


@contextlib.contextmanager
def stopped(cluster):
    """PostgreSQL is stopped while the block runs."""
    cluster.tool('stop')
    try:
        yield
    finally:
        cluster.tool('start')


@contextlib.contextmanager
def halted(cluster):
    """PostgreSQL and all its backends are halted while the block runs."""
    cluster.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        cluster.signal(signal.SIGCONT)
