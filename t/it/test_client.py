"""Lists of cameras in the client library, tested in a browser."""

import json
import os

import pytest

from api import ONE_CHILD, dbd, location
from client import CONFIG, MODULES, ClientPages, allow, asked
from env import wait_for
from postgres import DOWN, stopped
from views import set_cameras

LIST = '/api/cameras'
IDS = [list(range(1, 6)), list(range(6, 16)), list(range(16, 26))]
# Gives the page the variable `list`: a list in pages of five, ten and ten.
IN_PAGES = 'window.list = client.list({first: 5, limit: 10});'
LOAD = 'return load(list);'
ANOTHER = ('CCTVAllowOrigin http://127.0.0.1:{port}',
           'CCTVRoles "%{file:{folder}/roles}"')


@pytest.fixture(scope='module')
def httpd(cluster, start_shared):
    return start_shared(ONE_CHILD + dbd(cluster) + CONFIG
                        + location(*ANOTHER), modules=MODULES)


@pytest.fixture
def page(httpd, cluster, windows):
    """A page with the client library; the server has 25 cameras."""
    set_cameras(cluster, *({
        'name': f'Camera {number}', 'lng': number, 'lat': number % 5,
        'role': ('public', 'traffic', 'R&D')[number % 3],
        'status': 'offline' if number % 2 else 'online'}
        for number in range(1, 26)))
    allow(httpd, 'public,traffic,R&D')
    return ClientPages(httpd, windows).open()


def ids(pages):
    return [each['ids'] for each in pages]


def changed(pages):
    return [each['changed'] for each in pages]


def statuses(httpd):
    return [each.status for each in asked(httpd, LIST, 'GET')]


def test_pages_come_one_by_one_the_first_of_its_own_size(page):
    page.run(IN_PAGES)
    pages = page.run(LOAD)
    assert ids(pages) == IDS and changed(pages) == [True] * 3
    camera = pages[1]['features'][0]
    assert camera['geometry']['coordinates'] == [6, 1]
    assert camera['properties']['name'] == 'Camera 6'
    assert ids(page.run('return load(client.list());')) == [sum(IDS, [])]


def test_what_has_not_changed_is_not_sent_again(page, httpd):
    page.run(IN_PAGES)
    page.run('window.before = await load(list);')
    before = len(statuses(httpd))
    pages = page.run('window.after = await load(list); return after;')
    assert ids(pages) == IDS and changed(pages) == [False] * 3
    assert statuses(httpd)[before:] == [304] * 3
    assert page.run('return before.every((page, i) =>'
                    ' page.features === after[i].features);')


def test_of_what_has_changed_its_page_is_sent(page, cluster):
    page.run(IN_PAGES)
    page.run(LOAD)
    cluster.query("UPDATE cameras SET status = 'unknown' WHERE id = 12")
    pages = page.run(LOAD)
    assert changed(pages) == [False, True, False]
    assert pages[1]['features'][6]['properties']['status'] == 'unknown'
    assert changed(page.run(LOAD)) == [False] * 3


def test_cameras_come_and_go(page, cluster):
    page.run(IN_PAGES)
    page.run(LOAD)
    cluster.query('DELETE FROM cameras WHERE id = 3')
    pages = page.run(LOAD)
    assert sum(ids(pages), []) == [1, 2, *range(4, 26)]
    assert changed(pages)[0]
    cluster.query('DELETE FROM cameras WHERE id > 5')
    assert ids(page.run(LOAD)) == [[1, 2, 4, 5]]


@pytest.mark.parametrize('query, found', [
    ({'bbox': [3, 0, 6, 2]}, [5, 6]),
    ({'bbox': [24.5, -90, 1.5, 90]}, [1, 25]),
    ({'roles': ['traffic']}, list(range(1, 26, 3))),
    ({'roles': ['traffic', 'R&D'], 'bbox': [1, -5, 4, 5]}, [1, 2, 4]),
    ({'statuses': ['online'], 'bbox': [1, -5, 5, 5]}, [2, 4]),
    ({'statuses': []}, list(range(1, 26))),
    ({'q': '2 mera'}, [2, 12, *range(20, 26)]),
    ({'q': '100 % "&?/é'}, []),
    ({'q': 'camera 1', 'statuses': ['online'], 'roles': ['public'],
      'limit': 1}, [12, 18])])
def test_the_server_chooses(page, query, found):
    pages = page.run('return load(client.list(arguments[0]));', query)
    assert sum(ids(pages), []) == found


def test_a_mistake_in_the_question_is_told(page, windows):
    windows.expect('status of 400')
    error = page.run('return load(client.list({bbox: [1, 2, 3]}));')
    assert error['isServerError'] and error['pages'] == []
    assert (error['status'], error['type']) == (400, 'about:blank')
    assert error['detail'].startswith('bbox has to be')
    assert error['message'] == error['detail']
    assert error['retryAfter'] is None


