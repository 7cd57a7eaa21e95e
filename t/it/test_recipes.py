"""The recipes for logins in docs/security.md, with a real directory and a
provider of OpenID Connect."""

import http.client
import re
import shutil
import ssl
import subprocess

import pytest

from api import ONE_CHILD, dbd, location
from env import REPO, make_folder
from oidc_provider import Provider
from slapd import Slapd
from users import HASH, user
from views import ENDPOINTS, set_cameras

with open(REPO + '/docs/security.md') as page:
    PAGE = page.read()

BASIC = ['authn_core', 'auth_basic', 'authz_user']
ROLES = ('public', 'staff', 'security', 'traffic police')


def recipe(heading, **changes):
    """The configuration below a heading of the page, with these addresses
    instead of the page's. Each has to be there."""
    part = PAGE.split(f'\n### {heading}\n')[1].split('\n### ')[0]
    text = re.search('```apacheconf\n(.*?)```', part, re.S)[1]
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.fixture(scope='module', autouse=True)
def cameras(cluster):
    """One camera of each role: their ids are 1, 2, …"""
    set_cameras(cluster, *({'role': role} for role in ROLES))


def seen(httpd, headers=None):
    """The roles of the cameras that a requester sees; or the status."""
    reply = httpd.get('/api/cameras', headers)
    if reply.status != 200:
        return reply.status
    return [ROLES[number - 1] for number in reply.ids()]


def may_watch(httpd, role, headers):
    reply = httpd.ask('POST', '/view-start', {
        'Content-Type': 'application/json', **headers},
        '{"camera_id": %d}' % (ROLES.index(role) + 1))
    return reply.status == 201


def serve(start, cluster, config, modules):
    return start(ONE_CHILD + dbd(cluster) + ENDPOINTS + location() + config,
                 modules=modules)


# --- a file -----------------------------------------------------------------

@pytest.fixture(scope='module')
def folder():
    made = make_folder()
    yield made
    shutil.rmtree(made)


def test_file_with_users(start, cluster, folder):
    for name, text in {
            'passwords': ''.join(f'{name}:{HASH}\n'
                                 for name in ('ann', 'bob', 'eve')),
            'groups': 'cameras: ann bob\n',
            # The value of a map of mod_rewrite ends at a blank.
            'roles': 'ann staff,security\neve security\n'}.items():
        with open(f'{folder}/{name}', 'w') as file:
            file.write(text)
    httpd = serve(start, cluster, 'MergeSlashes Off\nTypesConfig /dev/null\n'
                  f'Define CCTV_PREFIX ""\nDefine CCTV_MAP {REPO}/htdocs\n'
                  f'Include {REPO}/conf/cctv-map.conf\n'
                  + recipe('A file with users', **{'/etc/cctv-users': folder}),
                  [*BASIC, 'alias', 'authn_file', 'authz_groupfile', 'rewrite',
                   'headers', 'dir', 'mime'])
    for path in ('/api/cameras', '//api/cameras', '/api//cameras',
                 '/api/cameras/1', '/api/cameras//1', '/api/./cameras',
                 '/x/../api/cameras', '/%61pi/cameras', '/api%2Fcameras',
                 '/api/cameras;a=b', '/API/cameras', '/api/cameras.',
                 '/map/', '//map/', '/map/index.html', '/x/..//map/index.html'):
        assert httpd.get(path).status in (401, 403, 404), path
    for path in ('/map/index.html', '//map/index.html', '///map/'):
        assert httpd.get(path).status == 401, path
    httpd.expect('AH01617', 'AH01618', 'AH01631')
    assert seen(httpd) == 401
    assert seen(httpd, user('ann', 'wrong')) == 401
    assert seen(httpd, user('ann')) == ['public', 'staff', 'security']
    assert seen(httpd, user('bob')) == ['public']
    assert seen(httpd, user('eve')) == 401, 'she is not in the group'
    assert may_watch(httpd, 'staff', user('ann'))
    assert not may_watch(httpd, 'staff', user('bob'))
    for path in '/map/', '/map/app.js', '/map/leaflet/leaflet.js':
        assert httpd.get(path, user('bob')).status == 200, path


