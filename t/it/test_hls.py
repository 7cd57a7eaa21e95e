"""CCTVBrowserHls: cameras whose HLS browsers play by themselves."""

import json
import signal

import pytest

from api import dbd, location
from env import SLOWNESS, wait_for
from metrics import scrape
from test_catalogue import catalogue, wait_for_generation
from test_clusters import total
from views import ENDPOINTS, JSON, Viewer, set_cameras, virtual_host

ROLES = 'CCTVRoles "%{req:X-Roles}"'
SECRET = 'inside.example'
URL = f'https://{SECRET}/live/index.m3u8'
HLS, TOKEN, HIDDEN, BOTH, RTSP, PLAIN, LOGIN, OTHER, LOOKS = range(1, 10)
CAMERAS = (
    {'name': 'HLS', 'stream_url': URL, 'codec': None},
    {'name': 'Token', 'codec': 'H.264',
     'stream_url': f'HTTPS://{SECRET}:8443/a/b.M3U8?token=x&v=1#t'},
    {'name': 'Hidden', 'stream_url': URL, 'role': 'police'},
    {'name': 'Both', 'stream_url': URL},
    {'name': 'RTSP'},
    {'name': 'Not encrypted', 'stream_url': f'http://{SECRET}/live.m3u8'},
    {'name': 'With a login', 'stream_url': f'https://{SECRET}/live.m3u8?q=a'},
    {'name': 'Other', 'stream_url': f'https://{SECRET}/live.mpd?x=.m3u8'},
    {'name': 'Placeholder',
     'stream_url': f'https://{SECRET}/live.m3u8?user={{user}}'},
)
PLAYED = {HLS, TOKEN, HIDDEN, BOTH}


@pytest.fixture(scope='module')
def cameras(cluster):
    set_cameras(cluster, *CAMERAS)
    cluster.query("UPDATE cameras SET sub_stream_url = 'rtsp://10.0.0.1/sub' "
                  f'WHERE id = {BOTH}')
    # As if an admin had said that it is no login.
    cluster.query('UPDATE cameras SET login_check_waived = true, stream_url = '
                  f"'https://{SECRET}/live.m3u8?user=anna' WHERE id = {LOGIN}")


@pytest.fixture(scope='module')
def config(cluster):
    return (dbd(cluster, user='cctv_video') + catalogue() + ENDPOINTS
            + location() + location(ROLES, path='/roles')
            + location(path='/api/clusters').replace('cameras', 'clusters')
            + '<Location "/roles-start">\nSetHandler cctv-view-start\n'
            + ROLES + '\n</Location>\n'
            + virtual_host('localhost')
            + virtual_host('direct', 'CCTVCatalogue off'))


@pytest.fixture(scope='module')
def httpd(config, cameras, start_shared):
    started = start_shared(config + 'CCTVBrowserHls on\n'
                           'CCTVMaxViewersPerCamera 2\n')
    wait_for_generation(started)
    return started


@pytest.fixture(scope='module')
def off(config, cameras, start_shared):
    started = start_shared(config)
    wait_for_generation(started)
    return started


HOSTS = pytest.mark.parametrize('host', ['localhost', 'direct'])


def features(httpd, host, query='', path='/api/cameras', **headers):
    reply = httpd.get(path + query, {'Host': host, **headers})
    assert reply.status == 200, reply.body
    assert SECRET.encode() not in reply.body
    return {feature['id']: feature['properties']
            for feature in reply.json()['features']}


def start(httpd, camera, host='localhost', path='/view-start', roles=None,
          **members):
    return httpd.ask('POST', path, {
        **JSON, 'Host': host, **({'X-Roles': roles} if roles else {})},
        json.dumps({'camera_id': camera, **members}))


