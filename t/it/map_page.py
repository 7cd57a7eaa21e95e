"""The map page, as cctv-map.conf serves it."""

import json
import os
import shutil

from client import ACCESS_LOG
from env import REPO, make_folder, wait_for

HTDOCS = REPO + '/htdocs'
MODULES = ('alias', 'dir', 'headers', 'mime')
# Chromium opens connections in advance, and a stopping Apache would wait for
# requests on them.
AROUND = ('TypesConfig /dev/null\nTimeout 2\n'
          'StartServers 1\nServerLimit 2\nThreadsPerChild 25\n'
          'MaxRequestWorkers 25\nMinSpareThreads 1\nMaxSpareThreads 25\n')
# The texts of tiles, by state and reason.
WORDS = {
    ('connecting', None): 'Connecting…',
    ('connecting', 'video-down'):
        'The video server does not answer. Trying again…',
    ('connecting', 'server'):
        'The server cannot answer at the moment. Trying again…',
    ('connecting', 'unreachable'):
        'The server cannot be reached. Trying again…',
    ('connecting', 'no-picture'): 'No picture gets through. Trying again…',
    ('live', None): 'Live',
    ('live', 'behind'): 'Catching up…',
    ('live', 'frozen'): 'The picture has stopped.',
    ('stalled', None): 'The picture has stopped: the camera sends nothing.',
    ('stalled', 'no-picture'):
        'Waiting for the next whole picture of the camera…',
    ('stalled', 'server'):
        'The server cannot answer at the moment. Trying again…',
    ('stalled', 'unreachable'):
        'The server cannot be reached. Trying again…',
    ('offline', None): 'The camera is offline. It will play when it is back.',
    ('busy', None): 'Too many viewers. Waiting for a place…',
    ('connecting', 'draining'):
        'The server takes no new viewers at the moment. Trying again…',
    ('denied', 'kicked'): 'An operator has ended this view.',
    ('denied', 'not-found'):
        'There is no such camera, or you may not see it.',
    ('denied', 'login'): 'Log in again to watch.',
    ('denied', 'forbidden'): 'You may not watch this camera.',
    ('denied', 'origin'):
        'The server takes this page for one of another site. Its administrator'
        ' can mend that: the reverse proxy has to pass on Host, or '
        'CCTVAllowOrigin has to name this address.',
    ('ended', 'not-playable'):
        'A browser cannot play the video of this camera.',
    ('ended', 'codec'):
        'This browser does not play the video of this camera. Another one may.',
}
# The texts of tiles that are connecting or offline, by the name of the failure.
FAILURES = {
    'unreachable':
        'The camera cannot be reached. It will play when it is back.',
    'refused':
        'The camera refuses the connection. It will play when it is back.',
    'login_refused': 'The camera refuses the login of the server.',
    'no_such_path':
        'The camera has no video at the address that the server knows.',
    'wants_other_transport': 'The camera does not send its video in a way that '
                             'the video server can receive.',
    'no_video': 'The camera says that it has no video.',
    'other_codec': 'The camera sends another codec than the server expects.',
    'stopped_sending': 'The camera sends nothing. It will play when it is back.',
    'b_frames': 'The picture does not move well: the camera sends B-frames.',
    'no_parameter_sets': 'The video of the camera lacks its parameter sets, so '
                         'it cannot be shown.',
    'rare_keyframes': 'Waiting for a keyframe, which the camera rarely sends…',
    'no_candidates': 'The video server finds no network address to send from. '
                     'Trying again…',
}


class MapFolder:
    """A copy of the page, which the server's user can reach, and a config.json
    for it; `config` is what Apache needs to serve it."""

    def __init__(self):
        self.folder = make_folder()
        shutil.copytree(HTDOCS, self.folder + '/page')
        os.mkdir(self.folder + '/own')
        self.configure({})
        self.config = (
            AROUND + ACCESS_LOG + f'Define CCTV_MAP "{self.folder}/page"\n'
            f'Define CCTV_MAP_CONFIG "{self.folder}/own"\n'
            f'Include "{REPO}/conf/cctv-map.conf"\n')

    def configure(self, config):
        """Writes config.json; a text is written unchanged."""
        with open(self.folder + '/own/config.json', 'w') as file:
            file.write(config if isinstance(config, str)
                       else json.dumps(config))

    def remove(self):
        shutil.rmtree(self.folder)


class MapPages:
    """Windows with the page of an Apache."""

    def __init__(self, httpd, windows, host='127.0.0.1'):
        self.httpd = httpd
        self.windows = windows
        self.origin = f'http://{host}:{httpd.port}'

    def open(self, hash='', **looks):
        """Waits until the page has requested its cameras."""
        window = self.windows.open(f'{self.origin}/map/{hash}', **looks)
        window.until('window.cctv && document.getElementById("list-note")'
                     '.textContent.match(/^(?!Loading)./)')
        return window


def state_of(window, camera):
    return tuple(window.run(
        'const tile = document.querySelector(`.tile[data-id="${arguments[0]}'
        '"]`); return [tile?.dataset.state, tile?.dataset.reason];', camera))


def comes_to(window, camera, state, reason=None, seconds=6):
    """Waits until the tile shows the text for this state and reason."""
    def now():
        # All at once: on a busy machine the next state may come at any time.
        return window.run(
            'const tile = document.querySelector(`.tile[data-id="${arguments[0]'
            '}"]`); const {state, reason, failure} = tile?.dataset ?? {};'
            'return [state, reason, failure, tile?.querySelector(".state")'
            '.textContent];', camera)

    def is_there():
        found = now()
        return found[:2] == [state, reason] and found
    _, _, failure, said = wait_for(
        is_there, f'camera {camera}: {state} {reason}', seconds)
    text = state in ('offline', 'connecting') and FAILURES.get(failure)
    # Compares the text itself; the page displays it in capitals, as LIVE.
    assert said == (text or WORDS[state, reason])
    word = window.find(f'.tile[data-id="{camera}"] .state')
    assert word.get_attribute('role') == 'status'


def frames(window, camera):
    """How many frames the tile has shown."""
    return window.run(
        'return document.querySelector(`.tile[data-id="${arguments[0]}"] '
        'video`).getVideoPlaybackQuality().totalVideoFrames;', camera)


def plays(window, camera, seconds=10):
    """Waits until the tile shows that it is live, and its picture moves."""
    comes_to(window, camera, 'live', seconds=seconds)
    before = frames(window, camera)
    wait_for(lambda: frames(window, camera) > before,
             f'the picture of camera {camera} moves', 3)


def playing(window):
    """The cameras of its tiles, in their order."""
    return window.run('return cctv.wall.ids;')


def listed(window):
    """The names in the list, when it no longer changes."""
    return window.run(
        'return [...document.querySelectorAll("#cameras .name")]'
        '.map((name) => name.textContent);')


def shown_on_map(window):
    """How many cameras the visible markers and clusters represent."""
    return window.run('''
        const map = document.getElementById('map').getBoundingClientRect();
        const isSeen = (element) => {
          const {left, right, top, bottom} = element.getBoundingClientRect();
          return right > map.left && left < map.right
            && bottom > map.top && top < map.bottom;
        };
        const seen = [...document.querySelectorAll(
          '.cctv-marker, .cctv-cluster')].filter(isSeen);
        return seen.reduce((sum, element) => sum
          + Number(element.querySelector('text')?.textContent ?? 1), 0);''')
