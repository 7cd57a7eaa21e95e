"""With any fault of the state file the server runs, invents no views or counts,
and logs one line."""

import contextlib
import functools
import os
import pwd
import shutil
import stat
import struct

import pytest

from api import add_cameras
from env import wait_for
from metrics import scrape
from state import BAD, CAMERAS, ROOT, VERSION_AT, assert_all_zero, beats, \
    edit, launch, lines, state_file, wait_until_saved, watch
from views import Viewer

as_root = pytest.mark.skipif(not ROOT, reason='only root can do this')


@pytest.fixture
def serve(database, start):
    """serve(…) → an Apache with cameras 1 to 6 and a state file."""
    add_cameras(database, *[{}] * CAMERAS)
    return functools.partial(launch, start, database)


def assert_private(path):
    info = os.stat(path)
    assert stat.S_IMODE(info.st_mode) == 0o600
    owner = pwd.getpwnam('www-data').pw_uid if ROOT else os.getuid()
    assert info.st_uid == owner


def test_only_the_user_of_the_children_reads_the_file(serve):
    httpd = serve()
    sessions = watch(httpd)
    wait_until_saved(httpd)
    assert_private(state_file(httpd))
    httpd.stop()
    assert_private(state_file(httpd))
    assert os.listdir(httpd.folder + '/state') == ['views']
    assert not [session for session in sessions if session in httpd.text()]


def overwrite(path, data):
    with open(path, 'r+b') as file:
        file.truncate(0)
        file.write(data)


def truncate(path):
    os.truncate(path, os.stat(path).st_size - 1)


def empty(path):
    os.truncate(path, 0)


def flip(path):
    with open(path, 'r+b') as file:
        data = bytearray(file.read())
        data[len(data) // 2] ^= 16
        file.seek(0)
        file.write(data)


def set_version(path):
    edit(path, lambda data: struct.pack_into('=Q', data, VERSION_AT, 99))


def put_foreign(path):
    overwrite(path, b'Not a state file, but as long as one.\n' * 1000)


def put_folder(path):
    os.unlink(path)
    os.mkdir(path)


def put_fifo(path):
    os.unlink(path)
    os.mkfifo(path, 0o666)


def put_symlink(path):
    os.rename(path, path + '.real')
    os.symlink(path + '.real', path)


def put_dangling(path):
    os.unlink(path)
    os.symlink(path + '.nowhere', path)


def make_unreadable(path):
    if ROOT:
        os.chown(path, 0, 0)
    os.chmod(path, 0o600 if ROOT else 0)


def put_huge(path):
    os.truncate(path, 1 << 40)


@pytest.fixture
def stopped_server(serve):
    """An Apache that has stopped cleanly, with views and counters."""
    httpd = serve()
    watch(httpd)
    httpd.stop()
    return httpd


def assert_well(httpd):
    """Checks that Apache runs, logs one clear line about the state file, counts
    from zero, and loses nothing at its next stop."""
    httpd.expect(BAD)
    assert_all_zero(httpd)
    assert scrape(httpd).sum('cctv_sessions') == 0
    assert len(lines(httpd)) == 1
    assert state_file(httpd) in lines(httpd)[0]
    Viewer(httpd).start(1)


@pytest.mark.parametrize('damage', [
    truncate, empty, flip, set_version, put_foreign, put_folder, put_fifo,
    put_symlink, put_dangling, make_unreadable, put_huge],
    ids=lambda damage: damage.__name__)
def test_bad_file_is_kept_aside(stopped_server, damage):
    httpd = stopped_server
    path = state_file(httpd)
    damage(path)
    before = os.lstat(path)
    httpd.start()
    assert_well(httpd)
    assert path + '.refused' in lines(httpd)[0]
    aside = os.lstat(path + '.refused')
    assert (aside.st_ino, aside.st_size) == (before.st_ino, before.st_size)
    assert_private(path)
    httpd.stop()
    httpd.start()
    assert scrape(httpd).sum('webrtc_view_start_total') == 1
    assert len(lines(httpd)) == 1


def remove_folder(httpd):
    shutil.rmtree(httpd.folder + '/state')


def lock_folder(httpd):
    if ROOT:
        os.chown(httpd.folder + '/state', 0, 0)
    os.chmod(httpd.folder + '/state', 0o555)


def link_new(httpd):
    """The path of the next state file is a file of root."""
    target = httpd.folder + '/target'
    with open(target, 'w') as file:
        file.write('precious')
    os.symlink(target, state_file(httpd) + '.new')


def put_folder_at_new(httpd):
    os.mkdir(state_file(httpd) + '.new')


def put_fifo_at_new(httpd):
    os.mkfifo(state_file(httpd) + '.new', 0o666)


@pytest.mark.parametrize('mishap', [
    remove_folder, lock_folder, link_new, put_folder_at_new, put_fifo_at_new],
    ids=lambda mishap: mishap.__name__)
def test_state_that_cannot_be_written(stopped_server, mishap):
    """The counters are not used either: a crash would count them again."""
    httpd = stopped_server
    mishap(httpd)
    httpd.expect(BAD)
    httpd.start()
    assert_all_zero(httpd)
    assert len(lines(httpd)) == 1
    assert state_file(httpd) in lines(httpd)[0]
    Viewer(httpd).start(1)
    with contextlib.suppress(FileNotFoundError):
        with open(httpd.folder + '/target') as file:
            assert file.read() == 'precious'
    httpd.stop()
    # The line at the end says what the stop loses.
    assert len(lines(httpd)) == 2
    os.chmod(httpd.folder, 0o755)
    if mishap is lock_folder:
        os.chmod(httpd.folder + '/state', 0o755)


def test_state_that_cannot_be_written_at_the_stop(stopped_server):
    httpd = stopped_server
    httpd.start()
    going_on = Viewer(httpd).start(1)
    wait_until_saved(httpd)
    folder = httpd.folder + '/state'
    owner = os.stat(folder).st_uid
    lock_folder(httpd)
    httpd.expect(BAD)
    httpd.stop()
    assert 'CCTV0035' in lines(httpd)[-1]
    os.chown(folder, owner, -1)
    os.chmod(folder, 0o700)
    httpd.start()
    assert_all_zero(httpd)
    assert beats(httpd, [going_on]) == [200]


FULL = ['unshare', '--mount', 'sh', '-c',
        'mount -t tmpfs -o size=24k,mode=700,uid=$(id -u www-data) none state '
        '&& exec "$@"', 'sh']


@as_root
def test_disk_full(serve):
    """Logged once, and once more when there is room again."""
    try:
        httpd = serve(wrapper=FULL)
    except AssertionError:
        pytest.skip('cannot mount a file system here')
    folder = f'/proc/{httpd.process.pid}/root{httpd.folder}/state/'
    wait_for(lambda: os.path.exists(folder + 'views'), 'a state')
    with contextlib.suppress(OSError), open(folder + 'full', 'wb', 0) as file:
        while True:
            file.write(bytes(4096))
    sessions = watch(httpd)
    httpd.expect(BAD)
    wait_for(lambda: 'CCTV0031' in httpd.text(), 'it is told')
    assert 'No space left' in lines(httpd)[0]
    assert os.listdir(folder).count('views.new') == 0
    os.unlink(folder + 'full')
    wait_for(lambda: 'CCTV0030' in httpd.text(), 'it is told')
    assert len(lines(httpd)) == 1
    assert set(beats(httpd, sessions)) == {200}
