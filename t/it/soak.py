#!/usr/bin/python3
"""make soak - 100,000 views that end in all ways, while Apache is reloaded, its
children are killed with -9, and it is stopped and started: each start has one
end, none comes twice. Then the program of a piped log is halted for 30 s: no
request takes longer than usual. Then 20,000 views end at once: no end is lost;
before that the admin's view is asked about all of them.

    VIEWS=100000 HALT=30 t/it/namespace.sh /usr/bin/python3 t/it/soak.py
"""

import http.client
import json
import os
import random
import signal
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from api import dbd
from env import Httpd, process_halted, wait_for
from metrics import scrape
from postgres import Postgres
from views import ENDPOINTS, JSON, set_cameras
from watchers import (Watchers, assert_pairs, kill_a_child, lines, of_views,
                      reader_of)

VIEWS = int(os.environ.get('VIEWS', '100000'))
HALT = float(os.environ.get('HALT', '30'))
CAMERAS = 20
AT_ONCE = 20000
CONFIG = ('StartServers 3\nServerLimit 3\nThreadsPerChild 8\n'
          'MaxRequestWorkers 24\nMinSpareThreads 1\nMaxSpareThreads 24\n'
          'CCTVEventLog events.log\n'
          'CCTVEventLog "|/bin/sh -c \'exec cat >> {folder}/piped.log\'"\n'
          'CCTVStateFile state/views\nCCTVStateInterval 1s\n'
          'CCTVSessionTimeout 5s\nCCTVRoles public\n'
          '<Location "/admin">\nSetHandler cctv-admin\n</Location>\n')


def say(text):
    print(f'{time.strftime("%H:%M:%S")} {text}', flush=True)


def deny(httpd, cluster):
    """An operator ends the views of a camera, and those of another one end
    because its viewers may no longer see it."""
    kicked, hidden = random.sample(range(1, CAMERAS + 1), 2)
    try:
        httpd.ask('POST', '/admin/kick', JSON,
                  json.dumps({'camera': kicked, 'seconds': 1}))
    except (OSError, http.client.HTTPException):
        # The child was killed.
        pass
    cluster.query("UPDATE cameras SET role = CASE id WHEN %s THEN 'hidden' "
                  "ELSE 'public' END WHERE id = %s OR role <> 'public'",
                  [hidden, hidden])


def disturb(httpd, watchers, cluster):
    """Kills children, reloads and denies cameras while the watchers are busy."""
    kills = reloads = restarts = 0
    while watchers.is_running():
        time.sleep(0.5)
        deny(httpd, cluster)
        turn = kills + reloads + restarts
        if turn % 12 == 11:
            with httpd.ending():
                httpd.stop()
            httpd.start(httpd.port)
            restarts += 1
        elif turn % 3 == 2:
            httpd.restart(signal.SIGUSR1)
            reloads += 1
        else:
            kill_a_child(httpd)
            kills += 1
    return kills, reloads, restarts


def count_all(httpd, started):
    """Waits until all views are over, and checks them in both logs."""
    def all_over():
        found = of_views(lines(httpd))
        return len(found) >= started and all(
            len(both) == 2 for both in found.values())
    wait_for(all_over, 'all views are over', 120)
    ends = assert_pairs(lines(httpd))
    say(f'{len(ends)} views in the file: ' + ', '.join(
        f'{reason} {[end["reason"] for end in ends].count(reason)}'
        for reason in sorted({end['reason'] for end in ends})))
    return ends


def measure(httpd, seconds):
    """The times of requests of watchers that run for so long: ms."""
    with Watchers(httpd, 4, 1 << 30, CAMERAS) as watchers:
        time.sleep(seconds)
    times = sorted(watchers.seconds)
    return (len(times), 1000 * statistics.median(times),
            1000 * times[int(len(times) * 0.99)], 1000 * times[-1])


def tell(name, figures):
    say('{}: {} requests, median {:.2f} ms, p99 {:.2f} ms, longest {:.0f} ms'
        .format(name, *figures))


def fill(httpd):
    """Starts views, and leaves them alone."""
    def start(which):
        connection = httpd.connection()
        for number in range(which, AT_ONCE, 8):
            connection.request('POST', '/view-start', json.dumps(
                {'camera_id': number % CAMERAS + 1}), JSON)
            reply = connection.getresponse()
            reply.read()
            assert reply.status == 201, reply.status
        connection.close()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(start, range(8)))


def kick(httpd):
    def kick_camera(camera):
        reply = httpd.ask('POST', '/admin/kick', JSON, json.dumps(
            {'camera': camera, 'seconds': 60}))
        assert reply.status == 200, reply.body
    with ThreadPoolExecutor(CAMERAS) as pool:
        list(pool.map(kick_camera, range(1, CAMERAS + 1)))


def end_at_once(cluster):
    httpd = Httpd(CONFIG.replace('Timeout 5s', 'Timeout 600s')
                  + 'CCTVMaxSessions 30000\n' + dbd(cluster) + ENDPOINTS)
    try:
        cluster.query("UPDATE cameras SET role = 'public'")
        httpd.start()
        fill(httpd)
        for path in ('', '/cameras', '/views?limit=1000', '/users'):
            began = time.monotonic()
            reply = httpd.get('/admin' + path)
            say(f'/cctv-admin/api{path} with {AT_ONCE} views: '
                f'{1000 * (time.monotonic() - began):.0f} ms, '
                f'{len(reply.body)} bytes')
        began = time.monotonic()
        kick(httpd)
        say(f'all were kicked within {time.monotonic() - began:.2f} s')
        ends = count_all(httpd, AT_ONCE)
        assert len(ends) == AT_ONCE
        say(f'all ends were written after {time.monotonic() - began:.1f} s')
        assert scrape(httpd).sum('cctv_events_dropped_total') == 0
    finally:
        httpd.stop()
        httpd.remove()


def main():
    cluster = Postgres()
    httpd = Httpd(CONFIG + dbd(cluster) + ENDPOINTS)
    try:
        set_cameras(cluster, *[{'role': 'public'} for _ in range(CAMERAS)])
        httpd.start()
        with Watchers(httpd, 8, VIEWS, CAMERAS) as watchers:
            say('{} kills, {} reloads, {} stops'.format(
                *disturb(httpd, watchers, cluster)))
        say(f'{watchers.started} views have started')
        count_all(httpd, watchers.started)
        # Refusals, which clients of a denied camera cause in numbers.
        say('{:.0f} events of refusals were dropped'.format(
            scrape(httpd).sum('cctv_events_dropped_total')))
        wait_for(lambda: sum(map(len, of_views(lines(
            httpd, 'piped.log')).values())) >= 2 * len(of_views(lines(httpd))),
            'the program has all events of views', 60)
        assert_pairs(lines(httpd, 'piped.log'))
        say('each view has one start and one end, in both logs')

        tell('the program reads', measure(httpd, HALT / 2))
        with process_halted(reader_of(httpd)):
            tell('the program is halted', measure(httpd, HALT))
        tell('the program reads again', measure(httpd, HALT / 2))
        say(f'{scrape(httpd).sum("cctv_events_dropped_total"):.0f} events '
            'were dropped for it')
        end_at_once(cluster)
    finally:
        httpd.stop()
        httpd.remove()
        cluster.remove()


if __name__ == '__main__':
    main()
