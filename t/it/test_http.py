"""The cameras over HTTP: methods, conditional requests, compression, odd
clients, and paths that the handler may be attached to."""

import contextlib
import json
import os
import re
import socket

import pytest

from api import HANDLER, ONE_CHILD, add_cameras, dbd, location
from env import wait_for

LIST = '/api/cameras'
PATHS = [LIST, LIST + '/1']


@pytest.fixture(scope='module')
def httpd(cluster, start_shared):
    return start_shared(
        dbd(cluster) + ONE_CHILD + location()
        + location('SetOutputFilter DEFLATE', path='/gzip')
        + location('SetOutputFilter BROTLI_COMPRESS', path='/br')
        + f'<LocationMatch "^/maps/[a-z]+/cameras">\n{HANDLER}\n'
        '</LocationMatch>\n'
        '<Location "/">\nRequire all granted\n</Location>\n'
        '<VirtualHost 127.0.0.1:{port}>\nServerName h\n</VirtualHost>\n'
        '<VirtualHost 127.0.0.1:{port}>\nServerName same-tag\n'
        'DeflateAlterETag NoChange\nBrotliAlterETag NoChange\n'
        '</VirtualHost>\n',
        modules=['filter', 'deflate', 'brotli'])


@pytest.fixture
def three(database):
    add_cameras(database, {}, {}, {})
    return database


def allowed(reply):
    return {method.strip() for method in reply.headers['Allow'].split(',')}


# --- methods ----------------------------------------------------------------

@pytest.mark.parametrize('path', [*PATHS, LIST + '/7', LIST + '?nope=1',
                                  LIST + '?limit=1'])
def test_head_has_the_headers_of_get(three, httpd, path):
    got = httpd.get(path)
    head = httpd.ask('HEAD', path)
    assert head.status == got.status
    assert head.body == b''
    for reply in (got, head):
        del reply.headers['Date']
    assert head.headers.items() == got.headers.items()


@pytest.mark.parametrize('path', PATHS)
def test_options(httpd, path):
    reply = httpd.ask('OPTIONS', path)
    assert reply.status in (200, 204) and reply.body == b''
    assert allowed(reply) == {'GET', 'HEAD', 'OPTIONS'}


@pytest.mark.parametrize('method', ['POST', 'PUT', 'DELETE', 'PATCH', 'FOO',
                                    'PROPFIND'])
@pytest.mark.parametrize('path', [*PATHS, LIST + '?limit=0'])
def test_other_methods_are_405(httpd, method, path):
    reply = httpd.ask(method, path, body=b'x' * 100)
    assert reply.status == 405
    assert reply.headers['Content-Type'] == 'application/problem+json'
    assert reply.json()['status'] == 405
    assert allowed(reply) == {'GET', 'HEAD', 'OPTIONS'}


# --- ETag and 304 -----------------------------------------------------------

@pytest.mark.parametrize('path', [*PATHS, LIST + '?bbox=1,1,2,2'])
@pytest.mark.parametrize('form', [
    '{0}', 'W/{0}', '*', '"x", {0}', '{0}, "x"', '"a","b" , W/{0},"c"',
    ' {0} ', '"with, comma", {0}', '"",{0}'])
def test_same_tag_is_304(three, httpd, path, form):
    tag = httpd.get(path).headers['ETag']
    assert re.fullmatch(r'"[^"]+"', tag)
    for method in ('GET', 'HEAD'):
        reply = httpd.ask(method, path, {'If-None-Match': form.format(tag)})
        assert (reply.status, reply.body) == (304, b'')
        assert reply.headers['ETag'] == tag
        assert reply.headers['Cache-Control'] == 'private'


@pytest.mark.parametrize('form', [
    '"x"', '{1}', '"{1}x"', '"x{1}"', '', '"', 'w/{0}x', '"*"',
    '"{1}-zip"', '"{1}-gzip-br"', '"{1}-bro"', '"-gzip"'])
def test_other_tag_is_200(three, httpd, form):
    tag = httpd.get(LIST).headers['ETag']
    value = form.format(tag, tag.strip('"'))
    assert httpd.get(LIST, {'If-None-Match': value}).status == 200


