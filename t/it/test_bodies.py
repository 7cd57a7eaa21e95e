"""The endpoints that accept JSON: odd bodies, methods and origins from
clients."""

import contextlib
import gzip
import http.client
import json
import re
import socket
import time

import pytest

from api import ONE_CHILD, add_cameras, dbd
from env import SLOWNESS, Reply
from views import set_cameras

JSON = {'Content-Type': 'application/json'}
MAPS = 'https://maps.example.org'
ORIGIN = 'urn:cctv:origin'
LIMIT = 4096
# The longest time in which a body may arrive, in seconds.
PATIENCE = 2 * SLOWNESS
# The handler of each path, and its status on success.
ENDPOINTS = {'/view-start': ('cctv-view-start', 201),
             '/heartbeat': ('cctv-heartbeat', 200),
             '/view-end': ('cctv-view-end', 204)}


def locations(*directives, prefix=''):
    return ''.join('\n'.join([f'<Location "{prefix}{path}">',
                              f'SetHandler {handler}', *directives,
                              '</Location>\n'])
                   for path, (handler, _) in ENDPOINTS.items())


@pytest.fixture(scope='module')
def httpd(cluster, start_shared):
    set_cameras(cluster, {})
    return start_shared(
        dbd(cluster) + ONE_CHILD + locations()
        + locations(f'CCTVAllowOrigin {MAPS}', prefix='/open')
        + locations('SetInputFilter DEFLATE', prefix='/inflate')
        + locations('LimitRequestBody 10', prefix='/tiny')
        + f'RequestReadTimeout body={PATIENCE}\n',
        modules=['filter', 'deflate', 'reqtimeout'])


class Endpoint:
    """One of the endpoints, with a body that it accepts."""

    def __init__(self, httpd, path, members):
        self.httpd = httpd
        self.path = path
        self.good = ENDPOINTS[path][1]
        self.members = members
        self.body = json.dumps(members).encode()

    def post(self, body=None, headers=None, prefix='', connection=None):
        """One request with these bytes; by default with the accepted body."""
        body = self.body if body is None else body
        return self.httpd.ask('POST', prefix + self.path,
                              JSON if headers is None else headers, body,
                              connection)

    def request(self, *fields, body=None):
        """The bytes of a request with these header fields; with
        Content-Length if a body is given."""
        lines = [f'POST {self.path} HTTP/1.1', 'Host: h', *fields]
        if not any(re.match('(?i)content-type', field) for field in fields):
            lines.append('Content-Type: application/json')
        if body is not None:
            lines.append(f'Content-Length: {len(body)}')
        return '\r\n'.join(lines).encode() + b'\r\n\r\n' + (body or b'')

    @contextlib.contextmanager
    def socket(self):
        with socket.create_connection(('127.0.0.1', self.httpd.port),
                                      20 * SLOWNESS) as raw:
            yield raw

    def send(self, text, finish=False):
        """Sends bytes unchanged; returns the first answer."""
        with self.socket() as raw:
            raw.sendall(text)
            if finish:
                raw.shutdown(socket.SHUT_WR)
            return answer(raw)

    def chunked(self, *chunks, end=b'0\r\n\r\n'):
        return self.request('Transfer-Encoding: chunked') + b''.join(
            b'%x\r\n%s\r\n' % (len(chunk), chunk) for chunk in chunks) + end

    def padded(self, size):
        """The accepted body, padded with blanks to this size."""
        return self.body[:-1] + b' ' * (size - len(self.body)) + b'}'


def answer(raw):
    response = http.client.HTTPResponse(raw)
    response.begin()
    return Reply(response)


@pytest.fixture(params=ENDPOINTS)
def endpoint(request, httpd):
    start = Endpoint(httpd, '/view-start', {'camera_id': 1})
    if request.param == start.path:
        return start
    session = start.post().json()['session_id']
    return Endpoint(httpd, request.param, {'session_id': session})


def problem(reply, status, *words, kind='about:blank'):
    """Checks a problem document; returns its detail."""
    assert reply.status == status, reply.body
    assert reply.headers['Content-Type'] == 'application/problem+json'
    assert reply.headers['Cache-Control'] == 'no-store'
    said = reply.json()
    assert set(said) == {'type', 'title', 'status', 'detail'}
    assert (said['type'], said['status']) == (kind, status)
    assert re.fullmatch(r'[A-Z].{10,200}\.', said['detail'])
    for word in words:
        assert word in said['detail']
    return said['detail']


def allowed(reply):
    return {method.strip() for method in reply.headers['Allow'].split(',')}


# --- types ------------------------------------------------------------------

