"""The schema, the roles and the demo data, as PostgreSQL sees them."""

import os
import subprocess

from env import REPO


def test_sql_files_do_what_their_expected_output_says(database):
    done = subprocess.run(
        [REPO + '/t/sql/run.sh'], env={**os.environ, **database.env},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding='utf-8',
        timeout=120)
    print(done.stdout)
    assert done.returncode == 0
