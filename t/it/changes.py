"""Clients of /api/changes: one request at a time, or as events."""

import http.client
import io
import json
import socket
import ssl

from api import HANDLER, ONE_CHILD, dbd
from env import SLOWNESS, wait_for

PATH = '/api/changes'
EVENTS = {'Accept': 'text/event-stream'}


def changes_config(cluster, *directives, around=ONE_CHILD):
    """An Apache with a catalogue; `directives` are of both locations."""
    own = '\n'.join(directives)
    return (around + dbd(cluster) + 'CCTVCatalogue {folder}/state\n'
            'CCTVCatalogueInterval 100ms\n'
            f'<Location /api/cameras>\n{HANDLER}\n{own}\n</Location>\n'
            f'<Location {PATH}>\nSetHandler cctv-changes\n{own}\n</Location>\n'
            '<Location /metrics>\nSetHandler cctv-metrics\n</Location>\n')


def ready(httpd):
    """Waits for the first catalogue."""
    wait_for(lambda: httpd.get(PATH).status == 200, 'there is a catalogue',
             20 * SLOWNESS)
    return httpd


class Cameras:
    """What a client knows: `known` has the features by id."""

    def __init__(self):
        self.known = {}
        self.named = set()

    def load(self, features):
        self.known = {each['id']: each for each in features}
        self.named |= set(self.known)

    def apply(self, news):
        for feature in news.get('changed', []):
            self.known[feature['id']] = feature
            self.named.add(feature['id'])
        for gone in news.get('gone', []):
            self.known.pop(gone, None)
            self.named.add(gone)
        times = news.get('status_since', {})
        for status, ids in news.get('status', {}).items():
            for each in ids:
                properties = self.known[each]['properties']
                properties['status'] = status
                if str(each) in times:
                    properties['status_since'] = times[str(each)]
                else:
                    properties.pop('status_since', None)
                self.named.add(each)


class Poller(Cameras):
    """A client that asks for JSON. `query` is that of its list."""

    def __init__(self, httpd, query='', headers=None):
        super().__init__()
        self.httpd = httpd
        self.query = query
        self.headers = headers or {}
        self.resets = -1
        self.start()

    def ask(self, path):
        return self.httpd.ask('GET', path, self.headers)

    def start(self):
        self.resets += 1
        self.cursor = self.ask(f'{PATH}?{self.query}').json()['cursor']
        self.load(self.ask(
            f'/api/cameras?limit=10000&{self.query}').json()['features'])

    def poll(self):
        """Asks until there is no more; the answers."""
        answers = []
        while True:
            reply = self.ask(f'{PATH}?after={self.cursor}&{self.query}')
            if reply.status == 410:
                self.start()
                return answers
            if reply.status == 204:
                assert reply.body == b''
                return answers
            assert reply.status == 200, reply.body
            news = reply.json()
            self.apply(news)
            self.cursor = news['cursor']
            answers.append(news)
            if not news.get('more'):
                return answers


class Events(Cameras):
    """A client that reads events. It returns by itself when its stream ends."""

    def __init__(self, httpd, query='', headers=None, tls=None, port=None,
                 lists=True, after=None):
        super().__init__()
        self.httpd = httpd
        self.port = port or httpd.port
        self.query = query
        self.headers = headers or {}
        self.tls = tls
        self.cursor = after
        self.lists = lists
        self.retry = None
        self.comments = self.resets = self.ends = 0
        self.connect()

    def connect(self):
        self.buffer = b''
        self.event = {}
        self.is_over = False
        context = self.tls
        self.socket = socket.create_connection(('127.0.0.1', self.port), 20)
        if context:
            self.socket = context.wrap_socket(self.socket)
        head = {'Host': 'localhost', **EVENTS, **self.headers}
        if self.cursor:
            head['Last-Event-ID'] = self.cursor
        self.socket.sendall((
            f'GET {PATH}?{self.query} HTTP/1.1\r\n' + ''.join(
                f'{name}: {value}\r\n' for name, value in head.items())
            + '\r\n').encode())
        self.raw = b''
        while b'\r\n\r\n' not in self.raw:
            found = self.socket.recv(65536)
            assert found, self.raw
            self.raw += found
        head, self.raw = self.raw.split(b'\r\n\r\n', 1)
        status, fields = head.split(b'\r\n', 1)
        self.status = int(status.split()[1])
        self.headers_in = http.client.parse_headers(
            io.BytesIO(fields + b'\r\n\r\n'))
        self.is_chunked = 'Transfer-Encoding' in self.headers_in

    def close(self):
        self.socket.close()

    def receive(self, seconds):
        """Whether the stream is still open."""
        self.socket.settimeout(seconds)
        try:
            found = self.socket.recv(65536)
            self.raw += found
            return found != b''
        except (TimeoutError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False

    def take(self):
        """The bytes of the body so far, without the frames of chunks."""
        if not self.is_chunked:
            found, self.raw = self.raw, b''
            return found
        found = b''
        while b'\r\n' in self.raw:
            size, rest = self.raw.split(b'\r\n', 1)
            size = int(size, 16)
            if len(rest) < size + 2:
                break
            found += rest[:size]
            self.raw = rest[size + 2:]
            self.is_over = size == 0
        return found

    def read(self, seconds=0.05):
        """Reads what is there, for this time at most. Returns what it was;
        None at the end."""
        is_open = bool(self.raw) or self.receive(seconds)
        found = self.take()
        if not found and (not is_open or self.is_over):
            self.ends += 1
            return None
        if not found and self.raw and not self.receive(seconds):
            self.ends += 1
            return None
        self.buffer += found
        *lines, self.buffer = self.buffer.split(b'\n')
        for line in lines:
            self.line(line.decode())
        return found

    def line(self, line):
        if line.startswith(':'):
            self.comments += 1
        elif line:
            name, value = line.split(': ', 1)
            self.event[name] = value
        else:
            self.dispatch(self.event)
            self.event = {}

    def dispatch(self, event):
        if 'retry' in event:
            self.retry = int(event['retry'])
        if 'id' in event:
            first = self.cursor is None
            self.cursor = event['id']
            if self.lists and (first or event.get('event') == 'reset'):
                self.resets += event.get('event') == 'reset'
                self.load(self.httpd.ask(
                    'GET', f'/api/cameras?limit=10000&{self.query}',
                    self.headers).json()['features'])
        if 'data' in event and 'event' not in event:
            news = json.loads(event['data'])
            assert news['cursor'] == self.cursor
            self.apply(news)

    def until(self, condition, what, seconds=10):
        """Reads, and returns when the stream has ended, until this is true."""
        def is_true():
            if condition():
                return True
            if self.read(0.02) is None:
                self.close()
                self.connect()
            return condition()
        return wait_for(is_true, what, seconds * SLOWNESS)
