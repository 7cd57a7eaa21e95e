"""The parts that the tests of video use, tested without the module. A failure
here is not a fault of the module."""

import contextlib
import os
import signal

import pytest

from lab import PAGE_CONFIG, PAGE_MODULES, Janus, JanusError, Viewing, add_pages, real

pytestmark = real


@pytest.fixture
def page(start, browser):
    """page(name) → a new window with that test page."""
    address = add_pages(start(PAGE_CONFIG, modules=PAGE_MODULES))
    return lambda name='watch.html': browser.open(address + name)


def play(page, janus, number, ice_servers=(), relay_only=False, **more):
    """Does the signalling by hand, as the module does it."""
    viewing = Viewing(janus, number, **more)
    viewing.answer(page.run('clickNow(); return answer(...arguments);',
                            viewing.offer, list(ice_servers), relay_only))
    return viewing


def test_a_camera_by_rtp_plays(janus, cameras, page):
    camera = cameras('rtp', 'by-rtp')
    janus.create_rtp(1, camera.port)
    window = page()
    play(window, janus, 1)
    stats = window.wait_until_plays()
    assert (stats['width'], stats['height']) == (640, 480)
    assert stats['state'] == 'connected'


def test_a_camera_by_rtsp_plays_again_after_it_was_away(janus, cameras, page):
    camera = cameras('rtsp', 'one', 'two')
    janus.create_rtsp(2, camera.url('two'))
    window = page()
    play(window, janus, 2)
    assert window.wait_until_plays()['width'] == 640
    camera.kill()
    window.wait_until_stands()
    camera.start()
    window.wait_until_plays(20)
    assert janus.mountpoints()[2]['media'][0]['age_ms'] < 5000


def test_a_camera_with_a_login(janus, cameras, page):
    camera = cameras('rtsp', 'locked', login='user pass')
    with pytest.raises(JanusError):
        janus.create_rtsp(7, camera.url('locked'), rtsp_failcheck=True)
    janus.create_rtsp(7, camera.url('locked'), rtsp_user='user',
                      rtsp_pwd='pass', rtsp_failcheck=True)
    window = page()
    play(window, janus, 7)
    window.wait_until_plays()


def test_what_janus_tells_of_its_sessions(janus, cameras, page):
    camera = cameras('rtp', 'watched')
    janus.create_rtp(3, camera.port, is_private=True)
    assert janus.sessions() == [] and set(janus.mountpoints()) == {3}
    window = page()
    viewing = play(window, janus, 3)
    window.wait_until_plays()
    assert janus.sessions() == [viewing.session]
    (handle,) = janus.handles()
    assert handle['handle_id'] == viewing.handle
    assert handle['plugin_specific']['mountpoint_id'] == 3
    viewing.end()
    assert janus.sessions() == []
    window.wait_until_stands()


def test_janus_killed_and_halted(janus):
    before = janus.url, janus.secret
    janus.kill()
    with pytest.raises(OSError):
        janus.sessions()
    janus.start()
    assert (janus.url, janus.secret) == before and janus.sessions() == []
    with janus.halted(), pytest.raises(TimeoutError):
        janus.send(janus.url, {'janus': 'create'}, timeout=0.3)
    assert janus.sessions() == []


def test_janus_refuses_who_does_not_know_the_secret(janus):
    with pytest.raises(JanusError) as refused:
        janus.send(janus.url, {'janus': 'create'})
    assert refused.value.code == 403
    assert janus.secret not in janus.text()


def test_janus_js_over_a_websocket(cameras, page):
    with contextlib.ExitStack() as stack:
        janus = Janus(ws=True)
        stack.callback(janus.remove)
        janus.create_rtp(4, cameras('rtp', 'by-janus-js').port, pin='1234')
        window = page('janus.html')
        for token, pin, problem in (
                (None, '1234', 'Unauthorized'),
                (janus.token(-1), '1234', 'Unauthorized'),
                (janus.token(secret='another'), '1234', 'Unauthorized'),
                (janus.token(), '4321', 'pin')):
            window.run('view.errors = []; playByJanus(...arguments);',
                       janus.ws_url, 4, {'token': token, 'pin': pin})
            said = window.run('while (!view.errors.length) await pause(10);'
                              'return view.errors.join();')
            assert problem.lower() in said.lower(), said
        window.run('playByJanus(...arguments);', janus.ws_url, 4,
                   {'token': janus.token(), 'pin': '1234'})
        assert window.wait_until_plays()['width'] == 640


def test_through_turn_alone(janus, cameras, coturn, page):
    janus.create_rtp(5, cameras('rtp', 'relayed').port)
    window = page()
    play(window, janus, 5, [coturn.server()], relay_only=True)
    stats = window.wait_until_plays()
    assert stats['candidate'] == 'relay'


@pytest.mark.parametrize('wrong', [{'secret': 'another'}, {'seconds': -60}])
def test_turn_refuses(janus, cameras, coturn, page, wrong):
    janus.create_rtp(6, cameras('rtp', 'not-relayed').port)
    window = page()
    play(window, janus, 6, [coturn.server(**wrong)], relay_only=True)
    window.run('while (view.connection.iceGatheringState !== "complete")'
               ' await pause(10);')
    assert 'a=candidate' not in window.run(
        'return view.connection.localDescription.sdp;')
    assert window.stats()['frames'] == 0


def test_a_browser_that_was_killed_is_started_again(browser, page):
    first = page()
    pid = browser.service.process.pid
    assert first.run('return 6 * 7;') == 42
    browser.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
    assert page().run('return 6 * 7;') == 42
