"""Views and counters over a restart: after a stop exactly the truth, after a
crash views and no counters, and whatever is with the state file, a server
that runs and invents nothing."""

import contextlib
import ctypes
import os
import pwd
import re
import shutil
import signal
import stat
import struct
import time

import pytest

from api import ONE_CHILD, add_cameras, dbd
from crowd import Account, Crowd, assert_within
from env import SLOWNESS, wait_for
from metrics import scrape
from postgres import DOWN
from views import ENDPOINTS, Viewer, virtual_host

ROOT = os.getuid() == 0
CAMERAS = 6
STATE = ('CCTVStateFile state/views\nCCTVStateInterval 1s\n'
         'CCTVSessionTimeout 10min\n')
# What does not change by being looked at.
COUNTERS = ('webrtc_view_start_total', 'webrtc_view_seconds_total',
            'cctv_sessions_ended_total', 'cctv_sessions_refused_total',
            'cctv_series_folded_total', 'cctv_start_time_seconds')
BAD = 'CCTV00(31|32|35)'
# Of the layout of a state file.
END = struct.Struct('=QQQ')
SERIES_SIZE = 24
SERIES_DAY = 14
VERSION_AT = 8

as_root = pytest.mark.skipif(not ROOT, reason='only root can do this')


@pytest.fixture
def serve(database, start):
    """serve(…) → an Apache with cameras 1 to 6 and a state file."""
    add_cameras(database, *[{}] * CAMERAS)

    def launch(config='', state=STATE, hosts='', **options):
        return start(options.pop('sizes', ONE_CHILD) + dbd(database) + state
                     + config + ENDPOINTS + hosts, **options)
    return launch


def state_file(httpd):
    return httpd.folder + '/state/views'


def watch(httpd):
    """Views of each camera, of which some beat and some end; those that go
    on."""
    viewer = Viewer(httpd)
    for camera in range(1, CAMERAS + 1):
        for _ in range(camera):
            viewer.start(camera)
    for session in viewer.sessions[::2]:
        assert viewer.beat(session) == 200
    for session in viewer.sessions[::3]:
        viewer.end(session)
    return [session for i, session in enumerate(viewer.sessions) if i % 3]


def counted(httpd):
    """All that must be the same after a restart in order."""
    metrics = scrape(httpd)
    return {name: metrics.series(name) for name in COUNTERS}


def live(httpd):
    return scrape(httpd).series('webrtc_viewers_gauge')


def beats(httpd, sessions):
    viewer = Viewer(httpd)
    return [viewer.beat(session) for session in sessions]


def assert_all_zero(httpd):
    """Counters start at zero; the series are there."""
    metrics = scrape(httpd)
    for name in COUNTERS[:-1]:
        assert not metrics.sum(name), name


def lines(httpd):
    """What the log says of the state file that is not good."""
    return [line for line in httpd.text().splitlines()
            if re.search(BAD, line)]


def wait_until_saved(httpd):
    """A state was begun and is written after this."""
    path = state_file(httpd)

    def inode():
        with contextlib.suppress(FileNotFoundError):
            return os.stat(path).st_mtime_ns
    for _ in range(2):
        before = inode()
        wait_for(lambda: inode() not in (None, before), 'a state is written',
                 10 * SLOWNESS)


def stop_by(httpd, number):
    httpd.process.send_signal(number)
    httpd.process.wait(20 * SLOWNESS)


# --- a stop in order --------------------------------------------------------

@pytest.mark.parametrize('mpm, number', [
    ('event', signal.SIGTERM), ('prefork', signal.SIGTERM),
    ('event', signal.SIGWINCH), ('worker', signal.SIGWINCH)])
def test_exact_after_stop(serve, mpm, number):
    httpd = serve(mpm=mpm, sizes='')
    going_on = watch(httpd)
    before, viewers = counted(httpd), live(httpd)
    Viewer(httpd).end(going_on.pop())
    stop_by(httpd, number)
    httpd.start()
    after = counted(httpd)
    ended = 'cctv_sessions_ended_total'
    reason = frozenset({('reason', 'ended')})
    before[ended][reason] += 1
    for name in set(COUNTERS) - {'webrtc_view_seconds_total'}:
        assert after[name] == before[name], name
    assert sum(live(httpd).values()) == sum(viewers.values()) - 1
    assert live(httpd).keys() == viewers.keys()
    assert set(beats(httpd, going_on)) == {200}


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGWINCH])
def test_exact_after_stop_under_load(serve, number):
    """Each answered start is counted, and none that was not sent."""
    httpd = serve(sizes='StartServers 3\nThreadsPerChild 4\n'
                  'MaxRequestWorkers 24\n')
    with Crowd(httpd, 6, 100000, CAMERAS) as crowd:
        wait_for(lambda: crowd.done() > 0.002, 'load')
        stop_by(httpd, number)
        crowd.stop()
        account = Account(crowd.wait(30 * SLOWNESS))
    httpd.start()
    metrics = scrape(httpd)
    assert account.wrong == []
    assert_within(metrics.sum('webrtc_view_start_total'), account.starts(),
                  'started')
    assert_within(metrics.sum('cctv_sessions_ended_total', reason='ended'),
                  account.ends(), 'ended')
    assert_within(metrics.sum('webrtc_viewers_gauge'), account.live(), 'live')
    sessions = [view.session for view in account.open if not view.ends_sent]
    assert set(beats(httpd, sessions)) == {200}


