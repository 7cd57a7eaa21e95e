"""Mermaid understands each diagram."""

import glob
import subprocess

from env import REPO

MERMAID = REPO + '/build/npm/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js'


def parse(*sources):
    return subprocess.run([REPO + '/tools/diagrams.py', MERMAID, *sources],
                          capture_output=True, text=True, timeout=300)


def test_each_diagram_can_be_drawn(tmp_path):
    wrong = tmp_path / 'wrong.mmd'
    wrong.write_text('sequenceDiagram\n  A->>B: one; two\n')
    sources = sorted(glob.glob(REPO + '/diagrams/*.mmd'))
    assert len(sources) > 10
    done = parse(*sources, wrong)
    assert done.returncode == 1
    assert done.stderr.startswith('diagrams/wrong.mmd: Parse error'), done.stderr
    assert done.stderr.count('diagrams/') == 1, done.stderr
