"""Views of the client library in a browser. Janus is a stand-in, so no
picture ever arrives. test_client_real.py has views that play."""

import signal

import pytest

from api import ONE_CHILD, dbd, location
from client import (CONFIG, MODULES, ClientPages, allow, asked, comes_to,
                    ended, grown, later, past, sent, write)
from env import wait_for
from janus_double import slow
from metrics import scrape
from postgres import DOWN, stopped
from video import JANUS_DOWN, Watcher, until_gone
from views import ENDPOINTS, set_cameras, virtual_host

# CCTVMaxViewers of the server.
MOST = 8
# A view ends this many seconds after its last heartbeat.
TIMEOUT = 3
# The server says 5 s, and the client may add as much again.
AGAIN = 12
SIZES = ('StartServers 1\nServerLimit 2\nThreadsPerChild 25\n'
         'MaxRequestWorkers 25\nMinSpareThreads 1\nMaxSpareThreads 25\n')
CAMERA, OFFLINE, HIDDEN, H265 = 1, 2, 3, 4
# Values of Retry-After, and how many requests a client sends in 3 s at least
# and at most. An invalid value is ignored, a valid one delays the next try.
RETRY_AFTER = {'-5': (2, 5), '0': (2, 5), '0.001': (2, 5), 'soon': (2, 5),
               'Wed, 21 Oct 2015 07:28:00 GMT': (2, 5), '1000000000': (1, 1)}
# Shortens the library's delay of 60 s, and lets a test hide the page.
HASTE = '''
    const later = window.setTimeout;
    window.setTimeout = (act, ms) => later(act, ms === 60000 ? 200 : ms);
    const really = Object.getOwnPropertyDescriptor(Document.prototype, 'hidden');
    Object.defineProperty(document, 'hidden', {
      get: () => window.isHidden || really.get.call(document)});
    window.hide = (isHidden) => {
      window.isHidden = isHidden;
      document.dispatchEvent(new Event('visibilitychange'));
    };'''

# A browser reads another format than the server offers.
REJECTS_H264 = '''
    const really = RTCPeerConnection.prototype.setRemoteDescription;
    RTCPeerConnection.prototype.setRemoteDescription = function ({type, sdp}) {
      return really.call(this, {type, sdp: sdp.replaceAll('H264/', 'H261/')});
    };'''
TURN_TO = 'dispatchEvent(new PageTransitionEvent(arguments[0],' \
    ' {persisted: true}));'
# Changes heartbeat_seconds in the server's answers to view-start.
BEATS = '''
    const really = window.fetch;
    const [seconds] = arguments;
    window.fetch = async (url, options) => {
      const reply = await really(url, options);
      if (!String(url).endsWith('/view-start')) return reply;
      const {heartbeat_seconds: _, ...said} = await reply.json();
      if (seconds !== null) said.heartbeat_seconds = seconds;
      return Response.json(said, {status: reply.status});
    };'''


@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared):
    return start_shared(
        SIZES + CONFIG + location()
        + video.server(cluster, f'CCTVMaxViewers {MOST}\n'
                       f'CCTVSessionTimeout {TIMEOUT}s\n'
                       'CCTVAllowOrigin http://127.0.0.1:{port}\n'
                       'CCTVRoles "%{file:{folder}/roles}"\n')
        + virtual_host('localhost')
        + virtual_host('login.localhost', 'Redirect 401 /view-start')
        + virtual_host('forbidden.localhost', 'Redirect 403 /view-start')
        + virtual_host('one.localhost', 'CCTVMaxSessionsPerClient 1')
        + virtual_host('patient.localhost', 'CCTVSessionTimeout 30s')
        + virtual_host('session.localhost',
                       '<LocationMatch "^/(heartbeat|view-start)$">',
                       '<If "file(\'{folder}/login\') =~ /over/">',
                       'Redirect 401', '</If>', '</LocationMatch>')
        + ''.join(virtual_host(f'after-{number}.localhost',
                               'Redirect 503 /view-start',
                               f'Header always set Retry-After "{after}"')
                  for number, after in enumerate(RETRY_AFTER)),
        modules=(*MODULES, 'alias', 'headers'))


