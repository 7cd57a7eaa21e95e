"""Values of the directives of video, and the messages about wrong ones."""

import os
import shutil

import pytest

from api import dbd
from env import make_folder
from video import HANDLERS, endpoints

GOOD = 'a-secret-of-some-length'
URL = 'http://127.0.0.1:8088/janus'


@pytest.fixture
def folder():
    folder = make_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def secret(folder):
    """secret(text, mode) → a new file."""
    def write(text=GOOD, mode=0o600):
        path = f'{folder}/secret{len(os.listdir(folder))}'
        with open(path, 'w') as file:
            file.write(text)
        os.chmod(path, mode)
        return path
    return write


@pytest.fixture
def check(written, cluster):
    """check(directives) → (whether they are accepted, the output)"""
    def test(config, **options):
        return written(dbd(cluster) + config + '\n' + endpoints(HANDLERS),
                       **options).configtest()
    return test


def refused(answer, *sentences):
    good, said = answer
    assert not good, said
    for sentence in sentences:
        assert sentence in said
    assert GOOD not in said


def accepted(answer):
    good, said = answer
    assert good, said


# --- addresses --------------------------------------------------------------

@pytest.mark.parametrize('name', ['CCTVJanusURL', 'CCTVJanusAdminURL'])
@pytest.mark.parametrize('value', [
    'localhost:8088', 'ws://127.0.0.1:8188/', 'http://', 'http:///janus', '/',
    'ftp://h/janus', 'http://user:pw@127.0.0.1/janus', 'http://h/janus?a=b',
    'http://h/#x', 'file:///etc/passwd', '"http://h/a b"', 'http://h:99999/',
    'http://h:0/', '"http://h/\tx"', 'http://h:/x'])
def test_bad_url(check, secret, name, value):
    config = f'CCTVJanusSecretFile {secret()}\n{name} {value}\n'
    if 'Admin' in name:
        config += f'CCTVJanusURL {URL}\n'
    refused(check(config), name, 'where Janus listens')


@pytest.mark.parametrize('value', [
    URL, URL + '/', 'http://localhost:8088/janus', 'http://[::1]:8088/janus',
    'https://janus.example.org/a/b'])
def test_good_url(check, secret, value):
    accepted(check(f'CCTVJanusURL {value}\nCCTVJanusAdminURL {value}\n'
                   f'CCTVJanusSecretFile {secret()}\n'))


# --- files ------------------------------------------------------------------

FILES = ['CCTVJanusSecretFile', 'CCTVTurnSecretFile', 'CCTVCameraLoginsFile']


def with_file(name, path, secret):
    more = '' if 'JanusSecret' in name else f'CCTVJanusSecretFile {secret()}\n'
    return f'CCTVJanusURL {URL}\n{more}{name} {path}\n'


@pytest.mark.parametrize('name', FILES)
@pytest.mark.parametrize('mode', [0o644, 0o640, 0o604, 0o660, 0o601, 0o777])
def test_file_that_others_can_read(check, secret, name, mode):
    path = secret('* user ' + GOOD if 'Logins' in name else GOOD, mode)
    refused(check(with_file(name, path, secret)), name, path, 'chmod 600')


@pytest.mark.parametrize('name', FILES)
def test_file_that_is_not_there(check, secret, name):
    refused(check(with_file(name, 'conf/none', secret)), name, 'conf/none',
            'No such file')
    refused(check(with_file(name, '/', secret)), name, 'regular file')


@pytest.mark.skipif(os.getuid() != 0, reason='only root can give away')
@pytest.mark.parametrize('name', FILES)
def test_file_of_somebody_else(check, secret, name):
    path = secret('* user ' + GOOD if 'Logins' in name else GOOD)
    os.chown(path, 33, 33)
    refused(check(with_file(name, path, secret)), name, path, 'belongs to')


@pytest.mark.parametrize('text, sentence', [
    ('', 'is empty'), (' \n\n', 'white space'), ('short', 'too short'),
    ('x' * 257, 'too long'), (GOOD + '\n' + GOOD, 'more than one line'),
    ('a secret with some blanks', 'blanks'), ('x' * 20 + '"', 'quotes'),
    ('x' * 20 + 'ü', 'ASCII')])
@pytest.mark.parametrize('name', FILES[:2])
def test_bad_secret(check, secret, name, text, sentence):
    refused(check(with_file(name, secret(text), secret)), name, sentence)


@pytest.mark.parametrize('text', [GOOD, GOOD + '\n', ' ' + GOOD + '\r\n'])
def test_good_secret(check, secret, text):
    accepted(check(with_file(FILES[0], secret(text), secret)))


@pytest.mark.parametrize('text', [
    'cam.example.org user', 'cam.example.org', '* u p\nx\n', 'http://h u p'])
def test_bad_logins(check, secret, text):
    refused(check(with_file(FILES[2], secret(text), secret)), FILES[2])


