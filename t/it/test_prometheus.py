"""/metrics as a real Prometheus sees it, with the queries of docs/metrics.md;
also while Apache restarts and crashes."""

import re
import shutil
import subprocess
import time

import pytest

from api import add_cameras, dbd
from crowd import Crowd
from env import REPO, make_folder, wait_for
from metrics import OPENMETRICS, scrape
from prometheus import Prometheus
from views import ENDPOINTS, Viewer

JOBS = {'openmetrics': '/metrics', 'text': '/text'}
CAMERAS = 12
ADDRESSES = {'GB': '81.2.69.1', 'SE': '89.160.20.129', 'unknown': '10.1.2.3'}
SIZES = ('StartServers 3\nServerLimit 4\nThreadsPerChild 8\n'
         'MaxRequestWorkers 32\n')
# Serves the text format, which Prometheus would not choose itself.
TEXT = ('<Location "/text">\nSetHandler cctv-metrics\n'
        'RequestHeader set Accept text/plain\n</Location>\n')

every_job = pytest.mark.parametrize('job', JOBS)


@pytest.fixture(scope='module')
def geoip():
    folder = make_folder()
    shutil.copy(REPO + '/t/data/geoip/nested.mmdb', folder)
    yield (f'CCTVGeoIPDatabase "{folder}/nested.mmdb"\n'
           'RemoteIPHeader X-Forwarded-For\n'
           'RemoteIPInternalProxy 127.0.0.1\n')
    shutil.rmtree(folder)


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, geoip):
    return start_shared(
        SIZES + dbd(cluster) + geoip + ENDPOINTS + TEXT
        + 'CCTVStateFile state/views\nCCTVSessionTimeout 10min\n',
        modules=['headers', 'remoteip'])


@pytest.fixture(scope='module')
def prometheus(httpd):
    prometheus = Prometheus(httpd, JOBS)
    yield prometheus
    prometheus.remove()


@pytest.fixture
def viewers(database, httpd):
    """{country: a viewer from there}"""
    add_cameras(database, *[{}] * CAMERAS)
    return {country: Viewer(httpd, X_Forwarded_For=address)
            for country, address in ADDRESSES.items()}


def documented_queries():
    """The queries of the PromQL block, with job=… in each selector."""
    with open(REPO + '/docs/metrics.md') as file:
        block = re.search('```promql\n(.*?)```', file.read(), re.S).group(1)
    queries = [line.split('#')[0].strip() for line in block.splitlines()]
    # The queries of the second block are of the rules: see test_dashboards.py.
    assert len(queries) == 3
    return [re.sub(r'(webrtc_\w+)', r'\1{job="JOB"}', query)
            for query in queries]


def wait_for_scrapes(prometheus):
    """Waits until each job has been scraped again."""
    # The timestamp of a scrape may be some ms before the scrape itself.
    now = time.time() + 0.01
    fresh = f'count(timestamp(up) > {now} and up == 1)'
    wait_for(lambda: prometheus.value(fresh) == len(JOBS),
             'a scrape of each job', 30)


# --- queries ----------------------------------------------------------------

def start_views(viewers, camera_views):
    for camera, count in camera_views.items():
        for viewer in viewers.values():
            for _ in range(count):
                viewer.start(camera)


@every_job
def test_viewers_per_camera(httpd, prometheus, viewers, job):
    start_views(viewers, {camera: camera for camera in range(1, CAMERAS + 1)})
    wait_for_scrapes(prometheus)
    query = documented_queries()[0].replace('JOB', job)
    top = {str(camera): 3 * camera for camera in range(CAMERAS, 2, -1)}
    assert list(prometheus.values(query, 'camera_id').items()) \
        == list(top.items())
    for viewer in viewers.values():
        viewer.end_all()
    wait_for_scrapes(prometheus)
    assert set(prometheus.values(query, 'camera_id').values()) == {0}


class Increase:
    """The growth of a query with increase(), from now on."""

    def __init__(self, prometheus, query, label):
        self.prometheus = prometheus
        self.query = query
        self.label = label
        self.selector = re.search(r'increase\((.*?\])\)', query).group(1)
        wait_for_scrapes(prometheus)
        self.before = self.grown()

    def grown(self):
        return self.prometheus.grown(self.selector, self.label)

    def since(self):
        """{label value: growth of the samples}. Also checks the query itself:
        increase() extrapolates to both ends of its window, by up to half a
        scrape interval each, so for two scrapes it yields twice as much."""
        wait_for_scrapes(self.prometheus)
        grown = self.grown()
        values = self.prometheus.values(self.query, self.label)
        assert values.keys() == grown.keys()
        for key, value in values.items():
            assert grown[key] <= value <= 2 * grown[key], key
        return {key: value - self.before[key] for key, value in grown.items()
                if value != self.before[key]}


