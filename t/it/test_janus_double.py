"""The stand-in for Janus answers each call as the real Janus does, so the
tests with it are valid for the real one."""

import http.client
import json
import re
import shutil
import subprocess
import time
import urllib.parse

import pytest

from env import REPO, bound, make_folder, wait_for
from janus_double import PLUGIN, JanusDouble, answer_to

# Members whose values differ in each answer.
MEMBERS = {'id', 'session_id', 'sender', 'transaction', 'handle_id', 'sdp'}
# Members that the module does not use and the stand-in leaves out.
NOT_SAID = {'ports', 'host', 'port', 'rtpmap', 'fmtp', 'session_last_activity',
            'created', 'current_time', 'rtcpport', 'port2', 'port3'}
# Members whose values depend on the camera.
NOT_COMPARED = {'label', 'age_ms', 'bufferkf', 'videobufferkf', 'description'}


class Real:
    """A private Janus."""

    def __init__(self):
        self.folder = make_folder()
        self.tool('start')
        self.env = dict(line.split('=', 1)
                        for line in self.tool('env').splitlines())
        self.url = self.env['JANUS_URL']
        self.admin_url = self.env['JANUS_ADMIN_URL']
        with open(self.env['JANUS_SECRET_FILE']) as file:
            self.secret = file.read().strip()

    def tool(self, command):
        return subprocess.run(
            [REPO + '/tools/janus.sh', command, self.folder + '/janus'],
            stdout=subprocess.PIPE, encoding='utf-8', timeout=60,
            check=True).stdout

    def remove(self):
        self.tool('stop')
        shutil.rmtree(self.folder)


class Talk:
    """Sends the same calls to either Janus and keeps all answers."""

    def __init__(self, janus):
        self.janus = janus
        self.answers = []
        self.session = self.handle = None
        self.connections = {}

    def ask(self, method, url, body=None):
        parts = urllib.parse.urlsplit(url)
        connection = self.connections.setdefault(
            parts.netloc, http.client.HTTPConnection(parts.netloc,
                                                     timeout=40))
        path = parts.path + ('?' + parts.query if parts.query else '')
        connection.request(method, path, body)
        response = connection.getresponse()
        data = response.read()
        answer = json.loads(data) if data else None
        self.answers.append((response.status,
                             response.headers['Content-Type'],
                             comparable(answer)))
        return answer

    def post(self, path, **members):
        body = {'transaction': 'abc', 'apisecret': self.janus.secret,
                **members}
        return self.ask('POST', self.janus.url + path, json.dumps(
            {name: value for name, value in body.items()
             if value is not None}))

    def here(self):
        return f'/{self.session}/{self.handle}'

    def open(self):
        self.session = self.post('', janus='create')['data']['id']
        self.handle = self.post(f'/{self.session}', janus='attach',
                                plugin=PLUGIN)['data']['id']

    def message(self, **body):
        return self.post(self.here(), janus='message', body=body)

    def event(self, secret=None, session=None):
        return self.ask('GET', f'{self.janus.url}/{session or self.session}'
                        f'?maxev=1&apisecret={secret or self.janus.secret}')

    def start(self, **jsep):
        return self.post(self.here(), janus='message',
                         body={'request': 'start'}, jsep=jsep)

    def admin(self, path='', **members):
        body = {'transaction': 'abc', 'admin_secret': self.janus.secret,
                **members}
        return self.ask('POST', self.janus.admin_url + path,
                        json.dumps(body))


def comparable(answer, name=None):
    """An answer without the parts that differ between two runs."""
    if isinstance(answer, dict):
        return {key: '…' if key in MEMBERS | NOT_COMPARED
                else comparable(value, key) for key, value in answer.items()
                if key not in NOT_SAID}
    if isinstance(answer, list):
        return [comparable(each) for each in answer]
    return re.sub(r'\d{6,}', 'N', answer) if isinstance(
        answer, str) else answer


@pytest.fixture(scope='module')
def real():
    real = Real()
    yield real
    real.remove()


@pytest.fixture
def double(real):
    double = JanusDouble(real.secret)
    yield double
    double.remove()


@pytest.fixture
def both(real, double):
    """both(conversation): runs a function that takes a Talk with each Janus,
    and compares the answers."""
    def check(conversation):
        talks = [Talk(real), Talk(double)]
        for talk in talks:
            conversation(talk)
        assert len(talks[0].answers) == len(talks[1].answers)
        pairs = zip(*[talk.answers for talk in talks])
        assert [pair for pair in pairs if pair[0] != pair[1]] == []
    return check


def free_udp_port():
    return bound(0)


