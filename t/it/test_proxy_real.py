"""What Debian's Janus lets a browser with a token do (CCTVJanusProxy), and how
soon it is over. This is why CCTVJanusProxy and CCTVRoles exclude each other."""

import contextlib
import urllib.error

import pytest

from api import ONE_CHILD
from env import SLOWNESS, wait_for
from lab import Cameras, Janus, free_port, real
from proxied import Client, start_proxied
from video import EVENTS, Watcher, janus_config
from views import set_cameras

pytestmark = real

DEBIAN = 1102


class Site:
    def __init__(self, httpd, janus):
        self.httpd = httpd
        self.janus = janus
        self.viewer = Watcher(httpd)

    def start(self, camera):
        return start_proxied(self.viewer, camera)

    def connect(self, said):
        return Client(self.janus, said['token'])

    def until_destroyed(self, client):
        wait_for(lambda: not client.is_alive(),
                 'the Janus session is destroyed', 3 * SLOWNESS)


@pytest.fixture(scope='module')
def site(cluster, start_shared):
    cameras = Cameras('rtsp', 'one', 'two')
    port = free_port()
    janus = Janus(ws=True, events=f'http://127.0.0.1:{port}/janus-events')
    set_cameras(cluster, *({'stream_url': cameras.url(name)}
                           for name in ('one', 'two')))
    httpd = start_shared(ONE_CHILD + janus_config(
        cluster, janus, 'CCTVJanusProxy on', EVENTS), at=port)
    yield Site(httpd, janus)
    httpd.stop()
    janus.remove()
    cameras.remove()


def test_switch_needs_no_pin_and_is_over_within_a_second(site):
    site.httpd.expect('CCTV0071')
    session, said = site.start(1)
    site.start(2)
    client = site.connect(said)
    assert client.watch(said)['result'] == {'status': 'preparing'}
    answer = None
    # Its Janus session may end before the answer is fetched.
    with contextlib.suppress(urllib.error.HTTPError):
        answer = client.send('switch', id=2)
    site.until_destroyed(client)
    assert site.viewer.beat(session) == 404
    if answer and site.janus.ask(janus='info')['version'] == DEBIAN:
        assert answer['result'] == {'switched': 'ok', 'id': 2}


def test_info_tells_of_other_cameras(site):
    _, said = site.start(1)
    site.start(2)
    client = site.connect(said)
    found = client.send('info', id=2)['info']
    assert found['metadata'] and 'age_ms' in found['media'][0]
    # Janus keeps these for itself, and the list is empty.
    assert not {'pin', 'secret', 'url', 'viewers'} & set(found)
    assert client.send('list')['list'] == []


def test_the_pin_of_another_camera_is_of_no_use(site):
    site.httpd.expect('CCTV0071')
    session, said = site.start(1)
    _, other = site.start(2)
    client = site.connect(said)
    # The Janus session may be destroyed before its client has the answer.
    with contextlib.suppress(urllib.error.HTTPError):
        assert client.watch(other)['result'] == {'status': 'preparing'}
    site.until_destroyed(client)
    assert site.viewer.beat(session) == 404
    for number, each in ((1, said), (2, other)):
        wait_for(lambda number=number, each=each: site.janus.streaming(
            'info', id=number)['info']['pin'] != each['pin'],
            'the pin changes', 3 * SLOWNESS)


def test_a_token_has_one_janus_session(site):
    session, said = site.start(1)
    older = site.connect(said)
    newer = site.connect(said)
    site.until_destroyed(older)
    assert newer.is_alive()
    assert site.viewer.beat(session) == 200
    newer.attach()
    site.until_destroyed(newer)
    assert site.viewer.beat(session) == 404
    # The token itself has not expired.
    site.until_destroyed(site.connect(said))
