"""Video with all real parts: what a viewer sees, and what is left over.

Only tests that a stand-in for Janus cannot do; test_video_*.py have the rest.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import time
import urllib.parse

import pytest

from api import ONE_CHILD, dbd
from env import wait_for
from lab import (PAGE_CONFIG, PAGE_MODULES, Janus, add_pages,
                 free_port, real)
from metrics import scrape
from odd_cameras import OddCameras
from postgres import DOWN, MOD_DBD, stopped
from video import ENDPOINTS, JANUS_DOWN, Watcher, janus_config, problem
from views import set_cameras

pytestmark = real

# Long enough for a loaded machine, short enough to wait for.
TIMEOUT = 6
# A viewer that follows the client rules plays again within this time.
AGAIN = 10
RTSP, RTP, HIDDEN = 1, 2, 3
PROXY_MODULES = ('authz_host', 'proxy', 'proxy_http')
PROXY = '''CCTVJanusProxy on
ProxyPass /janus-ws {ws} upgrade=websocket retry=0
<Location "/janus-events">
SetHandler cctv-janus-events
Require local
</Location>
'''


class Site:
    """An Apache with video, and the cameras RTSP, RTP and HIDDEN, whose role
    is "hidden"."""

    def __init__(self, httpd, janus, browser):
        self.httpd = httpd
        self.janus = janus
        self.browser = browser
        self.address = add_pages(httpd)

    def page(self, name='watch.html'):
        return self.browser.open(self.address + name)

    def watch(self, camera=RTP, relay_only=False):
        """A page that plays a camera and follows the client rules."""
        page = self.page()
        page.run('watch(...arguments);', camera, relay_only)
        page.wait_until_plays(20)
        return page

    def gauge(self):
        return scrape(self.httpd).sum('webrtc_viewers_gauge') or 0

    def wait_until_watched_by(self, number, seconds=2):
        """Checks the gauge and Janus's own count."""
        wait_for(lambda: self.gauge() == number, f'{number} viewers', seconds)
        wait_for(lambda: len(self.viewers()) == number,
                 f'{number} Janus sessions', 2)

    def viewers(self):
        """The handles that watch a mountpoint; the module's own do not."""
        return [each for each in self.janus.handles()
                if each.get('plugin_specific', {}).get('mountpoint_id')]


def video(cluster, janus, *more):
    return ONE_CHILD + PAGE_CONFIG + janus_config(
        cluster, janus, f'CCTVSessionTimeout {TIMEOUT}s', *more)


@pytest.fixture
def live(database, cameras):
    """The processes of the cameras by type; the table has the cameras."""
    processes = {'rtsp': cameras('rtsp', 'one', 'hidden'),
                 'rtp': cameras('rtp', 'two')}
    set_cameras(
        database,
        {'id': RTSP, 'stream_url': processes['rtsp'].url('one')},
        {'id': RTP, 'stream_url': processes['rtp'].url()},
        {'id': HIDDEN, 'stream_url': processes['rtsp'].url('hidden'),
         'role': 'hidden'})
    return processes


@pytest.fixture
def site(cluster, live, janus, start, browser):
    """site(directive, …) → a Site."""
    def make(*more):
        httpd = start(video(cluster, janus, *more), modules=PAGE_MODULES)
        return Site(httpd, janus, browser)
    return make


@contextlib.contextmanager
def proxied_site(cluster, start, browser, *more):
    with contextlib.ExitStack() as stack:
        port = free_port()
        janus = Janus(ws=True, events=f'http://127.0.0.1:{port}/janus-events')
        stack.callback(janus.remove)
        proxy = PROXY.replace('{ws}', janus.ws_url)
        httpd = start(video(cluster, janus, proxy, *more),
                      modules=(*PAGE_MODULES, *PROXY_MODULES), at=port)
        # Apache stops before its Janus, and after all WebSockets have
        # closed, because it would wait for their threads.
        stack.callback(httpd.stop)
        stack.callback(browser.close_pages)
        yield Site(httpd, janus, browser)


@pytest.fixture
def proxied(cluster, live, start, browser):
    """A Site for pages that use janus.js."""
    with proxied_site(cluster, start, browser) as found:
        yield found