@pytest.mark.parametrize('kind', [
    'application/json', 'APPLICATION/Json', 'application/json;charset=utf-8',
    'application/json ; charset="UTF-8"', 'text/plain;charset=UTF-8',
    'text/plain', 'Text/Plain; x=y; charset=us-ascii'])
def test_types_that_are_taken(endpoint, kind):
    assert endpoint.post(headers={'Content-Type': kind}).status == (
        endpoint.good)


@pytest.mark.parametrize('kind', [
    'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x',
    'text/html', 'text/json', 'application/problem+json', 'application/jsonx',
    'application/json, text/plain', '', 'json', '*/*'])
def test_other_types_are_415(endpoint, kind):
    reply = endpoint.post(headers={'Content-Type': kind})
    problem(reply, 415, 'application/json', 'text/plain')


def test_no_type_is_415(endpoint):
    problem(endpoint.post(headers={}), 415)


def test_length_counts_before_the_type(endpoint):
    problem(endpoint.post(b'x' * 5000, {'Content-Type': 'image/png'}), 413)


# --- sizes ------------------------------------------------------------------

@pytest.mark.parametrize('size, is_good', [
    (LIMIT - 1, True), (LIMIT, True), (LIMIT + 1, False), (70000, False),
    (3000000, False)])
def test_size(endpoint, size, is_good):
    body = endpoint.padded(size)
    pieces = [body[i:i + 1000] for i in range(0, size, 1000)]
    for text in (endpoint.request(body=body), endpoint.chunked(*pieces),
                 endpoint.chunked(body)):
        with endpoint.socket() as raw:
            # The server may close before it has read an oversized body.
            with contextlib.suppress(ConnectionError):
                raw.sendall(text)
            reply = answer(raw)
        if is_good:
            assert reply.status == endpoint.good
        else:
            problem(reply, 413, '4096')
            assert reply.headers['Connection'] == 'close'


@pytest.mark.parametrize('length', [
    str(LIMIT + 1), '1000000000', '9223372036854775807'])
def test_length_alone_is_answered_at_once(endpoint, length):
    problem(endpoint.send(endpoint.request(f'Content-Length: {length}')), 413)


@pytest.mark.parametrize('length', [
    '99999999999999999999', '-1', '+5', '0x10', '1e2', '5, 6', 'x', '5 5'])
def test_lengths_that_are_none(endpoint, length):
    reply = endpoint.send(endpoint.request(f'Content-Length: {length}')
                          + endpoint.body, finish=True)
    assert reply.status in (400, 413)


def test_no_body(endpoint):
    problem(endpoint.send(endpoint.request(body=b'')), 400, 'empty')
    problem(endpoint.send(endpoint.request()), 400, 'empty')
    problem(endpoint.send(endpoint.chunked()), 400, 'empty')


def test_limit_of_the_server_that_is_smaller(endpoint):
    assert endpoint.post(prefix='/tiny').status == 413


# --- Expect: 100-continue ---------------------------------------------------

def test_client_that_asks_first_is_told_to_go_on(endpoint):
    with endpoint.socket() as raw:
        raw.sendall(endpoint.request(
            'Expect: 100-continue', f'Content-Length: {len(endpoint.body)}'))
        assert raw.recv(1000).startswith(b'HTTP/1.1 100 ')
        raw.sendall(endpoint.body)
        assert answer(raw).status == endpoint.good


def test_client_that_asks_first_is_told_that_it_is_too_much(endpoint):
    reply = endpoint.send(endpoint.request('Expect: 100-continue',
                                           'Content-Length: 5000'))
    problem(reply, 413)


# --- chunks -----------------------------------------------------------------

def test_chunks(endpoint):
    body = endpoint.body
    single = [body[i:i + 1] for i in range(len(body))]
    for text in (
            endpoint.chunked(body), endpoint.chunked(*single),
            endpoint.chunked(body, end=b'0\r\nX-Trailer: 1\r\n\r\n'),
            endpoint.request('Transfer-Encoding: chunked')
            + b'%x;name="value"\r\n%s\r\n0\r\n\r\n' % (len(body), body)):
        assert endpoint.send(text).status == endpoint.good


@pytest.mark.parametrize('rest', [
    b'zz\r\n', b'-1\r\n', b'ffffffffffffffffff\r\n', b'5\r\n{"a":1}\r\n'])
def test_broken_chunks(endpoint, rest):
    text = endpoint.request('Transfer-Encoding: chunked')
    assert endpoint.send(text + rest, finish=True).status in (400, 413)
    assert endpoint.post().status == endpoint.good


