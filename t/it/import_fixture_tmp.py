"""A private PostgreSQL for the tests of the import: one cluster for the run,
an empty table of cameras for each test."""

import glob
import os
import pwd
import shutil
import subprocess
import tempfile

import psycopg2
import pytest

REPO = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


class Database:
    def __init__(self, folder):
        self.env = {'PGHOST': folder, 'PGUSER': 'postgres',
                    'PGDATABASE': 'cctv'}

    def query(self, sql):
        connection = psycopg2.connect(
            host=self.env['PGHOST'], user=self.env['PGUSER'],
            dbname=self.env['PGDATABASE'])
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


@pytest.fixture(scope='session')
def cluster():
    bin_folder = sorted(glob.glob('/usr/lib/postgresql/*/bin'))[-1]
    folder = tempfile.mkdtemp(prefix='cctv-it-')
    options = {}
    if os.getuid() == 0:
        user = pwd.getpwnam('postgres')
        os.chown(folder, user.pw_uid, user.pw_gid)
        options = {'user': user.pw_uid, 'group': user.pw_gid,
                   'extra_groups': []}
    subprocess.run([bin_folder + '/initdb', '-D', folder + '/data', '-N',
                    '--locale=C.UTF-8', '-E', 'UTF8', '-U', 'postgres'],
                   check=True, stdout=subprocess.DEVNULL, cwd='/', **options)
    with open(folder + '/log', 'wb') as log:
        server = subprocess.Popen(
            [bin_folder + '/postgres', '-D', folder + '/data', '-k', folder,
             '-c', 'listen_addresses=', '-c', 'fsync=off'],
            stdout=log, stderr=log, cwd='/', **options)
    env = dict(os.environ, PGHOST=folder, PGUSER='postgres')
    try:
        subprocess.run('for i in $(seq 300); do pg_isready -q && exit 0; '
                       'sleep 0.05; done; exit 1', shell=True, check=True,
                       env=env)
        subprocess.run(['createdb', 'cctv'], check=True, env=env)
        for name in ('10-schema', '20-roles', '30-import'):
            subprocess.run(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-1',
                            '-d', 'cctv', '-f', f'{REPO}/sql/{name}.sql'],
                           check=True, env=env, stdout=subprocess.DEVNULL)
        yield folder
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


@pytest.fixture
def database(cluster):
    handle = Database(cluster)
    handle.query('TRUNCATE public.cameras RESTART IDENTITY')
    return handle
