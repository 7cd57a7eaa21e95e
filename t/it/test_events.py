"""Event logs: one line when a view starts and one when it is over."""

import json
import os
import re
import signal

import pytest

from api import ONE_CHILD, dbd
from env import SLOWNESS, process_halted, wait_for
from metrics import scrape
from views import ENDPOINTS, Viewer, set_cameras

LOGS = ('CCTVEventLog events.log\n'
        'CCTVEventLog "|/bin/sh -c \'exec cat >> {folder}/piped.log\'"\n')
NOTES = ('LogFormat "%{cctv_camera}n %{cctv_view}n %{cctv_country}n %U" notes\n'
         'CustomLog access.log notes\n')
STATE = 'CCTVStateFile state/views\nCCTVStateInterval 1s\n'
PUBLIC_ID = re.compile('[0-9a-f]{24}')


def lines(httpd, name='events.log'):
    """The events of a log, each as a dict. Every line has to be complete."""
    path = f'{httpd.folder}/{name}'
    if not os.path.exists(path):
        return []
    with open(path, encoding='utf-8') as log:
        text = log.read()
    assert text == '' or text.endswith('\n')
    return [json.loads(line) for line in text.splitlines()]


def events_of(httpd, count, name='events.log'):
    return wait_for(lambda: len(lines(httpd, name)) >= count
                    and lines(httpd, name), f'{count} events in {name}',
                    10 * SLOWNESS)


def pairs(events):
    """{view: [start, end]}"""
    found = {}
    for event in events:
        if 'view' in event:
            found.setdefault(event['view'], []).append(event)
    return found


def assert_pairs(events, count):
    """Each of so many views has one start, and one end after it."""
    found = pairs(events)
    assert len(found) == count
    for view, both in found.items():
        assert [event['event'] for event in both] == ['start', 'end'], view


def launch(start, cluster, config='', sizes=ONE_CHILD, **options):
    set_cameras(cluster, {'role': 'traffic'}, {}, {'codec': 'MJPEG'})
    return start(sizes + dbd(cluster) + LOGS + config + ENDPOINTS, **options)


@pytest.fixture
def httpd(start, cluster):
    return launch(start, cluster, NOTES + 'CCTVSessionTimeout 3s\n')


def test_a_view_has_a_start_and_an_end_in_every_log(httpd):
    viewer = Viewer(httpd)
    session = viewer.start(1)
    assert viewer.beat(session) == 200
    viewer.end(session)
    viewer.end(session)
    first, last = events_of(httpd, 2)
    assert (first['event'], first['camera'], first['role']) == (
        'start', 1, 'traffic')
    assert first['start'] == first['time'] == last['start']
    assert last['event'] == 'end' and last['reason'] == 'ended'
    assert last['end'] == last['time'] >= last['start']
    assert 0 <= last['watched_seconds'] < 60
    assert first['view'] == last['view']
    assert PUBLIC_ID.fullmatch(first['view'])
    assert first['view'] not in session and session not in json.dumps(last)
    assert (last['country'], last['transport']) == ('unknown', 'none')
    assert 'user' not in last and 'client' not in last
    assert events_of(httpd, 2, 'piped.log') == [first, last]

    # A viewer that goes away without a word, and those who may not watch.
    viewer.start(2)
    assert viewer.post('view-start', camera_id=9).status == 404
    assert viewer.post('view-start', camera_id=3).status == 409
    events = events_of(httpd, 6)
    refused = [event for event in events if event['event'] == 'refused']
    assert [(event['camera'], event['reason']) for event in refused] == [
        (9, 'not_visible'), (3, 'not_playable')]
    gone = next(event for event in events
                if event['event'] == 'end' and event['camera'] == 2)
    assert gone['reason'] == 'expired'
    assert_pairs([event for event in events if event not in refused], 2)

    metrics = scrape(httpd)
    assert metrics.sum('cctv_events_written_total') == 12
    assert metrics.sum('cctv_events_dropped_total') == 0
    with open(httpd.folder + '/access.log', encoding='utf-8') as log:
        noted = log.read().splitlines()
    assert noted[:3] == [f'1 {first["view"]} unknown /{name}' for name in (
        'view-start', 'heartbeat', 'view-end')]
    assert '9 - - /view-start' in noted
    assert '- - - /metrics' in noted
