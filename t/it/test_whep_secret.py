"""The id of a WHEP view is a secret: no log and no page of the server shows
it, however its request is written."""

import contextlib
import re
import shutil
import subprocess

import pytest

from api import ONE_CHILD, location
from janus_double import answer_to
from users import AUTH, BASIC
from views import set_cameras, virtual_host

SDP = {'Content-Type': 'application/sdp', 'Host': 'plain'}
LOG = ('LogFormat "%r %U %q %f %{Referer}i %{unique}n" all\n'
       'CustomLog access.log all\nExtendedStatus On\n')
REQUESTS = [
    '{}', '{}/', '{}/.', '{}/x', '{}/..', '{}/../x', '{}/../..', '{}//', '//{}',
    '{}?a/b', '{}?a=/', '{}?', '{}?x={id}', '{}?x=%2f{encoded}', '{}%2f',
    '{}%2Fx', '{}%00', '{}%zz', '{}%', '{}%20x', '{};x', '{}/%2e', '{}/%2e%2e',
    '/whep//1//{id}', '/whep/1%2f{id}', '/%77hep/1/{id}', '/whep/./1/{id}',
    '/x/../whep/1/{id}', '/whep/1/x/{id}', '/whep/{id}', '/whep/1/{encoded}',
    '/whep/1/{upper}', 'http://plain/whep/1/{id}', '/../whep/1/{id}',
    '/whep/1/{id}/../../../whep', '/whep/1/x/../{id}', '/whep/1\\{id}']
METHODS = ['GET', 'PATCH', 'TRACE', 'HEAD', 'OPTIONS', 'PUT', 'FOO']


@pytest.fixture(params=['', 'MergeSlashes Off\nAllowEncodedSlashes NoDecode\n',
                        'AllowEncodedSlashes On\n'])
def httpd(cluster, start, video, request):
    set_cameras(cluster, {})
    return start(
        video.server(cluster, ONE_CHILD) + LOG + request.param
        + 'TraceEnable extended\nProtocols h2c http/1.1\n'
        + location('SetHandler server-status', path='/server-status')
        + virtual_host('plain', request.param) + virtual_host(
            'users', '<Location "/">', *BASIC, '</Location>')
        + virtual_host('denied', '<Location "/">\nRequire all denied\n'
                       '</Location>')
        + virtual_host('rewritten', 'RewriteEngine On',
                       'RewriteRule ^/v/(.*)$ /whep/1/$1 [PT]'),
        modules=[*AUTH, 'status', 'rewrite', 'http2'])


@pytest.fixture
def view(httpd, video):
    """The path of a view that plays."""
    reply = httpd.ask('POST', '/whep/1', SDP, '')
    assert reply.status == 406
    where = reply.location()
    yield where
    assert httpd.ask('DELETE', where, SDP).status == 200
    video.janus.forget()


def written(httpd):
    """The text of both logs and of the page of mod_status."""
    with open(httpd.folder + '/access.log') as file:
        access = file.read()
    return {'access log': access, 'error log': httpd.text(),
            'status': httpd.get('/server-status').body.decode()}


def check(httpd, secret, without=()):
    for name, text in written(httpd).items():
        if name in without:
            continue
        shown = [line for line in text.splitlines()
                 if secret[:12] in line.lower()
                 or secret[8:] in line.lower()]
        assert not shown, (name, shown[:5])


def forms(path):
    secret = path.rpartition('/')[2]
    encoded = '%{:02x}'.format(ord(secret[0])) + secret[1:]
    for form in REQUESTS:
        yield form.replace('{}', path).format(id=secret, encoded=encoded,
                                              upper=secret.upper())


@pytest.mark.parametrize('host', ['plain', 'users', 'denied'])
def test_no_log_tells_the_id(httpd, view, host):
    httpd.expect('AH01630', 'AH01797', 'AH01618', 'AH00026', 'AH10244')
    for method in METHODS:
        for path in forms(view):
            httpd.ask(method, path, {'Host': host})
    check(httpd, view.rpartition('/')[2])


def test_player_is_served_all_the_same(httpd, view):
    for path in forms(view):
        httpd.ask('GET', path, {'Host': 'plain'})
    reply = httpd.ask('POST', '/whep/1', SDP, '')
    where = reply.location()
    assert re.fullmatch('/whep/1/[0-9a-f]{40}', where)
    reply = httpd.ask('PATCH', where + '?x=1', SDP,
                      answer_to(reply.body.decode()))
    assert reply.status == 204
    assert httpd.ask('DELETE', where.replace('/', '//'), SDP).status == 200
    check(httpd, where.rpartition('/')[2])


def test_referer_does_not_tell_the_id(httpd, view):
    for path in forms(view):
        if not path.startswith('http'):
            httpd.get('/health', {'Referer': 'https://plain' + path})
            httpd.get('/nowhere', {'Referer': 'https://plain' + path})
    check(httpd, view.rpartition('/')[2])


def test_request_that_httpd_refuses_does_not_tell_the_id(httpd, view):
    for lines in ('', 'Host: a\r\nHost: b\r\n', 'Host: plain\r\nx y: z\r\n',
                  'Host: plain\r\nContent-Length: x\r\n',
                  'Host: plain\r\nTransfer-Encoding: x\r\n'):
        with contextlib.closing(httpd.connection()) as connection:
            connection.connect()
            connection.sock.sendall(
                f'PATCH {view} HTTP/1.1\r\n{lines}\r\n'.encode())
            connection.sock.settimeout(5)
            assert connection.sock.recv(100)
    check(httpd, view.rpartition('/')[2])


def test_http2_does_not_tell_the_id(httpd, view):
    assert shutil.which('curl')
    for path in forms(view):
        if not path.startswith('http'):
            subprocess.run(
                ['curl', '-s', '--http2-prior-knowledge', '--path-as-is',
                 '-o', '/dev/null', '-g', '-H', 'Host: plain',
                 f'http://127.0.0.1:{httpd.port}{path}'], check=False)
    # mod_http2 itself writes the request line on the page of mod_status; no
    # module can change that.
    check(httpd, view.rpartition('/')[2], without=['status'])


def test_rewritten_path_does_not_tell_the_id(httpd, view):
    secret = view.rpartition('/')[2]
    httpd.ask('PATCH', '/v/' + secret, {**SDP, 'Host': 'rewritten'}, 'x')
    check(httpd, secret)
