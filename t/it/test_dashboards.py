"""Prometheus' rules and Grafana's dashboards: each query gets data from a real
Prometheus that scrapes an Apache under load."""

import contextlib
import glob
import itertools
import json
import os
import re
import subprocess
import threading
import time
from xml.etree import ElementTree

import pytest
import yaml

from api import ONE_CHILD, location
from changes import PATH, Events
from env import REPO, SLOWNESS, wait_for
from metrics import scrape
from prometheus import Prometheus
from test_prometheus import ADDRESSES, geoip  # noqa: F401 (a fixture)
from postgres import DOWN
from video import JANUS_DOWN, Watcher
from views import set_cameras

CONF = REPO + '/conf/prometheus'
RULES = [CONF + '/cctv-rules.yml', CONF + '/cctv-alerts.yml']
DASHBOARDS = sorted(glob.glob(REPO + '/conf/grafana/dashboards/*.json'))
CAMERAS = 12
AGENTS = ('Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0',
          'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 '
          '(KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36')
# What Grafana puts in the place of variables.
VARIABLES = {'job': 'cctv', 'camera': '.*', 'instance': '.*', 'top': '10',
             '__rate_interval': '30s', '__range': '1h'}
# On a slow machine Janus' stand-in and the database may seem to be away.
SLOW = (*JANUS_DOWN, *DOWN)
NAME = re.compile(r'\b(?:cctv|webrtc)_\w+\b(?!:)')


class Load(threading.Thread):
    """Viewers from several countries watch cameras, report, and end; the list
    and changes are asked for; cameras change; some requests fail."""

    def __init__(self, httpd, cluster):
        super().__init__(daemon=True)
        self.httpd = httpd
        self.cluster = cluster
        self.over = threading.Event()
        self.turns = 0
        self.errors = []

    def run(self):
        with contextlib.closing(Events(self.httpd)):
            for number in itertools.count():
                if self.over.is_set():
                    return
                try:
                    self.turn(number)
                    self.turns += 1
                except Exception as error:
                    # Such as a 503, on a slow machine.
                    self.errors.append(error)

    def turn(self, number):
        self.httpd.expect(*SLOW)
        watched = [self.watch(number, country)
                   for country in ADDRESSES for _ in range(2)]
        self.httpd.get('/api/cameras?limit=5')
        self.httpd.get('/api/cameras/999999')
        self.httpd.get(PATH)
        self.cluster.query(
            "UPDATE cameras SET name = name || '.' WHERE id = 1")
        self.cluster.query('UPDATE cameras SET status = %s WHERE id = 12',
                           [('offline', 'online')[number % 2]])
        self.over.wait(0.3)
        for times in 1, 2:
            for viewer, session in watched:
                viewer.post('heartbeat', session_id=session, stats={
                    'first_picture_ms': 120 + number, 'round_trip_ms': 20,
                    'frames_received': 12 * times,
                    'frames_decoded': 11 * times, 'frames_dropped': times,
                    'pli_count': times, 'freeze_count': times,
                    'freeze_seconds': 0.1 * times, 'ice_path': 'host',
                    'decoder': 'hardware'})
            self.over.wait(0.55)
        # A few go on.
        for viewer, session in watched[1:]:
            viewer.end(session)

    def watch(self, number, country):
        viewer = Watcher(self.httpd, X_Forwarded_For=ADDRESSES[country],
                         User_Agent=AGENTS[number % 2])
        return viewer, viewer.play(1 + number % (CAMERAS - 1))

    def stop(self):
        self.over.set()
        self.join(20 * SLOWNESS)
        assert self.turns > len(self.errors), self.errors


@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared, geoip):  # noqa: F811
    set_cameras(cluster, *[{}] * CAMERAS)
    started = start_shared(
        ONE_CHILD.replace('8', '24') + video.server(cluster, geoip)
        + 'CCTVCatalogue {folder}/state\nCCTVCatalogueInterval 100ms\n'
        'CCTVMetricsCreated on\nCCTVSessionTimeout 10min\n' + location()
        + f'<Location {PATH}>\nSetHandler cctv-changes\n</Location>\n',
        modules=['remoteip'])
    wait_for(lambda: started.get(PATH).status == 200, 'there is a catalogue',
             20 * SLOWNESS)
    return started


@pytest.fixture(autouse=True)
def slow(request):
    if 'httpd' in request.fixturenames:
        request.getfixturevalue('httpd').expect(*SLOW)


@pytest.fixture(scope='module')
def prometheus(httpd, cluster):
    prometheus = Prometheus(httpd, {'cctv': '/metrics'}, rules=RULES)
    load = Load(httpd, cluster)
    load.start()
    yield prometheus
    prometheus.remove()
    load.stop()


def read(path):
    with open(path) as file:
        return file.read()


def boards():
    return {os.path.basename(path): json.loads(read(path))
            for path in DASHBOARDS}


def panels(board):
    return [panel for panel in board['panels'] if panel['type'] != 'row']