@pytest.fixture(autouse=True)
def well(httpd, cluster, video):
    """Before each test the server works and has no views; afterwards too."""
    set_cameras(cluster, {'id': CAMERA}, {'id': OFFLINE},
                {'id': HIDDEN, 'role': 'hidden'},
                {'id': H265, 'codec': 'H.265'})
    allow(httpd, 'public')
    viewer = Watcher(httpd)
    httpd.expect(*JANUS_DOWN)
    def starts():
        reply = viewer.post('view-start', camera_id=CAMERA)
        if reply.status == 201:
            viewer.end(reply.json()['session_id'])
        return reply.status == 201
    wait_for(starts, 'views start', 6)
    until_gone(video.janus, TIMEOUT + 3)
    yield
    if not video.janus.running:
        video.janus.revive()
    video.janus.camera(OFFLINE).online = True


@pytest.fixture
def janus(video):
    return video.janus


@pytest.fixture
def pages(well, httpd, janus, windows):
    windows.expect('status of 503')
    yield ClientPages(httpd, windows)
    # Close them as a user does.
    windows.close()
    # A page that is left during a start cannot tell the server.
    until_gone(janus, TIMEOUT + 3)
    assert not scrape(httpd).sum('webrtc_viewers_gauge')


def plays(janus, camera=CAMERA, viewers=1, seconds=6):
    """Waits until Janus has this many viewers whose answers it has taken."""
    def are_there():
        found = janus.watchers(camera)
        return len(found) == viewers and all(each.answers for each in found)
    wait_for(are_there, f'{viewers} watch camera {camera}', seconds)


# --- the life of a view -----------------------------------------------------

def test_a_view_starts_and_ends(pages, httpd, janus):
    before = ended(httpd)
    page = pages.watch()
    plays(janus)
    assert past(page) == ['connecting']
    assert page.run('return view.stream instanceof MediaStream;')
    page.run('view.end();')
    comes_to(page, 'ended', 'closed')
    until_gone(janus)
    assert ended(httpd) == before + 1
    assert page.run('return [view.stream, view.viewers];') == [None, None]
    ends = [each.status for each in asked(httpd, '/view-end')]
    page.run('view.end(); view.end();')
    assert past(page) == ['connecting', 'ended']
    assert [each.status for each in asked(httpd, '/view-end')] == ends


def test_heartbeats_keep_it(pages, httpd, janus):
    pages.watch()
    plays(janus)
    (watcher,) = janus.watchers(CAMERA)
    before = len(asked(httpd, '/heartbeat'))
    # Twice as long as a view lasts without heartbeats.
    wait_for(lambda: len(asked(httpd, '/heartbeat')) >= before + 4,
             'heartbeats', 2 * TIMEOUT + 4)
    assert janus.watchers(CAMERA) == [watcher]


def test_viewers_are_counted(pages, janus):
    first = pages.watch()
    first.until('view.viewers === 1')
    second = pages.watch()
    second.until('view.viewers === 2')
    first.until('view.viewers === 2')
    second.run('view.end();')
    # The counts are updated once a second.
    first.until('view.counts.slice(-3).join() === "1,2,1"')


def test_a_page_that_is_left_says_so(pages, httpd, janus):
    before = ended(httpd)
    page = pages.watch()
    plays(janus)
    page.go('about:blank')
    until_gone(janus)
    assert ended(httpd) == before + 1


def test_closed_while_it_starts(pages, httpd, janus):
    page = pages.open()
    before = ended(httpd, 'unanswered')
    since = len(janus.calls)
    with janus.fault(slow(1), 'message:watch'):
        page.run('watch(arguments[0]);', CAMERA)
        wait_for(lambda: janus.of('message:watch', since), 'it starts')
        page.run('view.end();')
        comes_to(page, 'ended', 'closed')
        wait_for(lambda: ended(httpd, 'unanswered') == before + 1,
                 'it is over')
    until_gone(janus)