@pytest.fixture
def patient(cluster, live, start, browser):
    """The same, with views that outlive their viewers for a minute."""
    with proxied_site(cluster, start, browser,
                      'CCTVSessionTimeout 60s') as found:
        yield found


def play_by_whep(here, camera):
    """A page that plays a camera as a WHEP player does."""
    page = here.page()
    page.run('''
        const posted = await fetch('/whep/' + arguments[0], {method: 'POST'});
        const sdp = await answer(await posted.text());
        await fetch(new URL(posted.headers.get('Location'), posted.url), {
            method: 'PATCH', body: sdp,
            headers: {'Content-Type': 'application/sdp'}});''', camera)
    page.wait_until_plays(20)
    return page


def test_a_view_counts_while_its_media_flow(patient):
    """Of each transport: a closed connection ends within a second, a killed
    browser within ten. Heartbeats come only every 20 s."""
    here = patient
    closing = here.watch()
    closing_whep = play_by_whep(here, RTP)
    here.watch()
    play_by_whep(here, RTP)
    page = here.page('janus.html')
    page.run('watchByJanus(...arguments);', RTP)
    page.wait_until_plays(20)
    wait_for(lambda: here.gauge() == 5, 'all are watched', 5)
    # The library sends heartbeats until it has noticed.
    closing.run('view.camera = null; view.connection.close();')
    closing_whep.run('view.connection.close();')
    closed = time.monotonic()
    wait_for(lambda: here.gauge() == 3, 'two are closed', 2)
    print(f'closed: {time.monotonic() - closed:.2f} s')
    before = scrape(here.httpd).sum('webrtc_view_seconds_total')
    time.sleep(6)
    after = scrape(here.httpd).sum('webrtc_view_seconds_total')
    assert 3 * 3 < after - before < 3 * 9
    here.browser.kill()
    killed = time.monotonic()
    wait_for(lambda: here.gauge() == 0, 'all are gone', 11)
    print(f'killed: {time.monotonic() - killed:.2f} s')


@pytest.mark.parametrize('camera', [RTSP, RTP])
def test_plays_is_counted_and_ends(site, camera):
    here = site()
    page = here.watch(camera)
    assert page.stats()['width'] == 640
    here.wait_until_watched_by(1)
    page.wait_until_plays()
    assert page.run('return end();') == 204
    here.wait_until_watched_by(0)
    assert 0 < scrape(here.httpd).sum('webrtc_view_seconds_total') < 60


# Plays each of these cameras in a <video> of its own; resolves to their offers.
# One client may not connect to many cameras at once.
PLAY_ALL = '''
    window.views = new Map();
    const offers = [];
    for (const camera of arguments[0]) {
        const said = await (await post('/view-start', {camera_id: camera})).json();
        if (!said.sdp) throw new Error(camera + ' ' + JSON.stringify(said));
        const connection = new RTCPeerConnection();
        const video = document.createElement('video');
        Object.assign(video, {autoplay: true, muted: true});
        document.body.append(video);
        views.set(camera, video);
        connection.ontrack = ({streams}) => { video.srcObject = streams[0]; };
        await connection.setRemoteDescription({type: 'offer', sdp: said.sdp});
        await connection.setLocalDescription();
        await post('/view-answer', {session_id: said.session_id,
                                    sdp: connection.localDescription.sdp});
        offers.push(said.sdp);
    }
    return offers;'''
# The cameras of PLAY_ALL that have shown fewer than 5 frames.
STANDING = '''
    return [...views].filter(([, video]) =>
        video.getVideoPlaybackQuality().totalVideoFrames < 5)
        .map(([camera]) => camera);'''


def test_cameras_of_every_profile_play(site, database):
    """Chromium rejects H.264 High that is announced as such, and decodes it.
    Nothing that the camera announces reaches the viewer."""
    names = ['high-40', 'high-31', 'main-41', 'baseline-31', 'no-profile',
             'no-fmtp', 'long-fmtp', 'path-only']
    numbers = list(range(101, 101 + len(names)))
    here = site()
    cameras = OddCameras()
    try:
        set_cameras(database, *({'id': number, 'stream_url': cameras.url(name)}
                                for number, name in zip(numbers, names)))
        page = here.page()
        for name, offer in zip(names, page.run(PLAY_ALL, numbers)):
            assert re.findall('profile-level-id=(\\w+)', offer) == ['42e01f'], (
                name, offer)
            assert len(offer) < 4000, name
        wait_for(lambda: page.run(STANDING) == [], 'all play', 30)
    finally:
        cameras.remove()


