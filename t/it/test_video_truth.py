"""A view counts while media flow: 200 scripted viewers, and Janus's events
lost, late, doubled and forged."""

import base64
import collections
import contextlib
import heapq
import json
import random
import threading
import time

import pytest

from api import ONE_CHILD
from env import SLOWNESS, wait_for
from janus_double import answer_to
from metrics import scrape
from video import Watcher, problem
from views import set_cameras

# The last two are for the tests of single views.
CAMERAS = 10
TIMEOUT = 9
# What a busy machine may add to a time limit.
SLACK = 4
# The threads that send heartbeats.
BEATING = 4
# What becomes of the viewers: how many of these, and the reason that is
# counted when their views have ended.
FATES = {
    'rejects': (12, 'answer_refused'),
    'vanishes': (12, 'unanswered'),    # before it has answered
    'dark': (8, 'no_media'),           # its network lets no media through
    'killed': (36, 'expired'),
    'closes': (44, 'media_gone'),
    'silent': (24, 'ended'),           # media stop, heartbeats go on
    'ends': (44, 'ended'),
    'stays': (20, 'ended'),            # until the end of the test
}
# Further viewers, of an Apache that gets no events at all.
ALONE = {'killed': 6, 'closes': 6, 'ends': 4, 'stays': 4}


def login(secret):
    return 'Basic ' + base64.b64encode(f'janus:{secret}'.encode()).decode()


def post_events(httpd, body, secret=None, **headers):
    fields = {'Host': 'localhost', 'Content-Type': 'application/json',
              **headers}
    if secret is not None:
        fields['Authorization'] = login(secret)
    return httpd.ask('POST', '/janus-events', fields, body)


@pytest.fixture(scope='module')
def servers(cluster, start_shared, video):
    """An Apache that gets events, and one that gets none."""
    set_cameras(cluster, *[{}] * (CAMERAS + 2))
    found = []
    for _ in range(2):
        found.append(start_shared(ONE_CHILD + video.server(
            cluster, f'CCTVSessionTimeout {TIMEOUT}s\nMaxRequestWorkers 32\n'
            'ThreadsPerChild 32\nThreadLimit 32\n')))
    video.janus.targets.remove(found[1])
    return found


