#!/usr/bin/python3
"""Checks README.md and docs/*.md: every relative link leads to an existing
file and heading, every file named in `code` exists, README.md has at most 200
lines, and the commands in docs/HACKING.md are those of `make help`."""

import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
PAGES = [TOP / 'README.md', *sorted((TOP / 'docs').glob('*.md'))]
# A path in `code` that starts with one of these is a file of this repository.
FOLDERS = ('conf', 'diagrams', 'docs', 'htdocs', 'mod_cctv', 'sql', 't', 'tools')
NAMED = re.compile(r'`((?:%s)/[\w./*-]+)`' % '|'.join(FOLDERS))
README_LINES = 200


def prose_of(page):
    """The text of a page without its blocks of code."""
    return re.sub(r'^```.*?^```$', '', page.read_text(), flags=re.S | re.M)


def anchors_of(page):
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r'^#+ (.*)$', prose_of(page), re.M)
    return {re.sub(r'[^\w -]', '', heading.lower()).replace(' ', '-')
            for heading in headings}


def broken_links(page):
    for link in re.findall(r'\]\(([^)]+)\)', prose_of(page)):
        if re.match('[a-z]+:', link):
            continue
        path, _, anchor = link.partition('#')
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            yield f'the link {link} leads to no file'
        elif anchor and anchor not in anchors_of(target):
            yield f'the link {link} leads to no heading'


def missing_files(page):
    for name in NAMED.findall(prose_of(page)):
        if not list(TOP.glob(name.rstrip('/'))):
            yield f'there is no file {name}'


def lacks_of_commands():
    listed = subprocess.run(['make', '-s', 'help'], cwd=TOP, check=True,
                            capture_output=True, text=True).stdout
    if listed not in (TOP / 'docs/HACKING.md').read_text():
        yield 'docs/HACKING.md: its commands are not those of `make help`'


def main():
    faults = [f'{page.relative_to(TOP)}: {fault}' for page in PAGES
              for fault in (*broken_links(page), *missing_files(page))]
    faults += lacks_of_commands()
    if len((TOP / 'README.md').read_text().splitlines()) > README_LINES:
        faults.append(f'README.md: more than {README_LINES} lines')
    for fault in faults:
        print(f'check-links: {fault}', file=sys.stderr)
    sys.exit(bool(faults))


if __name__ == '__main__':
    main()
