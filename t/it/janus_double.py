"""A stand-in for Janus: its HTTP API and its streaming plugin, as far as the
module uses them. Answers have the form of Debian's Janus 1.1.2, word for word
where that matters. Tests can look inside, and can make it misbehave:

    janus.sessions, .mountpoints, .calls, .open_calls(), .watchers(camera)
    janus.camera(7).online = False   the camera does not answer
    janus.camera(7).codec = 'H265'   what the camera sends
    janus.camera(7).connects = 3     it answers only this many seconds after
                                     its mountpoint was created
    with janus.fault(slow(3), 'message:watch'): …
    janus.die(), .revive(), .restart()

It sends events as Janus's sample event handler does, to each Apache that a
test has started with it (conftest.py). `webrtcup` is sent before the answer to
`start`, so that a view plays when it is answered:

    janus.events = lambda event, targets: [(delay, target, event), …]
                                     events that are lost, late, doubled
    handle.alive = False             the viewer was killed: no RTCP reports
    handle.peer = False              no media flow
    janus.hang_up(handle)            the viewer closed its connection

Names of calls: create, attach, keepalive, destroy, detach, hangup, poll,
message:watch (and message:… for each other request of the plugin),
info (GET /janus/info), admin:handle_info.

janus.version = 1104 makes it one that takes a player's offer in `watch` and
answers it. 1102, as Debian's, answers with an offer.
"""

import base64
import collections
import contextlib
import heapq
import hmac
import http.client
import itertools
import json
import random
import re
import select
import socket
import threading
import time
import urllib.parse
import weakref

from env import wait_for

PLUGIN = 'janus.plugin.streaming'
SECRET = 'janus-secret-4f1d0c'
# The longest duration of a poll, in seconds.
POLL = 30
ERRORS = {403: 'Unauthorized request (wrong or missing secret/token)',
          454: "JSON error: on line 1: '[' or '{' expected near '%s'",
          455: 'JSON error: not an object',
          456: 'Missing mandatory element (%s)',
          457: "Unhandled request '%s' at this path",
          458: 'No such session %s',
          459: 'No such handle %s in session %s',
          460: "No such plugin '%s'",
          464: "JSEP error: unknown message type '%s'"}
CORS = ('Access-Control-Allow-Origin: *\r\n'
        'Access-Control-Max-Age: 86400\r\n')
FINGERPRINT = ':'.join(['8B', '5F', 'E5', '37'] * 8)
OFFER = '\r\n'.join([
    'v=0', 'o=- {now} 1 IN IP4 192.0.2.2', 's=Mountpoint {id}', 't=0 0',
    'a=group:BUNDLE {mid}', 'a=ice-options:trickle',
    'a=fingerprint:sha-256 ' + FINGERPRINT, 'a=extmap-allow-mixed',
    'a=msid-semantic: WMS *', 'm=video 9 UDP/TLS/RTP/SAVPF {pt} {rtx}',
    'c=IN IP4 192.0.2.2', 'a=sendonly', 'a=mid:{mid}', 'a=rtcp-mux',
    'a=ice-ufrag:{ufrag}', 'a=ice-pwd:b2RqfDINyDlSlecynyiJE2',
    'a=ice-options:trickle', 'a=setup:{setup}', 'a=rtpmap:{pt} H264/90000',
    'a=rtcp-fb:{pt} nack', 'a=rtcp-fb:{pt} nack pli',
    'a=fmtp:{pt} profile-level-id=4d401f;packetization-mode=1',
    'a=rtpmap:{rtx} rtx/90000', 'a=fmtp:{rtx} apt={pt}', 'a=msid:janus janusv',
    'a=ssrc:4052671724 cname:janus',
    'a=candidate:1 1 udp 2015363327 192.0.2.2 44208 typ host',
    'a=end-of-candidates', ''])


def sdp_of(mountpoint, pt=96, mid='v', setup='actpass'):
    """Janus's offer, or its answer, for a mountpoint."""
    return OFFER.format(now=time.time_ns() // 1000, id=mountpoint, pt=pt,
                        rtx=pt + 1 if pt < 127 else 96, mid=mid, setup=setup,
                        ufrag=f'{random.getrandbits(32):08x}')


def ufrag(sdp):
    return re.search('^a=ice-ufrag:(.*?)\r?$', sdp, re.M).group(1)


def answer_to(offer, *candidates):
    """The SDP answer of a browser; `candidates` are its candidate lines."""
    lines = [line for line in offer.split('\r\n')
             if 'candidate' not in line and line]
    sdp = '\r\n'.join([*lines, *candidates, ''])
    return sdp.replace('a=sendonly', 'a=recvonly').replace(
        'a=setup:actpass', 'a=setup:active').replace(
        'a=ice-ufrag:', 'a=ice-ufrag:x')


# --- faults -----------------------------------------------------------------

class Lifted(Exception):
    """Ends the handling of a connection: nothing more is sent on it."""


def slow(seconds):
    """A fault: the correct answer comes this many seconds late."""
    def act(_double, _connection, lifted):
        lifted.wait(seconds)
    return act


def hang(double, connection, lifted):
    """A fault: no answer; the connection closes when the fault is lifted."""
    lifted.wait()
    raise Lifted


def close(double, connection, lifted):
    raise Lifted


def says(data):
    """A fault: answers with these bytes and closes the connection."""
    def act(_double, connection, _lifted):
        connection.sendall(data)
        raise Lifted
    return act


def replies(text, status='200 OK', *fields, kind='application/json'):
    """A fault: answers with this body."""
    body = text if isinstance(text, bytes) else text.encode()
    head = '\r\n'.join([f'HTTP/1.1 {status}', f'Content-Type: {kind}',
                        f'Content-Length: {len(body)}', *fields])

    def act(_double, connection, _lifted):
        connection.sendall(head.encode() + b'\r\n\r\n' + body)
        return True
    return act