def queries():
    """(where, query with variables) of all panels and documents."""
    for name, board in boards().items():
        for panel in panels(board):
            for target in panel['targets']:
                yield f'{name}: {panel["title"]}', target['expr']
    blocks = re.findall('```promql\n(.*?)```', read(REPO + '/docs/metrics.md'),
                        re.S)
    for line in ''.join(blocks).splitlines():
        if line.split('#')[0].strip():
            yield 'docs/metrics.md', line.split('#')[0].strip()


def rules():
    for path in RULES:
        for group in yaml.safe_load(read(path))['groups']:
            yield from group['rules']


def filled(query, **values):
    for name, value in {**VARIABLES, **values}.items():
        query = re.sub(r'\$%s\b' % name, value, query)
    assert '$' not in query, query
    return query


def has_data(prometheus, query):
    return any(result['value'][1] != 'NaN'
               for result in prometheus.query(query))


# --- the shipped files ------------------------------------------------------

def test_the_rules_do_what_their_tests_say():
    done = subprocess.run(
        ['promtool', 'test', 'rules', REPO + '/t/data/prometheus/rules_test.yml',
         REPO + '/t/data/prometheus/alerts_test.yml'], capture_output=True,
        text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_has_a_test_and_a_page_to_read():
    tests = yaml.safe_load(read(REPO + '/t/data/prometheus/alerts_test.yml'))
    fired = {test['alertname'] for case in tests['tests']
             for test in case['alert_rule_test'] if test.get('exp_alerts')}
    alerts = {rule['alert']: rule for rule in rules() if 'alert' in rule}
    assert set(alerts) == fired
    headings = re.findall('^### (.*)$', read(REPO + '/docs/operations.md'),
                          re.M)
    for name, rule in alerts.items():
        assert name in headings
        assert rule['annotations']['runbook_url'] \
            == f'docs/operations.md#{name.lower()}'


# The members that Grafana's documents name for these files
# (docs/sources/administration/provisioning, kinds/dashboard).
PROVISIONED = {
    'datasources': ({'name', 'type', 'access'},
                    {'orgId', 'uid', 'url', 'basicAuth', 'isDefault',
                     'jsonData', 'secureJsonData', 'version', 'editable'}),
    'providers': ({'name', 'type', 'options'},
                  {'orgId', 'folder', 'folderUid', 'disableDeletion',
                   'updateIntervalSeconds', 'allowUiUpdates'})}
JSON_DATA = {'httpMethod', 'timeInterval', 'prometheusType',
             'prometheusVersion', 'manageAlerts'}
BOARD = {'uid': str, 'title': str, 'description': str, 'tags': list,
         'schemaVersion': int, 'version': int, 'editable': bool,
         'graphTooltip': int, 'timezone': str, 'refresh': str, 'time': dict,
         'templating': dict, 'annotations': dict, 'links': list,
         'panels': list}
PANEL = {'id', 'type', 'title', 'description', 'datasource', 'gridPos',
         'targets', 'fieldConfig', 'options', 'transformations', 'collapsed',
         'panels'}


@pytest.mark.parametrize('kind, of', [('datasources', 'datasources'),
                                      ('dashboards', 'providers')])
def test_provisioning(kind, of):
    file = yaml.safe_load(
        read(f'{REPO}/conf/grafana/provisioning/{kind}/cctv.yml'))
    assert set(file) == {'apiVersion', of} and file['apiVersion'] == 1
    required, allowed = PROVISIONED[of]
    for entry in file[of]:
        assert required <= set(entry) <= required | allowed
        assert set(entry.get('jsonData', {})) <= JSON_DATA
        assert set(entry.get('options', {})) <= {
            'path', 'foldersFromFilesStructure'}


@pytest.mark.parametrize('name', boards())
def test_a_dashboard_has_the_members_that_grafana_documents(name):
    board = boards()[name]
    assert {key: type(value) for key, value in board.items()} == BOARD
    assert name == board['uid'] + '.json' and 8 <= len(board['uid']) <= 40
    known = {variable['name'] for variable in board['templating']['list']}
    cells = set()
    ids = [panel['id'] for panel in board['panels']]
    assert len(set(ids)) == len(ids)
    for panel in board['panels']:
        assert set(panel) <= PANEL
        place = panel['gridPos']
        assert place['x'] + place['w'] <= 24
        taken = {(x, y) for x in range(place['x'], place['x'] + place['w'])
                 for y in range(place['y'], place['y'] + place['h'])}
        assert not cells & taken, panel['title']
        cells |= taken
    for panel in panels(board):
        assert set(panel['fieldConfig']) == {'defaults', 'overrides'}
        for target in panel['targets']:
            used = set(re.findall(r'\$(\w+)', target['expr']))
            assert used <= known | {'__rate_interval'}
            assert target['datasource'] == {'type': 'prometheus',
                                            'uid': '${datasource}'}


def test_the_link_of_the_map_page_opens_one_camera():
    install = read(REPO + '/docs/install.md')
    (board,) = re.findall(r'grafana\.example\.org/d/([\w-]+)\?var-camera='
                          r'\{camera\}', install)
    (variable,) = [each for each in
                   boards()[board + '.json']['templating']['list']
                   if each['name'] == 'camera']
    assert variable['type'] == 'query'


# --- with data --------------------------------------------------------------

def exposed(httpd):
    """The names of all samples, and of those that have not been counted yet."""
    found = scrape(httpd)
    return {name for name, _ in found.samples} | {
        family.name + suffix for family in found.families
        for suffix in ('', '_total', '_bucket', '_count', '_sum')}


def test_each_query_gets_data(httpd, prometheus):
    names = exposed(httpd)
    # Another part of the module brings them.
    late = {'cctv_events_written_total', 'cctv_events_dropped_total'} - names
    asked = [(where, query) for where, query in queries()
             if not late & set(NAME.findall(query))]
    assert len(asked) > 70
    for where, query in asked:
        wait_for(lambda: has_data(prometheus, filled(query)),
                 f'{where}: data for {query}', 30 * SLOWNESS)
    one = [query for _, query in asked if '$camera' in query]
    assert len(one) > 10
    for query in one:
        wait_for(lambda: has_data(prometheus, filled(query, camera='1')),
                 f'data for {query} of one camera', 30 * SLOWNESS)


def test_rules_name_metrics_that_exist(httpd, prometheus):
    names = exposed(httpd) | {'cctv_events_dropped_total',
                              'cctv_events_written_total'}
    for rule in rules():
        assert set(NAME.findall(re.sub(r'"[^"]*"|\b\w+:cctv\w+:\w+', '',
                                       rule['expr']))) <= names, rule['expr']
    health = json.loads(prometheus.get('/api/v1/rules'))['data']['groups']
    found = [rule for group in health for rule in group['rules']]
    assert len(found) == len(list(rules()))

    def evaluated():
        again = json.loads(prometheus.get('/api/v1/rules'))['data']['groups']
        return all(rule['health'] == 'ok' for group in again
                   for rule in group['rules'])
    wait_for(evaluated, 'all rules are evaluated', 20 * SLOWNESS)
    # A server that works causes no alarm.
    assert prometheus.query(
        'ALERTS{alertstate="firing", severity="critical"}') == []


def test_recorded_views_are_those_that_started(httpd, prometheus):
    """promtool tests the rules exactly. Here scrapes may be late, so that
    increase() extrapolates, and evaluations may be left out."""
    def is_near():
        recorded = prometheus.value(
            'sum(sum_over_time(country:cctv_views:increase1h[1h]))')
        started = scrape(httpd).sum('webrtc_view_start_total')
        assert not recorded or recorded <= 4 * started
        return recorded and recorded >= started / 10
    wait_for(is_near, 'recorded views', 40 * SLOWNESS)


@pytest.mark.parametrize('path', DASHBOARDS, ids=os.path.basename)
def test_a_picture_of_each_dashboard(prometheus, tmp_path, path):
    """CCTV_PICTURES names a folder that keeps them, after some minutes."""
    seconds = float(os.environ.get('CCTV_PICTURES_SECONDS', 0))
    folder = os.environ.get('CCTV_PICTURES', tmp_path)
    until = time.monotonic() + seconds
    wait_for(lambda: time.monotonic() >= until, 'load', seconds + 1)
    board = json.loads(read(path))
    picture = f'{folder}/{board["uid"]}.svg'
    done = subprocess.run(
        [REPO + '/tools/dashboard_picture.py',
         f'http://127.0.0.1:{prometheus.port}', path, picture,
         '__rate_interval=5s', f'seconds={seconds or 20}'],
        capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout in ('', 'no data: Lines of the event log\n')
    drawn = ElementTree.parse(picture).getroot()
    texts = {each.text for each in drawn.iter() if each.text}
    assert {panel['title'] for panel in panels(board)} <= texts


def test_created_samples_are_in_openmetrics_only(httpd, prometheus):
    found = scrape(httpd, Accept='application/openmetrics-text; version=1.0.0')
    created = {name for name, _ in found.samples if name.endswith('_created')}
    kinds = {family.name: family.type for family in found.families}
    counted = {name for name, kind in kinds.items()
               if kind in ('counter', 'histogram')}
    # Each has them, if it has samples at all.
    shown = {re.sub('_(total|bucket|count|sum)$', '', name)
             for name, _ in found.samples} & counted
    assert {name[:-len('_created')] for name in created} == shown
    started = found.sum('cctv_start_time_seconds')
    for (name, _), value in found.samples.items():
        if name.endswith('_created'):
            assert started - 1 <= value, name
    older = httpd.get('/metrics', {'Accept': 'text/plain'})
    assert b'_created' not in older.body
    # Prometheus 2.42 stores them as series of their own.
    wait_for(lambda: prometheus.value('count(webrtc_view_start_created)'),
             'created samples', 20 * SLOWNESS)