def test_tag_changes_with_the_data(three, httpd):
    old = {path: httpd.get(path).headers['ETag'] for path in PATHS}
    assert len(set(old.values())) == 2
    three.query("UPDATE cameras SET status = 'offline' WHERE id = 1")
    for path in PATHS:
        reply = httpd.get(path, {'If-None-Match': old[path]})
        assert reply.status == 200
        assert reply.headers['ETag'] != old[path]
    # status_since is another one then, unless it is set as well.
    three.query("UPDATE cameras SET status = 'online', status_since = "
                'created_at WHERE id = 1')
    for path in PATHS:
        assert httpd.get(path, {'If-None-Match': old[path]}).status == 304


def test_tag_differs_where_only_the_link_does(three, httpd):
    first = httpd.get(LIST + '?limit=2&q=cam')
    second = httpd.get(LIST + '?limit=2&q=camera')
    assert first.ids() == second.ids()
    assert first.headers['ETag'] != second.headers['ETag']


@pytest.mark.parametrize('path', [LIST + '/9', LIST + '?nope=1'])
def test_errors_have_no_tag(three, httpd, path):
    reply = httpd.get(path, {'If-None-Match': '*'})
    assert reply.status in (400, 404)
    assert reply.headers['ETag'] is None


@pytest.mark.parametrize('host', ['h', 'same-tag'])
@pytest.mark.parametrize('path, coding', [('/gzip', 'gzip'), ('/br', 'br')])
@pytest.mark.parametrize('rest', ['', '?limit=2', '/1'])
def test_304_behind_compression(three, httpd, host, path, coding, rest):
    plain = httpd.get(path + rest, {'Host': host})
    accept = {'Accept-Encoding': coding, 'Host': host}
    reply = httpd.get(path + rest, accept)
    assert reply.status == 200
    assert reply.headers['Content-Encoding'] == coding
    for tag in (reply.headers['ETag'], 'W/' + reply.headers['ETag'],
                plain.headers['ETag']):
        again = httpd.get(path + rest, {**accept, 'If-None-Match': tag})
        assert (again.status, again.body) == (304, b'')


def test_304_says_what_it_varies_by(three, httpd):
    accept = {'Accept-Encoding': 'gzip'}
    reply = httpd.get('/gzip', accept)
    assert 'Accept-Encoding' in reply.headers['Vary']


# --- connections ------------------------------------------------------------

def test_connection_lives_on_after_every_kind_of_answer(three, httpd):
    tag = httpd.get(LIST).headers['ETag']
    kinds = [
        ('GET', LIST, {}, None, 200),
        ('GET', LIST, {'If-None-Match': tag}, None, 304),
        ('GET', LIST + '/1', {}, None, 200), ('HEAD', LIST, {}, None, 200),
        ('GET', LIST + '/9', {}, None, 404),
        ('OPTIONS', LIST, {}, None, 204), ('POST', LIST, {}, b'x' * 9000, 405),
        ('GET', LIST, {'If-None-Match': tag}, b'with a body', 304),
        ('GET', LIST, {}, b'{"with": "a body"}', 200),
        ('HEAD', LIST + '/9', {}, None, 404), ('GET', LIST, {}, None, 200)]
    with contextlib.closing(httpd.connection()) as connection:
        connection.connect()
        own = connection.sock
        for method, path, headers, body, status in kinds:
            reply = httpd.ask(method, path, headers, body, connection)
            assert reply.status == status, (method, path)
            assert connection.sock is own, (method, path)


def exchange(httpd, text, finish=True):
    """Sends bytes unchanged; returns everything until the connection ends."""
    with socket.create_connection(('127.0.0.1', httpd.port), 20) as raw:
        raw.sendall(text)
        if finish:
            raw.shutdown(socket.SHUT_WR)
        parts = []
        with contextlib.suppress(ConnectionResetError):
            while part := raw.recv(65536):
                parts.append(part)
        return b''.join(parts)


def test_http_1_0(three, httpd):
    answer = exchange(httpd, b'GET /api/cameras HTTP/1.0\r\n\r\n')
    head, _, body = answer.partition(b'\r\n\r\n')
    assert head.startswith(b'HTTP/1.1 200 ')
    assert b'chunked' not in head.lower()
    assert len(json.loads(body)['features']) == 3