def floods(head, piece):
    """A fault: an endless answer, as fast as possible."""
    def act(_double, connection, lifted):
        connection.sendall(head)
        while not lifted.is_set():
            connection.sendall(piece)
        raise Lifted
    return act


def drips(head, piece, every=0.1):
    """A fault: an endless answer in small pieces."""
    def act(_double, connection, lifted):
        connection.sendall(head)
        while not lifted.wait(every):
            connection.sendall(piece)
        raise Lifted
    return act


class Fault:
    def __init__(self, act, calls, times):
        self.act = act
        self.calls = calls
        self.times = times
        self.lifted = threading.Event()

    def meets(self, name):
        if self.lifted.is_set() or self.times == 0:
            return False
        if self.calls and not any(re.fullmatch(call, name)
                                  for call in self.calls):
            return False
        if self.times is not None:
            self.times -= 1
        return True


# --- the state of Janus -----------------------------------------------------

class Call:
    """A request that came in. `seconds` is None while it is open."""

    def __init__(self, name, path, body, connection):
        self.name = name
        self.path = path
        self.body = body
        self.connection = connection
        self.at = time.monotonic()
        self.seconds = None

    def __repr__(self):
        return f'{self.name} {self.path} {self.seconds}'

    @property
    def request(self):
        """The plugin request that the call carries."""
        return self.body.get('body') or {}


class Handle:
    def __init__(self, session):
        self.id = random.getrandbits(52)
        self.session = session
        self.mountpoint = None
        self.offer = None
        self.answers = []  # the SDP answers as received
        self.player = None  # the SDP offer of a player, from 1.1.4 on
        self.peer = False  # whether media flows
        self.token = None  # the signed token that it was attached with
        self.made = time.monotonic()
        self.alive = True  # whether the viewer sends reports (RTCP)
        self.up = None     # when the connection came up
        self.sent = 0
        self.reported = 0

    def event(self, kind, event, **more):
        self.session.double.emit({
            'type': kind, **more, 'session_id': self.session.id,
            'handle_id': self.id, 'event': event})

    def tell(self, name):
        """Tells that it was attached or detached."""
        self.event(2, {'name': name, 'plugin': PLUGIN,
                       **({'token': self.token} if self.token else {})})

    def connect(self):
        self.peer = True
        self.up = time.monotonic()
        self.event(16, {'connection': 'webrtcup'}, subtype=6)

    def reports(self):
        """What the last report of the viewer says; one comes each second."""
        if self.peer and self.alive and self.up is not None:
            self.reported = int(time.monotonic() - self.up)
        return {'base': 90000, 'rtt': self.reported % 3, 'lost': 0,
                'lost-by-remote': 0, 'jitter-local': 0,
                'jitter-remote': self.reported, 'in-link-quality': 0,
                'in-media-link-quality': 0,
                'out-link-quality': 100 * bool(self.reported),
                'out-media-link-quality': 100 * bool(self.reported)}

    def tell_stats(self):
        self.sent += 100
        self.event(32, {'mid': 'v', 'mindex': 0, 'media': 'video',
                        'codec': 'h264', **self.reports(),
                        'packets-received': 0, 'packets-sent': self.sent,
                        'bytes-received': 0, 'bytes-sent': 1000 * self.sent,
                        'bytes-sent-lastsec': 90000, 'nacks-received': 0,
                        'nacks-sent': 0}, subtype=3)

    def hang_up(self, reason=None):
        """Called when the peer or the mountpoint is gone."""
        if reason and self.up is not None:
            self.event(16, {'connection': 'hangup', 'reason': reason},
                       subtype=6)
        self.up = None
        if self.mountpoint:
            self.mountpoint.viewers.discard(self)
        self.mountpoint = None
        self.offer = None
        self.peer = False


class Session:
    def __init__(self, double):
        self.double = double
        self.id = random.getrandbits(52)
        self.handles = {}
        self.events = collections.deque()
        self.made = self.used = time.monotonic()

    def event(self, name):
        self.double.emit({'type': 1, 'session_id': self.id,
                          'event': {'name': name}})

    def push(self, event):
        with self.double.changed:
            self.events.append(event)
            self.double.changed.notify_all()


class Camera:
    """The source that Janus pulls from, by the id of the mountpoint."""

    def __init__(self):
        self.online = True
        self.codec = 'H264'
        self.connects = 0.0
        self.online_since = 0.0
        self.offline_since = None

    def __setattr__(self, name, value):
        if name == 'online' and getattr(self, 'online', None) != value:
            now = time.monotonic()
            self.__dict__['online_since' if value else 'offline_since'] = now
        self.__dict__[name] = value