class Faulty:
    """Loses, delays and doubles events at random, each in the same way."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seen = collections.Counter()

    def __call__(self, event, targets):
        fate = self.random.random()
        sent = []
        for target in targets:
            # Statistics repeat themselves; other events come once.
            if fate < 0.05 and event['type'] == 32:
                self.seen['lost'] += 1
            elif fate < 0.15:
                self.seen['doubled'] += 1
                sent += [(0, target, event), (1.5, target, event)]
            elif fate < 0.25:
                self.seen['late'] += 1
                sent.append((self.random.random() * 1.5, target, event))
            else:
                sent.append((0, target, event))
        return sent


class Scripted:
    """A viewer. `received` is how long media flowed to it, as the stand-in
    for Janus knows it."""

    def __init__(self, httpd, fate, number, janus, dice):
        self.httpd = httpd
        self.fate = fate
        self.janus = janus
        self.dice = dice
        self.camera = 1 + number % CAMERAS
        self.received = 0
        self.beats = False
        self.handle = None
        self.watcher = Watcher(httpd)

    def start(self):
        before = set(self.janus.watchers(self.camera))
        said = self.watcher.offer(self.camera)
        self.view = said['session_id']
        (self.handle,) = set(self.janus.watchers(self.camera)) - before
        if self.fate == 'vanishes':
            return
        sdp = answer_to(said['sdp'])
        if self.fate == 'rejects':
            problem(self.watcher.answer(said, sdp.replace(
                'm=video 9', 'm=video 0')), 422, 'urn:cctv:codec')
            return
        self.janus.connects = self.fate != 'dark'
        assert self.watcher.answer(said, sdp).status == 204
        self.janus.connects = True
        self.up = self.handle.up
        self.beats = True

    def is_over(self):
        if self.up is not None:
            self.received = time.monotonic() - self.up

    def act(self):
        """What makes it the viewer that it is."""
        handle = self.handle
        if self.fate == 'killed':
            self.is_over()
            handle.alive = self.beats = False
        elif self.fate == 'closes':
            self.is_over()
            self.janus.hang_up(handle, 'DTLS alert')
        elif self.fate == 'silent':
            self.is_over()
            handle.peer = False
        elif self.fate == 'ends':
            self.end()

    def end(self):
        if self.fate in ('ends', 'stays'):
            self.is_over()
        self.beats = False
        self.watcher.post('view-end', session_id=self.view)

    def beat(self):
        reply = self.watcher.post('heartbeat', session_id=self.view)
        if reply.status == 404 or reply.json()['video'] == 'gone':
            self.beats = False


def run(viewers, dice):
    """Starts all viewers, and lets each act at a time of its own."""
    plan = []
    for viewer in viewers:
        viewer.start()
        heapq.heappush(plan, (time.monotonic() + 3 + dice.random() * 5,
                              id(viewer), viewer))
    while plan:
        time.sleep(max(0, plan[0][0] - time.monotonic()))
        heapq.heappop(plan)[2].act()
    return time.monotonic()


@contextlib.contextmanager
def heartbeats(viewers):
    """The viewers send heartbeats while the block runs. Several threads do
    that, so that a round does not take as long as the timeout of a view."""
    over = threading.Event()

    def beat(mine):
        while not over.wait(TIMEOUT / 6):
            for viewer in mine:
                if viewer.beats:
                    viewer.beat()
    threads = [threading.Thread(target=beat, args=[viewers[number::BEATING]])
               for number in range(BEATING)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


@contextlib.contextmanager
def faulty_events(janus):
    """Janus loses, delays and doubles events while the block runs."""
    faultless, janus.events = janus.events, Faulty(12)
    janus.stats_period = 1
    try:
        yield janus.events
    finally:
        janus.events = faultless
        janus.stats_period = 2


def gauge(httpd, **labels):
    return scrape(httpd).sum('webrtc_viewers_gauge', **labels) or 0


def wait_for_gauges(counts, since, seconds):
    """Waits until the gauge of each server has this value."""
    wait_for(lambda: all(gauge(httpd) == count for httpd, count in counts),
             f'gauges {[count for _, count in counts]}, not '
             f'{[gauge(httpd) for httpd, _ in counts]}',
             since + seconds - time.monotonic())
    print(f'the gauges are right after {time.monotonic() - since:.1f} s')


def counted(httpd, name, **labels):
    return scrape(httpd).sum(name, **labels) or 0


def test_two_hundred_viewers(servers, video):
    httpd, alone = servers
    janus = video.janus
    dice = random.Random(11)
    fates = [(httpd, fate) for fate, (count, _) in FATES.items()
             for _ in range(count)]
    fates += [(alone, fate) for fate, count in ALONE.items()
              for _ in range(count)]
    # Those that wait for nothing begin, since theirs takes the longest.
    fates.sort(key=lambda each: (each[1] != 'dark', dice.random()))
    viewers = [Scripted(where, fate, number, janus, dice)
               for number, (where, fate) in enumerate(fates)]
    with faulty_events(janus) as faulty, heartbeats(viewers):
        watch_two_hundred(httpd, alone, janus, viewers, dice)
    assert min(faulty.seen[each] for each in ('lost', 'late', 'doubled')) > 5
    for viewer in viewers:
        if viewer.fate in ('stays', 'silent'):
            viewer.end()
    check_ends(httpd)
    check_watched(httpd, viewers, 0.02)
    check_watched(alone, viewers, 0.15)


def watch_two_hundred(httpd, alone, janus, viewers, dice):
    began = time.monotonic()
    done = run(viewers, dice)
    calls = [call for call in list(janus.calls) if call.at > began
             and call.name in ('keepalive', 'admin:handle_info')]
    wait_for_gauges([(httpd, FATES['stays'][0]), (alone, ALONE['stays'])],
                    done, (10 + SLACK) * SLOWNESS)
    check_calls(viewers, calls, httpd, alone, done - began)
    # The dark ones are told, and end for their own reason.
    wait_for(lambda: counted(
        httpd, 'cctv_sessions_ended_total', reason='no_media')
        == FATES['dark'][0], 'the dark ones have ended', 15 * SLOWNESS)
    check_sums(httpd, viewers)


def check_calls(viewers, calls, httpd, alone, seconds):
    """No view costs two calls every 5 s, with events hardly one."""
    for where, most in ((httpd, 1.2), (alone, 2.6)):
        ids = {viewer.handle.session.id for viewer in viewers
               if viewer.httpd is where and viewer.fate == 'stays'}
        mine = [call for call in calls
                if int(call.path.split('/')[2]) in ids]
        assert len(mine) <= most * len(ids) * (seconds / 5 + 1), len(mine)


def check_sums(httpd, viewers):
    """Starts are ended views and live ones, exactly."""
    metrics = scrape(httpd)
    ended = metrics.sum('cctv_sessions_ended_total')
    assert metrics.sum('webrtc_view_start_total') == len(
        [viewer for viewer in viewers if viewer.httpd is httpd])
    assert metrics.sum('webrtc_view_start_total') == (
        ended + metrics.sum('cctv_sessions'))


def check_ends(httpd):
    expected = collections.Counter()
    for count, reason in FATES.values():
        expected[reason] += count

    def found():
        metrics = scrape(httpd)
        return {reason: metrics.sum('cctv_sessions_ended_total',
                                    reason=reason) for reason in expected}
    wait_for(lambda: found() == expected, f'{expected}, not {found()}',
             (TIMEOUT + SLACK) * SLOWNESS)
    assert scrape(httpd).sum('cctv_sessions') == 0
    assert scrape(httpd).sum('cctv_sessions_ended_total') == sum(
        expected.values())


def check_watched(httpd, viewers, tolerance):
    received = sum(viewer.received for viewer in viewers
                   if viewer.httpd is httpd)
    watched = counted(httpd, 'webrtc_view_seconds_total')
    print(f'received {received:.1f} s, counted {watched:.1f} s '
          f'({watched / received - 1:+.2%})')
    assert abs(watched - received) <= tolerance * received


def test_events_without_the_secret(servers, video):
    httpd, _ = servers
    janus = video.janus
    httpd.expect('CCTV0047')
    viewer = Watcher(httpd)
    session = viewer.play(CAMERAS + 1)
    (handle,) = janus.watchers(CAMERAS + 1)
    hangup = json.dumps([{
        'type': 16, 'subtype': 6, 'session_id': handle.session.id,
        'handle_id': handle.id,
        'event': {'connection': 'hangup', 'reason': 'DTLS alert'}}])
    before = {result: counted(httpd, 'cctv_janus_events_total', result=result)
              for result in ('refused', 'wrong')}
    for secret in (None, '', 'wrong', janus.secret[:-1], janus.secret + 'x'):
        problem(post_events(httpd, hangup, secret), 403)
    problem(post_events(httpd, hangup, Authorization='Bearer x'), 403)
    for body in ('', 'x', '[', '7'):
        problem(post_events(httpd, body, janus.secret), 400)
    problem(post_events(httpd, '[' + ' ' * (1 << 20) + ']', janus.secret), 413)
    assert viewer.video(session) == 'live'
    assert counted(httpd, 'cctv_janus_events_total',
                   result='refused') == before['refused'] + 6
    assert counted(httpd, 'cctv_janus_events_total',
                   result='wrong') == before['wrong'] + 4
    # Events of other sessions and handles, and what is not known.
    odd = [7, None, [], {}, {'type': 16}, {'type': 999},
           {'type': 16, 'session_id': handle.session.id, 'handle_id': 1,
            'event': {'connection': 'hangup'}},
           {'type': 16, 'session_id': 1, 'handle_id': handle.id,
            'event': {'connection': 'hangup'}},
           {'type': 32, 'session_id': handle.session.id,
            'handle_id': handle.id, 'event': [[], 1, {'media': 'video'}]}]
    assert post_events(httpd, json.dumps(odd), janus.secret).status == 204
    assert viewer.video(session) == 'live'
    # With the secret it is over, and what comes behind it has no effect.
    assert post_events(httpd, hangup, janus.secret).status == 204
    assert viewer.video(session) == 'gone'
    assert viewer.beat(session) == 404
    other = viewer.play(CAMERAS + 1)
    assert post_events(httpd, hangup, janus.secret).status == 204
    assert viewer.video(other) == 'live'
    viewer.end(other)


def test_a_view_that_is_connecting_says_so(servers, video):
    httpd, _ = servers
    viewer = Watcher(httpd)
    video.janus.connects = False
    try:
        session = viewer.play(CAMERAS + 2)
    finally:
        video.janus.connects = True
    assert viewer.video(session) == 'connecting'
    camera = str(CAMERAS + 2)
    assert gauge(httpd, camera_id=camera) == 0
    (handle,) = video.janus.watchers(CAMERAS + 2)
    handle.connect()
    video.janus.sender.flush()
    assert viewer.video(session) == 'live'
    assert gauge(httpd, camera_id=camera) == 1
    viewer.end(session)
