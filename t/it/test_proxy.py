"""Browsers that talk to Janus themselves (CCTVJanusProxy), with a stand-in for
Janus: a Janus session belongs to one view, and ends with it."""

import time

import pytest

from api import ONE_CHILD
from env import SLOWNESS, wait_for
from janus_double import Handle, Session
from metrics import scrape
from proxied import Client, start_proxied
from views import Viewer, set_cameras

# The permission is checked with Janus's list this often, in seconds.
CHECK = 5


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, video):
    set_cameras(cluster, *[{}] * 26)
    return start_shared(ONE_CHILD + video.server(
        cluster, 'CCTVJanusProxy on\n'))


class Proxied:
    def __init__(self, httpd, janus):
        self.httpd = httpd
        self.janus = janus
        self.viewer = Viewer(httpd)

    def start(self, camera):
        return start_proxied(self.viewer, camera)

    def connect(self, said, **more):
        return Client(self.janus, said['token'], **more)

    def beat(self, session):
        return self.viewer.beat(session)

    def denied(self):
        return scrape(self.httpd).sum('cctv_sessions_ended_total',
                                      reason='denied')

    def pin(self, camera):
        return self.janus.mountpoints[camera].pin


@pytest.fixture
def site(httpd, video):
    return Proxied(httpd, video.janus)


def until_destroyed(client, seconds=3):
    wait_for(lambda: not client.is_alive(), 'the Janus session is destroyed',
             seconds * SLOWNESS)


def test_a_newer_janus_session_replaces_the_older_one(site):
    """As after a loss of the network, when janus.js connects again."""
    session, said = site.start(1)
    older = site.connect(said)
    renewed = site.viewer.post('heartbeat', session_id=session).json()
    newer = site.connect(renewed)
    until_destroyed(older)
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


@pytest.mark.parametrize('what', ['watch', 'switch'])
def test_a_request_for_another_camera_ends_the_view(site, what):
    site.httpd.expect('CCTV0071')
    session, said = site.start(1)
    other, of_other = site.start(2)
    before = site.denied()
    client = site.connect(said)
    # The Janus session may be gone before its event could be read.
    if what == 'switch':
        client.watch(said)
        assert site.beat(session) == 200
        client.request('switch', id=2)
    else:
        client.request('watch', id=of_other['mountpoint'],
                       pin=of_other['pin'])
    until_destroyed(client)
    assert site.denied() == before + 1
    assert site.beat(session) == 404
    assert site.beat(other) == 200
    for each in said, of_other:
        wait_for(lambda each=each: site.pin(each['mountpoint'])
                 != each['pin'], 'the pin changes', 3 * SLOWNESS)


def test_more_than_one_handle_or_view_ends_the_view(site):
    session, said = site.start(1)
    other, of_other = site.start(2)
    before = site.denied()
    client = site.connect(said)
    client.attach()
    until_destroyed(client)
    session, said = site.start(1)
    client = site.connect(said)
    client.attach(token=of_other['token'])
    until_destroyed(client)
    assert site.denied() == before + 2
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
    wait_for(lambda: site.pin(3) != said['pin'], 'the pin changes', 3 * SLOWNESS)


def test_events_may_get_lost(site):
    """The list of Janus shows the same some seconds later."""
    site.httpd.expect('CCTV0071')
    janus = site.janus
    views = [site.start(camera) for camera in (1, 2, 4, 5, 6)]
    (fine, of_fine), (ended, of_ended), (two, of_two), (
        elsewhere, of_elsewhere), (doubled, of_doubled) = views
    site.viewer.end(ended)
    tells, janus.events = janus.events, lambda *_: []
    good = site.connect(of_fine)
    good.watch(of_fine)
    stale = site.connect(of_ended)
    older = site.connect(of_two)
    newer = site.connect(of_two)
    wrong = site.connect(of_elsewhere)
    wrong.request('watch', id=of_fine['mountpoint'], pin=of_fine['pin'])
    again = site.connect(of_doubled)
    again.attach()
    long = site.connect(of_fine, id=1 << 60)
    own = Session(janus)
    janus.sessions[own.id] = own
    own.handles[1] = Handle(own)
    try:
        for client in stale, older, wrong, again, long:
            until_destroyed(client, CHECK + 2)
        assert site.beat(elsewhere) == site.beat(doubled) == 404
        assert site.beat(fine) == site.beat(two) == 200
        assert good.is_alive() and newer.is_alive()
        # The Janus sessions of other programs, with the secret, are left alone.
        assert own.id in janus.live_sessions()
    finally:
        janus.events = tells
    for session in fine, two:
        site.viewer.end(session)
    until_destroyed(good)
    until_destroyed(newer)


def test_a_view_that_has_just_started_keeps_its_pin(site):
    """Pins change after a view, some of them just when the next one starts."""
    cameras = range(7, 27)
    for session in [site.start(camera)[0] for camera in cameras]:
        site.viewer.end(session)
    began = time.monotonic()
    views = []
    for number, camera in enumerate(cameras):
        time.sleep(max(0, began + number / 10 - time.monotonic()))
        views.append(site.start(camera))
    time.sleep(2)
    lost = [said for _, said in views
            if site.pin(said['mountpoint']) != said['pin']]
    for session, _ in views:
        site.viewer.end(session)
    # One may start while Janus is told the new pin.
    assert len(lost) <= 1
