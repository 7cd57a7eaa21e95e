"""However a path is written, no request bypasses a login in front of the
module's handlers, and a handler answers only at its own path."""

import os

import pytest

from api import HANDLER, ONE_CHILD, dbd, location
from test_site import CONF, server
from users import AUTH, BASIC, set_passwords, user
from views import set_cameras

NAMES = ['view-start', 'heartbeat', 'view-end', 'health', 'metrics',
         'view-answer', 'whep', 'janus-events']
SECTIONS = location() + ''.join(
    f'<Location "/{name}">\nSetHandler cctv-{name}\n</Location>\n'
    for name in NAMES)
LOGIN = '\n'.join(BASIC) + '\n'
MATCH = ('<LocationMatch "^/(map|api/cameras|view-start|view-answer|heartbeat|'
         'view-end|whep|health|metrics|janus-events)(/|$)">\n'
         + LOGIN + '</LocationMatch>\n')
EXACT = ('<LocationMatch "^/(api/cameras(/[0-9]*)?|view-start|view-answer|'
         'heartbeat|view-end|whep(/.*)?|health|metrics|janus-events)$">\n'
         + LOGIN + '</LocationMatch>\n')
EACH = ''.join(f'<Location "/{name}">\n{LOGIN}</Location>\n'
               for name in ['api/cameras', *NAMES])
SLASHES = 'MergeSlashes Off\n'
PROTECTIONS = {
    'match': MATCH, 'match, slashes kept': SLASHES + MATCH,
    'match, encoded slashes': 'AllowEncodedSlashes On\n' + MATCH,
    'match, encoded slashes kept':
        SLASHES + 'AllowEncodedSlashes NoDecode\n' + MATCH,
    'exact': EXACT, 'exact, slashes kept': SLASHES + EXACT,
    'each': EACH, 'each, slashes kept': SLASHES + EACH,
    'whole': SLASHES + f'<Location "/">\n{LOGIN}</Location>\n'}
WAYS = [
    '{}', '/{}', '//{}', '{}/', '{}//', '{}/.', '{}/..', '{}/../{}', '/.{}',
    '/x/..{}', '/x/../{}', '{}?', '{}?x=/{}', '{};x', '{}%2f', '/%2f{}',
    '/%2e{}', '{}/%2e', '{}%00', '{}%5c', '/%5c{}', '{}/x', '{}/1', '{}//1',
    '{}/x/1', '{}/1/', '{}%20', '{}%09', '{}/%20', 'http://localhost{}',
    'http://localhost/{}', '{}%3f', '{}%23', '/.;{}', '{}/..;/', '{}.json',
    '{}%2f1', '{}/%31', '{}/1%2f', '{}/./1']
# Variants of the slashes in a path, of one encoded letter, and of case.
SPELLINGS = [lambda path: path, lambda path: path.replace('/', '//')[1:],
             lambda path: path.replace('/', '/./')[2:],
             lambda path: path.replace('/', '%2f').replace('%2f', '/', 1),
             lambda path: '/' + '%{:02x}'.format(ord(path[1])) + path[2:],
             lambda path: path.upper(),
             lambda path: path.replace('/', '\\').replace('\\', '/', 1)]


def hostile(path):
    for spell in SPELLINGS:
        for way in WAYS:
            yield way.replace('{}', spell(path))


@pytest.fixture
def no_video(cluster):
    """The configuration without handlers that need a Janus."""
    set_cameras(cluster, {})
    lines = dbd(cluster) + ONE_CHILD + location()
    return lines + ''.join(
        f'<Location "/{name}">\nSetHandler cctv-{name}\n</Location>\n'
        for name in NAMES[:5])


@pytest.mark.parametrize('how', PROTECTIONS)
def test_no_way_past_a_login(cluster, start, video, how):
    set_cameras(cluster, {})
    httpd = start(video.server(cluster, ONE_CHILD) + location()
                  + location('SetHandler cctv-janus-events',
                             path='/janus-events') + PROTECTIONS[how],
                  modules=AUTH)
    # Janus has its own password for /janus-events, which is not of this login.
    httpd.expect('AH01618: user janus not found: /janus-events')
    set_passwords(httpd, 'ann')
    assert_no_way_past(httpd, '/')


@pytest.mark.parametrize('slashes', ['', SLASHES])
def test_no_way_past_a_login_below_a_prefix(cluster, start, video, slashes):
    set_cameras(cluster, {})
    httpd = start(server(cluster, video) + ONE_CHILD + slashes
                  + 'Define CCTV_PREFIX /a/cctv\n'
                  + f'Include "{CONF}/cctv-site.conf"\n'
                  + MATCH.replace('^/', '^/a/cctv/'),
                  modules=[*AUTH, 'authz_host'])
    set_passwords(httpd, 'ann')
    httpd.expect('AH01618: user janus not found: /a/cctv/janus-events')
    assert_no_way_past(httpd, '/a/cctv/')