def test_length_and_chunks(endpoint):
    # The chunks determine the length; the bytes after them are not
    # interpreted as a second request.
    text = endpoint.request('Transfer-Encoding: chunked',
                            'Content-Length: 3')
    reply = endpoint.send(text + b'%x\r\n%s\r\n0\r\n\r\n' % (
        len(endpoint.body), endpoint.body))
    assert reply.status in (400, endpoint.good)


# --- JSON -------------------------------------------------------------------

@pytest.mark.parametrize('body, word', [
    (b'{', 'ends too early'), (b' ', 'ends too early'),
    (b'[]', 'a JSON object'), (b'[{}]', 'a JSON object'),
    (b'1', 'line 1, column 1'), (b'null', 'line 1'), (b'"x"', 'line 1'),
    (b'{"secret": bad}', 'line 1'), (b'{\n\n"secret"}', 'line 3'),
    (b"{'secret': 1}", 'mistake'), (b'{"secret": 1,}', 'mistake'),
    (b'{"secret": NaN}', 'mistake'), (b'{} secret', 'behind the object'),
    (b'{}{}', 'behind the object'), (b'{}\0', 'behind the object'),
    (b'\0', 'line 1'), (b'{"secret\0": 1}', 'line 1'),
    (b'{"secret": "\\u0000"}', 'NUL'), (b'{"secret": "\xff"}', 'UTF-8'),
    (b'{"secret": "\xc0\x80"}', 'UTF-8'),
    (b'{"secret": "\xed\xa0\x80"}', 'UTF-8'),
    (b'\xef\xbb\xbf{}', 'mistake'), ('{}'.encode('utf-16'), 'line 1'),
    (b'{"secret": 1, "secret": 1}', 'twice'),
    (b'{"a": {"secret": 1, "secret": 2}}', 'twice'),
    (b'{"secret": 99999999999999999999}', 'too large'),
    (b'{"secret": 1e999}', 'too large'), (b'[' * LIMIT, 'too deeply'),
    (b'{"a":' * 800, 'ends too early'), (b'camera_id=1', 'mistake')])
def test_what_is_not_the_json_asked_for(endpoint, body, word):
    detail = problem(endpoint.post(body), 400, word)
    assert 'secret' not in detail


@pytest.mark.parametrize('body', [
    b'{}', b'{"camera_id": null, "session_id": null}',
    b'{"camera_id": "1", "session_id": 1}',
    b'{"camera_id": 1.5, "session_id": 1.5}',
    b'{"camera_id": [1], "session_id": ["x"]}',
    b'{"camera_id": {}, "session_id": {}}',
    b'{"camera_id": true, "session_id": true}',
    b'{"Camera_Id": 1, "Session_Id": "x"}'])
def test_members_of_another_kind(endpoint, body):
    problem(endpoint.post(body), 400)


def test_member_that_is_repeated(endpoint):
    member = endpoint.body[1:-1]
    problem(endpoint.post(b'{' + member + b', ' + member + b'}'), 400,
            'twice')


def test_blanks_around_the_object(endpoint):
    body = b'\r\n\t ' + endpoint.body + b' \n'
    assert endpoint.post(body).status == endpoint.good


# --- incomplete bodies ------------------------------------------------------

def test_body_that_ends_early(endpoint):
    for text in (endpoint.request('Content-Length: 100') + endpoint.body,
                 endpoint.request('Content-Length: 100'),
                 endpoint.chunked(endpoint.body, end=b''),
                 endpoint.request('Transfer-Encoding: chunked') + b'20\r\n{'):
        problem(endpoint.send(text, finish=True), 400)


def test_body_that_never_comes(endpoint):
    start = time.monotonic()
    reply = endpoint.send(endpoint.request('Content-Length: 100') + b'{')
    problem(reply, 408)
    assert PATIENCE - 1 < time.monotonic() - start < PATIENCE + 10 * SLOWNESS


def test_clients_that_vanish_with_half_a_body(endpoint, httpd):
    pids = httpd.children()
    for text in (endpoint.request('Content-Length: 100') + b'{',
                 endpoint.request('Transfer-Encoding: chunked') + b'5\r\n{',
                 endpoint.request('Content-Length: 5000') + b'{'):
        for _ in range(5):
            with endpoint.socket() as raw:
                raw.sendall(text)
    assert endpoint.post().status == endpoint.good
    assert httpd.children() == pids


def test_length_that_is_too_short(endpoint):
    length = len(endpoint.body) - 3
    text = endpoint.request(f'Content-Length: {length}') + endpoint.body
    with endpoint.socket() as raw:
        raw.sendall(text)
        problem(answer(raw), 400, 'ends too early')
        # The rest of the body is not interpreted as a request.
        with contextlib.suppress(ConnectionError):
            assert raw.recv(1000) == b''