def test_sessions(both):
    def talk(t):
        for members in ({'janus': None}, {'transaction': None},
                        {'apisecret': None}, {'apisecret': 'x'},
                        {'janus': 'ping'}, {'janus': 'quux'}):
            t.post('', **{'janus': 'create', **members})
        t.ask('POST', t.janus.url, '[]')
        t.open()
        t.post(f'/{t.session}', janus='keepalive')
        t.post('/123', janus='keepalive')
        t.post(f'/{t.session}', janus='attach', plugin='nix')
        t.post(f'/{t.session}/5', janus='message', body={'request': 'list'})
        t.post(f'/5/{t.handle}', janus='message', body={'request': 'list'})
        t.post(t.here(), janus='message')
        t.post(t.here(), janus='message', body=5)
        t.message()
        t.message(request='quux')
        t.post(t.here(), janus='hangup')
        t.post(t.here(), janus='detach')
        t.post(t.here(), janus='detach')
        for _ in range(2):
            t.post(f'/{t.session}', janus='destroy')
    both(talk)


@pytest.mark.parametrize('secret, session', [
    ('wrong', None), (None, 123)])
def test_event_of_nobody(both, secret, session):
    def talk(t):
        t.open()
        t.event(secret, session)
    both(talk)


def test_mountpoints(both):
    media = [{'type': 'video', 'mid': 'v', 'iface': '127.0.0.1',
              'port': free_udp_port(), 'pt': 96, 'codec': 'h264'}]

    def talk(t):
        t.open()
        new = dict(request='create', type='rtp', id=42, name='n',
                   description='d', metadata='mod_cctv rtp', is_private=True,
                   secret='inside', pin='first', media=media)
        key = {'admin_key': t.janus.secret}
        t.message(**new)
        t.message(**new, admin_key='wrong')
        for _ in range(2):
            t.message(**new, **key)
        t.message(**{**new, 'id': '43'}, **key)
        t.message(**{**new, 'id': -1}, **key)
        for more in {}, key, {'admin_key': 'wrong'}:
            t.message(request='list', **more)
        for number in 42, 99, '42', -1:
            for more in {}, {'secret': 'inside'}, {'secret': 'wrong'}:
                t.message(request='info', id=number, **more)
        t.message(request='info')
        for number in 42, 99:
            for more in {}, {'secret': 'inside'}, {'secret': 'wrong'}:
                t.message(request='edit', id=number, new_pin='x', **more)
        for pin in {}, {'pin': 'first'}, {'pin': 'x'}:
            t.message(request='watch', id=42, **pin)
            t.event()
        t.message(request='info', id=42, secret='inside')
        t.message(request='watch', id=42, pin='x')
        t.event()
        for more in {}, {'secret': 'wrong'}, {'secret': 'inside'}, {}:
            t.message(request='destroy', id=42, **more)
        t.event()
        t.event()
        t.post(f'/{t.session}', janus='destroy')
    both(talk)


HEAD = 'v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n'


def test_answers(both):
    media = [{'type': 'video', 'mid': 'v', 'iface': '127.0.0.1',
              'port': free_udp_port(), 'pt': 96, 'codec': 'h264'}]

    def talk(t):
        t.open()
        t.start(type='answer', sdp=answer_to(HEAD))
        t.message(request='watch')
        t.event()
        t.message(request='watch', id=7)
        t.event()
        t.message(request='start')
        t.event()
        t.message(request='create', type='rtp', id=43, name='n',
                  secret='inside', media=media, admin_key=t.janus.secret)
        t.message(request='watch', id=43)
        offer = t.event()['jsep']['sdp']
        answer = answer_to(offer)
        for sdp in ('garbage', HEAD, HEAD + 'm=quux 9 x 96\r\n', 5,
                    answer.replace('m=video', 'm=quux'),
                    answer.replace('a=fingerprint', 'a=x'),
                    answer.replace('a=ice-ufrag', 'a=x')):
            t.start(type='answer', sdp=sdp, trickle=False)
        t.start(type='answer')
        t.start(sdp=answer)
        t.start(type='quux', sdp=answer)
        for _ in range(2):
            t.start(type='answer', sdp=answer, trickle=False)
            t.event()
        # A further start is refused, but the error varies: Janus may not have
        # released the peer yet.
        t.post(t.here(), janus='hangup')
        t.event()
        t.message(request='destroy', id=43, secret='inside')
        t.post(f'/{t.session}', janus='destroy')
    both(talk)


def test_switch(both):
    """From a template, which has no port, to a mountpoint with a pin."""
    template = 4294967296 + 102
    media = {'type': 'video', 'mid': 'v', 'iface': '127.0.0.1',
             'port': 0, 'codec': 'h264'}
    new = dict(request='create', type='rtp', name='n', secret='inside')

    def talk(t):
        t.open()
        new['admin_key'] = t.janus.secret
        t.message(**new, id=template, media=[{**media, 'pt': 102}])
        t.message(**new, id=template, media=[{**media, 'pt': 102}])
        t.message(**new, id=46, media=[
            {**media, 'pt': 96, 'port': free_udp_port()}])
        t.message(request='switch', id=46)
        t.event()
        t.message(request='watch', id=template)
        offer = t.event()['jsep']['sdp']
        assert re.search('m=video 9 UDP/TLS/RTP/SAVPF 102 103\r', offer)
        t.message(request='switch', id=47)
        t.event()
        t.message(request='switch', id=46)
        t.event()
        t.start(type='answer', sdp=answer_to(offer), trickle=False)
        t.event()
        t.post(f'/{t.session}', janus='destroy')
    both(talk)


