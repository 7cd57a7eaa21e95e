"""conf/openapi.json: it is valid, it is served, and each operation of it answers
as it says. openapi.py holds the answers of all other tests against it."""

import io
import json
import shutil
import subprocess
from email.message import Message
from types import SimpleNamespace
from urllib.parse import urljoin

import pytest

import openapi
from api import ONE_CHILD, dbd
from env import REPO, SLOWNESS, Reply, make_folder, wait_for
from janus_double import answer_to
from video import offer_of
from views import JSON, set_cameras

LINTER = (REPO + '/build/npm/node_modules/@seriousme/openapi-schema-validator/'
          'bin/validate-api-cli.js')
SDP = {'Content-Type': 'application/sdp'}
ADMIN = '/cctv-admin/api'


def test_the_document_is_valid_openapi():
    done = subprocess.run(['node', LINTER, openapi.DOCUMENT],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert openapi.document()['openapi'].startswith('3.1.')


def test_references_and_names():
    paths = openapi.document()['paths']
    ids = [each['operationId'] for path in paths.values()
           for method, each in path.items() if method != 'parameters']
    assert len(set(ids)) == len(ids)
    used = json.dumps(openapi.document())
    for kind, parts in openapi.document()['components'].items():
        for name in parts:
            assert kind == 'securitySchemes' or \
                f'#/components/{kind}/{name}"' in used, name
    assert openapi.resolved(paths)


@pytest.fixture
def folder():
    """A folder with the document, which Apache's user can read."""
    folder = make_folder()
    shutil.copy(openapi.DOCUMENT, folder)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize('prefix', ['', '/cctv'])
def test_it_is_served_below_the_prefix(cluster, start, folder, prefix):
    httpd = start(ONE_CHILD + dbd(cluster)
                  + f'Define CCTV_OPENAPI "{folder}/openapi.json"\n'
                  f'Define CCTV_PREFIX "{prefix}"\n'
                  f'Include "{REPO}/conf/cctv-site.conf"\n',
                  modules=['alias', 'authz_host'])
    reply = httpd.get(prefix + '/api/openapi.json')
    assert reply.status == 200
    assert reply.headers['Content-Type'] == 'application/json'
    assert reply.json() == openapi.document()
    (server,) = reply.json()['servers']
    base = urljoin('http://localhost' + reply.path, server['url'])
    health = base.removeprefix('http://localhost').rstrip('/') + '/health'
    assert httpd.get(health).status == 200


@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared):
    set_cameras(cluster, {}, {})
    names = ('cameras', 'changes', 'clusters', 'tiles')
    httpd = start_shared(
        ONE_CHILD + video.server(cluster) + 'CCTVCatalogue {folder}/state\n'
        + ''.join(f'<Location /api/{name}>\nSetHandler cctv-{name}\n'
                  '</Location>\n' for name in names)
        + '<Location /ice-servers>\nSetHandler cctv-ice-servers\n</Location>\n'
        + f'<Location {ADMIN}>\nSetHandler cctv-admin\n</Location>\n')
    wait_for(lambda: httpd.get('/api/changes').status == 200,
             'there is a catalogue', 20 * SLOWNESS)
    return httpd


