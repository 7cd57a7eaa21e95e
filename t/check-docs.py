#!/usr/bin/python3
"""Checks that the documents agree with the module.

    check-docs.py MODULE TELL

MODULE is mod_cctv.so; TELL is the module of t/guards/mod_tell.c. The built
module is asked: by `apache2 -t` for its directives and handlers, and by an
Apache that runs for a moment for its metrics. Labels of metrics without
samples in that Apache are taken from t/data/metrics.txt, with which the unit
tests compare the exposition. The documents are README.md and docs/*.md
together, and conf/.
"""

import glob
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODULES = '/usr/lib/apache2/modules'
REFERENCE = 'conf/cctv-reference.conf'
OPENAPI = 'conf/openapi.json'
# A redirect, files, and a service that describes itself.
UNDESCRIBED = {'cctv-add-slash', 'cctv-file', 'cctv-ogc'}
LOADED = ('mpm_event', 'authz_core', 'authz_host', 'dbd')

problems = []


def problem(text):
    problems.append(text)


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as file:
        return file.read()


def documents():
    """README.md and the pages of docs/: {path: text}."""
    pages = sorted(glob.glob(os.path.join(ROOT, 'docs', '*.md')))
    paths = ['README.md'] + [os.path.relpath(page, ROOT) for page in pages]
    return {path: read(path) for path in paths}


def compare(what, known, said, where):
    for name in sorted(known - said):
        problem(f'{where}: {what} {name} is missing')
    for name in sorted(said - known):
        problem(f'{where}: there is no {what} {name}')


# ---- The built module ----

