"""The client library in a test page, and servers for it."""

import collections
import contextlib
import dataclasses
import os
import shutil
import time

from api import location
from env import REPO, Httpd, wait_for
from lab import PAGE_CONFIG, PAGE_MODULES, Janus, add_pages
from metrics import scrape
from video import janus_config

# This log has every answered request of a page.
ACCESS_LOG = ('LogFormat "%{usec}t %m %U %q %>s %{Retry-After}o" asked\n'
              'CustomLog access.log asked\n')
# Chromium opens connections in advance, and a stopping Apache would wait for
# requests on them.
CONFIG = PAGE_CONFIG + ACCESS_LOG + 'Timeout 2\n'
MODULES = PAGE_MODULES
Asked = collections.namedtuple('Asked', 'at method path query status after')


def asked(httpd, path, method='POST'):
    """The requests for a path so far: `at` in seconds, `after` as text."""
    found = []
    with open(httpd.folder + '/access.log') as log:
        for line in log:
            at, *said = line.rstrip('\n').split(' ', 5)
            each = Asked(int(at) / 1e6, *said)
            if (each.method, each.path) == (method, path):
                found.append(each._replace(status=int(each.status)))
    return found


@dataclasses.dataclass
class Site:
    """An Apache with its Janus and its cameras."""
    httpd: Httpd
    janus: Janus
    cameras: object

    def watched_by(self):
        return scrape(self.httpd).sum('webrtc_viewers_gauge') or 0


@contextlib.contextmanager
def real_site(cluster, start, config, cameras, modules, **janus):
    """A Site with a real Janus (with these options); see allow()."""
    with contextlib.ExitStack() as stack:
        janus = Janus(**janus)
        stack.callback(janus.remove)
        httpd = start(config + janus_config(
            cluster, janus, 'CCTVSessionTimeout 6s',
            'CCTVRoles "%{file:{folder}/roles}"') + location(),
            modules=modules)
        # Apache has to stop before its Janus.
        stack.callback(httpd.stop)
        yield Site(httpd, janus, cameras)


class ClientPages:
    """Pages of an Apache that is configured with CONFIG."""

    def __init__(self, httpd, windows):
        self.httpd = httpd
        self.windows = windows
        add_pages(httpd)
        shutil.copy(REPO + '/htdocs/cctv-client.js', httpd.folder + '/htdocs')

    def open(self, host='127.0.0.1'):
        address = f'http://{host}:{self.httpd.port}/client.html'
        page = self.windows.open(address)
        page.until('window.client')
        return page

    def watch(self, camera=1, host='127.0.0.1'):
        page = self.open(host)
        page.run('watch(arguments[0]);', camera)
        return page


def comes_to(page, state, reason=None, seconds=6):
    """The state and the reason of the page's view."""
    def is_there():
        return page.run('return [view.state, view.reason];') == [state, reason]
    try:
        wait_for(is_there, f'{state} {reason}', seconds)
    except AssertionError as error:
        past = page.run('return view.past;')
        raise AssertionError(f'{error}: {past}') from None


def past(page):
    """All states that the page's view has had."""
    return [state for state, _ in page.run('return view.past;')]


def ended(httpd, reason='ended'):
    """How many views have ended for this reason so far."""
    return scrape(httpd).sum('cctv_sessions_ended_total', reason=reason) or 0


def later(page, seconds):
    """Waits long enough for something to happen that must not happen."""
    page.run('await new Promise((done) => setTimeout(done, arguments[0]));',
             1000 * seconds)


def sent(page, path, seconds, least):
    """How many requests for a path the page has sent within this time after
    its first /view-start. Waits until the time is over, and for at least this
    many requests however busy the machine is."""
    def times(path):
        return page.run(
            'return performance.getEntriesByType("resource")'
            '.filter(({name}) => name.endsWith(arguments[0]))'
            '.map(({startTime}) => startTime);', path)

    def is_over():
        found = times(path)
        now = page.run('return performance.now();')
        return now > first + 1000 * seconds and len(found) >= least and found
    first = wait_for(lambda: times('/view-start'), 'a start is answered')[0]
    found = wait_for(is_over, f'{least} requests for {path}', seconds + 30)
    return sum(at < first + 1000 * seconds for at in found)


def grown(window):
    """{name: number} of what the page keeps after a garbage collection."""
    window.order('Performance.enable')
    for _ in range(2):
        window.order('HeapProfiler.collectGarbage')
        time.sleep(.1)
    found = window.order('Performance.getMetrics')['metrics']
    return {each['name']: each['value'] for each in found}


def allow(httpd, roles):
    """Allows cameras of these roles; CCTVRoles reads the file `roles`."""
    write(httpd, 'roles', roles)


def write(httpd, name, text):
    """Writes a file in an Apache's folder, atomically."""
    path = f'{httpd.folder}/{name}'
    with open(path + '.new', 'w') as file:
        file.write(text)
    os.rename(path + '.new', path)