def test_left_while_it_starts(pages, httpd, janus):
    """The page cannot tell the server, so the view ends by its timeout."""
    page = pages.open()
    since = len(janus.calls)
    with janus.fault(slow(1), 'message:watch'):
        page.run('watch(arguments[0]);', CAMERA)
        wait_for(lambda: janus.of('message:watch', since), 'it starts')
        page.go('about:blank')
        wait_for(janus.viewers, 'it has started')
    until_gone(janus, TIMEOUT + 3)


def test_many_views_of_a_page(pages, httpd, janus):
    page = pages.open()
    page.run('window.views = [1, 2, 3, 4].map(() => client.watch(1));')
    plays(janus, viewers=4)
    page.run('views[1].end();')
    plays(janus, viewers=3)
    page.until('views.filter((view) => view.viewers === 3).length === 3')
    page.go('about:blank')
    until_gone(janus)


def test_of_another_origin(pages, httpd, janus):
    page = pages.open()
    page.run('window.client.server = arguments[0]; watch(1);',
             f'http://localhost:{httpd.port}')
    plays(janus)
    page.until('view.viewers === 1')
    page.run('view.end();')
    until_gone(janus)


# --- the states of a view, and automatic restarts ---------------------------

def test_a_view_that_the_server_has_lost_starts_anew(pages, janus):
    page = pages.watch()
    plays(janus)
    before = janus.watchers(CAMERA)
    janus.forget()
    plays(janus, seconds=10)
    assert janus.watchers(CAMERA) != before
    assert set(past(page)) == {'connecting'}


def test_no_picture(pages, janus):
    page = pages.watch()
    plays(janus)
    comes_to(page, 'connecting', 'no-picture', 8)


def test_too_many_viewers(pages, httpd, janus):
    others = Watcher(httpd)
    for _ in range(MOST):
        others.play()
    with others.kept():
        page = pages.watch()
        comes_to(page, 'busy')
    others.end_all()
    plays(janus, seconds=AGAIN)


def test_too_many_views_of_this_client(pages, windows, janus):
    windows.expect('status of 429')
    pages.watch(host='one.localhost')
    plays(janus)
    comes_to(pages.watch(host='one.localhost'), 'busy')


def test_a_camera_that_is_off_and_one_that_may_not_be_seen(
        pages, windows, httpd, janus):
    windows.expect('status of 404')
    janus.camera(OFFLINE).online = False
    off, hidden = pages.watch(OFFLINE), pages.watch(HIDDEN)
    comes_to(off, 'offline')
    comes_to(hidden, 'denied', 'not-found')
    janus.camera(OFFLINE).online = True
    allow(httpd, 'public,hidden')
    plays(janus, OFFLINE, seconds=AGAIN)
    plays(janus, HIDDEN, seconds=AGAIN)
    # Take the permission away while the view plays.
    allow(httpd, 'public')
    comes_to(hidden, 'denied', 'not-found')
    wait_for(lambda: not janus.watchers(HIDDEN), 'that view is over', 4)
    assert janus.watchers(OFFLINE)


def test_a_camera_that_does_not_exist(pages, windows):
    windows.expect('status of 404')
    comes_to(pages.watch(99), 'denied', 'not-found')


def test_what_will_not_change_is_not_asked_again(pages, windows, httpd):
    windows.expect('status of 401', 'status of 403', 'status of 422')
    before = len(asked(httpd, '/view-start'))
    login = pages.watch(host='login.localhost')
    forbidden = pages.watch(host='forbidden.localhost')
    h265 = pages.watch(H265)
    comes_to(login, 'denied', 'login')
    comes_to(forbidden, 'denied', 'forbidden')
    comes_to(h265, 'ended', 'codec')
    later(h265, 3)
    assert sorted(each.status for each in asked(httpd, '/view-start')[before:]
                  ) == [401, 403, 422]