# --- compressed bodies ------------------------------------------------------

def test_compressed_body_where_apache_inflates_it(endpoint):
    headers = {**JSON, 'Content-Encoding': 'gzip'}
    for size, status in ((len(endpoint.body), endpoint.good),
                         (LIMIT, endpoint.good), (LIMIT + 1, 413),
                         (30000000, 413)):
        body = gzip.compress(endpoint.padded(size))
        reply = endpoint.post(body, headers, prefix='/inflate')
        assert reply.status == status, size


def test_compressed_body_elsewhere(endpoint):
    body = gzip.compress(endpoint.body)
    problem(endpoint.post(body, {**JSON, 'Content-Encoding': 'gzip'}), 400)


# --- connections ------------------------------------------------------------

def test_connection_lives_on(endpoint, httpd):
    kinds = [('POST', JSON, endpoint.body, endpoint.good),
             ('POST', {'Content-Type': 'x/y'}, b'x' * LIMIT, 415),
             ('POST', {**JSON, 'Origin': 'null'}, endpoint.body, 403),
             ('GET', {}, b'x' * 9000, 405), ('PUT', JSON, b'{}', 405),
             ('OPTIONS', {}, None, 204), ('HEAD', {}, None, 405),
             ('POST', JSON, endpoint.body, endpoint.good)]
    with contextlib.closing(httpd.connection()) as connection:
        connection.connect()
        own = connection.sock
        for method, headers, body, status in kinds:
            reply = httpd.ask(method, endpoint.path, headers, body,
                              connection)
            assert reply.status == status, method
            assert connection.sock is own, method


def test_pipelined_requests(endpoint):
    text = (endpoint.request(body=endpoint.body) * 3
            + endpoint.request(body=b'{"x":') + b'POST / HTTP/1.1\r\n\r\n')
    with endpoint.socket() as raw:
        raw.sendall(text)
        received = b''
        with contextlib.suppress(ConnectionError):
            while part := raw.recv(65536):
                received += part
    found = re.findall(rb'HTTP/1\.1 (\d+) ', received)
    # Apache closes the connection after a 400.
    assert found == [b'%d' % endpoint.good] * 3 + [b'400']


def test_http_1_0(endpoint):
    text = endpoint.request(body=endpoint.body).replace(b'HTTP/1.1',
                                                        b'HTTP/1.0')
    assert endpoint.send(text).status == endpoint.good


# --- methods ----------------------------------------------------------------

@pytest.mark.parametrize('method', ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH',
                                    'FOO', 'PROPFIND'])
def test_other_methods_are_405(endpoint, httpd, method):
    reply = httpd.ask(method, endpoint.path, JSON, endpoint.body)
    assert allowed(reply) == {'POST', 'OPTIONS'}
    if method == 'HEAD':
        assert (reply.status, reply.body) == (405, b'')
    else:
        problem(reply, 405, 'POST')


def test_options(endpoint, httpd):
    reply = httpd.ask('OPTIONS', endpoint.path)
    assert (reply.status, reply.body) == (204, b'')
    assert allowed(reply) == {'POST', 'OPTIONS'}


# --- origins ----------------------------------------------------------------

@pytest.mark.parametrize('origin, host', [
    ('http://h', 'h'), ('https://h', 'h'), ('https://h', 'h:443'),
    ('http://h', 'H:80'), ('http://h:8080', 'h:8080'),
    ('http://[::1]:8080', '[::1]:8080')])
def test_pages_of_this_host_may_post(endpoint, origin, host):
    reply = endpoint.post(headers={**JSON, 'Origin': origin, 'Host': host})
    assert reply.status == endpoint.good
    assert 'Access-Control-Allow-Origin' not in reply.headers


def test_page_of_http_may_not_post_over_https(database, start):
    """An attacker on the network path can forge pages of http origins."""
    add_cameras(database, {})
    httpd = start(dbd(database) + ONE_CHILD + locations()
                  + 'ServerName https://h\n')
    endpoint = Endpoint(httpd, '/view-start', {'camera_id': 1})
    for origin, host, status in (
            ('http://h', 'h', 403), ('http://h:8080', 'h:8080', 403),
            ('https://h', 'h', 201), ('https://h:8080', 'h:8080', 201)):
        headers = {**JSON, 'Origin': origin, 'Host': host}
        assert endpoint.post(headers=headers).status == status


