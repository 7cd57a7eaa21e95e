"""The types of the client library and of the element: tsc --strict compiles a
page that uses all of them, and they name what the modules export."""

import json
import subprocess

import pytest

from env import HERE, REPO

TYPESCRIPT = REPO + '/build/npm/node_modules/typescript/lib/typescript.js'
TSC = REPO + '/build/npm/node_modules/typescript/lib/tsc.js'
OPTIONS = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'es2022',
           '--moduleResolution', 'bundler', '--lib', 'es2022,dom,dom.iterable']
MODULES = ('cctv-client', 'cctv-camera')


def node(*arguments):
    done = subprocess.run(['node', *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding='utf-8',
                          timeout=120, check=False)
    return done.returncode, done.stdout


def test_a_page_in_typescript(tmp_path):
    status, said = node(TSC, *OPTIONS, HERE + '/types/page.ts')
    assert (status, said) == (0, '')


@pytest.fixture(scope='module')
def exported():
    """{file: {name: members}} of the modules and of their types."""
    files = [f'{REPO}/htdocs/{name}.{kind}'
             for name in MODULES for kind in ('js', 'd.ts')]
    status, said = node(HERE + '/types/exports.mjs', TYPESCRIPT, *files)
    assert status == 0, said
    return {name.rpartition('/')[2]: found
            for name, found in json.loads(said).items()}


@pytest.mark.parametrize('name', MODULES)
def test_the_types_name_what_is_exported(exported, name):
    assert exported[name + '.js']
    assert exported[name + '.d.ts'] == exported[name + '.js']
