"""Janus, and where it sends its events."""

import ipaddress
import json
import os
import re
import socket
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import janus_check

EVENTS = '/etc/janus/janus.eventhandler.sampleevh.jcfg'
TOOL = 'cctv-janus-conf'


class Options:
    """As those of janus_check."""

    def __init__(self, apache):
        self.api = apache.first('CCTVJanusURL')
        self.admin = apache.first('CCTVJanusAdminURL')
        self.secret_file = apache.first('CCTVJanusSecretFile')
        self.nat = ''
        self.wait = 0


def check(report, apache):
    options = Options(apache)
    if not options.api:
        report.note('no video: CCTVJanusURL is not set', 'three Defines at the '
                    'top of cctv.conf (install.md, "Video: Janus")')
        return
    if not options.secret_file:
        return  # Apache has said so
    if not options.admin:
        report.note('CCTVJanusAdminURL is not set: no WHEP, and Janus tells '
                    'less', 'Define CCTV_JANUS_ADMIN '
                    'http://127.0.0.1:7088/admin')
        options.admin = None
    try:
        found = janus_check.check(options)
        version = version_of(options.api)
    except (janus_check.Fault, OSError, UnicodeError) as fault:
        report.wrong(str(fault), TOOL)
        return
    report.fine(f'Janus {version}: secret, admin_key'
                + (', admin API' if options.admin else '')
                + '; viewers receive from ' + ', '.join(found))
    check_version(report, version)
    check_addresses(report, found, apache)
    check_open(report, options.api, found)
    check_events(report)


def version_of(url):
    with janus_check.OPENER.open(url + '/info', timeout=5) as reply:
        return str(json.load(reply).get('version_string', '?'))


def check_version(report, version):
    if not re.match('[1-9]', version):
        report.wrong(f'Janus {version} is too old: mod_cctv needs 1.0 or later',
                     'apt install janus')


def address_of(text):
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def check_addresses(report, found, apache):
    addresses = [address_of(text) for text in found]
    if not any(a is None or a.is_global for a in addresses) and not (
            apache.every('CCTVTurnServer')):
        report.note('Janus offers private addresses only: viewers outside of '
                    'this network get no picture',
                    f'{TOOL} NAT=<the public address>, or CCTVTurnServer')


def check_open(report, url, found):
    """Whether Janus's API listens on an address that others can reach."""
    port = re.search(r':(\d+)', url)
    for text in found if port else ():
        if address_of(text) is None:
            continue
        try:
            socket.create_connection((text, int(port[1])), 1).close()
        except OSError:
            continue
        report.wrong(f'Janus\'s API can be reached at {text}, not only by this '
                     'machine', f'{TOOL}, which sets ip = "127.0.0.1" in '
                     'janus.transport.http.jcfg')
        return


def check_events(report):
    """Whether a site answers where Janus sends its events."""
    try:
        with open(EVENTS, encoding='utf-8') as file:
            text = file.read()
    except OSError:
        return
    url = re.search(r'^\s*backend\s*=\s*"([^"]*)"', text, re.M)
    if re.search(r'^\s*enabled\s*=\s*false', text, re.M):
        report.note(f'events are off in {EVENTS}: a closed page counts for up '
                    'to 5 s longer', TOOL)
        return
    if not url:
        return
    try:
        with janus_check.OPENER.open(url[1], timeout=5) as reply:
            status = reply.status
    except urllib.error.HTTPError as error:
        status = error.code
    except (OSError, ValueError):
        report.note(f'nothing answers at {url[1]}, where Janus sends its '
                    'events', 'systemctl restart apache2')
        return
    # The handler takes POST only.
    if status == 405:
        report.fine(f'Janus sends its events to {url[1]}')
    else:
        report.wrong(f'Janus sends its events to {url[1]}, where no '
                     f'cctv-janus-events answers ({status})',
                     f'{TOOL} EVENTS=<the address of a site that includes '
                     'cctv-site.conf>/janus-events (install.md, "A virtual '
                     'host for the events of Janus")')