class Mountpoint:
    def __init__(self, camera, body, reconnect):
        self.id = body['id']
        self.body = body
        self.pin = body.get('pin')
        self.secret = body.get('secret')
        self.metadata = body.get('metadata')
        self.viewers = set()
        self.made = time.monotonic()
        self.camera = camera
        self.rtsp = body['type'] == 'rtsp'
        # Without a check Janus waits this long before it connects at
        # all.
        self.first = 0.0 if body.get('rtsp_failcheck', True) else reconnect
        self.was_connected = self.rtsp and not self.first

    def codec(self):
        """In RTP. Of RTSP it is what the camera announces."""
        if self.rtsp:
            return self.camera.codec
        media = (self.body.get('media') or [{}])[0]
        return media.get('codec', 'h264').upper()

    def sdp(self, pt=None, mid='v', setup='actpass'):
        """Janus's offer, or its answer, with the codec and the fmtp of the
        mountpoint."""
        body = self.body
        fmtp = body.get('videofmtp') if self.rtsp else body['media'][0].get(
            'fmtp')
        sdp = sdp_of(self.id, pt or self.payload_type(), mid, setup)
        if self.codec() == 'H264':
            return sdp
        return re.sub(r'(a=fmtp:\d+ )profile.*', lambda found: found[1] + fmtp,
                      sdp).replace('H264/', self.codec() + '/')

    def is_connected(self):
        """Whether the camera has ever sent to Janus."""
        if not self.rtsp:
            return True
        now = time.monotonic()
        if self.camera.online and now >= max(
                self.made + self.first
                + (self.camera.connects if self.first else 0),
                self.camera.online_since):
            self.was_connected = True
        return self.was_connected

    def receives(self):
        return self.camera.online and self.is_connected()

    def age(self):
        """ms since the last packet, or since creation if there was none."""
        if self.receives():
            return random.randrange(40)
        since = self.camera.offline_since or self.made
        return int(1000 * (time.monotonic() - max(since, self.made)))

    def payload_type(self):
        return (self.body.get('media') or [{}])[0].get('pt', 96)

    def media(self, brief):
        if not self.is_connected():
            return []
        more = {} if brief else {
            'mindex': 0, 'pt': 96, 'codec': self.codec().lower(),
            'rtpmap': self.codec() + '/90000'}
        if more.get('codec') == 'jpeg':
            # Janus does not know it.
            del more['codec'], more['rtpmap']
        return [{**more, 'type': 'video', 'mid': 'v', 'label': 'video',
                 'age_ms': self.age()}]


class Refused(Exception):
    """An error that Janus or its plugin reports."""

    def __init__(self, code, reason, of_plugin=False):
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.of_plugin = of_plugin


def error(code, *of):
    return Refused(code, ERRORS[code] % of if of else ERRORS[code])


def plugin_error(code, reason):
    return Refused(code, reason, True)


def check_sdp(sdp):
    if not isinstance(sdp, str):
        raise Refused(467, 'JSEP error: invalid element type '
                      '(sdp should be a string)')
    if not sdp.startswith('v='):
        raise Refused(465, "Invalid SDP (doesn't start with v=)")
    for line in sdp.splitlines():
        if line.startswith('m=') and not re.match(
                r'm=(audio|video|application) \d+ [A-Z/]+ ', line):
            raise Refused(465, 'Invalid m= line: ' + line)
    if not all('\n' + each in sdp for each in ('o=', 's=', 'm=')):
        raise Refused(465, 'Missing mandatory lines (o=, s= or m=)')
    for each in ('a=fingerprint:', 'a=ice-ufrag:', 'a=ice-pwd:'):
        if each not in sdp:
            raise Refused(469, 'Error processing SDP')


class Sender:
    """Sends events to Apaches, as Janus's sample event handler does: in
    groups, one after the other."""

    def __init__(self, secret):
        self.login = 'Basic ' + base64.b64encode(
            f'janus:{secret}'.encode()).decode()
        self.queue = []
        self.order = itertools.count()
        self.changed = threading.Condition()
        self.sending = False
        self.thread = None

    def put(self, delay, target, event):
        with self.changed:
            heapq.heappush(self.queue, (time.monotonic() + delay,
                                        next(self.order), target, event))
            if self.thread is None:
                self.thread = threading.Thread(target=self.run, daemon=True)
                self.thread.start()
            self.changed.notify_all()

    def flush(self, seconds=1):
        """Waits until all that is due was sent."""
        with self.changed:
            self.changed.wait_for(
                lambda: not self.sending and not self.due(), seconds)

    def due(self):
        return bool(self.queue) and self.queue[0][0] <= time.monotonic()

    def take(self):
        """The next group: a target and its events."""
        with self.changed:
            self.sending = False
            self.changed.notify_all()
            while not self.due():
                self.changed.wait(self.queue[0][0] - time.monotonic()
                                  if self.queue else None)
            self.sending = True
            target = self.queue[0][2]
            group = []
            while self.due() and self.queue[0][2] is target and (
                    len(group) < 100):
                group.append(heapq.heappop(self.queue)[3])
            return target, group

    def run(self):
        while True:
            target, group = self.take()
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(
                    '127.0.0.1', target.port, timeout=1)
                with contextlib.closing(connection):
                    connection.request(
                        'POST', '/janus-events', json.dumps(group), {
                            'Content-Type': 'application/json',
                            'Authorization': self.login})
                    connection.getresponse().read()


