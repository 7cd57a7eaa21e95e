"""Changes in the client library and on the map page, tested in a browser."""

import signal

import pytest

from api import ONE_CHILD
from changes import PATH, changes_config, ready
from client import CONFIG, MODULES, ClientPages, allow, asked
from env import SLOWNESS, wait_for
from map_page import MapFolder, MapPages, listed
from metrics import scrape
from views import set_cameras

LIST = '/api/cameras'
ROLES = 'CCTVRoles "%{file:{folder}/roles}"'
CAMERAS = ({'name': 'Tokyo', 'lng': 139.7, 'lat': 35.66},
           {'name': 'Suva', 'lng': 178.44, 'lat': -18.14, 'role': 'police'})


def set_back(httpd, cluster):
    set_cameras(cluster, *CAMERAS)
    allow(httpd, 'public,police')
    wait_for(lambda: [each['properties']['name'] for each in
                      httpd.get(LIST).json()['features']] == ['Tokyo', 'Suva'],
             'the cameras are there', 20 * SLOWNESS)


@pytest.fixture(scope='module')
def httpd(cluster, start_shared):
    return start_shared(changes_config(cluster, ROLES) + CONFIG,
                        modules=MODULES)


@pytest.fixture
def page(httpd, cluster, windows):
    allow(httpd, 'public,police')
    ready(httpd)
    set_back(httpd, cluster)
    return ClientPages(httpd, windows).open()


def comes(page, condition, seconds=10):
    page.until(f'window.news.some((news) => {condition})',
               seconds=seconds * SLOWNESS)


def follow(page, query='{}'):
    page.run(f'follow({query});')
    comes(page, 'news.reset')


def requests_for(httpd, path):
    return [each.status for each in asked(httpd, path, 'GET')]


def test_a_stream(page, httpd, cluster):
    before = len(requests_for(httpd, PATH))
    follow(page)
    cluster.query("UPDATE cameras SET status = 'offline' WHERE id = 1")
    comes(page, 'news.status.offline?.[0] === 1')
    cluster.query("UPDATE cameras SET name = 'Kyoto' WHERE id = 1")
    comes(page, 'news.changed[0]?.properties.name === "Kyoto"')
    cluster.query('DELETE FROM cameras WHERE id = 1')
    comes(page, 'news.gone[0] === 1')
    assert requests_for(httpd, PATH)[before:] == [200]
    assert scrape(httpd).sum('cctv_push_clients') == 1
    page.run('following.abort();')
    page.until('window.failed?.name === "AbortError"')
    wait_for(lambda: scrape(httpd).sum('cctv_push_clients') == 0,
             'the server knows that it has ended')


def test_a_box_and_a_role(page, cluster):
    follow(page, '{bbox: [130, 30, 140, 40], roles: ["public"]}')
    cluster.query("UPDATE cameras SET name = 'Not told' WHERE id = 2")
    cluster.query('UPDATE cameras SET geom = ST_SetSRID(ST_MakePoint(0, 0), '
                  '4326) WHERE id = 1')
    comes(page, 'news.gone[0] === 1')
    assert page.run('return news.length;') == 2


def test_it_returns_after_a_reload(page, httpd, cluster):
    follow(page)
    httpd.restart(signal.SIGUSR1)
    cluster.query("UPDATE cameras SET name = 'After' WHERE id = 1")
    comes(page, 'news.changed[0]?.properties.name === "After"', 20)
    assert page.run('return news.filter(({reset}) => reset).length;') == 1


HIDE = '''Object.defineProperty(document, 'hidden', {
            configurable: true, get: () => arguments[0]});
          document.dispatchEvent(new Event('visibilitychange'));'''


def test_a_hidden_page_asks_nothing(page, httpd, cluster):
    follow(page)
    page.run(HIDE, True)
    wait_for(lambda: scrape(httpd).sum('cctv_push_clients') == 0,
             'its stream has ended')
    before = len(requests_for(httpd, PATH))
    cluster.query("UPDATE cameras SET name = 'Meanwhile' WHERE id = 1")
    wait_for(lambda: b'Meanwhile' in httpd.get(LIST).body, 'the change')
    assert page.run('return news.length;') == 1
    assert len(requests_for(httpd, PATH)) == before
    page.run(HIDE, False)
    comes(page, 'news.changed[0]?.properties.name === "Meanwhile"')


