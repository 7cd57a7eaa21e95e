"""A browser that talks to Janus itself, with the token of a view."""

import json
import urllib.error

from lab import OPENER, PLUGIN, JanusError

EVENTS = ('<Location "/janus-events">\nSetHandler cctv-janus-events\n'
          '</Location>\n')


def start_proxied(viewer, camera):
    """Starts a view of the proxy transport: the answer to its view-start."""
    reply = viewer.post('view-start', camera_id=camera, signalling='janus')
    assert reply.status == 201, reply.body
    return reply.json()


class Client:
    """A Janus session and a handle that were made with a token. It uses the
    HTTP API of `janus`; `more` may hold an id for the Janus session."""

    def __init__(self, janus, token, **more):
        self.janus = janus
        self.token = token
        self.session = self.ask('', janus='create', **more)['data']['id']
        self.path = f'/{self.session}'
        self.handle = self.attach()

    def ask(self, path, **members):
        return self.janus.send(self.janus.url + path,
                               {'token': self.token, **members})

    def attach(self, token=None):
        """A further handle; its id."""
        return self.ask(self.path, janus='attach', plugin=PLUGIN,
                        token=token or self.token)['data']['id']

    def send(self, **body):
        """What the plugin answers at once, or later in an event."""
        reply = self.ask(f'{self.path}/{self.handle}', janus='message',
                         body=body)
        while 'plugindata' not in reply:
            with OPENER.open(f'{self.janus.url}{self.path}?maxev=1&token='
                             + self.token.replace('+', '%2B'),
                             timeout=35) as answer:
                reply = json.load(answer)
        return {**reply['plugindata']['data'],
                **({'jsep': reply['jsep']} if 'jsep' in reply else {})}

    def is_alive(self):
        """Whether Janus still has the Janus session."""
        try:
            self.ask(self.path, janus='keepalive')
        except (JanusError, urllib.error.URLError):
            return False
        return True

    def destroy(self):
        self.ask(self.path, janus='destroy')