# Makes the server answer a view-start, and the question for the camera, as
# window.said tells; shortens the 15 s between two questions.
REFUSED = '''
    const later = window.setTimeout;
    window.setTimeout = (act, ms) => later(act, ms === 15000 ? 100 : ms);
    const really = window.fetch;
    window.said = {reason: 'login_refused', asked: 0, starts: 0};
    window.fetch = async (url, options) => {
      if (String(url).includes('/api/cameras/')) {
        said.asked += 1;
        return Response.json({id: 1, geometry: {coordinates: [0, 0]},
          properties: {name: 'One', status_reason: said.reason}});
      }
      if (!String(url).endsWith('/view-start') || !said.reason)
        return really(url, options);
      said.starts += 1;
      return new Response(JSON.stringify({type: 'urn:cctv:offline',
        reason: said.reason}), {status: 503, headers: {'Retry-After': '600',
        'Content-Type': 'application/problem+json'}});
    };'''


def test_a_login_that_the_camera_refuses(pages, janus):
    """No view is started again, because cameras lock accounts, before the
    camera has lost that failure or the user wants it."""
    page = pages.open()
    page.run(REFUSED)
    page.run('watch(1);')
    comes_to(page, 'offline')
    page.until('said.asked > 2')
    assert page.run('return [said.starts, view.nextTry];') == [1, None]
    page.run('view.retry();')
    page.until('said.starts === 2')
    page.run('said.reason = null;')
    plays(janus)


def test_a_server_that_does_not_answer(pages, janus):
    """It is not the camera's fault."""
    page = pages.watch()
    plays(janus)
    page.run('''
        const really = window.fetch;
        window.isAway = true;
        window.fetch = (url, options) => (window.isAway
          ? Promise.reject(new TypeError('away')) : really(url, options));''')
    comes_to(page, 'connecting', 'unreachable', 8)
    assert page.run('return view.serverFault;') == 'unreachable'
    # When it has given the view up, it says when it tries again.
    page.until('view.nextTry > Date.now()', seconds=20)
    page.run('window.isAway = false; view.retry();')
    page.until('view.serverFault === null')
    plays(janus)


def test_a_browser_that_rejects_the_format(pages, windows, httpd, janus):
    """It says that it plays H.264, and does not: it starts one view, not
    ten."""
    windows.expect('status of 422')
    page = pages.open()
    page.run(REJECTS_H264)
    before = len(asked(httpd, '/view-start'))
    page.run('watch(1);')
    comes_to(page, 'ended', 'codec')
    later(page, 3)
    assert len(asked(httpd, '/view-start')) == before + 1
    wait_for(lambda: not janus.watchers(CAMERA), 'that view is over', 4)


def test_a_login_that_runs_out_under_a_view(pages, windows, httpd, janus):
    windows.expect('status of 401')
    write(httpd, 'login', 'fresh')
    page = pages.watch(host='session.localhost')
    plays(janus)
    write(httpd, 'login', 'over')
    comes_to(page, 'denied', 'login')


def test_a_browser_without_webrtc(pages, httpd):
    page = pages.open()
    before = len(asked(httpd, '/view-start'))
    page.run('window.RTCPeerConnection = undefined; watch(1);')
    comes_to(page, 'ended', 'unsupported')
    assert len(asked(httpd, '/view-start')) == before


def test_a_server_without_video(cluster, start, windows):
    httpd = start(ONE_CHILD + CONFIG + dbd(cluster) + ENDPOINTS,
                  modules=MODULES)
    page = ClientPages(httpd, windows).watch()
    comes_to(page, 'ended', 'no-video')
    wait_for(lambda: ended(httpd) == 1, 'the server knows')


