"""A real nginx in front, with the Host that it sends by default, on another
port, on a sub-path, and with TLS and HTTP/2: a camera is watched in Chromium and
in Firefox."""

import json
import shutil
import ssl
import urllib.error
import urllib.parse
import urllib.request

import pytest

from api import ONE_CHILD
from env import SLOWNESS, wait_for
from firefox import Firefox
from lab import ADDRESS, real
from map_page import MODULES, MapFolder, comes_to
from nginx import Nginx
from test_site import CONF, INCLUDE, server
from video import until_gone
from views import set_cameras

pytestmark = pytest.mark.skipif(
    not shutil.which('nginx', path='/usr/sbin')
    or not shutil.which('firefox-esr'),
    reason='nginx or firefox-esr is not installed')

CAMERA = 1
# The names of the ways in front, in the order of the nginx servers: the folder
# on that server, and whether it has TLS.
WAYS = {'default Host': ('/', False), 'Host without port': ('/', False),
        'sub-path': ('/cctv/', False), 'TLS, HTTP/2': ('/a/cctv/', True)}


@pytest.fixture(autouse=True)
def three(cluster):
    # Firefox plays no H.264 without a download.
    set_cameras(cluster, *[{'name': f'Camera {n}', 'codec': 'VP8'}
                           for n in range(1, 4)])


@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared):
    folder = MapFolder()
    around = folder.config[:folder.config.index('Include')]
    for number in range(1, 4):
        video.janus.camera(number).codec = 'VP8'
    httpd = start_shared(ONE_CHILD.replace('8', '25') + around
                         + server(cluster, video) + INCLUDE,
                         modules=(*MODULES, 'authz_host'))
    video.janus.send_events_to(httpd)
    yield httpd
    httpd.stop()
    folder.remove()


@pytest.fixture(scope='module')
def nginx(httpd):
    to = f'proxy_pass http://127.0.0.1:{httpd.port}'
    nginx = Nginx([f'location / {{ {to}; }}',
                   f'location / {{ proxy_set_header Host $host; {to}; }}',
                   f'location /cctv/ {{ {to}/; }}',
                   f'location /a/cctv/ {{ {to}/; }}',
                   'location / { proxy_set_header Host $http_host; '
                   f'{to}; }}'], tls=[3])
    yield nginx
    nginx.remove()


@pytest.fixture(scope='module')
def firefox():
    firefox = Firefox()
    yield firefox
    firefox.remove()


@pytest.fixture(params=WAYS)
def front(nginx, request):
    """The address of our folder there."""
    number = list(WAYS).index(request.param)
    folder, tls = WAYS[request.param]
    return (f'http{"s" if tls else ""}://127.0.0.1:{nginx.ports[number]}'
            + folder)


def opened(front, windows):
    """A window of Chromium that accepts the certificate."""
    # The answer to a WHEP player without an offer.
    windows.expect('status of 406')
    window = windows.open()
    window.order('Security.setIgnoreCertificateErrors', ignore=True)
    return window.go(f'{front}map/#camera={CAMERA}')


@pytest.fixture(params=['Chromium', 'Firefox'])
def browse(request, windows):
    """browse(address) → the browser's page, which plays the camera."""
    if request.param == 'Firefox':
        firefox = request.getfixturevalue('firefox')
        yield lambda front: firefox.go(f'{front}map/#camera={CAMERA}')
        firefox.go('about:blank')
    else:
        yield lambda front: opened(front, windows)


def is_watched(video):
    wait_for(lambda: any(each.answers
                         for each in video.janus.watchers(CAMERA)),
             'the camera is watched', 30 * SLOWNESS)


WHEP = '''
    const endpoint = new URL('../whep/' + arguments[0], document.baseURI);
    const started = await fetch(endpoint, {method: 'POST'});
    const resource = new URL(started.headers.get('Location'), started.url);
    const found = await fetch(resource);
    const ended = await fetch(resource, {method: 'DELETE'});
    return [started.status, found.status, ended.status,
            resource.href.startsWith(endpoint.href + '/')];'''


def test_watch(front, browse, video):
    """The page starts a view, its beacon ends it, and a player comes by WHEP."""
    page = browse(front)
    is_watched(video)
    wait_for(lambda: 'Camera 3' in page.run('return document.body.innerText;'),
             'the list is shown', 20 * SLOWNESS)
    assert page.run(WHEP, CAMERA) == [406, 204, 200, True]
    page.go('about:blank')
    # Far sooner than a view without heartbeats ends, but if the page was about to
    # start another one, that ends because nobody answers its offer.
    until_gone(video.janus, 60 * SLOWNESS)


@real
def test_without_tls_the_proxy_has_to_pass_on_host(nginx, windows, video):
    """Over http to other machines than this one, browsers tell less."""
    windows.expect('status of 403')
    window = opened(f'http://{ADDRESS}:{nginx.ports[0]}/', windows)
    comes_to(window, CAMERA, 'denied', 'origin', seconds=20 * SLOWNESS)
    window.go('about:blank')
    window.go(f'http://{ADDRESS}:{nginx.ports[-1]}/map/#camera={CAMERA}')
    is_watched(video)
    window.go('about:blank')
    until_gone(video.janus, 20)


def get(url, method='GET', body=None):
    context = ssl._create_unverified_context()
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=context))
    try:
        return opener.open(urllib.request.Request(url, body, method=method),
                           timeout=20)
    except urllib.error.HTTPError as error:
        return error


def test_clients_that_are_no_browsers(front):
    url = front + 'api/cameras?limit=1'
    seen = []
    while url:
        page = json.load(get(url))
        seen += [feature['id'] for feature in page['features']]
        url = 'links' in page and urllib.parse.urljoin(
            url, page['links'][0]['href'])
    assert seen == [1, 2, 3]
    url = front + 'whep/1'
    reply = get(url, 'POST', b'')
    assert reply.status == 406
    where = urllib.parse.urljoin(url, reply.headers['Location'])
    assert where.startswith(url + '/')
    assert get(where, 'DELETE').status == 200
    # urllib follows the redirect.
    reply = get(front + 'map')
    assert (reply.status, reply.url) == (200, front + 'map/')