def test_a_database_that_is_away(page, httpd, windows, cluster, healthy):
    windows.expect('status of 503')
    httpd.expect(*DOWN)
    page.run(IN_PAGES)
    page.run(LOAD)
    with stopped(cluster):
        error = page.run(LOAD)
    assert error['isServerError'] and error['status'] == 503
    assert error['retryAfter'] == 1

    def again():
        pages = page.run(LOAD)
        return isinstance(pages, list) and pages
    pages = wait_for(again, 'the list is there again')
    # The known pages were not forgotten.
    assert ids(pages) == IDS and changed(pages) == [False] * 3


def test_a_server_that_is_away(page, httpd, windows):
    windows.expect('ERR_CONNECTION_REFUSED')
    httpd.stop()
    error = page.run('return load(client.list());')
    assert error['isServerError']
    assert (error['status'], error['retryAfter']) == (0, None)
    httpd.start(httpd.port)
    assert ids(page.run('return load(client.list());')) == [sum(IDS, [])]


@pytest.mark.parametrize('body', ['<p>Log in', '{}', '[]', 'null', '"text"',
                                  '{"features": 7}'])
def test_an_answer_of_another_server(page, httpd, body):
    """For example the page of a login service in between."""
    os.makedirs(httpd.folder + '/htdocs/other/api', exist_ok=True)
    with open(httpd.folder + '/htdocs/other/api/cameras', 'w') as file:
        file.write(body)
    error = page.run('return load(new Client({server: "/other/"}).list());')
    assert isinstance(error, dict) and error['isServerError'], error
    assert error['status'] == 200


@pytest.mark.parametrize('next', ['cameras', '?', 'one'])
def test_a_list_without_end(page, httpd, next):
    """The next page of a page is itself or an earlier one."""
    folder = httpd.folder + '/htdocs/round/api'
    os.makedirs(folder, exist_ok=True)
    for name, after in (('cameras', next), ('one', 'cameras')):
        with open(f'{folder}/{name}', 'w') as file:
            json.dump({'features': [], 'links': [
                {'rel': 'next', 'href': after}]}, file)
    error = page.run('return load(new Client({server: "/round"}).list());')
    assert isinstance(error, dict) and error['isServerError'], error
    assert len(error['pages']) <= 3


def test_a_login_in_the_address_of_the_page(httpd, windows, page):
    """Browsers reject requests to an address that contains a login. The
    library once passed it on, which raised a TypeError."""
    window = windows.open(
        f'http://someone:secret@127.0.0.1:{httpd.port}/client.html')
    window.until('window.client')
    assert ids(window.run('return load(client.list());')) == [sum(IDS, [])]


def test_a_path_that_is_not_there(page, windows):
    windows.expect('status of 404')
    error = page.run('return load(new Client({server: "/no"}).list());')
    assert error['isServerError']
    assert (error['status'], error['detail']) == (404, '')


def test_given_up_half_way(page):
    page.run(IN_PAGES)
    error = page.run('''
        const control = new AbortController();
        try {
          for await (const page of list.load({signal: control.signal})) {
            window.got = page.features.length;
            control.abort();
          }
        } catch (error) {
          return error.name;
        }''')
    assert (error, page.run('return got;')) == ('AbortError', 5)
    assert ids(page.run(LOAD)) == IDS


def test_given_up_before_it_began(page, httpd):
    before = len(statuses(httpd))
    error = page.run('return load(client.list(),'
                     ' {signal: AbortSignal.abort()});')
    assert (error['name'], error['isServerError']) == ('AbortError', False)
    assert len(statuses(httpd)) == before


def test_one_camera(page, httpd, windows):
    camera = page.run('return client.camera(7);')
    assert (camera['id'], camera['properties']['name']) == (7, 'Camera 7')
    windows.expect('status of 404')
    assert page.run('return client.camera(26);') is None
    allow(httpd, 'public')
    assert page.run('return client.camera(7);') is None


def test_a_server_of_another_origin(page, httpd):
    page.run('window.list = new Client({server: arguments[0]})'
             '.list({first: 5, limit: 10});',
             f'http://localhost:{httpd.port}')
    assert ids(page.run(LOAD)) == IDS
    before = len(statuses(httpd))
    assert changed(page.run(LOAD)) == [False] * 3
    # Apache writes a line of its log after the answer.
    wait_for(lambda: statuses(httpd)[before:] == [304] * 3,
             'three answers 304')


def test_a_server_that_does_not_allow_this_origin(page, httpd, windows):
    windows.expect('blocked by CORS policy', 'ERR_FAILED')
    window = windows.open(f'http://localhost:{httpd.port}/client.html')
    window.until('window.client')
    error = window.run('return load(new Client({server: arguments[0]})'
                       '.list());', f'http://127.0.0.1:{httpd.port}')
    assert error['isServerError'] and error['status'] == 0