# --- LDAP -------------------------------------------------------------------

@pytest.fixture(scope='module')
def ldap():
    directory = Slapd({
        'ann': ['staff', 'security'], 'bob': ['staff'], 'eve': [],
        'tom': ['traffic police', 'nobody has it']},
        {'cameras': ['ann', 'bob'], 'security': ['ann']})
    yield directory
    directory.remove()


def test_ldap_attribute_of_several_values(start, cluster, ldap):
    httpd = serve(start, cluster, recipe('LDAP: roles in an attribute', **{
        'ldaps://ldap.example.org': ldap.url}), [*BASIC, 'ldap', 'authnz_ldap'])
    httpd.expect('AH01617', 'AH01695')
    assert seen(httpd) == 401
    assert seen(httpd, user('ann', 'wrong')) == 401
    assert seen(httpd, user('ann')) == ['public', 'staff', 'security']
    assert seen(httpd, user('bob')) == ['public', 'staff']
    assert seen(httpd, user('eve')) == ['public']
    assert 'CCTV0191' not in httpd.text()
    for _ in range(2):
        assert seen(httpd, user('tom')) == ['public', 'traffic police']
    assert httpd.text().count('CCTV0191') == 1
    assert 'yields the role "nobody has it"' in httpd.text()
    assert may_watch(httpd, 'security', user('ann'))
    assert not may_watch(httpd, 'security', user('bob'))


def test_ldap_groups(start, cluster, ldap):
    httpd = serve(start, cluster, recipe('LDAP: groups', **{
        'ldaps://ldap.example.org': ldap.url}),
        [*BASIC, 'ldap', 'authnz_ldap', 'rewrite'])
    httpd.expect('AH01631')
    assert seen(httpd, user('ann')) == ['public', 'security']
    assert seen(httpd, user('bob')) == ['public']
    assert seen(httpd, user('eve')) == 401, 'she is not in the group'


# --- OpenID Connect ---------------------------------------------------------

@pytest.fixture(scope='module')
def provider():
    made = Provider()
    yield made
    made.stop()


def test_openid_connect(start, cluster, provider, folder):
    for name, text in (('client.conf', 'OIDCClientSecret '
                        + provider.client_secret), ('cookie', 'x' * 32)):
        with open(f'{folder}/oidc-{name}', 'w') as file:
            file.write(text + '\n')
    httpd = serve(start, cluster, recipe('OpenID Connect', **{
        'https://id.example.org': provider.url,
        'https://cctv.example.org': 'http://127.0.0.1:{port}',
        '/etc/cctv': folder}), ['authn_core', 'authz_user', 'auth_openidc'])
    httpd.expect('oidc_check_config|OIDCRedirectURI')
    script = {'Sec-Fetch-Mode': 'cors'}
    page = {'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document',
            'Accept': 'text/html,*/*;q=0.8'}
    assert seen(httpd, script) == 401
    cookies = {}
    for name, roles in (('ann', ['staff', 'security']), ('bob', [])):
        provider.claims = {'sub': name, 'roles': roles}
        reply = httpd.get('/map/', page)
        assert reply.status == 302
        assert reply.headers['Location'].startswith(provider.url)
        state = reply.headers['Set-Cookie'].split(';')[0]
        back = provider.log_in(reply.headers['Location'])
        reply = httpd.get(back.split(f':{httpd.port}')[1],
                          {'Cookie': state, **page})
        assert reply.status == 302, reply.body
        cookies[name] = {'Cookie': '; '.join(
            each.split(';')[0]
            for each in reply.headers.get_all('Set-Cookie')), **script}
    assert seen(httpd, cookies['ann']) == ['public', 'staff', 'security']
    assert seen(httpd, cookies['bob']) == ['public']
    assert may_watch(httpd, 'staff', cookies['ann'])
    assert not may_watch(httpd, 'staff', cookies['bob'])
    assert seen(httpd, {'Cookie': cookies['ann']['Cookie'][:-9] + 'x',
                        **script}) == 401


# --- client certificates ----------------------------------------------------