def scrape(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()


class Module:
    def __init__(self, module, tell, folder):
        self.folder = folder
        self.modules = [f'LoadModule {name}_module {MODULES}/mod_{name}.so'
                        for name in LOADED]
        self.modules += [f'LoadModule cctv_module {os.path.abspath(module)}',
                         f'LoadModule tell_module {os.path.abspath(tell)}']

    def command(self, config, argument, port=1):
        """The arguments of Popen that start Apache."""
        path = f'{self.folder}/httpd.conf'
        lines = [f'ServerRoot {self.folder}', 'ServerName localhost',
                 f'Listen 127.0.0.1:{port}', 'ErrorLog /dev/stderr',
                 f'DefaultRuntimeDir {self.folder}', 'PidFile httpd.pid',
                 *self.modules, config]
        if os.getuid() == 0:
            lines += ['User www-data', 'Group www-data']
        with open(path, 'w', encoding='utf-8') as file:
            file.write('\n'.join(lines) + '\n')
        return {'args': ['/usr/sbin/apache2', '-f', path, *argument.split()],
                'stdout': subprocess.PIPE, 'stderr': subprocess.STDOUT,
                'encoding': 'utf-8'}

    def configtest(self, config):
        """(whether it is accepted, the output of Apache)"""
        done = subprocess.run(check=False, **self.command(config, '-t'))
        return done.returncode == 0, done.stdout

    def metrics(self):
        """The second scrape of an Apache that runs for a moment."""
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        url = f'http://127.0.0.1:{port}/metrics'
        command = self.command('<Location "/metrics">\nSetHandler '
                               'cctv-metrics\n</Location>',
                               '-D FOREGROUND', port)
        with subprocess.Popen(**command) as process:
            try:
                until = time.monotonic() + 30
                while True:
                    try:
                        scrape(url)
                        return scrape(url)
                    except urllib.error.URLError:
                        if time.monotonic() > until:
                            raise
                        time.sleep(0.05)
            finally:
                process.terminate()

    def directives(self):
        """{name: help text}"""
        _, text = self.configtest('')
        found = dict(re.findall(r'^directive\t(\w+)\t(.*)$', text, re.M))
        if not found:
            sys.exit(f'check-docs: no directives:\n{text}')
        return found

    def handlers(self):
        """The names that the module lists when it does not know one."""
        _, text = self.configtest('<Location "/x">\n'
                                  'SetHandler cctv-no-such-handler\n'
                                  '</Location>')
        listed = re.search(r'CCTV0004.* it has(.*)', text)
        if not listed:
            sys.exit(f'check-docs: no handlers:\n{text}')
        return set(re.findall(r'cctv-[a-z-]+', listed[1]))


# ---- Directives ----

def reference_sections():
    """{directive: the comment and lines that describe it}"""
    sections = {}
    for section in re.split(r'^# -{70,}$', read(REFERENCE), flags=re.M):
        name = re.search(r'^# Syntax: +(\w+)', section, re.M)
        if name:
            sections[name[1]] = section
    return sections


def default_of(text):
    """The default at the start of a help text or a Default: line: "none",
    "30s", …"""
    found = re.search(r'(?i)default:? +([^,;:)\n]+)', text)
    if not found:
        return 'none'
    word = found[1].strip()
    return 'none' if word == 'not set' else word


def check_directives(known, pages):
    sections = reference_sections()
    compare('directive', set(known), set(sections), REFERENCE)
    rows = {}
    for text in pages.values():
        rows.update(re.findall(
            r'^\| `(CCTV\w+)` \| ([^|]+?) \| (?:server|virtual|directory)',
            text, re.M))
    compare('directive', set(known), set(rows), 'the table of directives')
    for name in set(known) & set(sections):
        check_directive(name, known[name], sections[name], rows.get(name))


def check_directive(name, help_text, section, row):
    default = default_of(help_text)
    said = default_of(section)
    # "all" in the code means "not set: every camera may be seen".
    if default != said and not (default == 'all' and said == 'none'):
        problem(f'{REFERENCE}: {name}: Default is {said}, but the module has '
                f'{default}')
    if row not in (None, default):
        problem(f'the table of directives: {name}: the default is {row}, but '
                f'the module has {default}')
    limits = re.search(r'(\d+(?:ms|min|s)?) to (\d+(?:ms|min|s)?)', help_text)
    words = ' '.join(section.replace('\n#', '\n').split())
    if limits and limits[0] not in words:
        problem(f'{REFERENCE}: {name}: "{limits[0]}" is missing')
    if not re.search(rf'^#?\s*{name} ', section, re.M):
        problem(f'{REFERENCE}: {name}: no example')


def secrets(folder):
    """Creates the files that the reference configuration names."""
    path = f'{folder}/secrets'
    os.mkdir(path, 0o700)
    for name in set(re.findall(r'\$\{CCTV_SECRETS\}/(\w+)', read(REFERENCE))):
        with open(f'{path}/{name}', 'w', encoding='utf-8') as file:
            file.write('a-secret-of-32-characters-or-more\n'
                       if name != 'cameras' else
                       '*.example.org viewer password\n')
        os.chmod(f'{path}/{name}', 0o600)
    return path


def check_reference(module):
    """Checks that the reference is accepted with all examples active."""
    config = re.sub(r'^#(CCTV\w+ )', r'\1', read(REFERENCE), flags=re.M)
    config = re.sub(r'^(CCTVGeoIPDatabase) .*',
                    rf'\1 {ROOT}/t/data/geoip/flat.mmdb', config, flags=re.M)
    # Definitions that cctv.conf asks of the admin.
    defines = dict(re.findall(r'# +Define (\w+) +(\S+)',
                              read('conf/cctv.conf')))
    defines['CCTV_SECRETS'] = secrets(module.folder)
    config = ''.join(f'Define {name} {value}\n'
                     for name, value in defines.items()) + config
    is_right, text = module.configtest(config)
    if not is_right:
        text = re.sub(r'^directive\t.*\n', '', text, flags=re.M)
        problem(f'{REFERENCE} does not pass configtest:\n{text}')


# ---- Handlers and message ids ----

def check_handlers(known, pages):
    listed = {name for line in re.findall(
        r'^# (cctv-.*?)(?:  |$)', read(REFERENCE), re.M)
        for name in re.findall(r'cctv-[a-z-]+(?![a-z.-])', line)}
    compare('handler', known, listed, f'{REFERENCE}, its list of handlers')
    for path in glob.glob(os.path.join(ROOT, 'conf', '*')):
        if os.path.isfile(path):
            pages = {**pages, os.path.relpath(path, ROOT): read(path)}
    for path, text in pages.items():
        named = set(re.findall(r'SetHandler "?(cctv-[a-z-]+)', text))
        compare('handler', set(), named - known, path)


def check_openapi(known):
    """Compares the handlers of the module, and the paths that cctv-site.conf
    gives them, with conf/openapi.json."""
    paths = json.loads(read(OPENAPI))['paths']
    described = {}
    for path, item in paths.items():
        for operation in item.values():
            if isinstance(operation, dict) and 'x-handler' in operation:
                described.setdefault(operation['x-handler'], set()).add(path)
    compare('endpoint of the handler', known - UNDESCRIBED, set(described),
            OPENAPI)
    for path, handler in re.findall(
            r'<Location "\$\{CCTV_PREFIX\}(/[^"]*)">\s+SetHandler (cctv-[a-z-]+)',
            read('conf/cctv-site.conf')):
        if handler in described and not any(
                each == path or each.startswith(path + '/')
                for each in described[handler]):
            problem(f'{OPENAPI}: {handler} has no path {path}')


def check_ids(pages):
    header = glob.glob(os.path.join(ROOT, 'mod_cctv', '**', 'mod_log.h'),
                       recursive=True)
    known = set(re.findall(r'CCTV\d{4}', ''.join(map(read, header))))
    for path, text in {**pages, REFERENCE: read(REFERENCE)}.items():
        compare('message', set(), set(re.findall(r'CCTV\d{4}', text)) - known,
                path)


# ---- Metrics ----

def exposed(text):
    """{family: (type, labels)}, parsed as Prometheus does; labels is None for
    a family without samples."""
    found = {}
    for name, kind in re.findall(r'^# TYPE (\w+) (\w+)$', text, re.M):
        suffix = '(?:_bucket|_sum|_count)' if kind == 'histogram' else ''
        samples = re.findall(rf'^{name}{suffix}(?:\{{(.*)\}})? ', text, re.M)
        labels = {label for sample in samples
                  for label in re.findall(r'(\w+)="', sample)} - {'le'}
        found[name] = kind, frozenset(labels) if samples else None
    return found


def documented(pages):
    """{family: (type, labels)} from the tables in the documents."""
    found = {}
    row = re.compile(r'^\| ([^|]+) \| (counter|gauge|histogram) \|([^|]*)\|',
                     re.M)
    for text in pages.values():
        for names, kind, labels in row.findall(text):
            last = None
            for name in re.findall(r'`(\w+)`', names):
                # "`cctv_sessions`, `_max`" is cctv_sessions_max.
                name = last + name if name.startswith('_') else name
                last = name
                found[name] = kind, frozenset(re.findall(r'`(\w+)`', labels))
    return found


def check_metrics(text, pages):
    known, said = exposed(text), documented(pages)
    golden = exposed(read('t/data/metrics.txt'))
    compare('metric', set(known), set(said), 'the table of metrics')
    for name in sorted(set(known) & set(said)):
        kind, labels = known[name]
        if labels is None:
            labels = golden.get(name, (kind, None))[1]
        if said[name][0] != kind:
            problem(f'the table of metrics: {name} is a {said[name][0]}, but '
                    f'the module has a {kind}')
        if labels is not None and said[name][1] != labels:
            problem(f'the table of metrics: {name} has the labels '
                    f'{sorted(said[name][1])}, but the module has '
                    f'{sorted(labels)}')


def main(module, tell):
    pages = documents()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        built = Module(module, tell, folder)
        check_directives(built.directives(), pages)
        check_handlers(built.handlers(), pages)
        check_openapi(built.handlers())
        check_reference(built)
        check_metrics(built.metrics(), pages)
    check_ids(pages)
    for text in problems:
        print(f'check-docs: {text}', file=sys.stderr)
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
