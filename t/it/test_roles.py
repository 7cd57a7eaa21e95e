"""CCTVRoles: which cameras a request may see."""

import pytest

from api import ONE_CHILD, add_cameras, dbd, location
from load import Load
from users import AUTH, BASIC, set_passwords, user, users_in_database

LIST = '/api/cameras'


@pytest.fixture
def four(database):
    """Cameras 1 and 4 have the role traffic, 2 police, 3 public."""
    add_cameras(database, {'role': 'traffic'}, {'role': 'police'},
                {'role': 'public'}, {'role': 'traffic'})
    return database


@pytest.fixture
def serve(four, start):
    """serve(roles, …) → an Apache with this value of CCTVRoles."""
    def start_it(roles, *directives, more=''):
        return start(ONE_CHILD + dbd(four) + more
                     + location(f'CCTVRoles "{roles}"', *directives),
                     modules=AUTH)
    return start_it


# --- results of the expression ----------------------------------------------

@pytest.mark.parametrize('roles, ids', [
    ('traffic', [1, 4]), ('traffic,police', [1, 2, 4]),
    (' traffic , police ', [1, 2, 4]), ('traffic,,police,', [1, 2, 4]),
    (',traffic', [1, 4]), ('nobody', []), (',', []), (' ', []),
    ('Traffic', []), ('traffi', []), ('traffic police', []), ('*', []),
    ('%%', []), ('{traffic}', [])])
def test_roles_of_the_expression(serve, roles, ids):
    httpd = serve(roles)
    assert httpd.get(LIST).ids() == ids
    for number in range(1, 5):
        wanted = 200 if number in ids else 404
        assert httpd.get(f'{LIST}/{number}').status == wanted


def test_no_directive_shows_all(four, start):
    httpd = start(dbd(four) + location())
    assert httpd.get(LIST).ids() == [1, 2, 3, 4]


def test_empty_result_shows_none(serve):
    httpd = serve('%{env:NOT_SET}')
    reply = httpd.get(LIST)
    assert reply.json() == {'type': 'FeatureCollection', 'features': [],
                            'numberReturned': 0}
    assert httpd.get(LIST + '?role=traffic').ids() == []
    assert httpd.get(LIST + '/1').status == 404


def test_expression_that_fails_shows_none_and_logs(serve):
    httpd = serve('%{file:/no/such/file}')
    httpd.expect('CCTV0012', 'Evaluation of expression .* failed')
    assert httpd.get(LIST).ids() == []
    assert 'CCTV0012' in httpd.text()
    assert httpd.get(LIST + '/1').status == 404


@pytest.mark.parametrize('asked, ids', [
    ('traffic', [1, 4]), ('police', []), ('traffic,police', [1, 4]),
    ('public', [3]), ('public,traffic,police', [1, 3, 4]), ('nobody', [])])
def test_role_parameter_only_narrows(serve, asked, ids):
    httpd = serve('traffic,public')
    assert httpd.get(f'{LIST}?role={asked}').ids() == ids


def test_wrong_parameters_are_refused_to_all(serve):
    httpd = serve('%{env:NOT_SET}')
    assert httpd.get(LIST + '?nope=1').status == 400
    assert httpd.get(LIST + '/1?nope=1').status == 400


# --- hidden cameras ---------------------------------------------------------

def test_camera_out_of_reach_is_like_a_missing_one(serve):
    httpd = serve('traffic')
    replies = [httpd.get(f'{LIST}/{number}') for number in (2, 3, 99, 'x')]
    for reply in replies:
        del reply.headers['Date']
        assert reply.status == 404
        assert reply.body == replies[0].body
        assert reply.headers.items() == replies[0].headers.items()


def test_tag_of_another_ones_camera_tells_nothing(four, start):
    httpd = start(dbd(four) + location(path='/all')
                  + location('CCTVRoles traffic'))
    tag = httpd.get('/all/2').headers['ETag']
    for value in (tag, '*'):
        reply = httpd.get(LIST + '/2', {'If-None-Match': value})
        assert reply.status == 404
    everything = httpd.get('/all').headers['ETag']
    assert httpd.get(LIST, {'If-None-Match': everything}).status == 200


# --- sources of the roles ---------------------------------------------------

def test_roles_of_the_authenticated_user(serve):
    httpd = serve('%{REMOTE_USER}', *BASIC)
    set_passwords(httpd, 'traffic', 'police', 'other')
    assert httpd.get(LIST).status == 401
    assert httpd.get(LIST, user('traffic', 'wrong')).status == 401
    httpd.expect('AH01617')
    for name, ids in (('traffic', [1, 4]), ('police', [2]), ('other', [])):
        assert httpd.get(LIST, user(name)).ids() == ids
    assert httpd.get(LIST + '/2', user('traffic')).status == 404
    assert httpd.get(LIST + '/2', user('police')).json()['id'] == 2


