"""Browsers that talk to Janus themselves (CCTVJanusProxy), with a stand-in for
Janus: a Janus session belongs to one view, and ends with it."""

import pytest

from api import ONE_CHILD
from env import SLOWNESS, wait_for
from janus_double import Handle, Session
from metrics import scrape
from proxied import EVENTS, Client, event, start_proxied, tell
from views import Viewer, set_cameras

# The permission is checked with Janus's list this often, in seconds.
CHECK = 5


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, video):
    set_cameras(cluster, *[{}] * 6)
    return start_shared(ONE_CHILD + video.server(
        cluster, 'CCTVJanusProxy on\n' + EVENTS))


class Proxied:
    """A viewer whose Janus sessions are reported as Janus does."""

    def __init__(self, httpd, janus):
        self.httpd = httpd
        self.janus = janus
        self.viewer = Viewer(httpd)

    def start(self, camera):
        return start_proxied(self.viewer, camera)

    def tell(self, kind, client, **what):
        tell(self.httpd, self.janus.secret, event(kind, client, **what))

    def connect(self, said, **more):
        client = Client(self.janus, said['token'], **more)
        self.attached(client)
        return client

    def attached(self, client, name='attached'):
        self.tell(2, client, name=name, token=client.token)

    def beat(self, session):
        return self.viewer.beat(session)

    def denied(self):
        return scrape(self.httpd).sum('cctv_sessions_ended_total',
                                      reason='denied')

    def until_denied(self, before):
        wait_for(lambda: self.denied() == before + 1, 'the view has ended',
                 SLOWNESS)

    def pin(self, camera):
        return self.janus.mountpoints[camera].pin


@pytest.fixture
def site(httpd, video):
    return Proxied(httpd, video.janus)


def until_destroyed(client, seconds=1):
    wait_for(lambda: not client.is_alive(), 'the Janus session is destroyed',
             seconds * SLOWNESS)


def test_a_newer_janus_session_replaces_the_older_one(site):
    """As after a loss of the network, when janus.js connects again."""
    session, said = site.start(1)
    older = site.connect(said)
    renewed = site.viewer.post('heartbeat', session_id=session).json()
    newer = site.connect(renewed)
    until_destroyed(older)
    site.attached(older, 'detached')
    assert site.beat(session) == 200
    assert newer.is_alive()
    newer.watch(said)
    site.viewer.end(session)
    until_destroyed(newer)


def test_a_token_is_good_for_nothing_after_its_view(site):
    session, said = site.start(1)
    other, _ = site.start(1)
    client = site.connect(said)
    client.watch(said)
    site.viewer.end(session)
    until_destroyed(client)
    until_destroyed(site.connect(said))
    assert site.beat(other) == 200


@pytest.mark.parametrize('what', ['offer', 'switch'])
def test_a_request_for_another_camera_ends_the_view(site, what):
    site.httpd.expect('CCTV0071')
    session, said = site.start(1)
    other, of_other = site.start(2)
    before = site.denied()
    client = site.connect(said)
    if what == 'offer':
        client.watch(of_other)
        site.tell(8, client, owner='local', jsep={
            'type': 'offer', 'sdp': client_offer(site, client)})
    else:
        client.watch(said)
        site.tell(8, client, owner='local', jsep={
            'type': 'offer', 'sdp': client_offer(site, client)})
        assert site.beat(session) == 200
        client.send('switch', id=2)
        site.tell(64, client, plugin='janus.plugin.streaming',
                  data={'status': 'switching', 'id': 2})
    until_destroyed(client)
    assert site.denied() == before + 1
    assert site.beat(session) == 404
    assert site.beat(other) == 200
    for each in said, of_other:
        wait_for(lambda each=each: site.pin(each['mountpoint'])
                 != each['pin'], 'the pin changes', SLOWNESS)


def client_offer(site, client):
    return site.janus.sessions[client.session].handles[client.handle].offer


def test_more_than_one_handle_or_view_ends_the_view(site):
    session, said = site.start(1)
    other, of_other = site.start(2)
    before = site.denied()
    client = site.connect(said)
    client.handle = client.attach()
    site.attached(client)
    until_destroyed(client)
    site.until_denied(before)
    session, said = site.start(1)
    client = site.connect(said)
    client.token = of_other['token']
    client.handle = client.attach()
    site.attached(client)
    until_destroyed(client)
    site.until_denied(before + 1)
    assert site.beat(other) == 200


def test_the_id_of_a_janus_session_may_not_be_too_long(site):
    """Clients may choose it; Janus draws ids of 53 bits."""
    session, said = site.start(1)
    client = site.connect(said, id=1 << 53)
    until_destroyed(client)
    assert site.beat(session) == 200


def test_a_view_whose_camera_gets_another_role_loses_its_pin(site, cluster):
    session, said = site.start(3)
    client = site.connect(said)
    client.watch(said)
    before = site.denied()
    cluster.query("UPDATE cameras SET role = 'police' WHERE id = 3")
    wait_for(lambda: site.denied() == before + 1, 'the view has ended',
             3 * SLOWNESS)
    until_destroyed(client)
    until_destroyed(site.connect(said))
    wait_for(lambda: site.pin(3) != said['pin'], 'the pin changes', SLOWNESS)


def test_events_may_get_lost(site):
    """The list of Janus shows the same some seconds later."""
    site.httpd.expect('CCTV0071')
    janus = site.janus
    fine, of_fine = site.start(1)
    ended, of_ended = site.start(2)
    two, of_two = site.start(4)
    elsewhere, of_elsewhere = site.start(5)
    gone, of_gone = site.start(6)
    site.viewer.end(ended)
    stale = Client(janus, of_ended['token'])
    good = Client(janus, of_fine['token'])
    good.watch(of_fine)
    older = Client(janus, of_two['token'])
    newer = Client(janus, of_two['token'])
    wrong = Client(janus, of_elsewhere['token'])
    wrong.watch(of_fine)
    doubled = Client(janus, site.start(4)[1]['token'])
    doubled.attach()
    long = Client(janus, of_fine['token'], id=1 << 60)
    lost = site.connect(of_gone)
    lost.ask(lost.path, janus='destroy')
    own = Session(janus)
    janus.sessions[own.id] = own
    own.handles[1] = Handle(own)
    for client in stale, older, wrong, doubled, long:
        until_destroyed(client, CHECK + 2)
    assert site.beat(elsewhere) == 404
    assert site.beat(fine) == site.beat(two) == 200
    assert good.is_alive() and newer.is_alive()
    wait_for(lambda: site.beat(gone) == 404, 'its end is noticed',
             (CHECK + 2) * SLOWNESS)
    # The Janus sessions of other programs, with the secret, are left alone.
    assert own.id in janus.live_sessions()
    for session in fine, two:
        site.viewer.end(session)
    until_destroyed(good)
    until_destroyed(newer)