@HOSTS
def test_playable_follows(httpd, host):
    found = features(httpd, host)
    assert {id for id, each in found.items() if each['playable']} \
        == PLAYED | {RTSP}
    for camera in (HLS, TOKEN, HIDDEN):
        assert found[camera]['playable_by'] == ['hls']
    assert found[BOTH]['playable_by'] == ['h264', 'hls']
    assert 'playable_by' not in found[RTSP]
    item = httpd.get(f'/api/cameras/{HLS}', {'Host': host})
    assert item.json()['properties'] == found[HLS]
    assert SECRET.encode() not in item.body


@HOSTS
def test_off_is_as_before(off, host):
    found = features(off, host)
    assert {id for id, each in found.items() if each['playable']} \
        == {RTSP, BOTH}
    assert not any('hls' in each.get('playable_by', [])
                   for each in found.values())
    for camera in (HLS, TOKEN):
        reply = start(off, camera, host, codecs=['h264', 'hls'])
        assert reply.status == 409 and SECRET.encode() not in reply.body
    reply = start(off, BOTH, host)
    assert reply.status == 201 and SECRET.encode() not in reply.body


def test_the_catalogue_and_the_database_agree(httpd, off):
    for server in (httpd, off):
        for query in ('', '?playable=true', '?playable=false', '?q=h',
                      '?q=h&playable=true', '?q=o&count=true&playable=false',
                      '?bbox=-1,-1,1,1&playable=true&role=public',
                      '?extent=true&playable=true'):
            answers = [server.get('/api/cameras' + query,
                                  {'Host': host}).json()
                       for host in ('localhost', 'direct')]
            assert answers[0] == answers[1], query
    assert set(features(httpd, 'direct', '?playable=true')) == PLAYED | {RTSP}
    world = '/api/clusters?bbox=-180,-85,180,85&zoom=0'
    for server, playable in ((httpd, len(PLAYED) + 1), (off, 2)):
        reply = server.get(world, {'Host': 'localhost'})
        assert reply.status == 200, reply.body
        assert total(reply.json())[2] == playable


@HOSTS
def test_a_view_gets_the_address_and_counts(httpd, host):
    before = scrape(httpd)
    reply = start(httpd, HLS, host)
    said = reply.json()
    assert reply.status == 201
    assert said['hls'] == {'url': URL} and said['viewers'] == 1
    assert 'sdp' not in said and 'no-store' in reply.headers['Cache-Control']
    viewer = Viewer(httpd, host)
    beat = viewer.post('heartbeat', session_id=said['session_id'],
                       stats={'first_picture_ms': 700})
    assert beat.json()['video'] == 'live' and beat.json()['viewers'] == 1
    wait_for(lambda: viewer.watched(said['session_id']) > 0, 'watched time',
             10 * SLOWNESS)
    now = scrape(httpd)
    assert now.sum('webrtc_viewers_gauge', camera_id=str(HLS)) == 1
    for name in ('webrtc_view_start_total', 'webrtc_view_seconds_total'):
        assert now.sum(name, camera_id=str(HLS)) > (
            before.sum(name, camera_id=str(HLS)) or 0)
    pictures = ('cctv_first_picture_seconds_count', {'transport': 'hls'})
    assert now.sum(pictures[0], **pictures[1]) == (
        before.sum(pictures[0], **pictures[1]) or 0) + 1
    viewer.end(said['session_id'])
    assert scrape(httpd).sum('webrtc_viewers_gauge',
                             camera_id=str(HLS)) in (None, 0)


def test_the_address_is_as_the_table_has_it(httpd):
    reply = start(httpd, TOKEN, codecs=['H265', 'HLS'])
    assert reply.json()['hls']['url'] == CAMERAS[TOKEN - 1]['stream_url']
    Viewer(httpd).end(reply.json()['session_id'])


@pytest.mark.parametrize('camera', [PLAIN, LOGIN, OTHER, LOOKS])
@HOSTS
def test_no_other_address_is_given_away(httpd, host, camera):
    reply = start(httpd, camera, host, codecs=['hls'])
    assert reply.status == 409 and SECRET.encode() not in reply.body


