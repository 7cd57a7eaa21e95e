"""Janus, and where it sends its events."""

import ipaddress
import json
import os
import re
import socket
import sys
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import janus_check

EVENTS = '/etc/janus/janus.eventhandler.sampleevh.jcfg'
TOOL = 'cctv-janus-conf'


class Options:
    """As those of janus_check, for one Janus. `name` is '' with CCTVJanusURL,
    and `admin_line` is how to say where its admin API is."""

    def __init__(self, apache, line=()):
        words = dict(word.partition('=')[::2] for word in line[1:])
        self.name = line[0] if line else ''
        self.api = words.get('url') or apache.first('CCTVJanusURL')
        self.admin = words.get('admin') if line else apache.first(
            'CCTVJanusAdminURL')
        self.secret_file = words.get('secret') or apache.first(
            'CCTVJanusSecretFile')
        self.admin_line = ('admin=http://10.0.0.5:7088/admin in its CCTVJanus'
                           if line else 'Define CCTV_JANUS_ADMIN '
                           'http://127.0.0.1:7088/admin')
        self.nat = ''
        self.wait = 0


def servers(apache):
    """The Options of each Janus of the configuration."""
    lines = [arguments for server in apache.servers
             for arguments in server.all('CCTVJanus')]
    return [Options(apache, line) for line in lines if line] or (
        [Options(apache)] if apache.first('CCTVJanusURL') else [])


def check(report, apache):
    found = servers(apache)
    if not found:
        report.note('no video: CCTVJanusURL is not set', 'three Defines at the '
                    'top of cctv.conf (install.md, "Video: Janus")')
    for options in found:
        check_server(report, apache, options)


def check_server(report, apache, options):
    title = f'Janus {options.name}'.rstrip()
    if not options.secret_file:
        return  # Apache has said so
    if not options.admin:
        what = f'CCTVJanus {options.name} has no admin=' if options.name else (
            'CCTVJanusAdminURL is not set')
        report.note(f'{what}: no WHEP, and Janus tells less',
                    options.admin_line)
        options.admin = None
    try:
        found = janus_check.check(options)
        version = version_of(options.api)
    except (janus_check.Fault, OSError, UnicodeError) as fault:
        report.wrong(f'{options.name}: {fault}' if options.name
                     else str(fault), TOOL)
        return
    report.fine(f'{title} {version}: secret, admin_key'
                + (', admin API' if options.admin else '')
                + '; viewers receive from ' + ', '.join(found))
    check_version(report, version)
    check_addresses(report, found, apache)
    if is_of_this_machine(options.api):
        check_open(report, options.api, found)
        check_events(report)


def is_of_this_machine(url):
    """Whether a URL names the machine itself. The files of another one, and
    who can reach it, are not known here."""
    host = urllib.parse.urlsplit(url).hostname or ''
    address = address_of(host)
    return host == 'localhost' or bool(address and address.is_loopback)


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
