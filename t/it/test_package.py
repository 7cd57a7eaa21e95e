"""The Debian package, as far as it can be tested without building it.
`make check-deb` builds, installs, upgrades and removes it."""

import glob
import os
import re
import subprocess

import pytest

from env import INSTRUMENTED, REPO
from test_maintenance import SANDBOX

MANUALS = sorted(glob.glob(REPO + '/docs/man/*.[1-9]'))


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False,
                          **options)
    assert done.returncode == 0, done.stdout
    return done.stdout


def lines(pattern):
    return [line for path in glob.glob(REPO + '/debian/' + pattern)
            for line in open(path) if line.strip() and line[0] != '#']


def test_the_changelog_has_the_version_of_the_module():
    said = run('dpkg-parsechangelog', '-l', '-',
               input=run(REPO + '/tools/deb.sh', 'changelog'))
    with open(REPO + '/mod_cctv/core/version.h') as file:
        version = re.search(r'CCTV_VERSION "(.*)"', file.read())[1]
    assert re.search(rf'^Version: {re.escape(version)}(~\d{{14}})?$', said,
                     re.M), said
    assert re.search(r'^Maintainer: mod_cctv maintainers <', said, re.M)


@pytest.mark.parametrize('path', MANUALS, ids=os.path.basename)
def test_manual(path):
    said = run('man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', path,
               env={**os.environ, 'LC_ALL': 'C.UTF-8', 'MANROFFSEQ': '',
                    'MANWIDTH': '80'})
    assert 'warning' not in said and 'troff:' not in said
    name = os.path.basename(path)[:-2]
    with open(path) as file:
        assert name in file.read().replace('\\-', '-').split('.SH NAME')[1]


@pytest.mark.skipif(INSTRUMENTED, reason='it installs the usual build')
def test_each_file_is_in_one_package(tmp_path):
    """And no secret is in any."""
    run(REPO + '/tools/install.sh', env={
        **os.environ, 'DESTDIR': str(tmp_path), 'BUILD': REPO + '/build'})
    files = [os.path.relpath(os.path.join(folder, name), tmp_path)
             for folder, _, names in os.walk(tmp_path) for name in names]
    apache = {line.split()[1].removeprefix('debian/tmp/')
              for line in lines('*.apache2')}
    wanted = [line.split()[0] for line in lines('*.install')]
    for name in files:
        homes = [place for place in wanted
                 if name == place or name.startswith(place + '/')]
        assert len(homes) + (name in apache) == 1, name
    assert apache < set(files)
    assert not any(name.startswith(('etc/cctv', 'var')) for name in files)


def test_the_sandbox_that_is_installed_is_that_of_the_page():
    with open(REPO + '/conf/systemd/apache2-sandbox.conf') as file:
        text = ''.join(line for line in file if line[0] != '#')
    assert text.strip() == SANDBOX.strip()


def test_scripts_of_the_packages():
    for path in glob.glob(REPO + '/debian/*.p*[tm]'):
        run('sh', '-n', path)
        with open(path) as file:
            assert '#DEBHELPER#' in file.read()