def test_janus_dies_and_is_back(pages, httpd, janus):
    page = pages.watch()
    plays(janus)
    janus.die()
    comes_to(page, 'connecting', 'video-down', 10)
    httpd.expect(*JANUS_DOWN)
    janus.revive()
    plays(janus)


def test_the_database_stops_and_is_back(pages, httpd, cluster, healthy, janus):
    httpd.expect(*DOWN)
    with stopped(cluster):
        page = pages.watch()
        comes_to(page, 'connecting', 'server')
    plays(janus, seconds=10)


def test_the_server_stops_and_is_back(pages, windows, httpd, janus):
    windows.expect('ERR_CONNECTION_REFUSED')
    page = pages.open()
    httpd.stop()
    page.run('watch(1);')
    comes_to(page, 'connecting', 'unreachable')
    httpd.start(httpd.port)
    plays(janus, seconds=10)


def test_the_server_restarts_under_a_view(pages, windows, httpd, janus):
    """Without a state file, so the server has lost all views."""
    windows.expect('ERR_CONNECTION_REFUSED', 'status of 404')
    pages.watch()
    plays(janus)
    httpd.stop()
    httpd.start(httpd.port)
    janus.forget()
    plays(janus, seconds=10)


def test_the_server_is_reloaded_under_a_view(pages, httpd, janus):
    pages.watch()
    plays(janus)
    before = janus.watchers(CAMERA)
    httpd.reload(signal.SIGUSR1)
    beats = len(asked(httpd, '/heartbeat'))
    wait_for(lambda: len(asked(httpd, '/heartbeat')) >= beats + 2,
             'heartbeats')
    assert janus.watchers(CAMERA) == before


# --- hidden pages -----------------------------------------------------------

def test_hidden_for_long_it_pauses(pages, httpd, janus):
    page = pages.open()
    page.run(HASTE)
    page.run('watch(1);')
    plays(janus)
    page.run('hide(true);')
    comes_to(page, 'connecting', 'hidden')
    until_gone(janus)
    asked_so_far = len(asked(httpd, '/view-start'))
    later(page, 1.5)
    assert len(asked(httpd, '/view-start')) == asked_so_far
    page.run('hide(false);')
    plays(janus)


def test_hidden_for_a_moment_it_goes_on(pages, httpd, janus):
    page = pages.watch()
    page.run(HASTE.replace('200', '5000'))
    plays(janus)
    before = janus.watchers(CAMERA)
    page.run('hide(true);')
    page.run('hide(false);')
    later(page, 1.5)
    assert janus.watchers(CAMERA) == before
    assert past(page) == ['connecting']


def test_opened_while_the_page_is_hidden(pages, httpd, janus):
    page = pages.open()
    page.run(HASTE)
    page.run('window.isHidden = true; watch(1);')
    comes_to(page, 'connecting', 'hidden')
    until_gone(janus)
    page.run('hide(false);')
    plays(janus)


def test_a_hidden_view_can_be_ended(pages, httpd, janus):
    page = pages.open()
    page.run(HASTE)
    page.run('watch(1);')
    plays(janus)
    page.run('hide(true);')
    comes_to(page, 'connecting', 'hidden')
    page.run('view.end();')
    comes_to(page, 'ended', 'closed')
    page.run('hide(false);')
    until_gone(janus)


def test_back_from_another_page(pages, httpd, janus):
    """The browser restores a page from its back-forward cache."""
    page = pages.watch()
    plays(janus)
    page.run(TURN_TO, 'pagehide')
    until_gone(janus)
    page.run(TURN_TO, 'pageshow')
    plays(janus)


def test_back_from_another_page_left_in_the_middle_of_an_offer(pages, janus):
    """Chromium never settles a call on a peer connection that was closed
    meanwhile. The view once stayed dead for that reason."""
    page = pages.open()
    page.run('''
        const {prototype} = RTCPeerConnection;
        const take = prototype.setRemoteDescription;
        prototype.setRemoteDescription = function (offer) {
          prototype.setRemoteDescription = take;
          const taken = take.call(this, offer);
          dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}));
          return taken;
        };
        watch(1);''')
    comes_to(page, 'connecting', 'hidden')
    until_gone(janus)
    page.run(TURN_TO, 'pageshow')
    plays(janus)


