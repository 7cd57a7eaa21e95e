#!/usr/bin/python3
"""Checks that each failure of a camera (mod_cctv/video/failure_words.h) has its
name in the documents, on the map page and in its tests, and that these know no
other."""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
# Where the names stand, and how.
PLACES = {
    'htdocs/strings.js': (r'^const failures = \{$(.*?)^\};$',
                          r"^  '(\w+)':"),
    't/it/map_page.py': (r'^FAILURES = \{$(.*?)^\}$', r"^    '(\w+)':"),
    'docs/operations.md': (r'^## Cameras$(.*?)^## ', r'^\| `(\w+)` \|'),
    'docs/api.md': (r'^### Names of failures$(.*?)(?:^#+ |\Z)',
                    r'^\| `(\w+)` \|'),
    'tools/rtsp_camera/behaviours.py': (r"^WORDS = \((.*?)\)$", r"'(\w+)'"),
}
# A failure that no camera has.
OF_THE_SERVER = {'no_candidates'}


def names_in(path, block, name):
    found = re.search(block, (TOP / path).read_text(), re.M | re.S)
    return set(re.findall(name, found[1], re.M)) if found else set()


def main():
    known = names_in('mod_cctv/video/failure_words.h',
                     r'^#define CCTV_FAILURE_LIST\(X\)(.*?)\n\n',
                     r'X\(\w+, "(\w+)"')
    problems = [] if known else ['mod_cctv/video/failure_words.h: no names']
    for path, (block, name) in PLACES.items():
        said = names_in(path, block, name)
        if path.startswith('tools/'):
            said |= OF_THE_SERVER
        for each in sorted(known ^ said):
            what = 'is missing' if each in known else 'is unknown'
            problems.append(f'{path}: the failure {each} {what}')
    print(*problems, sep='\n', end='\n' if problems else '')
    sys.exit(bool(problems))


main()