def test_version(real, double):
    for janus in real, double:
        said = Talk(janus).ask('GET', janus.url + '/info')
        assert (said['janus'], said['version']) == ('server_info', 1102)


def test_camera_that_is_away(both):
    dead = bound(0)

    def talk(t):
        if isinstance(t.janus, JanusDouble):
            for number in 50, 51, 52:
                t.janus.camera(number).online = False
        t.open()
        new = dict(request='create', type='rtsp', name='n', secret='inside',
                   metadata='mod_cctv rtsp', is_private=True, audio=False,
                   rtsp_reconnect_delay=2, rtsp_conn_timeout=2,
                   url=f'rtsp://127.0.0.1:{dead}/x',
                   admin_key=t.janus.secret)
        t.message(**new, video=True, id=50, rtsp_failcheck=True)
        t.message(**new, id=51, rtsp_failcheck=False)
        t.message(**new, video=True, id=52, rtsp_failcheck=False)
        t.message(request='info', id=52, secret='inside')
        # The `watch` waits for an event that never comes.
        t.message(request='watch', id=52)
        t.message(request='watch', id=52)
        t.event()
        t.post(f'/{t.session}', janus='destroy')
        t.open()
        t.message(request='destroy', id=52, secret='inside')
        t.post(f'/{t.session}', janus='destroy')
    both(talk)


def test_admin(both):
    def talk(t):
        t.open()
        t.admin(janus='handle_info', admin_secret='wrong')
        t.admin(janus='quux')
        t.admin(f'/{t.session}/5', janus='handle_info')
        t.admin(f'/5/{t.handle}', janus='handle_info')
        t.admin(f'/{t.session}/{t.handle}', janus='handle_info',
                plugin_only=True)
        t.post(f'/{t.session}', janus='destroy')
        t.admin(f'/{t.session}/{t.handle}', janus='handle_info')
    both(talk)


def test_info_of_a_handle(real, double):
    """Each member in the stand-in's answer is in the answer of Janus."""
    media = [{'type': 'video', 'mid': 'v', 'iface': '127.0.0.1',
              'port': free_udp_port(), 'pt': 96, 'codec': 'h264'}]
    infos = []
    for janus in real, double:
        t = Talk(janus)
        t.open()
        t.message(request='create', type='rtp', id=44, name='n',
                  secret='inside', media=media, admin_key=janus.secret)
        states = [t.admin(t.here(), janus='handle_info')]
        t.message(request='watch', id=44)
        offer = t.event()['jsep']['sdp']
        states.append(t.admin(t.here(), janus='handle_info'))
        t.start(type='answer', sdp=answer_to(offer), trickle=False)
        t.event()
        if janus is double:
            # The real Janus has no peer here.
            (handle,) = double.watchers(44)
            handle.peer = False
        states.append(t.admin(t.here(), janus='handle_info'))
        t.post(t.here(), janus='hangup')
        wait_for(lambda: not t.admin(t.here(), janus='handle_info')['info'][
            'flags']['negotiated'], 'it has hung up')
        states.append(t.admin(t.here(), janus='handle_info'))
        infos.append([state['info'] for state in states])
        t.message(request='destroy', id=44, secret='inside')
        t.post(f'/{t.session}', janus='destroy')
    for said, copied in zip(*infos):
        assert_within(copied, said)


# Numbers of connections and packets, and states that last only a moment.
VARIES = {'session_id', 'handle_id', 'stopping', 'alert', 'stream_id',
          'component_id', 'sdps'}


def assert_within(part, whole, where='info'):
    if isinstance(part, dict):
        assert set(part) <= set(whole), where
        for name, value in part.items():
            if name not in VARIES:
                assert_within(value, whole[name], f'{where}.{name}')
    else:
        assert part == whole, where


def test_poll_that_nobody_waits_for_takes_the_event(real, double):
    media = [{'type': 'video', 'mid': 'v', 'iface': '127.0.0.1',
              'port': free_udp_port(), 'pt': 96, 'codec': 'h264'}]
    for janus in real, double:
        t = Talk(janus)
        t.open()
        t.message(request='create', type='rtp', id=45, name='n',
                  secret='inside', media=media, admin_key=janus.secret)
        parts = urllib.parse.urlsplit(janus.url)
        given_up = http.client.HTTPConnection(parts.netloc)
        given_up.request('GET', f'{parts.path}/{t.session}?maxev=1&'
                         f'apisecret={janus.secret}')
        time.sleep(0.3)
        given_up.close()
        time.sleep(0.1)
        t.message(request='watch', id=45)
        time.sleep(0.2)
        t.message(request='watch', id=45)
        event = t.event()
        assert event['plugindata']['data']['error'].startswith('Already')
        t.message(request='destroy', id=45, secret='inside')
        t.post(f'/{t.session}', janus='destroy')