class JanusDouble:
    """A Janus at http://127.0.0.1:<port>/janus, with its admin API at
    http://127.0.0.1:<admin_port>/admin."""

    all = weakref.WeakSet()

    def __init__(self, secret=SECRET):
        self.secret = secret
        # The Apaches that get events: anything with a port.
        self.targets = []
        self.sender = Sender(secret)
        self.events = lambda event, targets: [
            (0, target, event) for target in targets]
        # The time between two events with statistics (stats_period of Janus),
        # in seconds; 0: none are sent.
        self.stats_period = 2
        # Whether a viewer that has answered gets media.
        self.connects = True
        self.ticker = None
        self.removed = False
        JanusDouble.all.add(self)
        self.version = 1102
        # `session_timeout` of Janus's configuration, in seconds.
        self.session_timeout = 30
        # How long a new RTSP mountpoint that was created without a check
        # waits before it connects: rtsp_reconnect_delay of Janus, in seconds.
        self.reconnect = 0.2
        # Destroying an RTSP mountpoint whose camera is away blocks all
        # other mountpoints for this many seconds; how often that happened.
        self.block = 2.0
        self.blocked = 0
        # The answer to `watch` before the mountpoint is connected: no answer
        # with "video": true, or an error that says there is nothing to offer.
        self.says_no_offer = False
        self.changed = threading.Condition(threading.RLock())
        self.mountpoints_lock = threading.RLock()
        self.sessions = {}
        self.mountpoints = {}
        # The ids of mountpoints that are being created.
        self.reserved = set()
        self.cameras = {}
        self.calls = []
        self.faults = []
        self.running = True
        self.connections = set()
        self.listeners = {}
        self.port = self.listen(0, self.serve_api)
        self.admin_port = self.listen(0, self.serve_admin)

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}/janus'

    @property
    def admin_url(self):
        return f'http://127.0.0.1:{self.admin_port}/admin'

    # --- events ---

    @contextlib.contextmanager
    def silent(self):
        """No events are sent while the block runs."""
        targets, self.targets = self.targets, []
        try:
            yield
        finally:
            self.targets = targets

    def send_events_to(self, httpd):
        if httpd not in self.targets:
            self.targets.append(httpd)
        if self.ticker is None:
            self.ticker = threading.Thread(target=self.tick, daemon=True)
            self.ticker.start()

    def emit(self, event):
        if self.running:
            event = {'emitter': 'double', **event,
                     'timestamp': time.time_ns() // 1000}
            for each in self.events(event, list(self.targets)):
                self.sender.put(*each)

    def tick(self):
        last = {}
        while not self.removed:
            time.sleep(0.1)
            now = time.monotonic()
            with self.changed:
                handles = [handle for session in self.sessions.values()
                           for handle in session.handles.values()
                           if handle.peer and handle.up is not None]
            for handle in handles if self.stats_period else ():
                if now - last.setdefault(
                        handle.id, handle.up) >= self.stats_period:
                    last[handle.id] = now
                    handle.tell_stats()

    # --- for tests ---

    def camera(self, number):
        return self.cameras.setdefault(number, Camera())

    def watchers(self, number):
        """The handles that watch a mountpoint."""
        with self.changed:
            self.expire()
            mountpoint = self.mountpoints.get(number)
            return list(mountpoint.viewers) if mountpoint else []

    def live_sessions(self):
        with self.changed:
            self.expire()
            return list(self.sessions)

    def viewers(self):
        """Janus sessions that watch something: the keeper has one that does
        not."""
        with self.changed:
            self.expire()
            return [session for session in self.sessions.values()
                    if any(handle.mountpoint or handle.answers
                           for handle in session.handles.values())]

    def handle_of(self, sdp):
        """The handle whose offer or answer a viewer's SDP was made from."""
        (found,) = [handle for session in list(self.sessions.values())
                    for handle in session.handles.values()
                    if handle.offer and ufrag(handle.offer) == ufrag(sdp)]
        return found

    def names(self, since=0, skip=()):
        """The names of the calls after the first `since`, without names that
        start with one of `skip`."""
        return [call.name for call in list(self.calls)[since:]
                if not call.name.startswith(tuple(skip))]

    def of(self, name, since=0):
        return [call for call in list(self.calls)[since:]
                if call.name == name]

    def open_calls(self):
        """Calls without an answer whose client still waits."""
        return [call for call in list(self.calls)
                if call.seconds is None and not is_closed(call.connection)]

    @contextlib.contextmanager
    def fault(self, act, *calls, times=None):
        """Calls with one of these names (none: all calls) meet a fault while
        the block runs; with `times`, only the first so many calls."""
        fault = Fault(act, calls, times)
        self.faults.append(fault)
        try:
            yield fault
        finally:
            self.faults.remove(fault)
            fault.lifted.set()

    def die(self):
        """Stops listening but keeps the ports: connections are refused."""
        with self.changed:
            self.running = False
            self.forget()
        for port, (listener, serve) in list(self.listeners.items()):
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            self.listeners[port] = (self.bind(port), serve)
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def revive(self):
        self.running = True
        for port, (listener, serve) in self.listeners.items():
            self.start_thread(listener, serve)

    def restart(self):
        """Restarts as a new process: all state is lost."""
        self.die()
        self.revive()

    def forget(self):
        """Drops all Janus sessions and mountpoints; connections stay open."""
        with self.changed:
            self.sessions.clear()
            self.mountpoints.clear()
            self.changed.notify_all()

    def add_mountpoint(self, number, **body):
        """Adds a mountpoint that the module did not create."""
        with self.changed:
            self.mountpoints[number] = Mountpoint(
                self.camera(number),
                {'id': number, 'type': 'rtp', 'name': f'mp-{number}', **body},
                0)

    def hang_up(self, handle, reason='ICE failed'):
        """Reports that the peer of this handle is gone."""
        with self.changed:
            handle.hang_up(reason)
            handle.session.push({
                'janus': 'hangup', 'session_id': handle.session.id,
                'sender': handle.id, 'reason': reason})

    def remove(self):
        self.removed = True
        self.targets.clear()
        for fault in self.faults:
            fault.lifted.set()
        self.die()
        for listener, _ in self.listeners.values():
            listener.close()

    # --- connections ---

    @staticmethod
    def bind(port):
        def attempt():
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(('127.0.0.1', port))
                return listener
            except OSError:
                listener.close()
        return wait_for(attempt, f'port {port} is free', 30)

    def listen(self, port, serve):
        listener = self.bind(port)
        port = listener.getsockname()[1]
        self.listeners[port] = (listener, serve)
        self.start_thread(listener, serve)
        return port

    def start_thread(self, listener, serve):
        listener.listen(512)
        threading.Thread(target=self.accept, args=[listener, serve],
                         daemon=True).start()

    def accept(self, listener, serve):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections.add(connection)
            threading.Thread(target=self.converse, args=[connection, serve],
                             daemon=True).start()

    def converse(self, connection, serve):
        """Serves the requests of one connection one after the other."""
        with contextlib.suppress(OSError, Lifted, ValueError):
            with connection, connection.makefile('rb') as lines:
                while self.running:
                    request = read_request(lines)
                    if request is None:
                        break
                    serve(connection, *request)
        self.connections.discard(connection)

    def answer(self, connection, name, path, body, act):
        """Records a call, applies its fault, and sends the answer."""
        call = Call(name, path, body, connection)
        self.calls.append(call)
        try:
            for fault in list(self.faults):
                if fault.meets(name) and fault.act(
                        self, connection, fault.lifted):
                    return
            status, reply = act()
            send(connection, status, reply)
        finally:
            call.seconds = time.monotonic() - call.at

    # --- the API ---

    def serve_api(self, connection, method, target, body):
        path, _, query = target.partition('?')
        parts = path.strip('/').split('/')
        if parts[0] != 'janus' or len(parts) > 3 or method not in (
                'GET', 'POST'):
            return self.answer(connection, f'{method} {path}', path, {},
                               lambda: (404, None))
        ids = [int(part) if part.isdecimal() else part for part in parts[1:]]
        if method == 'GET' and ids == ['info']:
            return self.answer(
                connection, 'info', path, {}, lambda: (200, {
                    'janus': 'server_info', 'name': 'Janus WebRTC Server',
                    'version': self.version}))
        if method == 'GET':
            query = dict(urllib.parse.parse_qsl(query))
            return self.answer(connection, 'poll', path, query,
                               lambda: self.poll(connection, ids, query))
        request, wrong = parse(body)
        name = str(request.get('janus'))
        if name == 'message':
            plugin = request.get('body')
            name += ':' + str(plugin.get('request') if isinstance(
                plugin, dict) else plugin)
        return self.answer(
            connection, name, path, request,
            lambda: (200, wrong or self.call(request, ids, self.act)))

    def call(self, request, ids, act, key='apisecret'):
        """The answer to a message with `transaction`."""
        context = {'session_id': ids[0]} if ids else {}
        if isinstance(request.get('transaction'), str):
            context['transaction'] = request['transaction']
        try:
            for name in 'transaction', 'janus':
                if name not in request:
                    context.pop('transaction', None)
                    raise error(456, name)
            if request.get(key) != self.secret and not (
                    key == 'apisecret' and self.accepts(request)):
                raise error(403)
            return act(request, ids, context)
        except Refused as refused:
            if refused.of_plugin:
                return plugin_reply('success', context, ids[1], {
                    'streaming': 'event', 'error_code': refused.code,
                    'error': refused.reason})
            return {'janus': 'error', **context, 'error': {
                'code': refused.code, 'reason': refused.reason}}

    def accepts(self, request):
        """Whether a request has a signed token that has not expired."""
        data, _, signature = str(request.get('token')).partition(':')
        right = base64.b64encode(hmac.digest(
            self.secret.encode(), data.encode(), 'sha1')).decode()
        return hmac.compare_digest(signature, right) and (
            int(data.partition(',')[0]) >= time.time())

    def find(self, ids):
        """The Janus session and the handle of these ids, if given."""
        self.expire()
        session = self.sessions.get(ids[0])
        if session is None:
            raise error(458, ids[0])
        session.used = time.monotonic()
        if len(ids) == 1:
            return session, None
        if ids[1] not in session.handles:
            raise error(459, ids[1], ids[0])
        return session, session.handles[ids[1]]

    def expire(self):
        now = time.monotonic()
        for session in list(self.sessions.values()):
            if now - session.used > self.session_timeout:
                self.close_session(session)

    def close_session(self, session):
        del self.sessions[session.id]
        session.event('destroyed')
        for handle in session.handles.values():
            handle.hang_up()
            handle.tell('detached')
        self.changed.notify_all()

    def act(self, request, ids, context):
        name = request.get('janus')
        success = {'janus': 'success', **context}
        with self.changed:
            if not ids:
                if name == 'ping':
                    return {'janus': 'pong', **context}
                if name != 'create':
                    raise error(457, name)
                session = Session(self)
                session.id = request.get('id', session.id)
                self.sessions[session.id] = session
                session.event('created')
                return {**success, 'data': {'id': session.id}}
            session, handle = self.find(ids)
            if handle is None:
                if name == 'keepalive':
                    return {'janus': 'ack', **context}
                if name == 'attach':
                    if request.get('plugin') != PLUGIN:
                        raise error(460, request.get('plugin'))
                    handle = Handle(session)
                    handle.token = request.get('token')
                    session.handles[handle.id] = handle
                    handle.tell('attached')
                    return {**success, 'data': {'id': handle.id}}
                if name == 'destroy':
                    self.close_session(session)
                    return success
                raise error(457, name)
            if name in ('detach', 'hangup'):
                if name == 'detach':
                    del session.handles[handle.id]
                    handle.hang_up()
                    handle.tell('detached')
                elif handle.mountpoint:
                    self.hang_up(handle, 'Janus API')
                return success
            if name != 'message':
                raise error(457, name)
            if 'body' not in request:
                raise error(456, 'body')
            body = request['body']
            if not isinstance(body, dict):
                raise Refused(467, 'Invalid element type '
                              '(body should be an object)')
            if 'jsep' in request:
                self.take_sdp(handle, request['jsep'])
        if 'jsep' in request:
            self.sender.flush()
        if body.get('request') in ('watch', 'start', 'stop', 'switch'):
            threading.Thread(target=self.later, daemon=True, args=[
                handle, body, request['transaction']]).start()
            return {'janus': 'ack', **context}
        data = self.message(body)
        return plugin_reply('success', context, handle.id, data)

    def take_sdp(self, handle, jsep):
        for name in 'type', 'sdp':
            if name not in jsep:
                raise Refused(456, 'JSEP error: missing mandatory element '
                              f'({name})')
        if jsep['type'] not in ('offer', 'answer'):
            raise error(464, jsep['type'])
        check_sdp(jsep['sdp'])
        if jsep['type'] == 'offer':
            handle.player = jsep['sdp'] if self.version >= 1104 else None
            return
        if handle.offer is None:
            raise Refused(469, 'Unexpected ANSWER (did we offer?)')
        handle.answers.append(jsep['sdp'])
        if handle.session.double.connects:
            handle.connect()

    def poll(self, connection, ids, query):
        """Answers a long poll with one event. As in Janus, the event is lost
        if the client has gone."""
        if query.get('apisecret') != self.secret and not self.accepts(query):
            return 403, None
        until = time.monotonic() + POLL
        with self.changed:
            self.expire()
            session = self.sessions.get(ids[0]) if ids else None
            if session is None:
                return 404, None
            session.used = time.monotonic()
            while not session.events and self.running:
                left = until - time.monotonic()
                if left <= 0 or session.id not in self.sessions:
                    return 200, {'janus': 'keepalive'}
                self.changed.wait(min(left, 0.2))
                if is_closed(connection):
                    # Janus notices this only when it writes.
                    self.changed.wait_for(
                        lambda: session.events or not self.running, left)
            if not self.running:
                raise Lifted
            event = session.events.popleft()
            if is_closed(connection):
                raise Lifted
            return 200, event

    def later(self, handle, body, transaction):
        """Performs a plugin request whose answer comes as an event."""
        try:
            with self.mountpoints_lock, self.changed:
                event = self.asynchronous(handle, body)
        except Refused as refused:
            event = {'plugindata': {'plugin': PLUGIN, 'data': {
                'streaming': 'event', 'error_code': refused.code,
                'error': refused.reason}}}
        if event is not None:
            handle.session.push({
                'janus': 'event', 'session_id': handle.session.id,
                'transaction': transaction, 'sender': handle.id, **event})

    def asynchronous(self, handle, body):
        def result(status, **more):
            return {'plugindata': {'plugin': PLUGIN, 'data': {
                'streaming': 'event', 'result': {'status': status}}}, **more}
        if body['request'] == 'start':
            if handle.mountpoint is None:
                raise plugin_error(455, "Can't start: no mountpoint set")
            return result('starting')
        if body['request'] == 'stop':
            handle.hang_up()
            return result('stopping')
        if body['request'] == 'switch':
            return self.switch(handle, body)
        mountpoint = self.mountpoint(body)
        if mountpoint.pin is not None:
            if 'pin' not in body:
                raise plugin_error(453, 'Missing mandatory element (pin)')
            if body['pin'] != mountpoint.pin:
                raise plugin_error(457, 'Unauthorized (wrong pin)')
        if handle.mountpoint is not None:
            raise plugin_error(
                460, f'Already watching mountpoint {handle.mountpoint.id}')
        if not mountpoint.is_connected():
            if self.says_no_offer:
                raise plugin_error(453, "Can't offer an SDP with no audio, "
                                   'video or data for this mountpoint')
            handle.mountpoint = mountpoint
            mountpoint.viewers.add(handle)
            return None
        handle.mountpoint = mountpoint
        mountpoint.viewers.add(handle)
        if handle.player is not None:
            return result('preparing', jsep={
                'type': 'answer', 'sdp': self.answer_player(handle)})
        handle.offer = mountpoint.sdp()
        handle.event(8, {'owner': 'local', 'jsep': {
            'type': 'offer', 'sdp': handle.offer}})
        return result('preparing', jsep={'type': 'offer',
                                         'sdp': handle.offer})

    def answer_player(self, handle):
        """Keeps the player's payload type and mid."""
        offer = handle.player
        handle.answers.append(offer)
        if self.connects:
            handle.connect()
        codec = handle.mountpoint.codec()
        handle.offer = handle.mountpoint.sdp(
            int(re.search(rf'a=rtpmap:(\d+) {codec}/', offer).group(1)),
            re.search('a=mid:(.*)\r', offer).group(1), 'active')
        return '\r\n'.join(line for line in handle.offer.split('\r\n')
                           if 'rtx' not in line and 'apt=' not in line)

    def switch(self, handle, body):
        """Janus does not check the pin."""
        mountpoint = self.mountpoint(body)
        if handle.mountpoint is None:
            raise plugin_error(455, "Can't switch: not on a mountpoint")
        handle.mountpoint.viewers.discard(handle)
        handle.mountpoint = mountpoint
        mountpoint.viewers.add(handle)
        handle.event(64, {'plugin': PLUGIN, 'data': {
            'status': 'switching', 'id': mountpoint.id}})
        return {'plugindata': {'plugin': PLUGIN, 'data': {
            'streaming': 'event', 'result': {'switched': 'ok',
                                             'id': mountpoint.id}}}}

    # --- mountpoints ---

    def mountpoint(self, body, missing='No such mountpoint/stream %s'):
        number = body.get('id')
        if 'id' not in body:
            raise plugin_error(453, 'Missing mandatory element (id)')
        if type(number) is not int or number < 0:
            raise plugin_error(454, 'Invalid element type '
                               '(id should be a positive integer)')
        if number not in self.mountpoints:
            raise plugin_error(455, missing % number)
        return self.mountpoints[number]

    def check(self, body, name, wanted):
        if wanted is None:
            return
        if name not in body:
            raise plugin_error(453, f'Missing mandatory element ({name})')
        if body[name] != wanted:
            raise plugin_error(457, f'Unauthorized (wrong {name})')

    def message(self, body):
        """The plugin's immediate answer."""
        name = body.get('request')
        if name is None:
            raise plugin_error(453, 'Missing mandatory element (request)')
        act = getattr(self, 'do_' + str(name), None)
        if act is None:
            raise plugin_error(452, f"Unknown request '{name}'")
        if name == 'create':
            return act(body)
        with self.mountpoints_lock:
            return act(body)

    def do_list(self, body):
        if 'admin_key' in body:
            self.check(body, 'admin_key', self.secret)
        with self.changed:
            return {'streaming': 'list', 'list': [
                {'id': each.id, 'type': 'live',
                 'description': each.body.get('description', 'mp'),
                 **({'metadata': each.metadata} if each.metadata else {}),
                 'enabled': True, 'media': each.media(True)}
                for each in self.mountpoints.values()
                if 'admin_key' in body or not each.body.get('is_private')]}

    def do_info(self, body):
        with self.changed:
            mountpoint = self.mountpoint(body)
            inside = {}
            if mountpoint.secret and body.get('secret') == mountpoint.secret:
                inside = {'name': mountpoint.body.get('name'),
                          'secret': mountpoint.secret,
                          'is_private': bool(
                              mountpoint.body.get('is_private')),
                          'viewers': len(mountpoint.viewers)}
                if mountpoint.pin is not None:
                    inside['pin'] = mountpoint.pin
                if mountpoint.rtsp:
                    inside.update(rtsp=True, url=mountpoint.body['url'])
            return {'streaming': 'info', 'info': {
                'id': mountpoint.id, 'description':
                mountpoint.body.get('description', 'mp'),
                **({'metadata': mountpoint.metadata}
                   if mountpoint.metadata else {}),
                'enabled': True, 'type': 'live',
                'media': mountpoint.media(False), **inside}}

    def do_create(self, body):
        self.check(body, 'admin_key', self.secret)
        number = body.get('id')
        if type(number) is not int or number < 0:
            raise plugin_error(454, 'Invalid element type '
                               '(id should be a positive integer)')
        if body.get('type') not in ('rtp', 'rtsp'):
            raise plugin_error(454, "Unknown stream type "
                               f"'{body.get('type')}'...\n")
        if body['type'] == 'rtsp':
            if not body.get('video') and not body.get('audio'):
                raise plugin_error(456, "Can't add 'rtsp' stream, no audio "
                                   'or video have to be streamed...')
            if not body.get('url'):
                raise plugin_error(456, "Error creating 'RTSP' stream")
        elif not body.get('media') and not body.get('videoport'):
            raise plugin_error(456, "Can't add 'rtp' stream, no audio, video "
                               'or data have to be streamed...')
        taken = plugin_error(
            456, 'A stream with the provided ID already exists')
        camera = self.camera(number)
        with self.mountpoints_lock, self.changed:
            if number in self.mountpoints or number in self.reserved:
                raise taken
            self.reserved.add(number)
            reserved = Mountpoint(camera, dict(body), self.reconnect)
            checked = reserved.rtsp and body.get('rtsp_failcheck', True)
        # The connect also fails after the request's own timeout.
        patience = body.get('rtsp_conn_timeout', 5)
        until = time.monotonic() + min(camera.connects, patience) * checked
        while time.monotonic() < until and self.running:
            time.sleep(0.01)
        # Janus does not hold the lock of the mountpoints while it connects.
        with self.mountpoints_lock, self.changed:
            self.reserved.discard(number)
            if checked and (not camera.online or camera.connects > patience):
                raise plugin_error(456, "Error creating 'RTSP' stream")
            reserved.made = time.monotonic()
            self.mountpoints[number] = reserved
        return {'streaming': 'created', 'created': body.get('name'),
                'permanent': False, 'stream': {
                    'id': number, 'type': 'live',
                    'description': body.get('description', 'mp'),
                    'is_private': bool(body.get('is_private'))}}

    def do_destroy(self, body):
        with self.changed:
            mountpoint = self.mountpoint(body)
            self.check(body, 'secret', mountpoint.secret)
            blocks = mountpoint.rtsp and not mountpoint.receives()
            self.blocked += blocks
        if blocks:
            time.sleep(self.block)
        with self.changed:
            self.mountpoints.pop(mountpoint.id, None)
            for handle in list(mountpoint.viewers):
                handle.session.push({
                    'janus': 'event', 'session_id': handle.session.id,
                    'sender': handle.id, 'plugindata': {
                        'plugin': PLUGIN, 'data': {
                            'streaming': 'event',
                            'result': {'status': 'stopped'}}}})
                handle.hang_up('Close PC')
                handle.session.push({
                    'janus': 'hangup', 'session_id': handle.session.id,
                    'sender': handle.id, 'reason': 'Close PC'})
        return {'streaming': 'destroyed', 'destroyed': mountpoint.id}

    def do_edit(self, body):
        with self.changed:
            mountpoint = self.mountpoint(body, 'No such mountpoint (%s)')
            self.check(body, 'secret', mountpoint.secret)
            if 'new_pin' in body:
                mountpoint.pin = body['new_pin'] or None
            return {'streaming': 'edited', 'id': mountpoint.id,
                    'permanent': False}

    # --- the admin API ---

    def serve_admin(self, connection, method, target, body):
        parts = target.partition('?')[0].strip('/').split('/')
        if parts[0] != 'admin' or method != 'POST':
            return self.answer(connection, 'admin', target, {},
                               lambda: (404, None))
        request, wrong = parse(body)
        ids = [int(part) for part in parts[1:]]
        if not ids and 'session_id' in request:
            ids = [request[name] for name in ('session_id', 'handle_id')
                   if name in request]
        return self.answer(
            connection, 'admin:' + str(request.get('janus')), target, request,
            lambda: (200, wrong or self.call(request, ids, self.administer,
                                             'admin_secret')))

    def administer(self, request, ids, context):
        name = request.get('janus')
        success = {'janus': 'success', **context}
        with self.changed:
            self.expire()
            if name == 'ping':
                return {'janus': 'pong', **context}
            if name == 'list_sessions':
                return {**success, 'sessions': list(self.sessions)}
            if not ids:
                raise error(457, name)
            used = self.sessions[ids[0]].used if ids[0] in (
                self.sessions) else 0
            session, handle = self.find(ids)
            session.used = used
            if name == 'list_handles':
                return {**success, 'handles': list(session.handles)}
            if name != 'handle_info' or handle is None:
                raise error(457, name)
            return {**success, 'handle_id': handle.id,
                    'info': handle_info(handle, request.get('plugin_only'))}


def handle_info(handle, plugin_only):
    mountpoint = handle.mountpoint
    plays = bool(handle.answers) and mountpoint is not None
    flows = plays and handle.peer
    handle.sent += 100 * flows
    state = {'state': 'watching' if mountpoint else 'idle'}
    if mountpoint:
        state.update(mountpoint_id=mountpoint.id,
                     mountpoint_name=mountpoint.body.get('name'),
                     mountpoint_viewers=len(mountpoint.viewers),
                     media=[{'type': 'video', 'mindex': 0, 'mid': 'v'}])
    state.update(hangingup=0, started=int(flows), dataready=0, paused=0,
                 stopping=0, destroyed=0)
    info = {'session_id': handle.session.id, 'session_timeout': 30,
            'session_transport': 'janus.transport.http',
            'handle_id': handle.id,
            **({'token': handle.token, 'created': int(1e6 * handle.made)}
               if handle.token else {}),
            'loop-running': True, 'plugin': PLUGIN,
            'plugin_specific': state}
    if plugin_only:
        return info
    info['flags'] = {
        'got-offer': bool(handle.offer), 'got-answer': plays,
        'negotiated': plays,
        'processing-offer': bool(handle.offer) and not plays,
        'starting': False,
        'ready': flows, 'stopped': False, 'alert': not mountpoint,
        'trickle': False, 'cleaning': False}
    info['sdps'] = {}
    info['queued-packets'] = 0
    if flows and handle.up is not None:
        info['current_time'] = int(time.monotonic() * 1e6)
    if handle.offer:
        ice = 'ready' if flows else 'connecting' if plays and (
            'a=candidate' in handle.answers[-1]) else 'gathering'
        stats = {'packets': handle.sent, 'bytes': 1000 * handle.sent}
        info['webrtc'] = {
            'ice': {'stream_id': 1, 'component_id': 1, 'state': ice,
                    **({'connected': 1} if flows else {}),
                    'ready': 1 if flows else -1},
            'dtls': {'dtls-state':
                     'connected' if flows else 'created', 'ready': flows,
                     **({'connected': int(handle.up * 1e6)}
                        if flows and handle.up else {}),
                     'stats': {'in': {'packets': 0, 'bytes': 0},
                               'out': stats}},
            'media': {'v': {
                'type': 'video', 'mindex': 0, 'mid': 'v',
                **({'rtcp': {'main': handle.reports()}} if flows else {}),
                'stats': {'in': {'packets': 0, 'bytes': 0},
                          'out': {**stats, 'bytes_lastsec': 90000 * flows,
                                  'nacks': 0}}}}}
    return info


def plugin_reply(janus, context, sender, data):
    return {'janus': janus, **context, 'sender': sender,
            'plugindata': {'plugin': PLUGIN, 'data': data}}


def parse(body):
    """(the object, or the error of the body)"""
    try:
        request = json.loads(body)
    except ValueError:
        return {}, {'janus': 'error', 'error': {
            'code': 454, 'reason': ERRORS[454] % 'garbage'}}
    if not isinstance(request, dict):
        return {}, {'janus': 'error', 'error': {
            'code': 455, 'reason': ERRORS[455]}}
    return request, None


def read_request(lines):
    """(method, target, body), or None at the end of the connection."""
    first = lines.readline(65536).decode('latin-1').split()
    if len(first) != 3:
        return None
    length = 0
    while True:
        line = lines.readline(65536).decode('latin-1').strip()
        if not line:
            break
        name, _, value = line.partition(':')
        if name.lower() == 'content-length':
            length = int(value)
    body = lines.read(length) if length else b''
    return (first[0], first[1], body) if len(body) == length else None


def send(connection, status, reply):
    if reply is None:
        reason = {403: 'Forbidden', 404: 'Not Found'}[status]
        connection.sendall(
            f'HTTP/1.1 {status} {reason}\r\nConnection: close\r\n{CORS}'
            'Content-Length: 0\r\n\r\n'.encode())
        raise Lifted
    body = json.dumps(reply, separators=(',', ':')).encode()
    connection.sendall(
        f'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{CORS}'
        'Transfer-Encoding: chunked\r\n\r\n'
        f'{len(body):x}\r\n'.encode() + body + b'\r\n0\r\n\r\n')


def is_closed(connection):
    """Whether the peer has closed the connection."""
    with contextlib.suppress(OSError, ValueError):
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and not connection.recv(1, socket.MSG_PEEK)
    return True
