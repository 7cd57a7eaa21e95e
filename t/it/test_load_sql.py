"""tools/load-sql.sh."""

import os
import shutil
import subprocess

import pytest

from env import REPO, make_folder


@pytest.fixture
def folder():
    """A copy of the tools and of sql/."""
    made = make_folder()
    for name in ('tools', 'sql'):
        shutil.copytree(f'{REPO}/{name}', f'{made}/{name}')
    yield made
    shutil.rmtree(made)


@pytest.fixture
def load(cluster, folder):
    """load(word, …) → (whether it succeeds, its output)"""
    def run(*words, **variables):
        done = subprocess.run(
            [folder + '/tools/load-sql.sh', 'loaded', *words],
            env={**os.environ, 'PGHOST': cluster.env['PGHOST'],
                 'PGPORT': cluster.env['PGPORT'], 'PGUSER': 'postgres',
                 **variables},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=60, check=False)
        return done.returncode == 0, done.stdout
    yield run
    cluster.query('DROP DATABASE IF EXISTS loaded')


def test_all_files_in_order_and_again(load, folder):
    with open(folder + '/sql/45-later.sql', 'w') as file:
        file.write("INSERT INTO cameras (name, stream_url, geom) VALUES "
                   "('a', 'rtsp://h/', ST_SetSRID(ST_MakePoint(1, 2), 4326));")
    good, said = load()
    assert good, said
    names = said.rpartition(': ')[2].split()
    assert names[:2] == ['10-schema.sql', '20-roles.sql']
    assert names[-1] == '45-later.sql.'
    assert not {'30-import.sql', '90-demo.sql'} & set(names)
    assert 'is new' in said
    good, said = load('import')
    assert good and '30-import.sql' in said and 'is new' not in said, said


def test_it_stops_at_the_first_error(load, folder, cluster):
    with open(folder + '/sql/15-broken.sql', 'w') as file:
        file.write('CREATE TABLE half ();\nSELECT no_such_function();\n')
    good, said = load()
    assert not good
    assert 'sql/15-broken.sql could not be loaded (10-schema.sql loaded)' in said
    assert 'no_such_function' in said
    assert cluster.query("SELECT to_regclass('half')", dbname='loaded') == [
        (None,)]
    assert cluster.query("SELECT to_regprocedure('cctv_stream_url(integer)')",
                         dbname='loaded') == [(None,)]


def test_warnings_of_the_server(load, folder):
    """As those about a collation, after an upgrade of the operating system."""
    with open(folder + '/psql', 'w') as file:
        file.write('#!/bin/sh\necho "WARNING:  a[0] has another version" >&2\n'
                   f'exec {shutil.which("psql")} "$@"\n')
    os.chmod(folder + '/psql', 0o755)
    for told in True, False:
        good, said = load(PATH=folder + ':' + os.environ['PATH'])
        assert (good, 'is new' in said) == (True, told), said


def test_no_server(load):
    good, said = load(PGHOST='/nowhere')
    assert (good, 'pg_lsclusters' in said) == (False, True), said


def test_no_postgis(load, folder):
    with open(folder + '/sql/10-schema.sql', 'w') as file:
        file.write("DO 'BEGIN RAISE $$extension \"postgis\" is not available$$;"
                   " END'")
    good, said = load()
    assert (good, 'apt install postgresql-15-postgis-3' in said) == (
        False, True), said