def test_a_closed_page_says_so(site):
    here = site()
    page = here.watch()
    here.wait_until_watched_by(1)
    page.close()
    here.wait_until_watched_by(0)


def test_two_viewers_of_a_camera_take_one_mountpoint(site):
    here = site()
    pages = [here.watch(RTSP), here.watch(RTSP)]
    here.wait_until_watched_by(2)
    assert set(here.janus.mountpoints()) == {RTSP}
    for page in pages:
        page.wait_until_plays()


def test_a_camera_that_nobody_watches_leaves_janus(site):
    here = site('CCTVJanusIdleTimeout 2s')
    page = here.watch(RTSP)
    page.run('return end();')
    assert set(here.janus.mountpoints()) == {RTSP}
    wait_for(lambda: not here.janus.mountpoints(), 'it is gone', 10)
    here.watch(RTSP)


def test_fifty_of_five_thousand_cameras(site, database):
    here = site('CCTVJanusIdleTimeout 2s')
    # Ports below those that are in use here.
    set_cameras(database, *({
        'id': number + 1,
        'stream_url': f'rtp://127.0.0.1:{8000 + number % 50 * 2}'}
        for number in range(5000)))
    viewer = Watcher(here.httpd)
    most = 0
    for number in range(1, 51):
        viewer.play(number)
        viewer.end_all()
        most = max(most, len(here.janus.mountpoints()))
    assert most <= 50
    wait_for(lambda: not here.janus.mountpoints(), 'all are gone', 15)
    assert here.viewers() == []


def test_the_picture_stops_where_the_cameras_role_changes(site, database):
    here = site('CCTVRoles "public"')
    page = here.watch()
    database.query("UPDATE cameras SET role = 'hidden' WHERE id = %s", [RTP])
    page.wait_until_stands(20)
    here.wait_until_watched_by(0)


def test_the_picture_stops_where_the_requesters_roles_change(site):
    here = site('CCTVRoles "%{file:{folder}/roles}"')
    roles = here.httpd.folder + '/roles'
    with open(roles, 'w') as file:
        file.write('public')
    page = here.watch()
    with open(roles, 'w') as file:
        file.write('nothing')
    page.wait_until_stands(20)
    here.wait_until_watched_by(0)


def test_a_hidden_camera_is_not_there(site):
    here = site('CCTVRoles "public"')
    viewer = Watcher(here.httpd)
    problem(viewer.post('view-start', camera_id=HIDDEN), 404)
    problem(here.httpd.ask('POST', f'/whep/{HIDDEN}'), 404)
    assert here.janus.mountpoints() == {}


def test_janus_itself_refuses_what_is_no_answer(site):
    here = site()
    viewer = Watcher(here.httpd)
    for sdp in ('', 'hello', 'v=0\r\n' * 100, 'v=0\r\nm=video 9 x y\r\n'):
        problem(viewer.answer(viewer.offer(RTP), sdp), 400)
    problem(viewer.answer(viewer.offer(RTP), 'v=0\r\n' + 'a=x\r\n' * 6000),
            413)
    said = viewer.offer(RTP)
    assert viewer.answer(said).status == 204
    problem(viewer.answer(said), 409)
    viewer.end_all()
    wait_for(lambda: not here.viewers(), 'no Janus session is left')


def test_camera_killed_and_back(site, live):
    here = site()
    page = here.watch(RTSP)
    live['rtsp'].kill()
    page.wait_until_stands()
    live['rtsp'].start()
    page.wait_until_plays(AGAIN)
    here.wait_until_watched_by(1)


