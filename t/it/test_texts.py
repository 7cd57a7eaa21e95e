"""The texts of the page in other languages: each English one has its counterpart,
with the same numbers and names in it."""

import glob
import shutil
import subprocess

import pytest

from env import HERE, REPO

LANGUAGES = sorted(path.split('.')[-2]
                   for path in glob.glob(REPO + '/htdocs/strings.*.js'))


@pytest.fixture
def texts(tmp_path):
    for path in (*glob.glob(REPO + '/htdocs/strings*.js'),
                 REPO + '/htdocs/format.js'):
        shutil.copy(path, tmp_path)
    # Old versions of node take a .js for another kind of module without this.
    (tmp_path / 'package.json').write_text('{"type": "module"}')

    def lacks(language):
        done = subprocess.run(
            ['node', HERE + '/types/texts.mjs', str(tmp_path), language],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding='utf-8', timeout=60, check=False)
        return done.stdout.splitlines()
    lacks.folder = tmp_path
    return lacks


@pytest.mark.parametrize('language', LANGUAGES)
def test_every_text_is_there(texts, language):
    """Add what is named here to htdocs/strings.LANGUAGE.js. Until then the page
    shows the English text."""
    missing = texts(language)
    assert not missing, '\n'.join(missing)


def test_what_is_missing_is_named(texts):
    assert LANGUAGES == ['de', 'es']
    file = texts.folder / 'strings.de.js'
    changed = file.read_text()
    for old, new in (("dismiss: 'Ausblenden',", ''),
                     ('Platz ${number(place)} von ${number(total)}',
                      'Platz ${number(place)}'),
                     ("      ['?', 'Diese Hilfe'],\n", ''),
                     ("cancel: 'Abbrechen',", "cancle: '', cancel: '',")):
        assert old in changed
        changed = changed.replace(old, new)
    file.write_text(changed)
    assert texts('de') == [
        'htdocs/strings.de.js: ' + each for each in (
            'page.dismiss is missing',
            'keys.list has 5 rows, but in English 6',
            'wall.cancel is empty',
            'wall.moved uses (name place), but in English (name place total)',
            'wall.cancle is no text of the page')]
