"""Run by hand: t/it/namespace.sh /usr/bin/python3 t/it/crossed.py [SESSIONS]

Starts and ends that many views by WHEP offers (5,000) from six clients on the
real Janus, while cameras are killed and Janus is restarted. Prints the statuses
and the longest request; fails if Janus hangs or does not recover.

Needs CCTV_MODULE=…/build/mod_cctv.so.
"""

import collections
import contextlib
import json
import sys
import threading
import time

from env import Httpd, wait_for
from lab import Cameras, Janus
from postgres import Postgres
from video import janus_config, offer_of
from views import set_cameras

SDP = {'Content-Type': 'application/sdp'}
CLIENTS = 6
RTP, RTSP, DYING = 1, 2, 3


class Crowd:
    """Clients that start and end views until there were enough."""

    def __init__(self, httpd, sessions):
        self.httpd = httpd
        self.left = sessions
        self.lock = threading.Lock()
        self.statuses = collections.Counter()
        self.longest = 0.0
        # Several payload types, so that there are several templates.
        self.offers = [offer_of(name) for name in (
            'chromium_video', 'firefox', 'gstreamer', 'pion_no_mid')]
        self.threads = [threading.Thread(target=self.run, args=[number])
                        for number in range(CLIENTS)]

    def more(self):
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def run(self, number):
        turn = number
        while self.more():
            turn += 1
            began = time.monotonic()
            reply = self.httpd.ask(
                'POST', f'/whep/{1 + turn % 3}', SDP,
                self.offers[turn % len(self.offers)])
            took = time.monotonic() - began
            with self.lock:
                self.statuses[reply.status] += 1
                self.longest = max(self.longest, took)
            if reply.status == 201:
                self.httpd.ask('DELETE', reply.location())
            else:
                # With a limit, since a camera that has failed is left alone.
                time.sleep(0.05)


def disturb(crowd, janus, dying):
    """Kills the camera and restarts Janus now and then."""
    rounds = 0
    while any(thread.is_alive() for thread in crowd.threads):
        time.sleep(2)
        dying.kill()
        time.sleep(2)
        dying.start()
        rounds += 1
        if rounds % 3 == 0:
            janus.kill()
            time.sleep(0.5)
            janus.start()
    return rounds


def main(sessions):
    with contextlib.ExitStack() as stack:
        def started(thing):
            stack.callback(thing.remove)
            return thing
        cluster = started(Postgres())
        janus = started(Janus())
        rtp, rtsp, dying = (started(Cameras('rtp', 'one')),
                            started(Cameras('rtsp', 'two')),
                            started(Cameras('rtsp', 'three')))
        set_cameras(cluster, {'stream_url': rtp.url()},
                    {'stream_url': rtsp.url('two')},
                    {'stream_url': dying.url('three')})
        httpd = started(Httpd(
            'StartServers 2\nServerLimit 2\nThreadsPerChild 32\n'
            'MaxRequestWorkers 64\nCCTVJanusIdleTimeout 1s\n'
            + janus_config(cluster, janus))).start()
        stack.callback(httpd.stop)
        crowd = Crowd(httpd, sessions)
        began = time.monotonic()
        for thread in crowd.threads:
            thread.start()
        rounds = disturb(crowd, janus, dying)
        for thread in crowd.threads:
            thread.join()
        print(json.dumps({
            'statuses': dict(crowd.statuses), 'cameras killed': rounds,
            'Janus restarted': rounds // 3,
            'longest request': round(crowd.longest, 2),
            'seconds': round(time.monotonic() - began, 1)}))
        # Janus still works, and nothing is left of the views.
        wait_for(lambda: httpd.ask('POST', f'/whep/{RTP}', SDP,
                                   crowd.offers[0]).status == 201,
                 'a view starts', 30)
        wait_for(lambda: len([each for each in janus.handles() if each.get(
            'plugin_specific', {}).get('mountpoint_id')]) <= 1,
            'Janus sessions end', 60)
        print('mountpoints', sorted(janus.mountpoints()))


if __name__ == '__main__':
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