# --- load on the server -----------------------------------------------------

def test_no_sooner_than_the_server_allows(pages, httpd, janus):
    httpd.expect(*JANUS_DOWN)
    janus.die()
    before = len(asked(httpd, '/view-start'))
    pages.watch()
    wait_for(lambda: len(asked(httpd, '/view-start')) >= before + 3,
             'some tries', 20)
    tries = asked(httpd, '/view-start')[before:]
    assert {each.status for each in tries} == {503}
    for one, other in zip(tries, tries[1:]):
        assert int(one.after) >= 1
        assert other.at - one.at >= int(one.after)


def test_those_who_lost_the_same_server_do_not_come_back_at_once(
        pages, httpd, janus):
    httpd.expect(*JANUS_DOWN)
    janus.die()
    before = len(asked(httpd, '/view-start'))
    page = pages.open()
    page.run('window.views = [1, 2, 3, 4, 5, 6].map(() => client.watch(1));')
    wait_for(lambda: len(asked(httpd, '/view-start')) >= before + 12,
             'each has tried twice', 20)
    again = [each.at for each in asked(httpd, '/view-start')[before + 6:]]
    assert max(again[:6]) - min(again[:6]) > 0.1


def test_a_view_that_is_over_asks_for_nothing(pages, httpd, janus):
    httpd.expect(*JANUS_DOWN)
    janus.die()
    page = pages.watch()
    comes_to(page, 'connecting', 'video-down')
    page.run('view.end();')
    before = len(asked(httpd, '/view-start'))
    later(page, 3)
    assert len(asked(httpd, '/view-start')) == before


# The server loses each view as soon as it is answered; lose() has it played and
# lost so often.
LOST = '''
    const really = window.fetch;
    window.fetch = (url, options) => (String(url).endsWith('/view-answer')
      ? Response.json({}, {status: 404}) : really(url, options));
    let rounds = 0;
    let most = 0;
    let done;
    watch(1).addEventListener('nextTry', () => {
      if (view.nextTry === null) return;
      rounds += 1;
      if (rounds < most) view.retry();
      else done?.();
    });
    window.lose = (more) => {
      most = rounds + more;
      view.retry();
      return new Promise((resolve) => { done = resolve; });
    };'''


def test_a_view_of_many_rounds_keeps_nothing_of_them(pages):
    """A wall plays for a whole shift, and each fault is a round."""
    page = pages.open()
    page.run(LOST)
    def lose(times):
        page.run('await lose(arguments[0]);', times)
        return grown(page)['JSEventListeners']
    first = lose(3)
    assert lose(20) <= first + 6
    page.run('view.end();')


def test_odd_words_of_when_to_ask_again(pages):
    """A negative number once caused thousands of requests a second."""
    opened = [pages.open(host=f'after-{number}.localhost')
              for number in range(len(RETRY_AFTER))]
    for page in opened:
        page.run('watch(1);')
    for page, after, (least, most) in zip(opened, *zip(*RETRY_AFTER.items())):
        comes_to(page, 'connecting', 'server')
        assert least <= sent(page, '/view-start', 3.5, least) <= most, after


def test_odd_words_of_how_often_to_beat(pages, janus):
    opened = []
    for seconds in (None, 0, -1, 'soon', 1e9, 0.001):
        opened.append(pages.open(host='patient.localhost'))
        opened[-1].run(BEATS, seconds)
    for page in opened:
        page.run('watch(1);')
    plays(janus, viewers=len(opened), seconds=20)
    for page in opened:
        assert 1 <= sent(page, '/heartbeat', 5.5, 1) <= 6
    # On a busy machine Chromium may close the page before it can end the
    # view, and the timeout of this server is long.
    for page in opened:
        page.run('view.end();')
