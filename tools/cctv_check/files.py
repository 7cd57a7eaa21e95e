"""Files that Apache's user reads or writes."""

import os
import stat
import time

MARK = b'\xab\xcd\xefMaxMind.com'
OLD_DAYS = 180


def check(report, apache):
    state = apache.first('CCTVStateFile')
    if not state or state.lower() == 'off':
        report.note('CCTVStateFile is off: views and counters end with a '
                    'restart', 'CCTVStateFile /var/lib/cctv/state')


def check_as_user(findings, me, state, catalogue, countries):
    """As Apache's user."""
    for path, what in ((state and os.path.dirname(state), 'the state file'),
                       (catalogue, 'the catalogue')):
        if path:
            check_folder(findings, me, path, what)
    if countries:
        check_countries(findings, me, countries)


def check_folder(findings, me, path, what):
    # Apache makes a folder in one that it may write to.
    there = path if os.path.isdir(path) else os.path.dirname(path)
    if not os.access(there, os.W_OK | os.X_OK):
        findings.wrong(f'{me} may not write to {there}, the folder of {what}',
                       f'install -d -m 700 -o {me} -g {me} {path}')
    elif os.stat(there).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        findings.wrong(f'others than {me} may use {there}, the folder of '
                       f'{what}', f'chmod 700 {there}')
    else:
        findings.fine(f'{me} alone may use {there}, for {what}')


def check_countries(findings, me, path):
    try:
        with open(path, 'rb') as file:
            file.seek(-min(os.path.getsize(path), 128 * 1024), os.SEEK_END)
            metadata = file.read().rpartition(MARK)[2]
    except OSError as error:
        findings.wrong(f'{me} cannot read {path}: {error.strerror}',
                       f'chmod a+r {path}, and its folders a+x')
        return
    made = build_time(metadata)
    if made is None:
        findings.wrong(f'{path} is no MaxMind DB file',
                       'CCTVGeoIPDatabase /var/lib/GeoIP/'
                       'GeoLite2-Country.mmdb')
        return
    days = int((time.time() - made) / 86400)
    if days > OLD_DAYS:
        findings.note(f'the countries in {path} are {days} days old',
                      'geoipupdate, and reload Apache')
    else:
        findings.fine(f'countries: {path}, {days} days old')


def build_time(metadata):
    """build_epoch of the metadata section: a uint64, whose size is in the low
    bits of its first byte. None: it is not there."""
    place = metadata.find(b'build_epoch')
    if place < 0:
        return None
    place += len(b'build_epoch')
    control = metadata[place:place + 2]
    if len(control) < 2:
        return None
    # An extended type: its number is in the second byte.
    start = place + (2 if control[0] >> 5 == 0 else 1)
    return int.from_bytes(metadata[start:start + (control[0] & 31)], 'big')