@every_job
def test_views_by_country(prometheus, viewers, job):
    query = documented_queries()[1].replace('JOB', job)
    # A new series is counted from its first scrape on.
    start_views(viewers, {1: 1, 2: 1})
    increase = Increase(prometheus, query, 'country')
    viewers['SE'].start(1)
    start_views(viewers, {2: 5, 1: 2})
    assert increase.since() == {'GB': 7, 'SE': 8, 'unknown': 7}


@every_job
def test_watched_hours_per_camera(httpd, prometheus, viewers, job):
    def watched():
        return scrape(httpd).sum('webrtc_view_seconds_total', camera_id='3')
    query = documented_queries()[2].replace('JOB', job)
    assert query.endswith(' / 3600')
    sessions = [(viewer, viewer.start(3)) for viewer in viewers.values()]
    increase = Increase(prometheus, query.replace(' / 3600', ''), 'camera_id')
    before = watched()
    last, newest = sessions[-1]
    wait_for(lambda: last.watched(newest) > 1, '1 s')
    for viewer, session in sessions:
        viewer.end(session)
    seconds = watched() - before
    assert seconds > 3
    assert increase.since() == {'3': pytest.approx(seconds, abs=1e-6)}


# --- restarts ---------------------------------------------------------------

@pytest.fixture
def increases(prometheus, viewers):
    """The growth of the starts per camera for each job, from now on."""
    start_views(viewers, {4: 1, 5: 2})
    return [Increase(prometheus, 'sum by (camera_id) (increase('
                     'webrtc_view_start_total{job="%s"}[1h]))' % job,
                     'camera_id') for job in JOBS]


def test_increase_over_a_stop_is_exact(httpd, prometheus, viewers, increases):
    start_views(viewers, {5: 1})
    httpd.stop()
    httpd.start(httpd.port)
    start_views(viewers, {4: 1, 5: 2})
    for increase in increases:
        assert increase.since() == {'4': 3, '5': 9}
        resets = f'sum(resets({increase.selector}))'
        assert prometheus.value(resets) == 0


def test_increase_over_a_crash_is_never_too_much(
        httpd, prometheus, viewers, increases):
    start_views(viewers, {5: 1})
    httpd.kill()
    httpd.start(httpd.port)
    wait_for_scrapes(prometheus)
    start_views(viewers, {4: 1, 5: 2})
    for increase in increases:
        grown = increase.since()
        # Starts between the last scrape and the crash may be missing.
        assert grown['4'] == 3 and 6 <= grown['5'] <= 9


# --- scrapes of all children ------------------------------------------------

def test_scrapes_agree_while_views_start_and_end(database, httpd):
    """Counters never decrease, whichever child answers, and each histogram is
    consistent."""
    add_cameras(database, *[{}] * CAMERAS)
    last = {}
    with Crowd(httpd, 3, 100000, CAMERAS) as crowd:
        for i in range(60):
            accept = OPENMETRICS if i % 2 else 'text/plain'
            metrics = scrape(httpd, Accept=accept)
            assert_histograms(metrics)
            for key, value in counters(metrics).items():
                assert value >= last.get(key, 0), key
                last[key] = value
        crowd.stop()
        assert all(member.wrong == [] for member in crowd.wait(60))


def counters(metrics):
    return {key: value for key, value in metrics.samples.items()
            if key[0].endswith(('_total', '_bucket', '_count', '_sum'))}


def assert_histograms(metrics):
    count = 0
    for (name, labels), value in metrics.samples.items():
        if name.endswith('_count'):
            infinite = (name[:-len('count')] + 'bucket',
                        labels | {('le', '+Inf')})
            assert metrics.samples[infinite] == value
            count += 1
    assert count > 2


# --- promtool ---------------------------------------------------------------

def promtool(*arguments, text=None):
    done = subprocess.run(['promtool', *arguments], input=text, timeout=30,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.decode()


def test_promtool_has_nothing_to_say_but_of_one_name(httpd, viewers):
    start_views(viewers, {1: 1})
    said = promtool('check', 'metrics', text=httpd.get('/text').body)
    assert re.fullmatch(
        r'webrtc_viewers_gauge .*metric name should not include type.*\n',
        said), said


def test_configuration_that_is_shipped():
    said = promtool('check', 'config',
                    REPO + '/conf/prometheus/prometheus.yml')
    assert 'SUCCESS' in said and 'warn' not in said.lower(), said
