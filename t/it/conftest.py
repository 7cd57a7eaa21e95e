"""The fixtures of the tests; see also env.py and postgres.py."""

import contextlib
import itertools
import signal

import pytest

from env import Httpd
from janus_double import JanusDouble
from lab import Browser, Cameras, Coturn, Janus
from postgres import DOWN, Postgres
from stills import StillCameras
from video import Video
from window import Windows

# All started Apaches whose logs have not been checked yet.
servers = []
# The files that take longest, from the longest. They are started first, so that
# no worker is left with one of them at the end.
LONGEST = ('test_video_real', 'test_map_real', 'test_database_faults',
           'test_wall', 'test_map_many', 'test_way_down', 'test_map_hls', 'test_firefox',
           'test_client_views', 'test_map', 'test_client_real', 'test_changes',
           'test_map_ground', 'test_phone', 'test_client_changes',
           'test_catalogue_feed', 'test_nginx', 'test_run', 'test_servers',
           'test_video_servers', 'test_embed', 'test_map_stills', 'test_nodes',
           'test_odd_cameras', 'test_video_faults', 'test_map_states',
           'test_video_mountpoints', 'test_database', 'test_video_many',
           'test_lab', 'test_dashboards', 'test_video_whep', 'test_stop', 'test_memory',
           'test_journal', 'test_walk', 'test_postgres_hosts', 'test_postgres',
           'test_client', 'test_map_config', 'test_video_keeper',
           'test_state', 'test_events', 'test_import', 'test_video_admission',
           'test_video_signalling')


def pytest_collection_modifyitems(items):
    def place(item):
        name = item.path.stem
        return LONGEST.index(name) if name in LONGEST else len(LONGEST)
    items.sort(key=place)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed:
        for httpd in servers:
            report.sections.append(
                (f'{httpd.mpm} error log', httpd.text()[-6000:]))
            report.sections.append(
                ('its folder', f'kept in {httpd.keep(item.name)}'))


@pytest.fixture(scope='session')
def cluster():
    postgres = Postgres()
    yield postgres
    postgres.remove()


@pytest.fixture
def healthy(cluster):
    """The cluster runs again after the test, whatever the test did to it. The
    Apaches that the file's tests share may notice the outage: they ask the
    database in the background."""
    for httpd in servers:
        if cluster.folder in httpd.config:
            httpd.expect(*DOWN)
    yield
    with contextlib.suppress(FileNotFoundError):
        cluster.signal(signal.SIGCONT)
    cluster.tool('start')


@pytest.fixture
def database(cluster):
    """The database with an empty table of cameras: .env, .query(sql)."""
    cluster.query('TRUNCATE public.cameras RESTART IDENTITY')
    return cluster


def check_logs():
    lines = [line for httpd in servers for line in httpd.unexpected()]
    for httpd in [each for each in servers if not each.is_running()]:
        servers.remove(httpd)
        httpd.remove()
    assert not lines, 'unexpected in the log:\n' + '\n'.join(lines)


@pytest.fixture(autouse=True)
def quiet_logs():
    """Fails the test if a log has messages that it has not announced."""
    yield
    check_logs()


def launcher():
    started = []

    def launch(config, at=0, **options):
        httpd = Httpd(config, **options)
        servers.append(httpd)
        started.append(httpd)
        httpd.start(at)
        for janus in list(JanusDouble.all):
            if janus.url in config and 'cctv-janus-events' in config:
                janus.send_events_to(httpd)
        return httpd
    yield launch
    for janus in list(JanusDouble.all):
        janus.targets = [each for each in janus.targets
                         if each not in started]
    for httpd in reversed(started):
        httpd.stop()


@pytest.fixture
def start(cluster):
    """start(config, mpm=…, modules=…) → an Apache that ends with the test;
    at=… chooses its port."""
    yield from launcher()


@pytest.fixture(scope='module')
def start_shared(cluster):
    """Like `start`, for an Apache that all tests of a file share."""
    yield from launcher()
    check_logs()


@pytest.fixture(scope='module')
def stills():
    """Cameras with still pictures, which all tests of a file share."""
    cameras = StillCameras()
    yield cameras
    cameras.remove()


@pytest.fixture(scope='module')
def fresh():
    """An iterator over the ids of the file's cameras: each id comes once."""
    return itertools.count(1)


@pytest.fixture
def camera(fresh, request):
    """A camera of the file's CAMERAS that no test has watched yet."""
    number = next(fresh)
    assert number <= request.module.CAMERAS
    return number


@pytest.fixture
def written(cluster):
    """written(config, …) → an Apache that is configured but not started."""
    made = []

    def write(config, **options):
        made.append(Httpd(config, **options))
        return made[-1]
    yield write
    for httpd in made:
        httpd.remove()


@pytest.fixture(scope='session')
def chromium():
    browser = Browser()
    yield browser
    browser.remove()


@pytest.fixture
def browser(chromium):
    """The browser of all tests; pages of this test close at its end."""
    yield chromium
    chromium.close_pages()


@pytest.fixture
def windows(chromium):
    """See Windows: complaints of the browser fail the test unless it has
    announced them."""
    opened = Windows(chromium)
    yield opened
    opened.close()
    lines = opened.unexpected()
    assert not lines, 'the browser complains:\n' + '\n'.join(lines)


@pytest.fixture
def cameras():
    """cameras('rtsp', 'name', …) → test cameras that end with the test."""
    with contextlib.ExitStack() as stack:
        def start(*arguments, **options):
            started = Cameras(*arguments, **options)
            stack.callback(started.remove)
            return started
        yield start


@pytest.fixture
def janus():
    """A private Janus for one test."""
    started = Janus()
    yield started
    started.remove()


@pytest.fixture
def coturn():
    started = Coturn()
    yield started
    started.remove()


@pytest.fixture(scope='module')
def video():
    """A stand-in for Janus: .janus, .config()."""
    video = Video()
    yield video
    # Before their Janus is gone, or their logs say that it is.
    for httpd in servers:
        if video.janus.url in httpd.config:
            httpd.stop()
    video.remove()
