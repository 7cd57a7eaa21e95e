"""cctv.conf for the server, cctv-site.conf and cctv-map.conf for one site, with
and without a prefix."""

import re

import pytest

from api import ONE_CHILD
from env import REPO
from map_page import MODULES, MapFolder, MapPages
from test_config import accepted
from views import Viewer, set_cameras

CONF = REPO + '/conf'
PATHS = ['/api/cameras', '/ogc', '/view-start', '/heartbeat', '/view-end',
         '/view-answer', '/janus-events', '/ice-servers', '/whep', '/whep/1',
         '/metrics', '/health', '/map/']
# The hosts in the order in which they are configured.
PLAIN, SHOP, PREFIX, EMPTY = (
    f'{name}.localhost' for name in ('plain', 'shop', 'prefix', 'empty'))
INCLUDE = (f'Include "{CONF}/cctv-site.conf"\n'
           f'Include "{CONF}/cctv-map.conf"\n')
CAMERAS = [{'name': f'Camera {n}'} for n in range(1, 4)]


def server(cluster, video=None):
    """cctv.conf with its definitions."""
    defines = {'CCTV_DB': cluster.params(user='cctv_video'),
               'CCTV_STATE': '{folder}/state/state',
               # Changes of the table are to be seen at once.
               'CCTV_CATALOGUE': 'off', 'CCTV_OGC': 'on'}
    if video:
        defines |= {'CCTV_JANUS': video.janus.url,
                    'CCTV_JANUS_ADMIN': video.janus.admin_url,
                    'CCTV_SECRETS': video.folder}
    return ''.join(f'Define {name} "{value}"\n' for name, value
                   in defines.items()) + f'Include "{CONF}/cctv.conf"\n'


def host(name, *lines):
    return '\n'.join(['<VirtualHost 127.0.0.1:{port}>', f'ServerName {name}',
                      *lines, '</VirtualHost>\n'])


@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared):
    folder = MapFolder()
    around = folder.config[:folder.config.index('Include')]
    set_cameras(cluster, *CAMERAS)
    httpd = start_shared(
        ONE_CHILD + around + server(cluster, video)
        + host(PLAIN, 'Define CCTV_PREFIX ""', INCLUDE)
        + host(SHOP) + host(PREFIX, 'Define CCTV_PREFIX /cctv', INCLUDE)
        + host(EMPTY, 'UnDefine CCTV_PREFIX', INCLUDE),
        modules=(*MODULES, 'authz_host'))
    video.janus.send_events_to(httpd)
    yield httpd
    httpd.stop()
    folder.remove()


def ask(httpd, name, path):
    reply = httpd.get(path, {'Host': name})
    # Unlike a 404 of Apache, which has HTML.
    ours = reply.status != 404 or 'json' in reply.headers['Content-Type']
    return reply.status, ours


@pytest.mark.parametrize('path', PATHS)
def test_only_the_site_answers(httpd, path):
    httpd.expect('CCTV0047')
    assert ask(httpd, SHOP, path) == (404, False)
    assert ask(httpd, SHOP, '/cctv' + path) == (404, False)
    assert ask(httpd, PLAIN, '/cctv' + path) == (404, False)
    assert ask(httpd, PREFIX, path) == (404, False)
    assert ask(httpd, EMPTY, '/cctv' + path) == (404, False)
    answer = ask(httpd, PLAIN, path)
    assert answer[1]
    assert ask(httpd, PREFIX, '/cctv' + path) == answer
    assert ask(httpd, EMPTY, path) == answer


def test_addresses_in_answers_have_the_prefix(httpd):
    first = httpd.get('/cctv/api/cameras?limit=2', {'Host': PREFIX})
    assert first.ids() == [1, 2]
    assert first.next() == '/cctv/api/cameras?limit=2&after=2'
    assert httpd.get(first.next(), {'Host': PREFIX}).ids() == [3]
    landing = httpd.get('/cctv/ogc', {'Host': PREFIX}).json()
    assert landing['links'][0]['href'].endswith('/cctv/ogc')
    reply = httpd.ask('POST', '/cctv/whep/1', {'Host': PREFIX}, '')
    assert reply.status == 406, reply.body
    assert re.fullmatch('/cctv/whep/1/[0-9a-f]+', reply.location())
    assert httpd.ask('DELETE', reply.location(),
                     {'Host': PREFIX}).status == 200
    # A path with the secret of a view is hidden in the log below a prefix, too.
    assert reply.location() not in httpd.text()


