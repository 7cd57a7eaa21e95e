"""docs/maintenance.md: what it says is done here word for word."""

import os
import re
import shutil
import subprocess

import pytest

from api import ONE_CHILD, dbd
from env import REPO, make_folder, wait_for
from views import ENDPOINTS, Viewer, set_cameras

with open(REPO + '/docs/maintenance.md') as page:
    PAGE = page.read()


def block(heading, kind='sh'):
    """The first code block below a heading of the page."""
    part = PAGE.split(f'\n## {heading}\n')[1].split('\n## ')[0]
    return re.search(f'```{kind}\n(.*?)```', part, re.S)[1]


# --- backup and restore -----------------------------------------------------

RIGHTS = """
SELECT 'column', grantee, table_name || '.' || column_name, privilege_type
  FROM information_schema.column_privileges WHERE grantee LIKE 'cctv%'
UNION ALL
SELECT 'function', coalesce(grantee::regrole::text, '-'), p.oid::regprocedure::text, privilege_type
  FROM pg_proc p, aclexplode(proacl) WHERE proname LIKE 'cctv%' AND grantee <> 0
UNION ALL
SELECT 'schema', grantee::regrole::text, nspname, privilege_type
  FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'public'
UNION ALL
SELECT 'database', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, 'it', privilege_type
  FROM pg_database, aclexplode(datacl) WHERE datname = current_database()
UNION ALL
SELECT 'role', rolname, coalesce(array_to_string(rolconfig, ','), ''), rolcanlogin::text
  FROM pg_roles WHERE rolname LIKE 'cctv%'
ORDER BY 1, 2, 3, 4"""


class Empty:
    """Another cluster, with nothing in it."""

    def __init__(self):
        self.folder = make_folder()
        self.env = dict(line.split('=', 1) for line in self.tool('start', 'env'))

    def tool(self, *commands):
        for command in commands:
            said = subprocess.run(
                [REPO + '/tools/postgres.sh', command, self.folder],
                check=True, stdout=subprocess.PIPE, text=True,
                env={**os.environ, 'CCTV_PG_FSYNC': 'off'}).stdout
        return said.splitlines()

    def remove(self):
        self.tool('stop')
        shutil.rmtree(self.folder)


@pytest.fixture(scope='module')
def empty():
    made = Empty()
    yield made
    made.remove()


@pytest.fixture(scope='module')
def folder(cluster):
    made = make_folder()
    set_cameras(cluster, {'name': 'kept', 'role': 'staff'})
    run(cluster, block('Back up'), made)
    yield made
    shutil.rmtree(made)


def run(cluster, commands, folder, *, is_right=True):
    env = {**os.environ, **{name: cluster.env[name] for name in
                            ('PGHOST', 'PGPORT', 'PGUSER')}}
    env.pop('PGDATABASE', None)
    done = subprocess.run(['bash', '-e', '-o', 'pipefail', '-c', commands],
                          cwd=folder, env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60,
                          check=False)
    assert (done.returncode == 0) == is_right, done.stdout
    return done.stdout


def ask(cluster, sql, folder):
    return run(cluster, f"psql -XAt -d cctv <<'EOT'\n{sql};\nEOT\n", folder)


def test_without_the_roles_the_files_give_the_rights_again(
        cluster, empty, folder):
    before = ask(cluster, RIGHTS, folder)
    restore = block('Restore').splitlines()[-1].replace(' --exit-on-error', '')
    said = run(empty, restore, folder, is_right=False)
    assert 'role "cctv_reader" does not exist' in said
    run(empty, REPO + '/tools/load-sql.sh import', folder)
    assert ask(empty, RIGHTS, folder) == before
    run(empty, 'dropdb cctv; psql -Xqc "DROP ROLE cctv_reader, cctv_video"',
        folder)


def test_backup_and_restore(cluster, empty, folder):
    run(empty, block('Restore'), folder)
    assert ask(empty, RIGHTS, folder) == ask(cluster, RIGHTS, folder)
    assert ask(empty, 'SELECT name, role FROM cameras', folder) == (
        'kept|staff\n')
    assert ask(empty, 'SET ROLE cctv_reader; SELECT count(id) FROM cameras',
               folder) == 'SET\n1\n'


# --- the sandbox ------------------------------------------------------------

SANDBOX = block('A sandbox for the service', 'ini')


def test_systemd_knows_each_setting_of_the_sandbox(tmp_path):
    unit = tmp_path / 'cctv-test.service'
    unit.write_text('[Service]\nExecStart=/bin/true\n')
    (tmp_path / 'cctv-test.service.d').mkdir()
    (tmp_path / 'cctv-test.service.d/sandbox.conf').write_text(SANDBOX)
    done = subprocess.run(['systemd-analyze', 'verify', '--man=no', unit],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    about_us = [line for line in done.stdout.splitlines()
                if 'cctv-test' in line or 'sandbox' in line]
    assert about_us == []


# Makes everything but the server's folder read-only, as ProtectSystem=strict.
READ_ONLY = '''
mount --make-rprivate / && mount --bind "$1" "$1"
mount -o remount,bind,ro / || exit
shift; exec "$@"
'''


@pytest.mark.skipif(os.geteuid() != 0, reason='only root makes namespaces')
def test_apache_runs_in_the_sandbox(cluster, written):
    """Without systemd: read-only file systems, the capabilities and no new
    privileges."""
    set_cameras(cluster, {})
    httpd = written(ONE_CHILD + dbd(cluster)
                    + 'CCTVStateFile state/state\nCCTVStateInterval 1s\n'
                    + ENDPOINTS)
    found = re.search('^CapabilityBoundingSet=(.*)$', SANDBOX, re.M)[1]
    capabilities = found.lower().replace('cap_', '+').replace(' ', ',')
    httpd.wrapper = ('unshare', '-m', 'bash', '-c', READ_ONLY, '-',
                     httpd.folder, 'setpriv', '--no-new-privs',
                     '--bounding-set', '-all,' + capabilities)
    httpd.start()
    try:
        Viewer(httpd).start()
        path = httpd.folder + '/state/state'
        first = os.stat(path).st_mtime_ns
        wait_for(lambda: os.stat(path).st_mtime_ns > first, 'it is written')
        assert httpd.unexpected() == []
    finally:
        httpd.stop()
