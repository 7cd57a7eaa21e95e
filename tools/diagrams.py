#!/usr/bin/python3
"""diagrams.py MERMAID SOURCE… [--to FOLDER] - draws diagrams/*.mmd as SVG.

MERMAID is the file mermaid.tiny.js; make installs it from npm. Debian's Chromium
runs it, without a network. Without --to the sources are only parsed. Prints what
Mermaid says of a source that it does not understand, and then exits with 1.
"""

import argparse
import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PAGE = '''<!DOCTYPE html>
<meta charset="utf-8">
<script src="{mermaid}"></script>
<pre id="out"></pre>
<script>
const sources = {sources};
const is_drawing = {is_drawing};
mermaid.initialize({{startOnLoad: false, theme: 'neutral', securityLevel: 'loose'}});
(async () => {{
  const out = {{}};
  for (const [name, text] of Object.entries(sources)) {{
    try {{
      await mermaid.parse(text);
      out[name] = {{svg: is_drawing ? (await mermaid.render('d-' + name, text)).svg : ''}};
    }} catch (error) {{
      out[name] = {{error: String(error.message ?? error)}};
    }}
  }}
  const bytes = new TextEncoder().encode(JSON.stringify(out));
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  document.getElementById('out').textContent = 'OUT' + btoa(text) + 'END';
}})();
</script>
'''


def ask_chromium(page, folder):
    """What the page has written: {name: {svg or error}}."""
    path = pathlib.Path(folder, 'page.html')
    path.write_text(page)
    done = subprocess.run(
        ['chromium', '--headless=new', '--no-sandbox', '--disable-gpu',
         '--disable-dev-shm-usage', '--no-first-run', '--no-proxy-server',
         '--disable-background-networking', f'--user-data-dir={folder}/profile',
         '--virtual-time-budget=120000', '--dump-dom', path.as_uri()],
        capture_output=True, text=True, env={**os.environ, 'HOME': folder},
        timeout=300)
    found = re.search('OUT([A-Za-z0-9+/=]*)END', done.stdout)
    if not found:
        sys.exit(f'diagrams: Chromium has drawn nothing:\n{done.stderr[-2000:]}')
    return json.loads(base64.b64decode(found[1]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('mermaid', type=pathlib.Path)
    parser.add_argument('sources', type=pathlib.Path, nargs='+')
    parser.add_argument('--to', type=pathlib.Path)
    given = parser.parse_args()
    sources = {path.stem: path.read_text() for path in given.sources}
    with tempfile.TemporaryDirectory() as folder:
        out = ask_chromium(PAGE.format(
            mermaid=given.mermaid.resolve().as_uri(),
            sources=json.dumps(sources).replace('</', '<\\/'),
            is_drawing=json.dumps(given.to is not None)), folder)
    wrong = {name: said['error'] for name, said in out.items()
             if 'error' in said}
    for name, error in wrong.items():
        print(f'diagrams/{name}.mmd: {error}', file=sys.stderr)
    if given.to:
        given.to.mkdir(parents=True, exist_ok=True)
        for name, said in out.items():
            if 'svg' in said:
                (given.to / f'{name}.svg').write_text(said['svg'] + '\n')
    sys.exit(1 if wrong or set(out) != set(sources) else 0)


if __name__ == '__main__':
    main()
