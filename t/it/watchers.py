"""Many clients that start views and end them in all ways, while Apache is
reloaded and its children are killed; and what the event logs say of it."""

import contextlib
import http.client
import json
import os
import random
import signal
import threading

from env import SLOWNESS, wait_for
from views import JSON


def lines(httpd, name='events.log'):
    """The events of a log, each as a dict. Every line has to be complete."""
    path = f'{httpd.folder}/{name}'
    if not os.path.exists(path):
        return []
    with open(path, encoding='utf-8') as log:
        text = log.read()
    # The last line may be on its way.
    return [json.loads(line) for line in text.split('\n')[:-1]]


def events_of(httpd, count, name='events.log'):
    """The events of a log once there are so many."""
    return wait_for(lambda: len(lines(httpd, name)) >= count
                    and lines(httpd, name), f'{count} events in {name}',
                    20 * SLOWNESS)


def of_views(events):
    """{view: [its events]}"""
    found = {}
    for event in events:
        if 'view' in event:
            found.setdefault(event['view'], []).append(event)
    return found


def assert_pairs(events):
    """Each view has one start, and one end after it. Returns the ends."""
    found = of_views(events)
    for view, both in found.items():
        assert [event['event'] for event in both] == ['start', 'end'], both
        assert both[0]['start'] == both[1]['start'], both
    return [both[1] for both in found.values()]


class Watchers:
    """`count` threads; each starts views of the cameras 1 to `cameras`, until
    `total` views of all threads have started. Some are ended, some are ended
    twice, some get a heartbeat first, some are left alone."""

    def __init__(self, httpd, count, total, cameras):
        self.httpd = httpd
        self.left = total
        self.cameras = cameras
        self.lock = threading.Lock()
        # The views that were started; those of which no answer came, because
        # a child was killed, are not in it.
        self.started = 0
        self.seconds = []
        self.threads = [threading.Thread(target=self.run, args=[seed],
                                         daemon=True)
                        for seed in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.left = 0
        self.join()

    def join(self):
        for thread in self.threads:
            thread.join()

    def is_running(self):
        return any(thread.is_alive() for thread in self.threads)

    def take(self):
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def run(self, seed):
        chance = random.Random(seed)
        connection = self.httpd.connection()
        while self.take():
            try:
                self.watch(connection, chance)
            except (OSError, http.client.HTTPException):
                # The child was killed or ends; http.client opens the next
                # connection by itself.
                connection.close()
        connection.close()

    def post(self, connection, name, **members):
        connection.request('POST', '/' + name, json.dumps(members), JSON)
        response = connection.getresponse()
        body = response.read()
        return response.status, body

    def watch(self, connection, chance):
        status, body = self.post(connection, 'view-start',
                                 camera_id=chance.randint(1, self.cameras))
        if status != 201:
            return
        with self.lock:
            self.started += 1
        session = json.loads(body)['session_id']
        if chance.random() < 0.3:
            self.post(connection, 'heartbeat', session_id=session)
        how_often = chance.choice([0, 1, 1, 1, 1, 1, 1, 1, 2])
        for _ in range(how_often):
            self.post(connection, 'view-end', session_id=session)


def kill_a_child(httpd):
    """Kills a child of Apache with -9; not the programs of piped logs."""
    for pid in httpd.children():
        with contextlib.suppress(OSError):
            with open(f'/proc/{pid}/comm', encoding='utf-8') as comm:
                if comm.read().strip() != 'apache2':
                    continue
            os.kill(pid, signal.SIGKILL)
            httpd.expect('AH00052', 'AH00051', 'AH00288')
            return
