"""A PostgreSQL that replicates: servers that a test configures itself."""

import contextlib
import glob
import os
import shutil
import signal
import subprocess

import psycopg2

from env import make_folder, wait_for

BIN = sorted(glob.glob('/usr/lib/postgresql/*/bin'))[-1]


def as_server(*command, cwd='/'):
    """Runs a command as the user of PostgreSQL."""
    user = ['setpriv', '--reuid=postgres', '--regid=postgres',
            '--init-groups'] if os.getuid() == 0 else []
    subprocess.run([*user, *command], check=True, cwd=cwd, timeout=120,
                   stdout=subprocess.DEVNULL)


class Server:
    """A server; `host` is the folder of its socket."""

    def __init__(self, folder, port):
        self.folder = folder
        self.data = folder + '/data'
        self.port = port
        self.host = folder

    def ctl(self, *command):
        as_server(BIN + '/pg_ctl', '-D', self.data, '-s', '-w', '-t', '60',
                  '-l', self.folder + '/log', *command, cwd=self.folder)

    def append(self, name, text):
        with open(f'{self.data}/{name}', 'a') as file:
            file.write(text)

    def connect(self):
        connection = psycopg2.connect(host=self.host, port=self.port,
                                      user='postgres', dbname='cctv')
        connection.autocommit = True
        return connection

    def query(self, sql):
        with contextlib.closing(self.connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def kill(self):
        """Kills the server with -9; its backends end as soon as they notice."""
        with open(self.data + '/postmaster.pid') as file:
            os.kill(int(file.readline()), signal.SIGKILL)

    def value(self, sql):
        """The only value that a query returns; None if there is no answer."""
        with contextlib.suppress(psycopg2.Error):
            return self.query(sql)[0][0]

    def stop_replicating(self, primary):
        """What the primary commits from now on does not come here."""
        self.query("ALTER SYSTEM SET primary_conninfo = ''")
        self.query('SELECT pg_reload_conf()')
        wait_for(lambda: primary.value(
            'SELECT count(*) FROM pg_stat_replication') == 0,
            'nobody replicates', 30)


def make_standby(primary):
    """A standby of a server, with the same port in a folder of its own."""
    server = Server(make_folder(), primary.port)
    if os.getuid() == 0:
        shutil.chown(server.folder, 'postgres', 'postgres')
    join(server, primary)
    return server


def join(server, primary):
    """Makes a server that does not run a standby, with a new copy of the
    data."""
    # The folder stays: the user of PostgreSQL may not make it.
    if os.path.exists(server.data):
        as_server('find', server.data, '-mindepth', '1', '-delete')
    as_server(BIN + '/pg_basebackup', '-h', primary.host, '-p',
              str(primary.port), '-U', 'postgres', '-D', server.data, '-R',
              '-c', 'fast', '--no-sync')
    server.append('postgresql.auto.conf',
                  f"unix_socket_directories = '{server.host}'\n"
                  "listen_addresses = ''\n")
    server.ctl('start')