def test_without_a_place_it_asks_again_and_again(cluster, start, windows):
    windows.expect('status of 503', 'status of 410')
    httpd = start(changes_config(cluster, ROLES) + CONFIG
                  + 'CCTVMaxPushClients off\n', modules=MODULES)
    allow(httpd, 'public,police')
    ready(httpd)
    set_back(httpd, cluster)
    page = ClientPages(httpd, windows).open()
    before = len(requests_for(httpd, PATH))
    follow(page)
    cluster.query("UPDATE cameras SET status = 'offline' WHERE id = 1")
    comes(page, 'news.status.offline?.[0] === 1')
    allow(httpd, 'public')
    page.until('news.filter(({reset}) => reset).length === 2',
               seconds=10 * SLOWNESS)
    wait_for(lambda: 204 in requests_for(httpd, PATH)[before:], 'no news')
    assert requests_for(httpd, PATH)[before:].count(503) == 1


def test_a_server_without_changes(httpd, page, windows):
    windows.expect('status of 404')
    page.run('follow({}, new Client({server: "/no"}));')
    page.until('window.failed')
    assert page.run('return failed;') == {
        'name': 'ServerError', 'isServerError': True, 'status': 404}


# Answers requests for changes in the place of the server: answer(after) has the
# status and the text, for JSON and for a stream.
ANSWER = '''window.afters = [];
            window.fetch = async (url, {headers: {Accept: type}}) => {
              const after = new URL(url).searchParams.get('after');
              afters.push(after);
              const [status, text] = answer(after, type);
              return new Response(text, {status, headers: {'Content-Type': type}});
            };
            follow({});'''


def test_cursors_that_are_never_known_are_no_storm(page):
    """Two servers behind one address, for example."""
    page.run('''window.answer = (after, type) => {
                  if (type === 'text/event-stream') return [503, ''];
                  return after ? [410, ''] : [200, '{"cursor": "a"}'];
                };''' + ANSWER)
    comes(page, 'news.reset')
    page.run('await new Promise((resolve) => setTimeout(resolve, 1500));')
    assert page.run('return afters;') == [None, None]
    page.until('news.length === 2', seconds=10 * SLOWNESS)


def test_behind_a_proxy_that_holds_events_back_it_asks(page):
    page.run('''const real = window.setTimeout;
                window.setTimeout = (run, time) => real(run, time / 20);
                window.states = [];
                window.asked = [];
                window.fetch = async (url, {headers: {Accept: type}, signal}) => {
                  const after = new URL(url).searchParams.get('after');
                  const isStream = type === 'text/event-stream';
                  asked.push([isStream, after]);
                  const never = new ReadableStream({start: (control) =>
                    signal.addEventListener('abort',
                      () => control.error(signal.reason))});
                  return new Response(isStream ? never
                    : `{"cursor": "b", "gone": [${after ? 7 : ''}]}`,
                    {status: 200, headers: {'Content-Type': type}});
                };
                follow({onState: (isTold) => states.push(isTold)});''')
    comes(page, 'news.gone[0] === 7')
    assert page.run('return asked.slice(0, 3);') == [
        [True, None], [False, None], [False, 'b']]
    assert page.run('return [states[0], states.at(-1)];') == [False, True]


def test_a_comment_has_a_newer_cursor(page):
    page.run('''window.answer = () => [200, `retry: 300
id: a
data: {"cursor": "a"}

:
id: b

`];''' + ANSWER)
    page.until('afters.length > 1', seconds=10 * SLOWNESS)
    assert page.run('return afters[1];') == 'b'


# --- the map page -----------------------------------------------------------

