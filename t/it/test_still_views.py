"""Views of transport `still`: viewers who see still pictures, not video."""

import pytest

from api import ONE_CHILD, location
from env import SLOWNESS, wait_for
from metrics import scrape
from test_catalogue import catalogue, wait_for_generation
from video import Watcher, offer_of, problem
from views import set_cameras, virtual_host
from watchers import events_of

NO_VIDEO = {'stream_url': 'http://h/a.mjpg', 'codec': 'MJPEG'}
STILL, BOTH, VIDEO, HIDDEN = range(1, 5)
CAMERAS = (NO_VIDEO, {}, {}, {'role': 'police', **NO_VIDEO})
CONFIG = (ONE_CHILD + 'CCTVEventLog events.log\nCCTVMaxViewers 1\n'
          'CCTVMaxViewersPerCamera 1\nCCTVRoles "public"\n')
WAYS = ('none', 'server', 'whep', 'proxy', 'still')


@pytest.fixture(scope='module')
def config(cluster, video):
    set_cameras(cluster, *CAMERAS)
    cluster.query("UPDATE cameras SET still_url = 'http://127.0.0.1:9/a.jpg' "
                  'WHERE id <> %s', [VIDEO])
    return CONFIG + location() + video.server(cluster)


@pytest.fixture(scope='module')
def httpd(config, start_shared):
    return start_shared(config + virtual_host('localhost') + virtual_host(
        'few', 'CCTVMaxSessionsPerClient 2'))


@pytest.fixture
def viewer(httpd):
    made = Watcher(httpd)
    yield made
    made.end_all()


def see(viewer, camera, status=201):
    """The answer to the start of a view of still pictures."""
    reply = viewer.post('view-start', camera_id=camera, transport='still')
    assert reply.status == status, reply.body
    if status == 201:
        viewer.sessions.append(reply.json()['session_id'])
    return reply.json()


def test_it_starts_lives_and_ends_as_others_do(httpd, viewer, video):
    for camera in (STILL, BOTH):
        said = see(viewer, camera)
        assert set(said) == {'session_id', 'camera_id', 'heartbeat_seconds',
                             'timeout_seconds', 'viewers'}
        assert (said['camera_id'], said['viewers']) == (camera, 1)
    session = said['session_id']
    reply = viewer.post('heartbeat', session_id=session,
                        stats={'first_picture_ms': 120})
    assert reply.status == 200
    assert set(reply.json()) == {'watched_seconds', 'viewers'}
    wait_for(lambda: viewer.watched(session) > 0, 'its time counts')
    # There is no offer to be answered.
    assert viewer.answer({'session_id': session}, 'v=0').status == 404
    metrics = scrape(httpd)
    for camera in (STILL, BOTH):
        assert metrics.sum('webrtc_viewers_gauge', camera_id=str(camera)) == 1
    for way in WAYS:
        assert metrics.sum('cctv_sessions_by_transport',
                           transport=way) == (2 if way == 'still' else 0)
    assert metrics.sum('cctv_first_picture_seconds_count',
                       transport='still') == 1
    viewer.end_all()
    assert scrape(httpd).sum('webrtc_viewers_gauge', camera_id=str(BOTH)) == 0
    events = [event for event in events_of(httpd, 4) if 'view' in event]
    assert {event['transport'] for event in events} == {'still'}
    last = events[-1]
    assert (last['event'], last['reason'], last['answered'],
            last['watched_seconds'] > 0) == ('end', 'ended', True, True)
    assert last.get('first_picture_seconds', 0.12) == 0.12
    assert not video.janus.viewers()


def test_who_may_not_see_it_or_sees_nothing_starts_no_view(viewer):
    for camera in (HIDDEN, 99, 0):
        see(viewer, camera, 404)
    assert 'no still picture' in see(viewer, VIDEO, 409)['detail']
    # Without "transport" it is a view of video.
    assert viewer.post('view-start', camera_id=STILL).status == 409


@pytest.mark.parametrize('members', [
    {'transport': 'server'}, {'transport': 1}, {'transport': None},
    {'transport': 'still', 'sdp': offer_of('firefox')},
    {'transport': 'still', 'signalling': 'janus'}])
def test_what_is_wrong_is_said(viewer, members):
    problem(viewer.post('view-start', camera_id=BOTH, **members), 400,
            'about:blank', '"transport"')


def test_limits_of_video_do_not_count_it_and_those_of_views_do(httpd, viewer):
    viewer.play(BOTH)
    # There may be one viewer of video.
    assert viewer.post('view-start', camera_id=VIDEO).status == 503
    see(viewer, BOTH)
    few = Watcher(httpd, 'few')
    see(few, STILL)
    see(few, BOTH)
    see(few, STILL, 429)
    assert few.post('view-start', camera_id=BOTH).status == 429
    few.end_all()
    see(few, STILL)
    few.end_all()


def test_it_ends_when_the_camera_hides_or_loses_its_picture(
        httpd, viewer, cluster):
    for camera, change, back in (
            (STILL, "role = 'police'", "role = 'public'"),
            (BOTH, 'still_url = NULL', "still_url = 'http://127.0.0.1:9/a'")):
        session = see(viewer, camera)['session_id']
        other = see(viewer, STILL if camera == BOTH else BOTH)['session_id']
        denied = 'cctv_sessions_ended_total'
        before = scrape(httpd).sum(denied, reason='denied')
        cluster.query(f'UPDATE cameras SET {change} WHERE id = %s', [camera])
        wait_for(lambda: viewer.beat(session) == 404, 'it has ended',
                 20 * SLOWNESS)
        cluster.query(f'UPDATE cameras SET {back} WHERE id = %s', [camera])
        assert scrape(httpd).sum(denied, reason='denied') == before + 1
        # That of a camera without video goes on, though it is not playable.
        assert viewer.beat(other) == 200
        viewer.end_all()


def test_the_catalogue_knows_who_has_a_still_picture(config, start):
    httpd = start(config + catalogue())
    wait_for_generation(httpd)
    viewer = Watcher(httpd)
    see(viewer, STILL)
    see(viewer, VIDEO, 409)
    see(viewer, HIDDEN, 404)
    # It goes on over a reload, which takes a new process.
    httpd.restart(10)
    wait_for(lambda: viewer.beat(viewer.sessions[0]) == 200, 'it goes on',
             10 * SLOWNESS)
    assert scrape(httpd).sum('cctv_sessions_by_transport',
                             transport='still') == 1
