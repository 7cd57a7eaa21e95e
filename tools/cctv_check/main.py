"""Runs the checks."""

import argparse
import os
import re
import sys

from . import account, database, files, janus, turn
from .apache import Apache, NoApache
from .report import Report

DESCRIPTION = """Checks an installation of mod_cctv: Apache's configuration, the
database with its rights, Janus, TURN servers, and files. It prints what is
wrong, and after "->" the line that mends it. Exit status: 0 nothing is wrong,
1 something is."""


def options_of(arguments):
    parser = argparse.ArgumentParser(prog='cctv-check', description=DESCRIPTION)
    parser.add_argument('-q', '--quiet', action='store_true',
                        help='print only what is wrong')
    parser.add_argument('-f', metavar='FILE',
                        help="Apache's configuration file")
    parser.add_argument('-d', metavar='FOLDER', help="Apache's ServerRoot")
    parser.add_argument('-D', metavar='NAME', action='append', default=[],
                        help='a name that the configuration asks for')
    options = parser.parse_args(arguments)
    options.apache = [word for name in 'df' if getattr(options, name)
                      for word in ('-' + name, getattr(options, name))]
    for name in options.D:
        options.apache += ['-D', name]
    return options


def check_configuration(report, apache):
    """Print what `apachectl configtest` says of this module, or what keeps it
    from reading the configuration."""
    ours = re.findall(r'\[(?:cctv|cctv:)?:?(\w+)\] .*?(CCTV\d{4}): (.*)',
                      apache.said)
    for level, number, text in ours:
        if level in ('notice', 'info'):
            report.note(f'{text} ({number})')
        else:
            report.wrong(f'{text} ({number})')
    if not apache.is_right and not ours:
        report.wrong('Apache refuses its configuration: '
                     + ' '.join(apache.said.split()), 'apachectl configtest')
    if apache.is_right and not ours:
        report.fine("Apache's configuration")


def check(report, apache):
    check_configuration(report, apache)
    if not apache.main.directives:
        return
    if not apache.is_in_use():
        report.wrong('mod_cctv is not in use: no line of the configuration '
                     'names it', 'a2enmod cctv')
        return
    me = apache.user()
    catalogue = apache.first('CCTVCatalogue')
    if catalogue and catalogue.lower() == 'off':
        catalogue = None
    state = apache.first('CCTVStateFile')
    if state and state.lower() == 'off':
        state = None
    files.check(report, apache)
    report.add(account.findings_of(
        me, files.check_as_user, me, state, catalogue,
        apache.first('CCTVGeoIPDatabase')))
    children, threads = apache.children()
    for server in apache.pools():
        report.add(account.findings_of(
            me, database.check, server.value('DBDParams') or '', {
                'me': me, 'video': bool(janus.servers(apache)),
                'catalogue': bool(catalogue), 'children': children,
                'threads': threads,
                'most': int(server.value('DBDMax') or 10)}))
    janus.check(report, apache)
    turn.check(report, apache)


def main():
    options = options_of(sys.argv[1:])
    report = Report(options.quiet)
    if os.geteuid() != 0:
        report.note('not as root: some files may not be readable, and what '
                    "Apache's user may do is not known", 'sudo cctv-check')
    try:
        check(report, Apache(options.apache))
    except NoApache as error:
        report.wrong(*error.args)
    if report.faults:
        print(f'{report.faults} to mend.')
    elif not options.quiet:
        print('Nothing is wrong.')
    return 1 if report.faults else 0
