"""The tools of the page tests notice complaints of the browser."""

import pytest

from lab import PAGE_CONFIG, PAGE_MODULES

GOOD = '''<!doctype html><html lang="en"><meta charset="utf-8">
<title>Good</title><meta name="viewport" content="width=device-width">
<main><h1>A page</h1><button id="one">One</button>
<button id="two">Two</button></main>'''
POLICY = '<Location />\nHeader set Content-Security-Policy ' \
    '"default-src \'self\'"\n</Location>\n'


@pytest.fixture(scope='module')
def site(start_shared):
    """write(name, text) → its address."""
    httpd = start_shared(PAGE_CONFIG + POLICY,
                         modules=(*PAGE_MODULES, 'headers'))

    def write(name, text):
        with open(f'{httpd.folder}/htdocs/{name}', 'w') as file:
            file.write(text)
        return f'http://127.0.0.1:{httpd.port}/{name}'
    # Browsers request this file by themselves.
    write('favicon.ico', '')
    return write


@pytest.mark.parametrize('body, complaint', [
    ('<script src="broken.js"></script>', 'Oops'),
    ('<img src="missing.png" alt="">', '404'),
    ('<img src="http://192.0.2.7/elsewhere.png" alt="">',
     'Content Security Policy'),
    ('<style>h1 { color: red; }</style>', 'Content Security Policy'),
    ('<h1 style="color: red">Red</h1>', 'Content Security Policy'),
    ('<script>1;</script>', 'Content Security Policy')])
def test_a_complaint_of_the_browser_is_told(windows, site, body, complaint):
    site('broken.js', 'throw new Error("Oops");')
    windows.open(site('broken.html', GOOD + body))
    (line,) = windows.unexpected()
    assert complaint in line


def test_what_is_expected_is_not_told(windows, site):
    windows.expect('status of 404')
    windows.open(site('one.html', GOOD + '<img src="missing.png" alt="">'))
    assert windows.unexpected() == []


def test_every_request_is_told(windows, site):
    address = site('page.html', GOOD + '<script src="asks.js"></script>')
    site('asks.js', 'fetch("one.txt").then(() => fetch("missing.txt"))'
         '.then(() => { navigator.sendBeacon("beacon.txt");'
         ' window.asked = true; });')
    site('one.txt', '1')
    windows.expect('status of 404')
    window = windows.open(address)
    window.until('window.asked')
    asked = {each.rpartition('/')[2] for each in windows.requests()}
    assert asked >= {'page.html', 'asks.js', 'one.txt', 'missing.txt',
                     'beacon.txt'}


def test_axe_finds_what_is_wrong(windows, site):
    window = windows.open(site('good.html', GOOD))
    assert window.axe() == []
    site('pale.css', 'p { color: #ccc; }')
    window.go(site('bad.html', GOOD + '<link rel="stylesheet" href="pale.css">'
                   '<main><p>Pale</p><img src="favicon.ico"></main>'))
    found = ' '.join(window.axe())
    for rule in ('image-alt', 'color-contrast', 'landmark-no-duplicate-main'):
        assert rule in found


def test_by_the_keyboard(windows, site):
    window = windows.open(site('good.html', GOOD))
    window.run('document.addEventListener("click", (event) => {'
               ' window.last = event.target.id + event.ctrlKey; });')
    window.tab_to('#two')
    window.press('backtab')
    assert window.has_focus('#one')
    window.press('enter')
    assert window.run('return window.last;') == 'onefalse'
    window.click('#two', 'control')
    assert window.run('return window.last;') == 'twotrue'


def test_the_wishes_of_users(windows, site):
    query = 'return arguments[0].map((each) => matchMedia(each).matches);'
    asked = ['(prefers-color-scheme: dark)',
             '(prefers-reduced-motion: reduce)', '(pointer: coarse)',
             '(max-width: 400px)']
    address = site('good.html', GOOD)
    for looks, found in (({}, [False, False, False, False]),
                         ({'dark': True}, [True, False, False, False]),
                         ({'still': True}, [False, True, False, False]),
                         ({'phone': True}, [False, False, True, True])):
        assert windows.open(address, **looks).run(query, asked) == found
    window = windows.open(address)
    window.look(dark=True)
    assert window.run(query, asked)[0]