@pytest.mark.parametrize('name, prefix', [(PLAIN, ''), (PREFIX, '/cctv')])
def test_the_page_and_the_library_follow_the_prefix(httpd, windows, name,
                                                    prefix):
    pages = MapPages(httpd, windows, name)
    pages.origin += prefix
    window = pages.open()
    assert 'Camera 1' in window.run('return document.body.innerText;')
    assert window.run('''
        const {Client} = await import('./cctv-client.js');
        for await (const {features} of new Client().list().load())
          return features.length;''') == 3
    here = f'http://{name}:{httpd.port}{prefix}/'
    others = [url for url in windows.requests()
              if not url.startswith((here + 'map/', here + 'api/cameras',
                                     here + 'api/changes'))]
    assert others == []


def test_a_server_without_a_site_is_told(written, cluster):
    good, said = written(server(cluster)).configtest()
    assert good and 'CCTV0165' in said
    assert 'Include conf-available/cctv-site.conf' in said
    good, said = written(server(cluster) + host(PLAIN, INCLUDE.split('\n')[0]),
                         modules=['authz_host']).configtest()
    assert good and 'CCTV0165' not in said


def test_the_virtual_hosts_of_the_documents(written, cluster, video):
    with open(REPO + '/docs/install.md') as file:
        blocks = [block for language, block in re.findall(
            '^```(.*?)\n(.*?)^```$', file.read(), re.M | re.S)
                  if not language and '<VirtualHost' in block]
    assert len(blocks) == 2
    for block in blocks:
        accepted(written, server(cluster, video) + block.replace(
            'conf-available', CONF), modules=['authz_host'])


PROXY = f'Include "{CONF}/cctv-janus-proxy.conf"'


def test_the_websocket_of_janus_belongs_to_one_site(cluster, video, start):
    httpd = start(
        ONE_CHILD + 'Define CCTV_JANUS_PROXY\n'
        + f'Define CCTV_JANUS_WS {video.janus.url}/info\n'
        + server(cluster, video)
        + host(PLAIN, 'Define CCTV_PREFIX ""', INCLUDE.split('\n')[0])
        + host(PREFIX, 'Define CCTV_PREFIX /cctv', INCLUDE.split('\n')[0],
               PROXY),
        modules=('authz_host', 'proxy', 'proxy_http'))
    assert ask(httpd, PREFIX, '/cctv/janus-ws') == (200, True)
    assert ask(httpd, PLAIN, '/janus-ws') == (404, False)
    assert ask(httpd, PLAIN, '/cctv/janus-ws') == (404, False)
    set_cameras(cluster, *CAMERAS)
    reply = Viewer(httpd, PREFIX).post('cctv/view-start', camera_id=1,
                                       signalling='janus')
    assert reply.status == 201 and reply.json()['janus']['token']


@pytest.mark.parametrize('defined, modules, told', [
    (False, ('proxy', 'proxy_http'), 'Define CCTV_JANUS_PROXY'),
    (True, (), 'a2enmod proxy proxy_http')])
def test_what_the_websocket_of_janus_needs_is_told(written, cluster, video,
                                                   defined, modules, told):
    good, said = written(
        'Define CCTV_JANUS_PROXY\n' * defined + server(cluster, video)
        + PROXY, modules=('authz_host', *modules)).configtest()
    assert not good and told in said


def test_a_site_without_the_module_is_told(written):
    httpd = written(f'Include "{CONF}/cctv-site.conf"')
    httpd.write_config(1)
    path = httpd.folder + '/httpd.conf'
    with open(path) as file:
        lines = [line.replace(' cctv:debug', '') for line in file
                 if 'cctv_module' not in line]
    httpd.write_config = lambda port: open(path, 'w').writelines(lines)
    good, said = httpd.configtest()
    assert not good and 'a2enmod cctv' in said


def test_the_whole_server_as_one_site(written, cluster):
    accepted(written, server(cluster) + INCLUDE, modules=(
        *MODULES, 'authz_host'))