def test_watched_seconds_go_on_after_stop(serve):
    httpd = serve()
    viewer = Viewer(httpd)
    session = viewer.start()
    before = viewer.watched(session)
    seconds = scrape(httpd).sum('webrtc_view_seconds_total')
    httpd.stop()
    httpd.start()
    assert scrape(httpd).sum('webrtc_view_seconds_total') == seconds
    watched = viewer.watched(session)
    assert watched > before
    assert abs(scrape(httpd).sum('webrtc_view_seconds_total') - watched) < .01


def test_views_that_ran_out_while_stopped_are_expired(serve):
    httpd = serve(STATE.replace('10min', '3s'), state='')
    sessions = watch(httpd)
    began = time.monotonic()
    before = counted(httpd)
    httpd.stop()
    wait_for(lambda: time.monotonic() > began + 3.1, 'they are over')
    httpd.start()
    metrics = scrape(httpd)
    assert metrics.sum('cctv_sessions_ended_total',
                       reason='expired') == len(sessions)
    assert metrics.sum('webrtc_viewers_gauge') == 0
    for name in COUNTERS[:2]:
        assert metrics.series(name) == before[name]
    assert set(beats(httpd, sessions)) == {404}


def test_reload_is_no_stop(serve):
    httpd = serve()
    sessions = watch(httpd)
    before = counted(httpd)
    for number in (signal.SIGUSR1, signal.SIGHUP):
        httpd.reload(number)
        assert counted(httpd) == before
    wait_until_saved(httpd)
    httpd.kill()
    httpd.start()
    # The reloads left no state that says that all was over.
    assert_all_zero(httpd)
    assert set(beats(httpd, sessions)) == {200}


def test_state_of_all_virtual_hosts(serve):
    names = ('one', 'two')
    httpd = serve(hosts=''.join(virtual_host(name) for name in names))
    sessions = [Viewer(httpd, name).start(i + 1)
                for i, name in enumerate(names)]
    httpd.stop()
    httpd.start()
    assert scrape(httpd).sum('webrtc_view_start_total') == 2
    assert [Viewer(httpd, name).beat(session)
            for name, session in zip(names, sessions)] == [200, 200]


def test_nothing_is_written_without_state_file(serve):
    def files():
        return sorted((folder, *names) for folder, _, names
                      in os.walk(httpd.folder))
    httpd = serve(state='')
    before = files()
    watch(httpd)
    wait_for(lambda: time.time() > os.stat(httpd.folder + '/httpd.pid')
             .st_mtime + 1.5, 'the watchdog has run')
    assert files() == before
    httpd.stop()
    httpd.start()
    assert files() == before
    assert scrape(httpd).sum('webrtc_view_start_total') is None


# --- a crash ----------------------------------------------------------------

@pytest.mark.parametrize('mpm', ['event', 'prefork'])
def test_views_go_on_after_crash(serve, mpm):
    httpd = serve(mpm=mpm, sizes='')
    sessions = watch(httpd)
    viewers, names = live(httpd), counted(httpd)
    wait_until_saved(httpd)
    httpd.kill()
    httpd.start()
    assert_all_zero(httpd)
    assert live(httpd) == viewers
    for name in COUNTERS[:2]:
        assert counted(httpd)[name].keys() == names[name].keys()
    assert set(beats(httpd, sessions)) == {200}
    assert (scrape(httpd).sum('cctv_start_time_seconds')
            > sum(names['cctv_start_time_seconds'].values()))


def test_crash_behind_start_does_not_count_twice(serve):
    httpd = serve()
    watch(httpd)
    httpd.stop()
    for _ in range(2):
        httpd.start()
        httpd.kill()
    httpd.start()
    assert_all_zero(httpd)


def test_watchdog_survives_its_child(serve):
    """The one that writes the state, and frees what is over."""
    httpd = serve(STATE.replace('10min', '3s'), state='', sizes='')
    httpd.expect('AH1039[23]: children are killed successively')
    session = Viewer(httpd).start()
    for pid in httpd.children():
        os.kill(pid, signal.SIGKILL)
    wait_until_saved(httpd)
    wait_for(lambda: scrape(httpd).sum('cctv_sessions_ended_total',
                                       reason='expired') == 1, 'its end')
    assert beats(httpd, [session]) == [404]


# --- another configuration, other cameras -----------------------------------

@pytest.mark.parametrize('sizes', [
    ('40', '1000', '30'), ('1000', '40', '2000'), ('30', '31', '29')])