def test_each_operation_answers_as_described(cluster, video, httpd):
    """Here also an answer with a member that is not described is a fault."""
    asked = set()

    def ask(method, path, headers=None, body=None):
        if isinstance(body, dict):
            headers, body = JSON, json.dumps(body)
        reply = httpd.ask(method, path, headers, body)
        openapi.check(method, path, body, reply, is_closed=True)
        asked.add((openapi.path_of(path), method.lower()))
        return reply
    assert ask('GET', '/api/cameras?limit=1&count=true').json()['links']
    ask('GET', '/api/cameras?near=0,0')
    ask('GET', '/api/cameras?bbox=1')
    ask('GET', '/api/cameras/1')
    ask('GET', '/api/cameras/99')
    ask('GET', '/api/cameras/1/still')
    cursor = ask('GET', '/api/changes').json()['cursor']
    cluster.query("UPDATE cameras SET name = 'New' WHERE id = 2")
    cluster.query("UPDATE cameras SET status = 'offline' WHERE id = 1")
    wait_for(lambda: ask('GET', f'/api/changes?after={cursor}').status == 200,
             'a change', 20 * SLOWNESS)
    ask('GET', '/api/changes?after=x')
    ask('GET', '/api/clusters?zoom=2')
    ask('GET', '/api/clusters?zoom=x')
    ask('GET', '/api/tiles/0/0/0.mvt')
    ask('GET', '/api/tiles/tilejson.json')
    ask('GET', '/ice-servers')
    said = ask('POST', '/view-start', None, {'camera_id': 1}).json()
    session = said['session_id']
    ask('POST', '/view-start', None, {'camera_id': 99})
    ask('POST', '/heartbeat', None, {'session_id': session})
    ask('POST', '/view-answer', None, {'session_id': session,
                                       'sdp': answer_to(said['sdp'])})
    ask('POST', '/heartbeat', None, {'session_id': session,
                                     'stats': {'frames_decoded': 1}})
    for path in ('', '/views', '/cameras', '/users'):
        ask('GET', ADMIN + path)
    ask('POST', '/view-end', None, {'session_id': session})
    ask('POST', '/heartbeat', None, {'session_id': session})
    for path, body in (('kick', {'camera': 2, 'seconds': 60, 'reason': 'x'}),
                       ('drain', {'reason': 'x'}), ('undrain', {}),
                       ('kick', {})):
        ask('POST', f'{ADMIN}/{path}', None, body)
    ask('GET', ADMIN)
    ask('POST', ADMIN + '/allow', None, {'camera': 2})
    ask('GET', '/whep/1')
    reply = ask('POST', '/whep/1', SDP, offer_of('chromium_video'))
    assert reply.status == 201, reply.body
    ask('GET', reply.location())
    ask('PATCH', reply.location(), {
        'Content-Type': 'application/trickle-ice-sdpfrag'}, '')
    ask('DELETE', reply.location())
    httpd.expect('CCTV0047')
    ask('POST', '/janus-events', JSON, '[]')
    ask('GET', '/health')
    ask('GET', '/metrics')
    every = {(path, method) for path, item
             in openapi.document()['paths'].items() for method in item
             if method != 'parameters'}
    assert every - asked == {('/api/openapi.json', 'get')}


# --- the check itself -------------------------------------------------------

def answer(status, body, kind='application/json'):
    """A made-up answer."""
    headers = Message()
    headers['Content-Type'] = kind
    return Reply(SimpleNamespace(
        status=status, headers=headers,
        read=io.BytesIO(json.dumps(body).encode()).read))


GOOD = {'watched_seconds': 1.5, 'video': 'live', 'viewers': 1}


@pytest.mark.parametrize('what, method, path, body, reply', [
    ('"live!" is not', 'POST', '/heartbeat', None,
     answer(200, {**GOOD, 'video': 'live!'})),
    ("'watched_seconds' is a required", 'POST', '/cctv/heartbeat', None,
     answer(200, {'video': 'live'})),
    ('no such answer', 'POST', '/heartbeat', None,
     answer(409, {'type': 'about:blank'}, openapi.PROBLEM)),
    ('no such status', 'POST', '/view-end', None,
     answer(202, None, 'text/plain')),
    ('accepts the parameters', 'GET', '/api/cameras?colour=red', None, answer(
        200, {'type': 'FeatureCollection', 'features': [],
              'numberReturned': 0}, 'application/geo+json')),
    ('the request', 'POST', '/heartbeat', '{"session_id": 5}',
     answer(200, GOOD)),
    ('another one', 'GET', '/api/cameras/7', None, answer(
        404, {'type': 'about:blank', 'title': 'x', 'status': 400,
              'detail': 'x'}, openapi.PROBLEM))])
def test_an_answer_that_is_not_described_is_found(what, method, path, body,
                                                  reply):
    with pytest.raises(AssertionError, match=what.replace('"', "'")):
        openapi.check(method, path, body, reply)


def test_a_member_that_is_not_described_is_found():
    openapi.check('POST', '/heartbeat', None, answer(200, GOOD),
                  is_closed=True)
    reply = answer(200, {**GOOD, 'extra': 1})
    openapi.check('POST', '/heartbeat', None, reply)
    with pytest.raises(AssertionError, match="'extra' was unexpected"):
        openapi.check('POST', '/heartbeat', None, reply, is_closed=True)