@pytest.mark.parametrize('origin', [
    'http://evil.example', 'https://h.evil.example', 'http://h:8080',
    'https://h:80', 'http://evil.example:80', 'null', '', 'h', '//h',
    'http://h/', 'http://h, http://h', 'http://u@h', 'file://', '*',
    'http://' + 'h' * 5000, MAPS + '.evil.example', MAPS])
@pytest.mark.parametrize('kind', ['application/json', 'text/plain'])
def test_forged_posts_are_403(endpoint, origin, kind):
    headers = {'Content-Type': kind, 'Origin': origin, 'Host': 'h'}
    detail = problem(endpoint.post(headers=headers), 403, 'CCTVAllowOrigin',
                     kind=ORIGIN)
    assert 'evil' not in detail


# What browsers say about a page, which no script can set, is right whatever a
# proxy does to Host. Each line was seen in Chromium or Firefox.
@pytest.mark.parametrize('site, origin, may', [
    ('same-origin', 'https://cams.example', True),
    ('same-origin', 'null', True), ('same-origin', None, True),
    ('cross-site', None, False), ('cross-site', 'null', False),
    ('cross-site', 'http://h', False), ('cross-site', MAPS, False),
    ('same-site', None, False), ('same-site', 'http://h:8080', False),
    ('none', None, True), ('none', 'http://h', True),
    ('none', 'https://evil.example', False)])
def test_the_browser_knows_where_a_page_is_from(endpoint, site, origin, may):
    headers = {**JSON, 'Sec-Fetch-Site': site, 'Host': 'h'}
    if origin is not None:
        headers['Origin'] = origin
    reply = endpoint.post(headers=headers)
    if may:
        assert reply.status == endpoint.good
    else:
        problem(reply, 403, 'CCTVAllowOrigin', kind=ORIGIN)


@pytest.mark.parametrize('site', ['same-site', 'cross-site'])
def test_listed_pages_of_other_sites_may_post(endpoint, site):
    headers = {**JSON, 'Sec-Fetch-Site': site}
    assert endpoint.post(headers={**headers, 'Origin': MAPS},
                         prefix='/open').status == endpoint.good
    problem(endpoint.post(headers=headers, prefix='/open'), 403, kind=ORIGIN)


def test_a_refusal_says_what_mends_it(endpoint):
    for origin, words in (('https://cams.example', 'proxy_set_header Host'),
                          ('null', 'Referrer-Policy')):
        problem(endpoint.post(headers={**JSON, 'Origin': origin}), 403, words,
                kind=ORIGIN)


def test_forged_posts_change_nothing(endpoint):
    problem(endpoint.post(headers={**JSON, 'Origin': 'null'}), 403,
            kind=ORIGIN)
    # If the request had ended the view, this would fail.
    assert endpoint.post().status == endpoint.good


def test_allowed_pages_may_post(endpoint):
    for body, status in ((None, endpoint.good), (b'{', 400),
                         (b'{}' + b' ' * LIMIT, 413)):
        reply = endpoint.post(body, {**JSON, 'Origin': MAPS}, prefix='/open')
        assert reply.status == status
        assert reply.headers['Access-Control-Allow-Origin'] == MAPS
        assert reply.headers['Access-Control-Allow-Credentials'] == 'true'
        assert 'Retry-After' in reply.headers['Access-Control-Expose-Headers']
        assert reply.headers['Vary'] == 'Origin'


def test_other_pages_may_not_where_some_may(endpoint):
    reply = endpoint.post(headers={**JSON, 'Origin': 'https://evil.example'},
                          prefix='/open')
    problem(reply, 403, kind=ORIGIN)
    assert 'Access-Control-Allow-Origin' not in reply.headers
    assert reply.headers['Vary'] == 'Origin'


def test_preflight(endpoint, httpd):
    asks = {'Access-Control-Request-Method': 'POST',
            'Access-Control-Request-Headers': 'content-type'}
    reply = httpd.ask('OPTIONS', '/open' + endpoint.path,
                      {'Origin': MAPS, **asks})
    assert (reply.status, reply.body) == (204, b'')
    assert reply.headers['Access-Control-Allow-Origin'] == MAPS
    assert reply.headers['Access-Control-Allow-Methods'] == 'POST, OPTIONS'
    assert 'Content-Type' in reply.headers['Access-Control-Allow-Headers']
    assert reply.headers['Access-Control-Max-Age'] == '600'
    reply = httpd.ask('OPTIONS', '/open' + endpoint.path,
                      {'Origin': 'https://evil.example', **asks})
    assert reply.status == 204 and allowed(reply) == {'POST', 'OPTIONS'}
    assert not [name for name in reply.headers if name.startswith('Access-')]