def test_only_who_sees_the_camera_gets_it(httpd, cluster):
    refused = start(httpd, HIDDEN, path='/roles-start', roles='public')
    assert refused.status == 404 and SECRET.encode() not in refused.body
    reply = start(httpd, HIDDEN, path='/roles-start', roles='police')
    assert reply.json()['hls'] == {'url': URL}
    Viewer(httpd).end(reply.json()['session_id'])


def test_the_check_of_roles_leaves_views_of_hls_alone(httpd, cluster):
    viewer = Viewer(httpd)
    view, other = (start(httpd, camera).json()['session_id']
                   for camera in (HLS, BOTH))
    set_role = 'UPDATE cameras SET role = %s WHERE id = %s'
    cluster.query(set_role, ['police', BOTH])
    try:
        wait_for(lambda: viewer.post('heartbeat',
                                     session_id=other).status == 404,
                 'the check has ended the other view', 20 * SLOWNESS)
        assert viewer.post('heartbeat', session_id=view).status == 200
    finally:
        cluster.query(set_role, ['public', BOTH])
    viewer.end(view)


def test_a_catalogue_that_is_late_gives_nothing_away(httpd, off, cluster):
    """The role is read again with the address."""
    for server in (httpd, off):
        server.expect('CCTV0150')
    cluster.query('ALTER TABLE cameras DISABLE TRIGGER ALL')
    try:
        cluster.query("UPDATE cameras SET role = 'police' "
                      f'WHERE id = {TOKEN}')
        reply = start(httpd, TOKEN, path='/roles-start', roles='public')
        assert reply.status == 404 and SECRET.encode() not in reply.body
    finally:
        cluster.query(f"UPDATE cameras SET role = 'public' WHERE id = {TOKEN}")
        cluster.query('ALTER TABLE cameras ENABLE TRIGGER ALL')


def test_who_plays_no_hls_is_told_so(httpd):
    reply = start(httpd, HLS, codecs=['h264', 'vp8'])
    assert reply.status == 422 and reply.json()['type'] == 'urn:cctv:codec'
    assert 'HLS' in reply.json()['detail']
    assert SECRET.encode() not in reply.body


def test_caps_hold(httpd):
    views = [start(httpd, HLS).json()['session_id'] for _ in range(2)]
    reply = start(httpd, HLS)
    assert reply.status == 503 and reply.json()['type'] == 'urn:cctv:busy'
    assert SECRET.encode() not in reply.body
    for view in views:
        Viewer(httpd).end(view)


def test_a_new_address_comes_by_the_journal(httpd, cluster):
    cluster.query("UPDATE cameras SET stream_url = 'https://h/a.mp4' "
                  f'WHERE id = {HLS}')
    try:
        wait_for(lambda: not features(httpd, 'localhost')[HLS]['playable'],
                 'it is not playable', 20 * SLOWNESS)
        assert start(httpd, HLS).status == 409
    finally:
        cluster.query('UPDATE cameras SET stream_url = %s WHERE id = %s',
                      [URL, HLS])
    wait_for(lambda: features(httpd, 'localhost')[HLS]['playable'],
             'it is playable', 20 * SLOWNESS)


def test_what_the_directive_says_holds_at_once(off):
    """The file of the catalogue from before is not used."""
    off.expect('CCTV0141')
    for setting, playable in (('on', PLAYED | {RTSP}), ('off', {RTSP, BOTH})):
        config = off.config.partition('CCTVBrowserHls')[0]
        off.config = f'{config}CCTVBrowserHls {setting}\n'
        off.write_config(off.port)
        off.reload(signal.SIGUSR1)
        for host in ('direct', 'localhost'):
            found = features(off, host)
            assert {id for id, each in found.items()
                    if each['playable']} == playable, (setting, host)
        wait_for(lambda: b'"playable"' in off.get(
            '/api/clusters?bbox=-180,-85,180,85&zoom=0',
            {'Host': 'localhost'}).body, 'the catalogue is there',
            20 * SLOWNESS)
        found = features(off, 'localhost')
        assert {id for id, each in found.items()
                if each['playable']} == playable, setting
