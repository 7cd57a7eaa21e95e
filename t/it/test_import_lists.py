"""Lists of cameras as people have them: each file of t/data/import and the
rows that it gives, and the parts of the importer. No database is needed."""

import json
import os
import stat

import pytest

from import_lists import REPO, Read, taken
from import_cameras import addresses, keys, logins, places, values
from import_cameras.codecs_of_video import codec_and_profile
from import_cameras.login_file import LoginFile
from import_cameras.words import Bad, Obstacle, Refused

FOLDER = os.path.join(REPO, 't', 'data', 'import')
with open(os.path.join(FOLDER, 'expected.json'), encoding='utf-8') as file:
    EXPECTED = json.load(file)


def test_every_file_is_expected():
    assert sorted(set(os.listdir(FOLDER)) - {'expected.json'}) == sorted(
        EXPECTED)


@pytest.mark.parametrize('name', EXPECTED)
def test_file(name, tmp_path):
    expected = EXPECTED[name]
    path = os.path.join(FOLDER, name)
    if 'refused' in expected:
        with pytest.raises(Refused) as refused:
            if not Read(path).rows.row_count:
                raise Refused('the file has a header and no cameras')
        assert expected['refused'] in str(refused.value)
        return
    read = Read(path, expected.get('columns', ''),
                str(tmp_path / 'logins') if 'logins' in expected else None)
    assert read.cameras == expected['cameras']
    assert [list(fault) for fault in read.faults] == \
        expected.get('faults', [])
    assert read.notes == expected.get('notes', [])
    assert [list(each) for each in read.warnings] == \
        expected.get('warnings', [])
    if 'logins' in expected:
        assert read.login_file.logins == expected['logins']
