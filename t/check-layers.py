#!/usr/bin/python3
"""Checks that the includes of mod_cctv/ follow two rules:

1. A file whose name starts with mod_ may know httpd. Every other file is pure:
   it includes neither a header of httpd nor a mod_ file, so it can be tested
   without httpd.
2. The folders form floors: no folder includes one that includes it, directly
   or through others. The files of mod_cctv/ itself are the roof: no folder
   includes them.
"""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[1] / 'mod_cctv'
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)
# Headers of httpd. The headers of APR (apr_*.h, apu*.h) are free for all.
HTTPD = re.compile(r'(httpd|http_\w+|ap_\w+|mod_\w+|util_\w+|mpm_\w+|mpm'
                   r'|scoreboard|unixd)\.h')


def includes():
    """(path, included) of every include, both relative to mod_cctv/ if the
    included file belongs to the project."""
    for path in sorted(TOP.rglob('*.[ch]')):
        for _, name in INCLUDE.findall(path.read_text()):
            yield path.relative_to(TOP), name


def is_httpd(path):
    return pathlib.PurePath(path).name.startswith('mod_')


def impure():
    for path, name in includes():
        if not is_httpd(path) and HTTPD.fullmatch(pathlib.PurePath(name).name):
            yield (f'{path} includes {name}: only files whose names start '
                   'with mod_ may know httpd')


def arrows():
    """{folder: {folder that it includes: (file, included file)}}"""
    found = {}
    for path, name in includes():
        if not (TOP / name).is_file():
            continue
        here, there = (str(pathlib.PurePath(each).parent)
                       for each in (path, name))
        if here != there:
            found.setdefault(here, {}).setdefault(there, (path, name))
    return found


def back_edges(graph):
    """A sentence for each include that closes a cycle of folders."""
    done, trail = set(), []

    def visit(folder):
        trail.append(folder)
        for below, (path, name) in sorted(graph.get(folder, {}).items()):
            if below == '.':
                yield f'{path} includes {name}: no folder includes the roof'
            elif below in trail:
                circle = ' -> '.join(trail[trail.index(below):] + [below])
                yield f'{path} includes {name}: {circle}'
            elif below not in done:
                yield from visit(below)
        trail.pop()
        done.add(folder)

    for folder in sorted(graph):
        if folder not in done and folder != '.':
            yield from visit(folder)


def main():
    problems = [*impure(), *back_edges(arrows())]
    for problem in problems:
        print(f'check-layers: {problem}', file=sys.stderr)
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