def test_other_viewers_do_not_feel_a_dead_camera(site, live):
    """The mountpoint is destroyed while its camera is away."""
    here = site('CCTVJanusIdleTimeout 2s')
    dead, other = here.watch(RTSP), here.watch(RTP)
    live['rtsp'].kill()
    dead.run('return end();')
    end = time.monotonic() + 8
    while time.monotonic() < end:
        before = time.monotonic()
        viewer = Watcher(here.httpd)
        viewer.play(RTP)
        viewer.end_all()
        assert time.monotonic() - before < 2
        other.wait_until_plays(2)
    live['rtsp'].start()
    wait_for(lambda: set(here.janus.mountpoints()) == {RTP},
             'the mountpoint of the dead one is gone', 15)


def test_janus_killed_and_back(site):
    here = site()
    page = here.watch(RTSP)
    here.httpd.expect(*JANUS_DOWN, 'CCTV0028')
    here.janus.kill()
    page.run('while (view.connection.connectionState === "connected")'
             ' await pause(50);')
    here.janus.start()
    page.wait_until_plays(AGAIN)
    here.wait_until_watched_by(1, TIMEOUT + 2)
    assert set(here.janus.mountpoints()) == {RTSP}


def two_servers(janus, second):
    """A line for each Janus. With these names RTSP and RTP go to different
    ones."""
    return ''.join(
        f'CCTVJanus {name} url={each.url} admin={each.admin_url} '
        f'secret={each.secret_file}\n'
        for name, each in (('one', janus), ('two', second)))


def test_one_of_two_janus_killed(cluster, live, janus, start, browser):
    """A page that watches by the lost one plays again by the other one; that
    of the other one plays on."""
    with contextlib.ExitStack() as stack:
        second = Janus()
        stack.callback(second.remove)
        httpd = start(ONE_CHILD + PAGE_CONFIG + dbd(cluster, user='cctv_video')
                      + ENDPOINTS + two_servers(janus, second)
                      + f'CCTVSessionTimeout {TIMEOUT}s\n',
                      modules=PAGE_MODULES)
        stack.callback(httpd.stop)
        stack.callback(browser.close_pages)
        here = Site(httpd, janus, browser)
        page = here.watch(RTSP)
        other = here.watch(RTP)
        by = {camera: each for each in (janus, second)
              for camera in each.mountpoints()}
        assert set(by) == {RTSP, RTP}
        httpd.expect(*JANUS_DOWN)
        by[RTSP].kill()
        (left,) = [each for each in (janus, second) if each != by[RTSP]]
        page.run('while (view.connection.connectionState === "connected")'
                 ' await pause(50);')
        page.wait_until_plays(AGAIN)
        assert left.mountpoints().keys() >= {RTSP}
        other.wait_until_plays(2)


def test_apache_restarted_gracefully(site):
    here = site()
    page = here.watch()
    session = page.run('return view.session;')
    here.httpd.reload(signal.SIGUSR1)
    page.wait_until_plays()
    assert page.run('view.heartbeat = null; view.beatNow();'
                    'while (!view.heartbeat) await pause(20);'
                    'return view.heartbeat.video;') == 'live'
    assert page.run('return view.session;') == session
    page.run('return end();')
    here.wait_until_watched_by(0)


def test_postgresql_down(site, cluster, healthy):
    here = site()
    page = here.watch()
    here.httpd.expect(*DOWN, *MOD_DBD)
    with stopped(cluster):
        page.wait_until_plays()
        late = here.page()
        late.run('watch(...arguments);', RTSP)
        late.run('while (!view.log.some((each) => each[1] ==='
                 ' "view-start 503")) await pause(20);')
        assert page.run('view.heartbeat = null; view.beatNow();'
                        'while (!view.heartbeat) await pause(20);'
                        'return view.heartbeat.video;') == 'live'
    late.wait_until_plays(AGAIN)
    page.wait_until_plays()


def test_a_hundred_viewers_hold_no_thread(site):
    """Answers are generated instead of coming from browsers, so these views
    have no pictures."""
    here = site('MaxRequestWorkers 25\nThreadsPerChild 25',
                'CCTVSessionTimeout 60s')
    viewer = Watcher(here.httpd)
    sessions = [viewer.play(RTP) for _ in range(100)]
    assert len(here.viewers()) == 100

    def milliseconds():
        before = time.monotonic()
        assert here.httpd.get('/viewer.js').status == 200
        return 1000 * (time.monotonic() - before)
    taken = sorted(milliseconds() for _ in range(50))
    assert taken[25] < 50, taken
    assert all(viewer.beat(session) == 200 for session in sessions)
    viewer.end_all()
    wait_for(lambda: not here.viewers(), 'no Janus session is left', 10)


