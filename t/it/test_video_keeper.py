"""The keeper's work on mountpoints and views during faults: a camera that
hangs while its mountpoint is destroyed, and a Janus that is no longer
configured."""

import signal
import time

import pytest

from api import ONE_CHILD, dbd
from env import SLOWNESS, wait_for
from janus_double import slow
from metrics import scrape
from postgres import MOD_DBD, halted
from video import (ENDPOINTS, JANUS_DOWN, OFFLINE, Watcher, problem, status_of,
                   until_gone)
from views import set_cameras

SIZES = ('StartServers 2\nServerLimit 2\nThreadsPerChild 25\n'
         'MaxRequestWorkers 50\nMinSpareThreads 1\nMaxSpareThreads 50\n')
STATE = 'CCTVStateFile "{folder}/state/cctv.state"\n'
HANGING = range(2, 7)


def test_cameras_that_hang_at_their_end_block_one_after_the_other(
        cluster, start, video):
    """Janus blocks all viewers while it destroys such a mountpoint."""
    set_cameras(cluster, *[{}] * 7)
    janus = video.janus
    httpd = start(SIZES + video.server(cluster, IdleTimeout='1s'))
    httpd.expect(*JANUS_DOWN, 'CCTV0060')
    viewer = Watcher(httpd)
    for camera in HANGING:
        viewer.end(viewer.play(camera))
    since = len(janus.calls)
    with janus.fault(slow(3), 'message:destroy'):
        wait_for(lambda: 'CCTV0060' in httpd.text(), 'one has hung',
                 30 * SLOWNESS)
        # To destroy all five would take 15 s.
        end = time.monotonic() + 12
        wait_for(lambda: time.monotonic() > end, 'some time', 20)
    assert len(janus.of('message:destroy', since)) == 1
    session = viewer.play(1)
    assert viewer.video(session) == 'live'
    viewer.end_all()
    # Janus outlives this server, which has to destroy its sessions first.
    until_gone(janus, 10)


def test_status_is_told_while_a_mountpoint_hangs(cluster, start, video):
    """Views are kept alive, ended ones are destroyed, and a dead connection is
    noticed meanwhile."""
    set_cameras(cluster, *[{}] * 7)
    janus = video.janus
    httpd = start(SIZES + video.server(cluster, IdleTimeout='1s'))
    httpd.expect(*JANUS_DOWN, 'CCTV0060')
    viewer = Watcher(httpd)
    session = viewer.play(1)
    viewer.end(viewer.play(2))
    since = len(janus.calls)
    with janus.fault(slow(12), 'message:destroy'):
        wait_for(lambda: janus.of('message:destroy', since), 'it hangs',
                 30 * SLOWNESS)
        viewer.end(viewer.play(3))
        wait_for(lambda: not [each for each in janus.watchers(3)],
                 'its Janus session is destroyed', 3 * SLOWNESS)
        (handle,) = janus.watchers(1)
        janus.hang_up(handle)
        wait_for(lambda: viewer.video(session) in ('gone', 404),
                 'its viewer hears of it', 7 * SLOWNESS)
    viewer.end_all()


@pytest.mark.parametrize('how', ['graceful', 'reload', 'restart'])
def test_views_end_where_janus_is_not_configured_any_more(
        cluster, start, video, how):
    set_cameras(cluster, {})
    httpd = start(SIZES + STATE + video.server(
        cluster, 'CCTVSessionTimeout 60s\n'))
    viewer = Watcher(httpd)
    session = viewer.play()
    whep = httpd.ask('POST', '/whep/1', {'Content-Type': 'application/sdp'})
    assert whep.status == 406
    httpd.config = SIZES + dbd(cluster, user='cctv_video') + ENDPOINTS.replace(
        'cctv-whep', 'cctv-health').replace('cctv-view-answer', 'cctv-health')
    httpd.config += STATE
    if how == 'restart':
        httpd.stop()
        httpd.start(httpd.port)
    else:
        httpd.write_config(httpd.port)
        httpd.reload(signal.SIGUSR1 if how == 'graceful' else signal.SIGHUP)
    wait_for(lambda: viewer.beat(session) == 404, 'its view has ended',
             4 * SLOWNESS)
    wait_for(lambda: scrape(httpd).sum('cctv_sessions') == 0,
             'all have ended', 4 * SLOWNESS)
    # The WHEP view was never answered.
    assert scrape(httpd).sum('cctv_sessions_ended_total',
                             reason='media_gone') == 1
    assert scrape(httpd).sum('webrtc_view_start_total') == 1


def test_status_of_a_camera_whose_codec_was_put_right(cluster, start, video):
    """It has sent packets all the time."""
    number = 9
    set_cameras(cluster, {'id': number, 'codec': 'H.264'})
    video.janus.camera(number).codec = 'H265'
    httpd = start(ONE_CHILD + video.server(cluster))
    viewer = Watcher(httpd)
    try:
        problem(viewer.post('view-start', camera_id=number), 503, OFFLINE,
                'H.265')
        wait_for(lambda: status_of(cluster, number) == 'offline', 'it is told',
                 5 * SLOWNESS)
        # By now the keeper has seen that it sends packets.
        time.sleep(5)
        cluster.query("UPDATE cameras SET codec = 'H.265'")
        wait_for(lambda: viewer.post('view-start', camera_id=number,
                                     codecs=['h265']).status == 201,
                 'it plays', 10 * SLOWNESS)
        wait_for(lambda: status_of(cluster, number) == 'online', 'that is told',
                 5 * SLOWNESS)
    finally:
        video.janus.camera(number).codec = 'H264'


def test_slow_database_holds_up_no_view(cluster, start, video):
    """Views are kept alive while the database hangs."""
    set_cameras(cluster, {}, {})
    janus = video.janus
    httpd = start(SIZES + video.server(cluster, 'CCTVQueryTimeout 20s\n'))
    httpd.expect('CCTV00', *MOD_DBD)
    viewer = Watcher(httpd)
    session = viewer.play(2)
    (handle,) = janus.watchers(2)
    since = len(janus.calls)
    with halted(cluster):
        end = time.monotonic() + 13
        while time.monotonic() < end:
            assert viewer.video(session) == 'live'
            time.sleep(0.5)
    times = [call.at for call in janus.of('keepalive', since)
             if str(handle.session.id) in call.path]
    gaps = [b - a for a, b in zip(times, times[1:])]
    assert len(times) >= 2 and max(gaps) < 7 * SLOWNESS, gaps
    viewer.end_all()