def assert_no_way_past(httpd, prefix):
    """However the paths below this prefix are written."""
    assert httpd.get(prefix + 'api/cameras').status == 401
    assert httpd.get(prefix + 'api/cameras', user('ann')).ids() == [1]
    passed = []
    connection = httpd.connection()
    for name in ['api/cameras', *NAMES]:
        for path in hostile(prefix + name):
            method = 'GET' if name in ('api/cameras', 'health',
                                       'metrics') else 'POST'
            reply = httpd.ask(method, path, {'Host': 'localhost'},
                              '' if method == 'POST' else None, connection)
            if reply.status not in (400, 401, 403, 404, 414):
                passed.append((method, path, reply.status))
    connection.close()
    assert not passed


def test_handler_answers_at_its_own_path_only(no_video, start):
    httpd = start(no_video + SLASHES)
    assert httpd.get('/health').status == 200
    assert httpd.get('/metrics').status == 200
    assert httpd.get('/api/cameras').ids() == [1]
    assert httpd.get('/api/cameras/').ids() == [1]
    assert httpd.get('/api/cameras/1').status == 200
    for path in ('/health/', '/health/x', '/metrics/', '/metrics/1',
                 '/./health/y', '/api//cameras', '/api/cameras//',
                 '/api/cameras//1', '/api/cameras/1/', '/view-start/',
                 '/heartbeat/x', '/view-end/1'):
        reply = httpd.get(path)
        assert reply.status == 404, path
        assert reply.headers['Content-Type'] == 'application/problem+json'


def test_match_that_ends_inside_a_name_is_no_match(no_video, start):
    httpd = start(no_video.replace(
        '<Location "/health">\nSetHandler cctv-health\n</Location>\n',
        '<LocationMatch "^/health">\nSetHandler cctv-health\n'
        '</LocationMatch>\n<LocationMatch "^/map/[a-z]+/cameras">\n'
        'SetHandler cctv-cameras\n</LocationMatch>\n'))
    assert httpd.get('/health').status == 200
    assert httpd.get('/map/city/cameras').ids() == [1]
    assert httpd.get('/map/city/cameras/1').status == 200
    for path in ('/healthx', '/health.json', '/health/', '/map/city/camerasx',
                 '/map/city/cameras/x', '/map/city/cameras/x/1'):
        assert httpd.get(path).status == 404, path


@pytest.mark.parametrize('section', [
    '<Files "state">\nSetHandler cctv-health\n</Files>\n',
    '<Directory "{folder}/htdocs">\nAddHandler cctv-health .state\n'
    '</Directory>\n',
    '<Directory "{folder}/htdocs">\n<If "%{REQUEST_URI} =~ /state/">\n'
    'SetHandler cctv-health\n</If>\n</Directory>\n',
    'RewriteEngine On\nRewriteRule ^/(a/)?state$ - [H=cctv-health]\n',
    'RewriteEngine On\nRewriteRule ^/(a/)?state$ /health [PT]\n',
    'Alias /a {folder}/htdocs\n<Directory "{folder}/htdocs">\n'
    'SetHandler cctv-health\n</Directory>\n',
    '<Directory "{folder}/htdocs">\nAllowOverride FileInfo\n</Directory>\n'])
def test_handler_set_by_other_means(no_video, start, section):
    httpd = start(no_video + SLASHES + 'TypesConfig /dev/null\n' + section,
                  modules=['rewrite', 'alias', 'mime', 'dir'])
    os.mkdir(httpd.folder + '/htdocs/a')
    for name in 'state', 'a/state', 'x.state':
        open(f'{httpd.folder}/htdocs/{name}', 'w').close()
    if 'AllowOverride' in section:
        with open(httpd.folder + '/htdocs/.htaccess', 'w') as file:
            file.write('SetHandler cctv-health\n')
    path = '/x.state' if 'AddHandler' in section else '/state'
    assert httpd.get(path).json()['database'] == 'up'
    for odd in ('/a/' + path, path + '/', path + '/x', '/.' + path + '/x/..'):
        reply = httpd.get(odd)
        if 'RewriteRule' not in section and odd != '/.' + path + '/x/..':
            assert reply.status == 404, odd


def test_internal_redirect_to_a_handler(no_video, start):
    httpd = start(no_video + 'ErrorDocument 404 /health\n')
    assert httpd.get('/nowhere').json()['status'] == 'ok'