def test_password_is_not_told(check, secret):
    refused(check(with_file(FILES[2], secret(f'h user {GOOD}\x01'), secret)),
            FILES[2])


def test_good_logins(check, secret):
    accepted(check(with_file(FILES[2], secret(
        '# cameras\n\n*.example.org viewer pass\n10.1.0.0/16 root x:y@ z\n'),
        secret)))


# --- the rest ---------------------------------------------------------------

@pytest.mark.parametrize('value', [
    'turn.example.org', 'http://turn.example.org', 'turn:', 'turn://h',
    'turn:h:99999', 'turn:h?transport=sctp', 'stun:h?transport=udp',
    '"turn:h x"', 'turn:u@h'])
def test_bad_turn_server(check, secret, value):
    refused(check(f'CCTVTurnServer {value}\n'
                  f'CCTVTurnSecretFile {secret()}'), 'CCTVTurnServer')


def test_good_turn_servers(check, secret):
    accepted(check('CCTVTurnServer turn:h:3478?transport=udp turns:[::1]\n'
                   'CCTVTurnServer stun:stun.example.org\n'
                   f'CCTVTurnSecretFile {secret()}\n'))
    accepted(check('CCTVTurnServer stun:stun.example.org'))


TIMES = {'CCTVJanusIdleTimeout': ['0', '999ms', '1441min', 'soon', '-1'],
         'CCTVJanusColdTimeout': ['0', '999ms', '31s', 'x', '1.5'],
         'CCTVMaxViewers': ['0', '-1', '1000001', 'many', '1.5'],
         'CCTVMaxViewersPerCamera': ['0', '-1', '1000001', 'many', ''],
         'CCTVWhepMaxAge': ['0', '999ms', '10081min', 'never'],
         'CCTVJanusProxy': ['yes', '1', 'maybe']}


@pytest.mark.parametrize('name, value', [
    (name, value) for name, values in TIMES.items() for value in values])
def test_bad_value(check, name, value):
    refused(check(f'{name} "{value}"'), name)


@pytest.mark.parametrize('line', [
    'CCTVJanusIdleTimeout 1s', 'CCTVJanusIdleTimeout 1440min',
    'CCTVJanusColdTimeout 30s', 'CCTVMaxViewers off', 'CCTVMaxViewers 1',
    'CCTVWhepMaxAge 1s', 'CCTVWhepMaxAge 10080min',
    'CCTVMaxViewersPerCamera 1000000', 'CCTVMaxViewersPerCamera Off'])
def test_good_value(check, line):
    accepted(check(line))


LINES = [f'CCTVJanusURL {URL}', 'CCTVWhepMaxAge 60s', f'CCTVJanusAdminURL {URL}',
         'CCTVJanusSecretFile /x', 'CCTVJanusIdleTimeout 60s',
         'CCTVJanusColdTimeout 8s', 'CCTVJanusProxy on',
         'CCTVFanOut rtsp://relay/{id}',
         'CCTVJanus east url=http://h', 'CCTVCameraLoginsFile /x',
         'CCTVTurnServer stun:h',
         'CCTVTurnSecretFile /x', 'CCTVMaxViewers 5',
         'CCTVMaxViewersPerCamera 5']


@pytest.mark.parametrize('line', LINES)
@pytest.mark.parametrize('section', ['VirtualHost *:1', 'Location "/x"'])
def test_only_for_the_whole_server(check, line, section):
    name = section.split()[0]
    refused(check(f'<{section}>\n{line}\n</{name}>\n'), line.split()[0])


def test_janus_wants_a_secret(check, secret):
    refused(check(f'CCTVJanusURL {URL}'),
            'CCTVJanusURL needs CCTVJanusSecretFile')


def test_what_wants_janus(check, secret):
    for line in f'CCTVJanusAdminURL {URL}', 'CCTVJanusProxy on':
        refused(check(f'{line}\nCCTVJanusSecretFile {secret()}\n'),
                'CCTVJanusURL')


def test_the_proxy_wants_the_admin_api(check, secret):
    config = (f'CCTVJanusURL {URL}\nCCTVJanusSecretFile {secret()}\n'
              'CCTVJanusProxy on\n')
    refused(check(config), 'CCTVJanusProxy needs CCTVJanusAdminURL')
    accepted(check(config + f'CCTVJanusAdminURL {URL}\n'))


@pytest.mark.parametrize('section', [
    '{}', '<Location "/api">\n{}\n</Location>',
    '<VirtualHost *:1>\n<Location "/x">\n{}\n</Location>\n</VirtualHost>'])
def test_the_proxy_and_roles_exclude_each_other(check, secret, section):
    """A browser that talks to Janus itself may ask about every camera."""
    config = (f'CCTVJanusURL {URL}\nCCTVJanusSecretFile {secret()}\n'
              f'CCTVJanusAdminURL {URL}\n'
              + section.format('CCTVRoles "public"') + '\n')
    refused(check(config + 'CCTVJanusProxy on\n'),
            'CCTVJanusProxy on and CCTVRoles do not go together')
    accepted(check(config + 'CCTVJanusProxy off\n'))