def test_pipelined_requests_are_answered_in_order(three, httpd):
    text = b''
    paths = ['/api/cameras/1', '/api/cameras?limit=2', '/api/cameras/9',
             '/api/cameras/2', '/api/cameras/3'] * 5
    for path in paths:
        text += f'GET {path} HTTP/1.1\r\nHost: h\r\n\r\n'.encode()
    answer = exchange(httpd, text)
    found = re.findall(rb'HTTP/1\.1 (\d+) ', answer)
    assert found == [b'200', b'200', b'404', b'200', b'200'] * 5
    order = re.findall(rb'"type":"Feature","id":(\d)', answer)
    assert order == [b'1', b'1', b'2', b'2', b'3'] * 5


@pytest.mark.parametrize('text, status', [
    (b'GET /api/cameras', None), (b'GET /api/cameras HTTP/1.1\r\nHo', None),
    (b'POST /api/cameras HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\nxx',
     b'400'),
    (b'GET /api/cameras HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n'
     b'\r\n5\r\nab', b'400'),
    (b'GET /api/cameras HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n'
     b'\r\nzz\r\n', b'400'),
    (b'GET /api/cameras HTTP/1.1\r\n\r\n', b'400'),
    (b'GET /api/cameras HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n',
     b'400')])
def test_half_a_request_harms_nobody(three, httpd, text, status):
    answer = exchange(httpd, text)
    found = re.findall(rb'HTTP/1\.1 (\d+) ', answer)
    assert status is None and set(found) <= {b'400', b'408'} or (
        found == [status]), answer
    assert httpd.get(LIST).ids() == [1, 2, 3]


def test_clients_that_vanish_harm_nobody(database, httpd):
    database.query(
        "INSERT INTO cameras (name, stream_url, geom) SELECT 'n', 'rtsp://h/',"
        ' ST_SetSRID(ST_MakePoint(0, 0), 4326) '
        'FROM generate_series(1, 10000)')
    pids = httpd.children()
    for _ in range(40):
        with socket.create_connection(('127.0.0.1', httpd.port)) as raw:
            raw.sendall(b'GET /api/cameras?limit=10000 HTTP/1.1\r\n'
                        b'Host: h\r\n\r\n')
    # The server still reads pages for the closed connections, which takes a
    # while on a slow machine.
    wait_for(lambda: httpd.get(LIST + '?limit=1').status == 200,
             'a place in the database', 20)
    assert len(httpd.get(LIST + '?limit=10000').ids()) == 10000
    assert httpd.children() == pids


def test_slow_reader_gets_all_of_a_large_page(database, httpd):
    database.query(
        "INSERT INTO cameras (name, stream_url, geom) SELECT 'n', 'rtsp://h/',"
        ' ST_SetSRID(ST_MakePoint(0, 0), 4326) '
        'FROM generate_series(1, 10000)')
    with contextlib.closing(httpd.connection()) as connection:
        connection.request('GET', LIST + '?limit=10000')
        response = connection.getresponse()
        assert httpd.get(LIST + '?limit=1').ids() == [1]
        body = b''
        while part := response.read(9999):
            body += part
    assert len(json.loads(body)['features']) == 10000


# --- the path of the handler ------------------------------------------------

@pytest.mark.parametrize('path', [
    '//api/cameras', '///api/cameras', '//api//cameras', '/x/..//api/cameras',
    '/./api/cameras', '/%61pi/cameras', '/api/cameras/'])
def test_next_link_stays_on_this_host(three, httpd, path):
    # Clients read a link to //api/… as a link to a host named "api".
    answer = exchange(httpd, f'GET {path}?limit=2 HTTP/1.1\r\nHost: h\r\n'
                      'Connection: close\r\n\r\n'.encode())
    head, _, body = answer.partition(b'\r\n\r\n')
    assert b' 200 ' in head.split(b'\r\n')[0]
    (link,) = json.loads(body)['links']
    assert link['href'] == '?limit=2&after=2'
    assert httpd.get('/api/cameras' + link['href']).ids() == [3]