def turn(coturn, secret_file=None):
    return (f'CCTVTurnServer {coturn.url}',
            f'CCTVTurnSecretFile {secret_file or coturn.secret_file}')


def test_through_turn_alone(site, coturn):
    here = site(*turn(coturn))
    page = here.watch(RTP, relay_only=True)
    assert page.stats()['candidate'] == 'relay'


def test_turn_refuses_credentials_of_another_secret(site, coturn, tmp_path):
    other = tmp_path / 'turn'
    other.write_text('not-that-of-coturn')
    other.chmod(0o600)
    here = site(*turn(coturn, other))
    page = here.page()
    page.run('watch(...arguments);', RTP, True)
    assert_no_relay(page)


def assert_no_relay(page):
    page.run('while (!view.connection || view.connection.iceGatheringState'
             ' !== "complete") await pause(20);')
    assert 'a=candidate' not in page.run(
        'return view.connection.localDescription.sdp;')


def test_turn_refuses_credentials_that_have_expired(site, coturn):
    page = site(*turn(coturn)).page()
    offer = ('const said = await post("/view-start",'
             ' {camera_id: arguments[0]});'
             'await answer((await said.json()).sdp, [arguments[1]], true);')
    page.run(offer, RTP, coturn.server(seconds=-60))
    assert_no_relay(page)
    # The same page does get a relay with valid credentials.
    page.run(offer, RTP, coturn.server(seconds=60))
    wait_for(lambda: 'typ relay' in page.run(
        'return view.connection.localDescription.sdp;'), 'a relay')


def test_a_whep_player(site):
    """Follows the draft's counter-offer to the letter."""
    here = site()
    page = here.page()
    said = page.run('''
        const url = '/whep/' + arguments[0];
        clickNow();
        const posted = await fetch(url, {method: 'POST'});
        const found = {status: posted.status, etag: posted.headers.get('ETag'),
                       type: posted.headers.get('Content-Type'),
                       location: new URL(
                           posted.headers.get('Location'), posted.url).href};
        const sdp = await answer(await posted.text());
        const patched = await fetch(found.location, {
            method: 'PATCH', body: sdp,
            headers: {'Content-Type': 'application/sdp',
                      'If-Match': found.etag}});
        found.patched = patched.status;
        return found;''', RTP)
    assert said['status'] == 406 and said['patched'] == 204, said
    assert said['type'].startswith('application/sdp; valid-until=')
    assert urllib.parse.urlsplit(said['location']).path.startswith(
        f'/whep/{RTP}/')
    page.wait_until_plays()
    here.wait_until_watched_by(1)
    # Longer than a view without heartbeats lasts that is not watched.
    time.sleep(TIMEOUT + 1)
    page.wait_until_plays()
    assert page.run('return (await fetch(arguments[0], {method: "DELETE"}))'
                    '.status;', said['location']) == 200
    here.wait_until_watched_by(0)


def test_janus_js_through_the_proxy(proxied):
    page = proxied.page('janus.html')
    page.run('watchByJanus(...arguments);', RTSP)
    page.wait_until_plays(20)
    assert page.stats()['width'] == 640
    proxied.wait_until_watched_by(1)
    # It plays on while tokens are renewed.
    page.run('while (!view.heartbeat) await pause(50);')
    assert page.run('return view.heartbeat.token;')
    page.wait_until_plays()
    proxied.browser.kill()
    # Janus reports the closed WebSocket before the timeout.
    proxied.wait_until_watched_by(0, TIMEOUT + 2)


# Requests of Janus's plugin that an admitted page must not be able to send.
FORBIDDEN = ('create', 'destroy', 'edit', 'enable', 'recording')


