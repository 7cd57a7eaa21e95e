"""Clients that watch cameras, one request at a time."""

import concurrent.futures
import json
import threading

from api import add_cameras

JSON = {'Content-Type': 'application/json'}
HANDLERS = ('view-start', 'heartbeat', 'view-end', 'health', 'metrics')
ENDPOINTS = ''.join(f'<Location "/{name}">\nSetHandler cctv-{name}\n'
                    '</Location>\n' for name in HANDLERS)


def virtual_host(name, *directives):
    """A virtual host for a Viewer with this host name."""
    return '\n'.join(['<VirtualHost 127.0.0.1:{port}>', f'ServerName {name}',
                      *directives, '</VirtualHost>\n'])


def set_cameras(cluster, *cameras):
    """Replaces all cameras. For files with many tests: much faster than the
    fixture `database`."""
    cluster.query('TRUNCATE public.cameras RESTART IDENTITY')
    add_cameras(cluster, *cameras)


class Viewer:
    """A client of a virtual host; `headers` are sent with each request."""

    def __init__(self, httpd, name='localhost', **headers):
        self.httpd = httpd
        self.headers = {**JSON, 'Host': name, **{
            key.replace('_', '-'): value for key, value in headers.items()}}
        self.sessions = []

    def post(self, name, **members):
        return self.httpd.ask('POST', '/' + name, self.headers,
                              json.dumps(members))

    def start(self, camera=1):
        """Starts a view; returns its id."""
        reply = self.post('view-start', camera_id=camera)
        assert reply.status == 201, reply.body
        session = reply.json()['session_id']
        self.sessions.append(session)
        return session

    def beat(self, session):
        """Sends a heartbeat; returns the status of the answer."""
        return self.post('heartbeat', session_id=session).status

    def watched(self, session):
        """Sends a heartbeat; returns the watched seconds in the answer."""
        reply = self.post('heartbeat', session_id=session)
        assert reply.status == 200, reply.body
        return reply.json()['watched_seconds']

    def end(self, session):
        reply = self.post('view-end', session_id=session)
        assert (reply.status, reply.body) == (204, b'')

    def end_all(self):
        while self.sessions:
            self.end(self.sessions.pop())


def at_once(count, call):
    """[call(0), call(1), …], each in its own thread, all at the same time."""
    barrier = threading.Barrier(count)

    def run(number):
        barrier.wait()
        return call(number)
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