class Certificates:
    """A certificate authority, its server and its clients: openssl makes them."""

    def __init__(self):
        self.folder = make_folder()
        self.openssl('req', '-x509', '-subj', '/CN=ca', *self.key('ca'),
                     '-out', self.path('ca.pem'))
        self.issue('server', '/CN=localhost')

    def path(self, name):
        return f'{self.folder}/{name}'

    def key(self, name):
        return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
                '-nodes', '-keyout', self.path(name + '.key')]

    def openssl(self, *words):
        subprocess.run(['openssl', *words], check=True, capture_output=True,
                       cwd=self.folder)

    def issue(self, name, subject):
        self.openssl('req', '-subj', subject, *self.key(name), '-out',
                     self.path(name + '.csr'))
        self.openssl('x509', '-req', '-in', self.path(name + '.csr'), '-CA',
                     self.path('ca.pem'), '-CAkey', self.path('ca.key'),
                     '-CAcreateserial', '-out', self.path(name + '.pem'))

    def context(self, name=None):
        made = ssl.create_default_context(cafile=self.path('ca.pem'))
        made.check_hostname = False
        if name:
            made.load_cert_chain(self.path(name + '.pem'),
                                 self.path(name + '.key'))
        return made


def test_client_certificates(start, cluster):
    certificates = Certificates()
    certificates.issue('ann', '/O=x/OU=security/CN=ann')
    certificates.issue('bob', '/O=x/CN=bob')
    try:
        httpd = serve(start, cluster, 'SSLEngine on\n'
                      f'SSLCertificateFile {certificates.path("server.pem")}\n'
                      f'SSLCertificateKeyFile {certificates.path("server.key")}\n'
                      + recipe('Client certificates', **{
                          '/etc/cctv/clients-ca.pem': certificates.path('ca.pem')}),
                      ['ssl', 'socache_shmcb'])
        # mod_ssl compares its own version with the one of the library.
        httpd.expect('AH01882', 'AH01873', 'AH01906', 'AH01909', 'AH02008',
                     'AH02261', 'AH02039')

        def roles(name):
            httpd.connection = lambda timeout=30: http.client.HTTPSConnection(
                '127.0.0.1', httpd.port, timeout=timeout,
                context=certificates.context(name))
            return seen(httpd)
        assert roles('ann') == ['public', 'security']
        assert roles('bob') == ['public']
        with pytest.raises((ssl.SSLError, ConnectionError,
                            http.client.RemoteDisconnected)):
            roles(None)
    finally:
        shutil.rmtree(certificates.folder)


def test_port_80_only_redirects(written):
    text = re.search('```apacheconf\n(.*?)```',
                     PAGE.split('\n## TLS\n')[1], re.S)[1]
    good, said = written(text, modules=['rewrite']).configtest()
    assert good, said


# --- hours and networks -----------------------------------------------------

OPEN = '"%{TIME_HOUR} -ge 6 && %{TIME_HOUR} -lt 22"'
DAYS = '"%{TIME_WDAY} -ge 1 && %{TIME_WDAY} -le 5"'


def hours(network, is_open, is_working_day):
    return recipe('Hours and networks', **{
        '192.0.2.0/24': network,
        OPEN: OPEN.replace('22"', '24"' if is_open else '0"').replace(
            '-ge 6', '-ge 0'),
        DAYS: DAYS.replace('-le 5', '-le 7' if is_working_day else '-le -1'
                           ).replace('-ge 1', '-ge 0'),
        'office': 'staff'})


def test_hours_and_networks(start, cluster):
    config = ''.join(
        '<VirtualHost 127.0.0.1:{port}>\nServerName %s\n%s</VirtualHost>\n'
        % (name, hours(*values)) for name, values in {
            'all': ('127.0.0.0/8', True, True),
            'closed': ('127.0.0.0/8', False, True),
            'sunday': ('127.0.0.0/8', True, False),
            'outside': ('192.0.2.0/24', True, True)}.items())
    httpd = serve(start, cluster, config, ['authz_host'])
    httpd.expect('AH01630')
    for name, roles in (('all', ['public', 'staff']), ('closed', 403),
                        ('sunday', ['public']), ('outside', 403)):
        assert seen(httpd, {'Host': name}) == roles, name
