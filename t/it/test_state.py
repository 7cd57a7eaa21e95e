"""Views and counters over a restart: after a clean stop both are exact, after a
crash views go on and counters start at zero."""

import functools
import os
import re
import signal
import time

import pytest

from api import ONE_CHILD, add_cameras
from crowd import Account, Crowd, assert_within
from env import SLOWNESS, wait_for
from metrics import OPENMETRICS, scrape
from postgres import DOWN
from preload import preloading
from state import CAMERAS, COUNTERS, STATE, assert_all_zero, beats, counted, \
    edit, launch, live, make_old, state_file, wait_until_saved, watch
from video import Watcher
from views import Viewer, set_cameras, virtual_host


@pytest.fixture
def serve(database, start):
    """serve(…) → an Apache with cameras 1 to 6 and a state file."""
    add_cameras(database, *[{}] * CAMERAS)
    return functools.partial(launch, start, database)


def stop_by(httpd, number):
    with httpd.ending():
        httpd.process.send_signal(number)
        httpd.process.wait(20 * SLOWNESS)


# --- a clean stop --------------------------------------------------------

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
    """All answered starts are counted, and none that was not sent."""
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
    # The reloads left no state file that is marked as clean.
    assert_all_zero(httpd)
    assert set(beats(httpd, sessions)) == {200}


def test_times_of_counters_and_heartbeats_over_a_reload_and_a_stop(serve):
    def look():
        found = scrape(httpd, Accept=OPENMETRICS)
        return found, set(found.series('webrtc_view_start_created'))
    httpd = serve('CCTVMetricsCreated on\n')
    sessions = watch(httpd)
    sent = look()[0].sum('cctv_heartbeats_total')
    assert set(beats(httpd, [*sessions, 'none'])) == {200, 404}
    before, created = look()
    assert before.sum('cctv_heartbeats_total') == sent + len(sessions) > 14
    assert created == set(before.series('webrtc_view_start_total'))
    httpd.reload(signal.SIGUSR1)
    again, kept = look()
    assert kept == created
    times = ('cctv_server_start_time_seconds', 'cctv_start_time_seconds')
    for name in (*times, 'cctv_heartbeats_total', 'cctv_heartbeats_created'):
        assert again.sum(name) == before.sum(name)
    httpd.stop()
    httpd.start()
    again, kept = look()
    assert again.sum(times[0]) > before.sum(times[0])
    for name in (times[1], 'cctv_heartbeats_total', 'cctv_heartbeats_created'):
        assert again.sum(name) == before.sum(name)
    # Prometheus knows these label sets.
    assert not kept
    Viewer(httpd, User_Agent='curl/8').start(CAMERAS)
    assert len(look()[1]) == 1


def test_state_of_all_virtual_hosts(serve):
    names = ('one', 'two')
    httpd = serve(''.join(virtual_host(name) for name in names))
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


SELDOM = STATE.replace('Interval 1s', 'Interval 60min')


@pytest.fixture
def dying(tmp_path):
    """When {folder}/state/die exists, the next process that writes the state
    file dies."""
    return preloading(tmp_path, 'die_in_save')


@pytest.fixture
def hanging(tmp_path):
    """While {folder}/state/hang exists, writing the state file hangs."""
    return preloading(tmp_path, 'hang_in_save')


def let_die(httpd):
    open(httpd.folder + '/state/die', 'w').close()


def test_process_that_dies_at_the_start_does_not_count_twice(serve, dying):
    httpd = serve(SELDOM, state='', wrapper=dying)
    watch(httpd)
    httpd.stop()
    let_die(httpd)
    httpd.start()
    httpd.expect('CCTV0041')
    assert scrape(httpd).sum('webrtc_view_start_total') is None
    httpd.kill()
    httpd.start()
    assert scrape(httpd).sum('webrtc_view_start_total') is None


def test_a_hung_disk_stops_no_other_background_work(cluster, start, video,
                                                    hanging):
    """Viewers are counted in the background."""
    set_cameras(cluster, {})
    httpd = start(ONE_CHILD + video.server(cluster, STATE), wrapper=hanging)
    viewer = Watcher(httpd)
    with viewer.kept():
        session = viewer.play()
        wait_until_saved(httpd)
        open(httpd.folder + '/state/hang', 'w').close()
        wait_for(lambda: os.path.exists(state_file(httpd) + '.new'),
                 'a state is being written', 10 * SLOWNESS)
        viewer.play()
        wait_for(lambda: viewer.post('heartbeat', session_id=session)
                 .json()['viewers'] == 2, 'both are counted', 10 * SLOWNESS)
        os.remove(httpd.folder + '/state/hang')
        viewer.end_all()


def test_process_that_dies_at_the_stop_is_told(serve, dying):
    httpd = serve(SELDOM, state='', wrapper=dying)
    watch(httpd)
    let_die(httpd)
    httpd.stop()
    httpd.expect('CCTV0035')
    assert httpd.text().count('CCTV0035') == 1
    httpd.start()
    assert_all_zero(httpd)


def test_watchdog_survives_its_child(serve):
    """The process that writes the state file and frees ended views."""
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
