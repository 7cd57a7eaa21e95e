"""Views and counters that must survive a restart, and the state file."""

import contextlib
import ctypes
import os
import re
import struct

from api import ONE_CHILD, dbd
from env import SLOWNESS, wait_for
from metrics import scrape
from views import ENDPOINTS, Viewer

ROOT = os.getuid() == 0
CAMERAS = 6
STATE = ('CCTVStateFile state/views\nCCTVStateInterval 1s\n'
         'CCTVSessionTimeout 10min\n')
# Metrics that a scrape itself does not change.
COUNTERS = ('webrtc_view_start_total', 'webrtc_view_seconds_total',
            'cctv_sessions_ended_total', 'cctv_sessions_refused_total',
            'cctv_series_folded_total', 'cctv_start_time_seconds')
BAD = 'CCTV00(31|32|35)'
# The header of a state file; see mod_cctv/memory/state_file.h.
HEAD_SIZE = 104
SECTION = struct.Struct('=16sII')
SERIES_DAY = 14
VERSION_AT = 8


def state_file(httpd):
    return httpd.folder + '/state/views'


def watch(httpd):
    """Starts views of each camera; some get heartbeats, some end. Returns the
    views that remain."""
    viewer = Viewer(httpd)
    for camera in range(1, CAMERAS + 1):
        for _ in range(camera):
            viewer.start(camera)
    for session in viewer.sessions[::2]:
        assert viewer.beat(session) == 200
    for session in viewer.sessions[::3]:
        viewer.end(session)
    return [session for i, session in enumerate(viewer.sessions) if i % 3]


def counted(httpd):
    """Everything that must be unchanged after a clean restart."""
    metrics = scrape(httpd)
    return {name: metrics.series(name) for name in COUNTERS}


def live(httpd):
    return scrape(httpd).series('webrtc_viewers_gauge')


def beats(httpd, sessions):
    viewer = Viewer(httpd)
    return [viewer.beat(session) for session in sessions]


def assert_all_zero(httpd):
    """Checks that all counters are zero."""
    metrics = scrape(httpd)
    for name in COUNTERS[:-1]:
        assert not metrics.sum(name), name


def lines(httpd):
    """The warnings and errors in the log about the state file."""
    return [line for line in httpd.text().splitlines()
            if re.search(BAD, line)]


def wait_until_saved(httpd):
    """Waits for a state file whose writing began after this call."""
    path = state_file(httpd)

    def written():
        with contextlib.suppress(FileNotFoundError):
            return os.stat(path).st_mtime_ns
    for _ in range(2):
        before = written()
        wait_for(lambda: written() not in (None, before), 'a state is written',
                 10 * SLOWNESS)


def launch(start, database, config='', state=STATE, sizes=ONE_CHILD,
           **options):
    """An Apache with a state file."""
    return start(sizes + dbd(database) + state + config + ENDPOINTS, **options)


def checksum(data):
    library = ctypes.CDLL('libxxhash.so.0')
    library.XXH3_64bits.restype = ctypes.c_uint64
    library.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    return library.XXH3_64bits(bytes(data), len(data))


def edit(path, change):
    """Changes a state file, and corrects its checksum."""
    with open(path, 'rb') as file:
        data = bytearray(file.read())
    change(data)
    data[-8:] = struct.pack('=Q', checksum(data[:-8]))
    with open(path, 'r+b') as file:
        file.write(data)


def records(data, region):
    """The offset of the first record of a region in a state file."""
    at = HEAD_SIZE
    while at < len(data) - 8:
        name, size, count = SECTION.unpack_from(data, at)
        at += SECTION.size
        if name.rstrip(b'\0').decode() == region:
            yield from range(at, at + size * count, size)
        at += size * count


def make_old(camera):
    """Sets the last use of the series of this camera to the first day."""
    def change(data):
        for at in records(data, 'series'):
            if struct.unpack_from('=i', data, at + 8) == (camera,):
                struct.pack_into('=H', data, at + SERIES_DAY, 1)
    return change