def test_absolute_request_target(three, httpd):
    answer = exchange(httpd, b'GET http://evil.example/api/cameras?limit=2 '
                      b'HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
    (link,) = json.loads(answer.partition(b'\r\n\r\n')[2])['links']
    assert link['href'] == '?limit=2&after=2'


@pytest.mark.parametrize('path', ['/maps/city/cameras', '/api/cameras'])
def test_list_and_item_at_each_place(three, httpd, path):
    assert httpd.get(path).ids() == [1, 2, 3]
    assert httpd.get(path + '?limit=1').ids() == [1]
    assert httpd.get(path + '/2').json()['id'] == 2
    assert httpd.get(path + '/9').status == 404


def test_neighbours_of_the_location_are_not_ours(httpd):
    assert httpd.get('/api/camerasx').status == 404
    assert httpd.get('/api').status == 404
    assert 'json' not in httpd.get('/api').headers['Content-Type']


def test_location_with_a_slash_at_its_end(three, start):
    httpd = start(dbd(three) + location(path='/cams/'))
    assert httpd.get('/cams/').ids() == [1, 2, 3]
    assert httpd.get('/cams/2').json()['id'] == 2


def test_location_that_is_the_whole_server(three, start):
    httpd = start(dbd(three) + location(path='/'))
    assert httpd.get('/').ids() == [1, 2, 3]
    assert httpd.get('/?limit=1').next() == '/?limit=1&after=1'
    assert httpd.get('/2').json()['id'] == 2
    assert httpd.get('/x/2').status == 404


@pytest.mark.parametrize('later', [
    '<Location "/">\nCCTVMaxFeatures 2\n</Location>',
    '<LocationMatch "^/api">\nCCTVMaxFeatures 2\n</LocationMatch>',
    '<Location "/api">\nCCTVMaxFeatures 2\n</Location>',
    '<Location "/api/cameras">\nCCTVMaxFeatures 2\n</Location>',
    '<If "%{REQUEST_METHOD} == \'GET\'">\nCCTVMaxFeatures 2\n</If>'])
def test_section_that_is_merged_later_has_its_say(three, start, later):
    httpd = start(dbd(three) + location() + later)
    assert httpd.get(LIST).ids() == [1, 2]
    assert httpd.get(LIST + '/3').json()['id'] == 3
    assert httpd.get(LIST + '/x').status == 404


def test_handler_of_a_directory(three, start):
    httpd = start(dbd(three) + '<Directory "{folder}/htdocs/cams">\n'
                  + HANDLER + '\n</Directory>\n')
    os.mkdir(httpd.folder + '/htdocs/cams')
    assert httpd.get('/cams').ids() == [1, 2, 3]
    assert httpd.get('/cams/2').json()['id'] == 2


def test_two_virtual_hosts(cluster, three, start):
    host = ('<VirtualHost 127.0.0.1:{port}>\nServerName %s\n%s'
            '</VirtualHost>\n')
    httpd = start(dbd(cluster)
                  + host % ('one.example', location('CCTVMaxFeatures 1'))
                  + host % ('two.example', location(path='/two')))
    assert httpd.get(LIST, {'Host': 'one.example'}).ids() == [1]
    assert httpd.get(LIST, {'Host': 'two.example'}).status == 404
    assert httpd.get('/two', {'Host': 'two.example'}).ids() == [1, 2, 3]
    assert httpd.get('/two/3', {'Host': 'two.example'}).json()['id'] == 3


def test_two_virtual_hosts_with_databases_of_their_own(
        cluster, three, other_database, start):
    host = ('<VirtualHost 127.0.0.1:{port}>\nServerName %s\n%s%s'
            '</VirtualHost>\n')
    httpd = start(
        host % ('one.example', dbd(cluster), location())
        + host % ('two.example', dbd(cluster, dbname=other_database),
                  location()))
    for _ in range(3):
        assert httpd.get(LIST, {'Host': 'one.example'}).ids() == [1, 2, 3]
        assert httpd.get(LIST, {'Host': 'two.example'}).ids() == [77]


@pytest.fixture
def other_database(cluster):
    """A second database, which has only camera 77."""
    cluster.query('CREATE DATABASE other')
    cluster.load_schema('other')
    cluster.query("INSERT INTO cameras (id, name, "
                  "stream_url, geom) VALUES (77, 'x', 'rtsp://h/', "
                  "'SRID=4326;POINT(0 0)')", dbname='other')
    yield 'other'
    cluster.query('DROP DATABASE other WITH (FORCE)')