def test_other_sizes_keep_all(serve, sizes):
    def configure(size):
        httpd.config = re.sub('(CCTVMaxSe.*) .*', rf'\1 {size}', httpd.config)
    httpd = serve(f'CCTVMaxSessions {sizes[0]}\nCCTVMaxSeries {sizes[0]}\n')
    sessions = watch(httpd)
    before, viewers = counted(httpd), live(httpd)
    for size in sizes[1:]:
        httpd.stop()
        configure(size)
        httpd.start()
        assert counted(httpd) == before
        assert live(httpd) == viewers
    assert scrape(httpd).sum('cctv_sessions_max') == int(sizes[-1])
    assert set(beats(httpd, sessions)) == {200}


def test_too_small_sizes_keep_the_sums(serve):
    config = 'CCTVMaxSessions 1000\nCCTVMaxSeries 1000\n'
    httpd = serve(config, sizes='')
    viewer = Viewer(httpd)
    for camera in list(range(1, CAMERAS + 1)) * 5:
        for browser in ('Firefox/120.0', 'Chrome/120.0 Safari/537.36', 'x'):
            viewer.headers['User-Agent'] = f'Mozilla/5.0 ({browser})'
            viewer.start(camera)
    before = scrape(httpd).sum('webrtc_view_start_total')
    httpd.stop()
    httpd.config = (httpd.config.replace('MaxSessions 1000', 'MaxSessions 20')
                    .replace('MaxSeries 1000', 'MaxSeries 16'))
    httpd.start()
    metrics = scrape(httpd)
    assert metrics.sum('webrtc_view_start_total') == before
    viewers = metrics.sum('webrtc_viewers_gauge')
    assert 15 <= viewers <= 20
    assert metrics.sum('cctv_sessions_ended_total',
                       reason='expired') == before - viewers
    assert beats(httpd, viewer.sessions).count(200) == viewers


def test_series_of_cameras_that_are_gone_are_dropped(database, serve):
    httpd = serve()
    viewer = Viewer(httpd)
    for camera in (1, 2, 3):
        viewer.end(viewer.start(camera))
    before = counted(httpd)
    httpd.stop()
    database.query('DELETE FROM cameras WHERE id = 2')
    httpd.start()
    for name in COUNTERS[:2]:
        kept = {labels: value for labels, value in before[name].items()
                if ('camera_id', '2') not in labels}
        assert counted(httpd)[name] == kept


def test_idle_series_are_dropped(serve):
    httpd = serve('CCTVSeriesIdle 1\n')
    viewer = Viewer(httpd)
    for camera in (1, 2):
        viewer.end(viewer.start(camera))
    httpd.stop()
    edit(state_file(httpd), make_old(2))
    httpd.start()
    for name in COUNTERS[:2]:
        assert len(counted(httpd)[name]) == 1
    assert scrape(httpd).sum('webrtc_view_start_total', camera_id='1') == 1


def test_database_down_at_start_drops_nothing(cluster, serve, healthy):
    httpd = serve()
    sessions = watch(httpd)
    before = counted(httpd)
    httpd.stop()
    cluster.tool('stop')
    httpd.expect(*DOWN, 'CCTV0034')
    httpd.start()
    assert counted(httpd) == before
    assert set(beats(httpd, sessions)) == {200}


# --- the file ---------------------------------------------------------------

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


def checksum(data):
    library = ctypes.CDLL('libxxhash.so.0')
    library.XXH3_64bits.restype = ctypes.c_uint64
    library.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    return library.XXH3_64bits(bytes(data), len(data))


def edit(path, change):
    """Change a state file, and make its checksum right."""
    with open(path, 'rb') as file:
        data = bytearray(file.read())
    change(data)
    data[-8:] = struct.pack('=Q', checksum(data[:-8]))
    with open(path, 'r+b') as file:
        file.write(data)


def make_old(camera):
    """The series of this camera were used last on the first day."""
    def change(data):
        end = len(data) - END.size
        _, count, _ = END.unpack_from(data, end)
        for at in range(end - count * SERIES_SIZE, end, SERIES_SIZE):
            if struct.unpack_from('=i', data, at + 8) == (camera,):
                struct.pack_into('=H', data, at + SERIES_DAY, 1)
    return change


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
    """An Apache that has stopped in order, with views and counters."""
    httpd = serve()
    watch(httpd)
    httpd.stop()
    return httpd


def assert_well(httpd):
    """It runs, with one clear line about its state file; counts from zero, and
    loses nothing at its next stop."""
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
    """Where the next state would go is a file of root."""
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
    """Its counters are not taken either: a crash would bring them again."""
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
    # The one line at the end is about what is lost by the stop.
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
        'mount -t tmpfs -o size=16k,mode=700,uid=$(id -u www-data) none state '
        '&& exec "$@"', 'sh']


@as_root
def test_disk_full(serve):
    """Told once; and once more when there is room again."""
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
