"""Clients that watch video, and an Apache with a stand-in for Janus."""

import base64
import contextlib
import hashlib
import hmac
import os
import shutil
import threading

from api import dbd
from env import REPO, SLOWNESS, make_folder, wait_for
from janus_double import JanusDouble, answer_to
from views import HANDLERS, Viewer

TURN_SECRET = 'turn-secret-9b2e77'
TURN = 'turn:turn.example.org:3478?transport=udp'


def endpoints(names):
    return ''.join(f'<Location "/{name}">\nSetHandler cctv-{name}\n'
                   '</Location>\n' for name in names)


ENDPOINTS = endpoints([*HANDLERS, 'view-answer', 'whep'])
EVENTS = endpoints(['janus-events'])
DOWN, BUSY, OFFLINE = (f'urn:cctv:{name}'
                       for name in ('video-down', 'busy', 'offline'))
# Log ids of failures to reach Janus; see mod_cctv/core/mod_log.h.
JANUS_DOWN = ('CCTV0023', 'CCTV0026', 'CCTV0028', 'CCTV0048', 'CCTV0049')


class Video:
    """A stand-in for Janus, and the directives that configure it."""

    def __init__(self):
        self.janus = JanusDouble()
        self.folder = make_folder()
        self.secret_file = self.write('janus', self.janus.secret)
        self.turn_file = self.write('turn', TURN_SECRET)

    def write(self, name, text, mode=0o600):
        path = f'{self.folder}/{name}'
        with open(path, 'w') as file:
            file.write(text + '\n')
        os.chmod(path, mode)
        return path

    def config(self, **changes):
        """The CCTVJanus… directives that the tests use, with these changes."""
        values = {'URL': self.janus.url, 'AdminURL': self.janus.admin_url,
                  'SecretFile': self.secret_file, 'IdleTimeout': '60min',
                  'ColdTimeout': '2s', **changes}
        return ''.join(f'CCTVJanus{name} {value}\n'
                       for name, value in values.items() if value)

    def server(self, cluster, more='', **changes):
        """The configuration of a server, except the number of workers."""
        return (dbd(cluster, user='cctv_video') + self.config(**changes)
                + more + ENDPOINTS + EVENTS)

    def remove(self):
        self.janus.remove()
        shutil.rmtree(self.folder)


def janus_config(cluster, janus, *more):
    """The directives that configure a real Janus."""
    return '\n'.join([
        dbd(cluster, user='cctv_video') + ENDPOINTS
        + f'CCTVJanusURL {janus.url}', f'CCTVJanusAdminURL {janus.admin_url}',
        f'CCTVJanusSecretFile {janus.secret_file}', *more, ''])


def offer_of(player):
    """The SDP offer of a real player: a file of t/fuzz/corpus/offer."""
    with open(f'{REPO}/t/fuzz/corpus/offer/{player}', newline='') as file:
        return file.read()


class Watcher(Viewer):
    """A client that follows the server's instructions."""

    def offer(self, camera=1):
        """The answer to a view-start; the view now waits for its SDP answer."""
        reply = self.post('view-start', camera_id=camera)
        assert reply.status == 201, reply.body
        said = reply.json()
        self.sessions.append(said['session_id'])
        return said

    def answer(self, said, sdp=None):
        return self.post('view-answer', session_id=said['session_id'],
                         sdp=answer_to(said['sdp']) if sdp is None else sdp)

    def play(self, camera=1):
        """Starts a view and answers its offer; returns the id of the view."""
        said = self.offer(camera)
        reply = self.answer(said)
        assert (reply.status, reply.body) == (204, b''), reply.body
        return said['session_id']

    @contextlib.contextmanager
    def kept(self):
        """Sends heartbeats for this client's views while the block runs."""
        over = threading.Event()

        def beat():
            while not over.wait(0.5):
                for session in self.sessions:
                    self.post('heartbeat', session_id=session)
        thread = threading.Thread(target=beat)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def video(self, session):
        """The video object in the answer to a heartbeat."""
        reply = self.post('heartbeat', session_id=session)
        return reply.json()['video'] if reply.status == 200 else reply.status


def problem(reply, status, kind='about:blank', *words):
    """Checks that a reply is a problem document with this status, type and
    these words."""
    assert reply.status == status, (reply.status, reply.body)
    assert reply.headers['Content-Type'] == 'application/problem+json'
    said = reply.json()
    assert (said['status'], said['type']) == (status, kind), said
    for word in words:
        assert word in said['detail'], said
    if status == 503:
        assert int(reply.headers['Retry-After']) >= 1


def until_gone(janus, seconds=2):
    """Waits until no Janus session of a viewer and no open request is left."""
    wait_for(lambda: not janus.viewers(), 'Janus sessions of viewers end',
             seconds * SLOWNESS)
    # The keeper's own calls are among them: with a moment between two of them.
    wait_for(lambda: not janus.open_calls(), 'no call of Janus is open',
             5 * seconds * SLOWNESS)


def credential(username, secret=TURN_SECRET):
    """A credential as coturn expects it with use-auth-secret."""
    return base64.b64encode(hmac.new(
        secret.encode(), username.encode(), hashlib.sha1).digest()).decode()


def status_of(cluster, camera):
    """The status of a camera in the database."""
    ((status,),) = cluster.query('SELECT status FROM cameras WHERE id = %s',
                                 [camera])
    return status
