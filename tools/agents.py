#!/usr/bin/python3
"""tools/agents.py PROGRAM HEADER PACKAGES [--check]: the names of crawlers.

Writes HEADER (mod_cctv/views/agent_crawlers.h) from the list of crawlers in
PACKAGES/crawler-user-agents, a package of the npm registry, and prints how many
of its User-Agents PROGRAM (t/bench/agents.c) takes for a bot. With --check it
only prints that, and compares HEADER with what it would write. `make agents`
and t/it/test_agents.py call it.

The classifier knows most crawlers by its own rules (agent_robots.h). HEADER gets
a name only if one of its User-Agents would not be a bot otherwise, and if no
browser in the packages user-agents and top-user-agents has it.
"""

import collections
import json
import re
import subprocess
import sys
from re import _constants as kind
from re import _parser as parser

# Names on the list of what people use as well: link previews and reading apps
# name themselves as the app does, and editors are browsers, too.
APPS = {'viber', 'tumblr', 'code/', 'code/1.', 'trae/', 'fluid', 'whatsapp', 'instapaper',
        'grammarly', 'nextcloud', 'notion', 'asana', 'valve/steam', 'netvibes',
        'inoreader', 'newsblur', 'commafeed', 'flipboard', 'feeder /',
        'metaiab facebook', 'ap3a.240617.008'}

# The size of a name in agent_name.h, without the NUL.
SIZE = 37

TOP = '''\
/* SPDX-License-Identifier: Apache-2.0 AND MIT */
/**
 * @file agent_crawlers.h
 * @brief The names of crawlers that agent.c does not recognize by its own rules.
 * Layer: pure.
 *
 * Only agent_names.h includes this file. Do not edit it: `make agents` writes it
 * from the npm package crawler-user-agents %s, which has the MIT
 * licence: Copyright (c) Martin Monperrus.
 */
#ifndef CCTV_VIEWS_AGENT_CRAWLERS_H
#define CCTV_VIEWS_AGENT_CRAWLERS_H

#include "views/agent_name.h"

'''


def join(starts, ends):
    return {a + b for a in starts for b in ends}


def letters(member):
    """The characters of a class as lower-case letters; None: too many."""
    if any(op != kind.LITERAL for op, _ in member):
        return None
    return {chr(code).lower() for _, code in member}


def literals(parsed):
    """The texts in lower case that a pattern matches, as far as they do not
    vary; a part that varies ends a text."""
    runs, texts = [], {''}
    for op, value in parsed:
        new = None
        if op == kind.LITERAL:
            new = {chr(value).lower()}
        elif op == kind.IN:
            new = letters(value)
        elif op == kind.SUBPATTERN:
            new = literals(value[-1])
        elif op == kind.BRANCH:
            new = set().union(*(literals(each) for each in value[1]))
        elif op == kind.AT:
            new = {''}
        if new is None or len(texts) * len(new) > 32:
            runs.append(texts)
            texts = {''}
        else:
            texts = join(texts, new)
    runs.append(texts)
    return max(runs, key=lambda run: max(map(len, run)))


def clean(name):
    """A text as a name of the tables, which starts with a word."""
    name = re.sub('^[^a-z0-9+.]+', '', name)[:SIZE].rstrip(' (')
    return name if re.match('[a-z0-9]|[+.][a-z]', name) else ''


def finder(name):
    end = '(?![a-z])' if name[-1].isalpha() else ''
    return re.compile('(?<![a-z0-9])' + re.escape(name) + end)


def one_line(text):
    return re.sub('[\r\n]', ' ', text)


def ask(program, agents):
    """What the program takes each User-Agent for."""
    done = subprocess.run([program], input='\n'.join(agents) + '\n', check=True,
                          stdout=subprocess.PIPE, encoding='utf-8',
                          errors='surrogateescape')
    return [line.split('\t', 1)[0] for line in done.stdout.splitlines()]


class Lists:
    def __init__(self, packages):
        def read(path):
            with open(f'{packages}/{path}', encoding='utf-8') as file:
                return json.load(file)
        self.version = read('crawler-user-agents/package.json')['version']
        self.entries = [(entry['pattern'],
                         [one_line(each) for each in entry['instances']])
                        for entry in read(
                            'crawler-user-agents/crawler-user-agents.json')]
        self.crawlers = [each for _, agents in self.entries for each in agents]
        self.people = sorted(
            {each['userAgent'].strip() for each in
             read('user-agents/dist/user-agents.json')}
            | set(read('top-user-agents/src/index.json')))


def names_for(pattern, agents, people):
    """(names, names at the start) that find these User-Agents."""
    anywhere, first = set(), set()
    for name in map(clean, literals(parser.parse(pattern))):
        if len(name) < 2 or name.rstrip('/ ') in APPS or name in APPS:
            continue
        found = [finder(name).search(agent.lower()) for agent in agents]
        found = [match.start() for match in found if match]
        if found and not any(finder(name).search(each) for each in people):
            (first if max(found) == 0 else anywhere).add(name)
    return anywhere, first


def table(name, rows):
    rows = ''.join('    ROBOT_NAME("%s"),\n' % row.replace('\\', '\\\\').replace(
        '"', '\\"') for row in sorted(rows))
    return f'static const name_t {name}[] = {{\n{rows}}};\n'


def write(path, lists, anywhere, first):
    with open(path, 'w', encoding='ascii') as file:
        file.write(TOP % lists.version
                   + '/* Words anywhere in User-Agent. */\n'
                   + table('crawlers', anywhere)
                   + '\n/* What User-Agent starts with. */\n'
                   + table('crawlers_first', first) + '\n#endif\n')


def make(program, path, lists, build):
    """Writes the table from nothing; `build` compiles the program again."""
    write(path, lists, {'no crawler'}, {'no crawler'})
    build()
    anywhere, first = set(), set()
    people = [each.lower() for each in lists.people]
    kinds = iter(ask(program, lists.crawlers))
    for pattern, agents in lists.entries:
        missed = [each for each in agents if next(kinds) != 'bot']
        if missed:
            more = names_for(pattern, missed, people)
            anywhere |= more[0]
            first |= more[1]
    write(path, lists, anywhere, first - anywhere)
    build()


def report(program, lists):
    kinds = ask(program, lists.crawlers)
    counts = collections.Counter(kinds)
    persons = [agent for agent, kind_ in zip(lists.crawlers, kinds)
               if kind_ not in ('bot', 'other', 'unknown')]
    taken = [agent for agent, kind_ in zip(lists.people,
                                           ask(program, lists.people))
             if kind_ == 'bot']
    print(f"crawlers: {len(kinds)}, bot {100 * counts['bot'] / len(kinds):.1f} %,"
          f" browser of a person {len(persons)}")
    print(f'browsers: {len(lists.people)}, bot {len(taken)}')
    return {'crawlers': len(kinds), 'bots': counts['bot'], 'persons': persons,
            'people': len(lists.people), 'taken': taken}


def main():
    program, path, packages = sys.argv[1:4]
    lists = Lists(packages)
    if '--check' not in sys.argv:
        make(program, path, lists, lambda: subprocess.run(
            ['make', '-s', program], check=True))
    report(program, lists)


if __name__ == '__main__':
    main()