def test_turn_wants_a_secret(check):
    refused(check('CCTVTurnServer turn:turn.example.org'),
            'CCTVTurnSecretFile')


def test_janus_wants_a_database(written, secret):
    config = (f'CCTVJanusURL {URL}\nCCTVJanusSecretFile {secret()}\n'
              + endpoints(HANDLERS))
    refused(written(config).configtest(), 'database')


def test_whep_wants_janus_and_its_admin_api(check, secret):
    whep = endpoints(['whep'])
    refused(check(whep), 'cctv-whep needs CCTVJanusURL')
    config = f'CCTVJanusURL {URL}\nCCTVJanusSecretFile {secret()}\n'
    refused(check(config + whep), 'cctv-whep needs CCTVJanusAdminURL')
    accepted(check(config + f'CCTVJanusAdminURL {URL}\n' + whep))


# --- several Janus servers --------------------------------------------------

EAST = 'CCTVJanus east url=http://10.0.0.5:8088/janus'
ADMIN = 'admin=http://10.0.0.5:7088/admin'


@pytest.mark.parametrize('line, sentences', [
    ('CCTVJanus ""', ['the name of the server comes first', 'east url=']),
    ('CCTVJanus url=http://10.0.0.5:8088/janus', ['the name', 'east url=']),
    ('CCTVJanus east', ['url= is missing', 'url=http://10.0.0.5:8088/janus']),
    ('CCTVJanus east url=10.0.0.5', ['url= has to be where Janus listens']),
    (EAST + ' admin=10.0.0.5:7088', ['admin= has to be where Janus listens',
                                     ADMIN]),
    (EAST + ' url=http://10.0.0.6/janus', ['url= may stand there once']),
    (EAST + ' secret=conf/none', ['secret=', 'No such file']),
    (EAST + ' weight=0', ['from 1 to 100', 'weight=2']),
    (EAST + ' weight=1.5', ['from 1 to 100']),
    (EAST + ' max=0', ['from 1 to 1000000', 'max=800']),
    (EAST + ' drained', ['"drained" is unknown', 'drain']),
    (EAST + '\n' + EAST, ['a line with this name already']),
    (EAST + '\n' + EAST.replace('east', 'west'), ['same url=']),
    ('\n'.join(f'CCTVJanus j{n} url=http://10.0.0.5:{n}/'
               for n in range(1, 18)), ['16 Janus servers at most'])])
def test_bad_server(check, line, sentences):
    refused(check(line), 'CCTVJanus', *sentences)


def test_servers_and_the_url_exclude_each_other(check, secret):
    file = f'CCTVJanusSecretFile {secret()}\n'
    for other in f'CCTVJanusURL {URL}', f'CCTVJanusAdminURL {URL}':
        refused(check(f'{file}{EAST}\n{other}\n'),
                'CCTVJanus and CCTVJanusURL do not go together',
                'CCTVJanus main url=')
    refused(check(f'{file}{EAST}\nCCTVJanusProxy on\n'),
            'CCTVJanusProxy goes with CCTVJanusURL only')


def test_servers_want_secrets_and_admin_apis(check, secret):
    west = EAST.replace('east', 'west').replace('10.0.0.5', '10.0.0.6')
    refused(check(f'{EAST} secret={secret()}\n{west}\n'),
            'each CCTVJanus needs secret=')
    config = (f'{EAST} secret={secret()} weight=2 max=800 drain {ADMIN}\n'
              f'{west}\nCCTVJanusSecretFile {secret()}\n')
    accepted(check(config))
    refused(check(config + endpoints(['whep'])), 'admin= in each CCTVJanus')
    accepted(check(config.replace(west, f'{west} {ADMIN}')
                   + endpoints(['whep'])))


def test_servers_want_a_database(written, secret):
    answer = written(f'{EAST} secret={secret()}\n' + endpoints(HANDLERS)
                     ).configtest()
    refused(answer, 'CCTVJanus need DBDriver pgsql')


# --- the relay --------------------------------------------------------------

@pytest.mark.parametrize('value', [
    'relay', 'http://relay/{id}', 'rtsp://relay/camera', 'rtsp://{id}/',
    'rtsp://me:word5@relay/{id}', 'rtsp://0.0.0.0/{id}'])
def test_bad_relay(check, secret, value):
    answer = check(f'{EAST} secret={secret()}\nCCTVFanOut {value}\n')
    refused(answer, 'CCTVFanOut has to be')
    assert 'word5' not in answer[1]


def test_relay_goes_with_several_servers(check, secret):
    accepted(check(f'{EAST} secret={secret()}\n'
                   'CCTVFanOut rtsp://relay/{id}\n'))
    refused(check(f'CCTVJanusURL {URL}\nCCTVJanusSecretFile {secret()}\n'
                  'CCTVFanOut rtsp://relay/{id}\n'),
            'CCTVFanOut goes with CCTVJanus only')