def test_pages_and_tags_are_of_the_user(serve):
    httpd = serve('%{REMOTE_USER}', *BASIC)
    set_passwords(httpd, 'traffic', 'police')
    first = httpd.get(LIST + '?limit=1', user('traffic'))
    assert first.ids() == [1]
    rest = httpd.get(first.next(), user('traffic'))
    assert rest.ids() == [4] and 'links' not in rest.json()
    assert httpd.get(first.next(), user('police')).ids() == [2]
    again = {'If-None-Match': first.headers['ETag']}
    assert httpd.get(LIST + '?limit=1',
                     {**user('traffic'), **again}).status == 304
    assert httpd.get(LIST + '?limit=1',
                     {**user('police'), **again}).status == 200
    assert first.headers['Cache-Control'] == 'private'


def test_roles_from_the_environment(serve):
    httpd = serve('%{reqenv:ROLES}', more=(
        'SetEnvIf Host "police" ROLES=police\n'
        'SetEnvIf Host "both" ROLES=police,public\n'))
    for host, ids in (('police', [2]), ('both', [2, 3]), ('none', [])):
        assert httpd.get(LIST, {'Host': host}).ids() == ids


def test_roles_of_a_condition(four, start):
    httpd = start(dbd(four) + location('CCTVRoles public')
                  + '<If "%{HTTP:X-Who} == \'police\'">\n'
                  'CCTVRoles "public,police"\n</If>\n')
    assert httpd.get(LIST).ids() == [3]
    assert httpd.get(LIST, {'X-Who': 'police'}).ids() == [2, 3]


def test_sections_set_their_own(four, start):
    httpd = start(
        'CCTVRoles public\n' + dbd(four) + location(path='/server')
        + location('CCTVRoles traffic', path='/traffic')
        + '<Location "/traffic/3">\nCCTVRoles public\n</Location>\n')
    assert httpd.get('/server').ids() == [3]
    assert httpd.get('/traffic').ids() == [1, 4]
    assert httpd.get('/traffic/3').json()['id'] == 3
    assert httpd.get('/traffic/2').status == 404


@pytest.mark.parametrize('name', [
    'with "quotes"', "it's", 'back\\slash', '{braces}', '"', '\\', '\\"',
    '{', '}', '{}', 'NULL', 'null', '$1', "'; DROP TABLE cameras; --", '%s',
    'a b', 'Größe', '東京', 'x' * 64, '(', '\\x41', 'E\'\\n\'', '"a","b"'[:3]])
def test_names_that_sql_could_stumble_over(database, start, name):
    add_cameras(database, {'role': name}, {'role': 'a'}, {'role': 'NULL2'})
    httpd = start(ONE_CHILD + dbd(database)
                  + location('CCTVRoles "%{HTTP:X-Roles}"'))

    def ids(roles):
        text = roles.encode('utf-8').decode('latin-1')
        return httpd.get(LIST, {'X-Roles': text}).ids()
    assert ids(name) == [1]
    assert ids(f'a,{name}') == [1, 2]
    assert ids(f'{name} , b') == [1]
    assert ids('b') == []


def test_comma_separates_whatever_it_stands_in(database, start):
    add_cameras(database, {'role': 'a'}, {'role': '"a'}, {'role': 'b"'})
    httpd = start(ONE_CHILD + dbd(database)
                  + location('CCTVRoles "%{HTTP:X-Roles}"'))
    assert httpd.get(LIST, {'X-Roles': '"a,b"'}).ids() == [2, 3]


def test_roles_that_are_not_utf8_are_no_fault_of_the_server(database, start):
    add_cameras(database, {'role': 'a'})
    httpd = start(ONE_CHILD + dbd(database)
                  + location('CCTVRoles "%{HTTP:X-Roles}"'))
    assert httpd.get(LIST, {'X-Roles': 'a'}).ids() == [1]
    reply = httpd.get(LIST, {'X-Roles': 'a,\xff'})
    assert reply.status == 200
    assert reply.ids() == [1]


# --- users in the same database ---------------------------------------------

@pytest.fixture
def users(four):
    return users_in_database(four)


@pytest.mark.parametrize('maximum', [1, 2])
def test_users_in_the_same_pool_do_not_block_each_other(
        four, users, start, maximum):
    httpd = start('StartServers 1\nServerLimit 1\nThreadsPerChild 24\n'
                  'MaxRequestWorkers 24\n' + dbd(four, maximum)
                  + location('CCTVRoles "%{REMOTE_USER}"', *users),
                  modules=['authn_core', 'authn_dbd', 'authz_user',
                           'auth_basic'])
    paths = [LIST, LIST + '/2', LIST + '?limit=1', LIST + '/1']
    with Load(httpd, 16, paths, pause=0, headers=user('police')) as load:
        load.wait_for_answers(2000)
    status = {LIST: 200, LIST + '/2': 200, LIST + '?limit=1': 200,
              LIST + '/1': 404}
    for answer in load.answers:
        assert answer.status == status[answer.path], answer
    assert max(answer.seconds() for answer in load.answers) < 5
