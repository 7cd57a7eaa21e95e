"""Processes that start, keep alive and end views as fast as they can, and
record their requests and the answers."""

import json
import multiprocessing
import random
import re
import socket
import time

from env import SLOWNESS

# A request without an answer after this time, in seconds, hangs.
PATIENCE = 15 * SLOWNESS
# The most views that a member has open.
OPEN = 20


class Hangs(Exception):
    """A request got no answer for too long."""


class Connection:
    """Requests over one connection, kept alive; much faster than
    http.client."""

    def __init__(self, port):
        self.port = port
        self.socket = None
        self.data = b''

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def post(self, path, members):
        """(status, body); status 0: the connection broke."""
        body = json.dumps(members)
        try:
            if self.socket is None:
                self.socket = socket.create_connection(
                    ('127.0.0.1', self.port), PATIENCE)
                self.data = b''
            self.socket.sendall((
                f'POST {path} HTTP/1.1\r\nHost: localhost\r\n'
                'Content-Type: application/json\r\n'
                f'Content-Length: {len(body)}\r\n\r\n{body}').encode())
            return self.read()
        except TimeoutError:
            raise Hangs(path) from None
        except OSError:
            self.close()
            time.sleep(0.02)
            return 0, b''

    def receive(self):
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionResetError
        self.data += more

    def read(self):
        while b'\r\n\r\n' not in self.data:
            self.receive()
        head, _, self.data = self.data.partition(b'\r\n\r\n')
        length = re.search(rb'(?i)\r\ncontent-length: (\d+)', head)
        length = int(length.group(1)) if length else 0
        while len(self.data) < length:
            self.receive()
        body, self.data = self.data[:length], self.data[length:]
        if re.search(rb'(?i)\r\nconnection: close', head):
            self.close()
        return int(head.split(b' ', 2)[1]), body


class View:
    """A view whose start was answered. Times are from time.monotonic()."""

    def __init__(self, camera, session, asked):
        self.camera = camera
        self.session = session
        self.asked = asked
        self.ended = None    # when its end was answered
        self.watched = 0     # s, from the last heartbeat's answer
        self.ends_sent = 0
        self.is_broken = False    # one of its requests had no answer
        self.is_end_first = False    # its first end was answered


class Member:
    """Sends random requests and records them."""

    def __init__(self, port, seed, cameras):
        self.connection = Connection(port)
        self.random = random.Random(seed)
        self.cameras = cameras
        self.sent = 0    # starts
        self.views = []
        self.open = []
        self.wrong = []

    def post(self, path, members, *allowed):
        status, body = self.connection.post(path, members)
        if status not in (0, *allowed):
            self.wrong.append((path, status, body))
        return status, body

    def start(self):
        camera = self.random.randint(1, self.cameras)
        asked = time.monotonic()
        self.sent += 1
        status, body = self.post('/view-start', {'camera_id': camera}, 201)
        if status == 201:
            view = View(camera, json.loads(body)['session_id'], asked)
            self.views.append(view)
            self.open.append(view)

    def beat(self, view):
        if view.ended is not None:
            allowed = [404]
        else:
            allowed = [200, 404] if view.ends_sent else [200]
        status, body = self.post('/heartbeat', {'session_id': view.session},
                                 *allowed)
        if status == 200:
            view.watched = json.loads(body)['watched_seconds']
        view.is_broken |= status == 0

    def end(self, view):
        view.ends_sent += 1
        status, _ = self.post('/view-end', {'session_id': view.session}, 204)
        view.is_broken |= status == 0
        if status == 204 and view.ended is None:
            view.ended = time.monotonic()
            view.is_end_first = view.ends_sent == 1
            self.open.remove(view)

    def act(self):
        """Sends one random request, sometimes for a view that has ended."""
        choice = self.random.random()
        if not self.open or choice < 0.3 and len(self.open) < OPEN:
            self.start()
        elif choice < 0.65:
            self.beat(self.random.choice(self.open))
        elif choice < 0.95:
            self.end(self.random.choice(self.open))
        else:
            view = self.random.choice(self.views)
            self.beat(view) if choice < 0.97 else self.end(view)

    def settle(self):
        """Asks until it is known for each view whether it goes on."""
        for view in [view for view in self.open if view.ends_sent]:
            while view.ended is None and view.ends_sent < 1000:
                self.end(view)

    def run(self, requests, progress, stopping):
        for i in range(requests):
            self.act()
            if i % 20 == 0:
                with progress.get_lock():
                    progress.value += 20
                if stopping.is_set():
                    break
        else:
            self.settle()
        self.connection.close()


class Crowd:
    """`count` members, each in its own process, each with this many requests."""

    def __init__(self, httpd, count, requests, cameras):
        context = multiprocessing.get_context('fork')
        self.total = count * requests
        self.progress = context.Value('q', 0)
        self.stopping = context.Event()
        self.results = context.Queue()
        self.processes = [
            context.Process(target=self.work, daemon=True, args=[
                Member(httpd.port, seed, cameras), requests])
            for seed in range(count)]

    def work(self, member, requests):
        try:
            member.run(requests, self.progress, self.stopping)
        except Hangs as hangs:
            member.wrong.append((str(hangs), 'no answer', b''))
            member.connection.close()
        member.connection = None
        self.results.put(member)

    def __enter__(self):
        for process in self.processes:
            process.start()
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.join()

    def stop(self):
        """Lets each member end, after the server has gone."""
        self.stopping.set()

    def done(self):
        """The fraction of the requests that were sent, 0 to 1."""
        return self.progress.value / self.total

    def wait(self, seconds):
        """Waits for all members to end; the members."""
        return [self.results.get(timeout=seconds) for _ in self.processes]


class Account:
    """The combined records of the members: bounds of what the server counted."""

    def __init__(self, members):
        self.views = [view for member in members for view in member.views]
        self.wrong = [wrong for member in members for wrong in member.wrong]
        self.sent = sum(member.sent for member in members)
        self.unknown = self.sent - len(self.views)
        self.open = [view for view in self.views if view.ended is None]

    def starts(self):
        """(answered, sent)"""
        return len(self.views), self.sent

    def ends(self):
        """(certainly counted, at most counted). A child that is killed between
        the end of a view and its count leaves the view uncounted."""
        return (sum(view.is_end_first for view in self.views),
                sum(view.ends_sent > 0 for view in self.views))

    def live(self):
        return (sum(view.ends_sent == 0 for view in self.open),
                len(self.open) + self.unknown)

    def watched(self, now):
        """Watched seconds: (certainly counted, at most counted)."""
        return (sum(view.watched for view in self.views
                    if not view.is_broken),
                sum((view.ended or now) - view.asked for view in self.views))


def assert_within(value, bounds, what):
    least, most = bounds
    assert least <= value <= most, (what, least, value, most)
