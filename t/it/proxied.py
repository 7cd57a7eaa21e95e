"""Browsers that talk to Janus themselves, with the token of a view."""

import itertools
import json
import urllib.error
import urllib.parse
import urllib.request

from lab import OPENER, PLUGIN, JanusError

transactions = itertools.count()


def start_proxied(viewer, camera):
    """Starts a view of the proxy transport: (its id, what it got for Janus)."""
    reply = viewer.post('view-start', camera_id=camera, signalling='janus')
    assert reply.status == 201, reply.body
    said = reply.json()
    return said['session_id'], said['janus']


class Client:
    """A Janus session and its handle, made with a token at the HTTP API of
    `janus`. `id` chooses the id of the Janus session."""

    def __init__(self, janus, token, **more):
        self.url = janus.url
        self.token = token
        self.session = self.ask('', janus='create', **more)['data']['id']
        self.path = f'/{self.session}'
        self.handle = self.attach()

    def ask(self, path, **members):
        members = {'token': self.token, **members,
                   'transaction': f'c{next(transactions)}'}
        request = urllib.request.Request(
            self.url + path, json.dumps(members).encode(),
            {'Content-Type': 'application/json'})
        with OPENER.open(request, timeout=20) as reply:
            found = json.load(reply)
        if found['janus'] == 'error':
            raise JanusError(found['error']['code'], found['error']['reason'])
        return found

    def attach(self, **more):
        """A further handle; its id."""
        return self.ask(self.path, janus='attach', plugin=PLUGIN,
                        **more)['data']['id']

    def request(self, request, **members):
        """What Janus answers at once: of `watch` and `switch` no more than
        that it has them."""
        return self.ask(f'{self.path}/{self.handle}', janus='message',
                        body={'request': request, **members})

    def send(self, request, **members):
        """What the plugin answers, at once or in an event."""
        reply = self.request(request, **members)
        query = urllib.parse.urlencode({'maxev': 1, 'token': self.token})
        while 'plugindata' not in reply:
            with OPENER.open(f'{self.url}{self.path}?{query}',
                             timeout=35) as answer:
                reply = json.load(answer)
        return reply['plugindata']['data']

    def watch(self, said):
        """Asks for the offer of a mountpoint, with its pin."""
        return self.send('watch', id=said['mountpoint'], pin=said['pin'])

    def is_alive(self):
        """Whether Janus still has the Janus session."""
        try:
            self.ask(self.path, janus='keepalive')
        except (JanusError, urllib.error.URLError):
            return False
        return True
