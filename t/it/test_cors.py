"""What pages of other origins may do with the cameras: CCTVAllowOrigin."""

import pytest

from api import ONE_CHILD, add_cameras, dbd, location
from users import AUTH, BASIC, set_passwords, user

LIST = '/api/cameras'
MAPS = 'https://maps.example.org'
DEV = 'http://localhost:5173'
OTHER = 'https://evil.example'
CORS = ['Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials',
        'Access-Control-Expose-Headers', 'Access-Control-Allow-Methods',
        'Access-Control-Allow-Headers', 'Access-Control-Max-Age']
# The header fields that a browser adds to its preflight request.
ASKS = {'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'if-none-match'}


@pytest.fixture(scope='module')
def httpd(cluster, start_shared):
    allow = f'CCTVAllowOrigin {MAPS} {DEV}'
    return start_shared(
        dbd(cluster) + ONE_CHILD + location(allow)
        + location(path='/closed')
        + location(allow, 'SetOutputFilter DEFLATE', path='/gzip')
        + location(allow, 'Header append Vary Cookie', path='/vary')
        + location(allow, *BASIC, path='/login')
        + location(allow, 'Require all denied', path='/denied')
        + location(allow, 'Require all denied', path='/admin').replace(
            'cctv-cameras', 'cctv-admin')
        + f'<Location "/other">\n{allow}\nRequire all denied\n</Location>\n'
        + location('CCTVAllowOrigin HTTPS://Maps.Example.ORG:443 '
                   'http://[0::1]:8080', path='/odd'),
        modules=['filter', 'deflate', *AUTH])


@pytest.fixture
def three(database):
    add_cameras(database, {}, {}, {})
    return database


def granted(reply):
    """The CORS header fields in an answer."""
    return [name for name in CORS if name in reply.headers]


def varies(reply):
    assert len(reply.headers.get_all('Vary', [])) <= 1
    return [word.strip() for word in reply.headers.get('Vary', '').split(',')
            if word.strip()]


@pytest.mark.parametrize('origin', [MAPS, DEV])
@pytest.mark.parametrize('method, path, status', [
    ('GET', LIST, 200), ('HEAD', LIST, 200), ('GET', LIST + '/1', 200),
    ('GET', LIST + '/9', 404), ('GET', LIST + '/x', 404),
    ('GET', LIST + '?nope=1', 400), ('POST', LIST, 405),
    ('OPTIONS', LIST, 204)])
def test_allowed_page_may_read_every_answer(three, httpd, origin, method,
                                            path, status):
    reply = httpd.ask(method, path, {'Origin': origin})
    assert reply.status == status
    assert reply.headers['Access-Control-Allow-Origin'] == origin
    assert reply.headers['Access-Control-Allow-Credentials'] == 'true'
    exposed = reply.headers['Access-Control-Expose-Headers'].split(', ')
    # Age is that of a still picture, which the library reads.
    assert {'Age', 'ETag'} <= set(exposed)
    assert granted(reply) == CORS[:3]
    assert varies(reply) == ['Origin']


def test_allowed_page_may_read_a_304(three, httpd):
    tag = httpd.get(LIST).headers['ETag']
    reply = httpd.get(LIST, {'Origin': MAPS, 'If-None-Match': tag})
    assert reply.status == 304
    assert reply.headers['Access-Control-Allow-Origin'] == MAPS
    assert varies(reply) == ['Origin']


def test_database_that_fails_is_readable_too(three, httpd):
    three.query('ALTER TABLE cameras RENAME TO other')
    try:
        httpd.expect('CCTV0010')
        reply = httpd.get(LIST, {'Origin': MAPS})
    finally:
        three.query('ALTER TABLE other RENAME TO cameras')
    assert reply.status in (500, 503)
    assert reply.headers['Access-Control-Allow-Origin'] == MAPS


@pytest.mark.parametrize('path, status', [('/login', 401), ('/denied', 403)])
def test_allowed_page_may_read_that_a_login_is_refused(three, httpd, path,
                                                       status):
    """Without these fields its script takes the server for one that is away."""
    httpd.expect('AH01630', 'AH01617')
    set_passwords(httpd, 'ann')
    reply = httpd.get(path, {'Origin': MAPS, **user('ann', 'wrong')})
    assert (reply.status, granted(reply)) == (status, CORS[:3])
    assert varies(reply) == ['Origin']
    reply = httpd.get(path, {'Origin': OTHER})
    assert (reply.status, granted(reply)) == (status, [])
    assert varies(reply) == ['Origin']


def test_errors_of_others_stay_as_they_are(three, httpd):
    """What is none of our handlers, and the admin's view, although the
    directive is set."""
    httpd.expect('AH01630')
    for path in ('/other', '/admin'):
        reply = httpd.get(path, {'Origin': MAPS})
        assert (reply.status, granted(reply)) == (403, [])


def test_allowed_page_may_read_what_is_behind_a_login(three, httpd):
    set_passwords(httpd, 'ann')
    reply = httpd.get('/login', {'Origin': MAPS, **user('ann')})
    assert (reply.status, granted(reply)) == (200, CORS[:3])
    assert varies(reply) == ['Origin']


@pytest.mark.parametrize('headers', [
    {}, {'Origin': OTHER}, {'Origin': 'null'}, {'Origin': ''},
    {'Origin': MAPS + '/'}, {'Origin': MAPS + '.evil.example'},
    {'Origin': 'http://maps.example.org'}, {'Origin': MAPS + ':8443'},
    {'Origin': 'https://evilmaps.example.org'},
    {'Origin': f'{MAPS}, {MAPS}'}, {'Origin': f'{MAPS} {OTHER}'},
    {'Origin': '*'}, {'Origin': 'https://' + 'a' * 4000}])
@pytest.mark.parametrize('method', ['GET', 'HEAD', 'POST', 'OPTIONS'])
def test_other_pages_may_not(three, httpd, headers, method):
    reply = httpd.ask(method, LIST, headers)
    assert reply.status == {'POST': 405, 'OPTIONS': 204}.get(method, 200)
    assert granted(reply) == []
    # A cache must not serve this answer to allowed origins.
    assert varies(reply) == ['Origin']


@pytest.mark.parametrize('method, path, status', [
    ('GET', '/closed', 200), ('GET', '/closed/9', 404),
    ('OPTIONS', '/closed', 204)])
def test_without_the_directive_there_is_no_cors(three, httpd, method, path,
                                                status):
    reply = httpd.ask(method, path, {'Origin': MAPS, **ASKS})
    assert reply.status == status
    assert granted(reply) == [] and varies(reply) == []


def test_preflight(httpd):
    reply = httpd.ask('OPTIONS', LIST, {'Origin': MAPS, **ASKS})
    assert (reply.status, reply.body) == (204, b'')
    assert {name: reply.headers[name] for name in granted(reply)} == {
        'Access-Control-Allow-Origin': MAPS,
        'Access-Control-Allow-Credentials': 'true',
        'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
        'Access-Control-Allow-Headers':
            'Authorization, Content-Type, If-None-Match',
        'Access-Control-Max-Age': '600'}
    assert reply.headers['Allow'] == 'GET, HEAD, OPTIONS'
    assert varies(reply) == ['Origin']


def test_preflight_of_another_page(httpd):
    reply = httpd.ask('OPTIONS', LIST, {'Origin': OTHER, **ASKS})
    assert (reply.status, reply.body) == (204, b'')
    assert granted(reply) == []
    assert reply.headers['Allow'] == 'GET, HEAD, OPTIONS'


@pytest.mark.parametrize('path, also', [('/gzip', 'Accept-Encoding'),
                                        ('/vary', 'Cookie')])
def test_vary_is_joined_with_what_others_say(three, httpd, path, also):
    for headers in ({}, {'Origin': MAPS}, {'Origin': OTHER}):
        reply = httpd.get(path, {'Accept-Encoding': 'gzip', **headers})
        assert sorted(varies(reply)) == sorted([also, 'Origin'])


@pytest.mark.parametrize('origin', [MAPS, 'http://[::1]:8080'])
def test_one_origin_may_be_written_in_several_ways(three, httpd, origin):
    reply = httpd.get('/odd', {'Origin': origin})
    assert reply.headers['Access-Control-Allow-Origin'] == origin


def test_inner_section_replaces_the_list(three, start):
    httpd = start(
        f'CCTVAllowOrigin {MAPS}\n' + dbd(three) + location()
        + location(f'CCTVAllowOrigin {DEV}', path='/dev')
        + location('CCTVAllowOrigin none', path='/none')
        + f'<VirtualHost 127.0.0.1:{{port}}>\nServerName one.example\n'
        '</VirtualHost>\n'
        '<VirtualHost 127.0.0.1:{port}>\nServerName two.example\n'
        f'CCTVAllowOrigin {OTHER}\n</VirtualHost>\n')
    for host, path, allowed in (
            ('one', LIST, MAPS), ('one', '/dev', DEV), ('one', '/none', None),
            ('two', LIST, OTHER), ('two', '/dev', DEV),
            ('two', '/none', None)):
        for origin in (MAPS, DEV, OTHER):
            reply = httpd.get(path, {'Host': host + '.example',
                                     'Origin': origin})
            assert reply.headers['Access-Control-Allow-Origin'] == (
                origin if origin == allowed else None), (host, path, origin)
            assert varies(reply) == (['Origin'] if allowed else [])