@pytest.fixture(scope='module')
def map_httpd(cluster, start_shared):
    folder = MapFolder()
    # Its configuration has the number of threads.
    httpd = start_shared(folder.config + changes_config(
        cluster, ROLES, around='') + '<Location /api/clusters>\n'
        f'SetHandler cctv-clusters\n{ROLES}\n</Location>\n', modules=('alias', 'dir', 'headers',
                                             'mime'))
    yield httpd
    folder.remove()


@pytest.fixture
def window(map_httpd, cluster, windows):
    allow(map_httpd, 'public,police')
    ready(map_httpd)
    set_back(map_httpd, cluster)
    return MapPages(map_httpd, windows).open('?at=20,0,1', still=True)


def marker(camera):
    return f'.cctv-marker[data-id="{camera}"]'


def test_the_page_shows_changes_without_asking(window, map_httpd, cluster):
    wait_for(lambda: scrape(map_httpd).sum('cctv_push_clients') == 1,
             'the page follows')
    wait_for(lambda: listed(window) == ['Suva', 'Tokyo'], 'the list')
    before = len(requests_for(map_httpd, LIST))
    cluster.query("UPDATE cameras SET status = 'offline' WHERE id = 1")
    window.until('document.querySelector(arguments[0]).dataset.status'
                 ' === "offline"', marker(1), seconds=5 * SLOWNESS)
    cluster.query("UPDATE cameras SET name = 'Nadi' WHERE id = 2")
    wait_for(lambda: listed(window) == ['Nadi', 'Tokyo'], 'the new name')
    cluster.query('DELETE FROM cameras WHERE id = 1')
    wait_for(lambda: listed(window) == ['Nadi'], 'it is gone')
    assert not window.all(marker(1))
    cluster.query('INSERT INTO cameras (id, name, role, stream_url, geom) '
                  "VALUES (7, 'Cairo', 'public', 'rtsp://a/b', "
                  "'SRID=4326;POINT(31 30)')")
    wait_for(lambda: listed(window) == ['Cairo', 'Nadi'], 'a new one')
    assert len(requests_for(map_httpd, LIST)) == before


def test_a_list_that_is_older_than_the_changes_is_loaded_again(window):
    """A list was under way when the server began to tell changes."""
    window.run('''const {Cameras} = await import('./cameras.js');
      window.loads = 0;
      const gate = new Promise((resolve) => { window.open_gate = resolve; });
      const start = new Promise((resolve) => { window.begin = resolve; });
      const list = () => ({async *load() {
        const number = ++loads;
        if (number === 2) await gate;
        const status = number > 2 ? 'offline' : 'online';
        yield {more: false, features: [{type: 'Feature', id: 1,
          geometry: {type: 'Point', coordinates: [1, 1]},
          properties: {name: 'One', role: 'a', status}}]};
      }});
      const changes = async function* () {
        await start;
        yield {reset: true};
        await new Promise(() => {});
      };
      const clusters = async () => { throw {status: 404}; };
      window.own = new Cameras({list, changes, clusters, hasChanges: true});
      own.show({west: -2, south: 0.5, east: 2, north: 2}, 7);''')
    status = 'own.byId.get(1)?.properties.status'
    window.until(f'{status} === "online"')
    window.run('own.show({west: -9, south: 0.5, east: 9, north: 2}, 5);')
    assert window.run('return loads;') == 2
    window.run('begin();')
    window.until(f'{status} === "offline"')
    window.run('open_gate(); await new Promise(setTimeout);')
    assert window.run(f'return {status};') == 'offline'


def test_only_what_the_filter_of_the_page_allows(window, cluster):
    window.run('cctv.cameras.setFilter({status: "online"});')
    wait_for(lambda: listed(window) == ['Suva', 'Tokyo'], 'the list')
    cluster.query("UPDATE cameras SET status = 'offline' WHERE id = 1")
    wait_for(lambda: listed(window) == ['Suva'], 'it is left out')
    cluster.query("UPDATE cameras SET status = 'online' WHERE id = 1")
    wait_for(lambda: listed(window) == ['Suva', 'Tokyo'], 'it is back')