def test_the_proxy_refuses(proxied):
    page = proxied.page('janus.html')
    let_in = '''
        return (await post('/view-start', {camera_id: arguments[0],
            signalling: 'janus'})).json();'''
    reply = page.run(let_in, RTP)['janus']
    address = f'ws://127.0.0.1:{proxied.httpd.port}/janus-ws'
    janus = proxied.janus

    def refused(mountpoint, token, pin):
        # Each WebSocket occupies a thread of Apache until its page closes.
        other = proxied.page('janus.html')
        other.run('playByJanus(...arguments);', address, mountpoint,
                  {'token': token, 'pin': pin})
        said = other.run('while (!view.errors.length) await pause(20);'
                         'return view.errors.join();')
        other.close()
        return said.lower()
    for token in (None, 'nonsense', janus.token(-1),
                  janus.token(secret='another'),
                  janus.token(plugin='janus.plugin.echotest')):
        said = refused(RTP, token, reply['pin'])
        assert 'unauthorized' in said or "can't access" in said, token
    assert 'pin' in refused(RTP, reply['token'], 'another')
    # The view has ended with its Janus session, and so has its token.
    reply = page.run(let_in, RTP)['janus']
    assert 'no such' in refused(HIDDEN, reply['token'], reply['pin'])
    reply = page.run(let_in, RTP)['janus']
    page.run('playByJanus(...arguments);', address, RTP,
             {'token': reply['token'], 'pin': reply['pin']})
    page.wait_until_plays()
    before = proxied.janus.mountpoints()
    for request in FORBIDDEN:
        said = page.run('''return new Promise((done) => view.handle.send({
            message: {request: arguments[0], id: arguments[1], type: 'rtp'},
            success: done, error: done}));''', request, RTP)
        assert 'error' in said, (request, said)
    assert set(proxied.janus.mountpoints()) == set(before)
    assert 'list' not in page.run('''return new Promise((done) =>
        view.handle.send({message: {request: 'list'},
        success: (said) => done(said.list.length ? said : {})}));''')
    assert proxied.httpd.get('/admin').status == 404


def secrets_of(here, *files):
    found = [here.janus.secret]
    for path in files:
        with open(path) as file:
            found.append(file.read().strip())
    return found


def leaks(secrets):
    """The command lines that contain one of the secrets."""
    found = subprocess.run(
        ['grep', '-lF', '-f', '-', *[
            f'/proc/{pid}/cmdline' for pid in os.listdir('/proc')
            if pid.isdecimal()]],
        input='\n'.join(secrets), capture_output=True, encoding='utf-8',
        check=False)
    return found.stdout.split()


def test_no_secret_is_told(site, coturn):
    here = site('LogLevel trace8', *turn(coturn))
    secrets = secrets_of(here, coturn.secret_file)
    page = here.watch(RTSP)
    page.run('view.beatNow();')
    answers = json.dumps(page.run('return [view.reply, view.heartbeat];'))
    here.httpd.reload(signal.SIGUSR1)
    page.run('return end();')
    dump = subprocess.run(
        **here.httpd.command('-t', '-D', 'DUMP_CONFIG'),
        capture_output=True, check=False)
    for secret in secrets:
        for text in (answers, here.httpd.text(), here.janus.text(),
                     str(dump)):
            assert secret not in text
    # Stream URLs contain internal host names.
    assert 'rtsp://' not in answers
    assert leaks(secrets) == []


def test_a_camera_with_a_login(site, cameras, database, tmp_path):
    password = os.urandom(8).hex()
    camera = cameras('rtsp', 'locked', login=f'viewer {password}')
    set_cameras(database, {'stream_url': camera.url('locked')})
    logins = tmp_path / 'logins'
    logins.write_text(f'127.0.0.0/8 viewer {password}\n')
    logins.chmod(0o600)
    here = site('LogLevel trace8', f'CCTVCameraLoginsFile {logins}')
    page = here.watch(1)
    answers = json.dumps(page.run('return [view.reply, view.heartbeat];'))
    for text in (answers, here.httpd.text(), here.janus.text()):
        assert password not in text
    assert leaks([password]) == []


def test_nothing_is_left_of_requests_lost_half_way(site):
    here = site()
    body = json.dumps({'camera_id': RTP})
    for _ in range(20):
        connection = here.httpd.connection()
        connection.request('POST', '/view-start', body,
                           {'Content-Type': 'application/json'})
        connection.close()
    # Unanswered views and their Janus sessions end by timeout.
    wait_for(lambda: not here.viewers(), 'no Janus session is left',
             TIMEOUT + 35)
    assert here.gauge() == 0
