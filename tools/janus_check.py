#!/usr/bin/python3
"""Checks that a running Janus works with mod_cctv: it takes the secret and
nothing without it, its streaming plugin has an admin_key, its admin API
answers, and it offers viewers addresses to receive from. Prints a sentence for
each fault, and exits with status 1 if there is one. tools/janus-conf.sh calls it.
"""

import argparse
import json
import sys
import time
import urllib.parse
import urllib.request

# Without the proxies of the environment.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
PLUGIN = 'janus.plugin.streaming'
NO_ADDRESS = ('Janus finds no address that viewers can receive from: this '
              'machine has none but loopback ("ip address" shows them).')


class Fault(Exception):
    """What is wrong, and what to do."""


class Janus:
    def __init__(self, url, secret):
        self.url = url
        self.secret = {'apisecret': secret}

    def ask(self, path='', **members):
        """The answer to a POST. A refusal is {'error': {'code': …}}."""
        request = urllib.request.Request(
            self.url + path,
            json.dumps({'transaction': 'check', **members}).encode(),
            {'Content-Type': 'application/json'})
        try:
            with OPENER.open(request, timeout=10) as reply:
                return json.load(reply)
        except (OSError, ValueError) as error:
            raise Fault(f'Janus does not answer at {self.url} ({error}): '
                        'see "journalctl -u janus".') from None

    def create(self, secret):
        return self.ask(janus='create', **secret)

    def event(self, path):
        """The next event of a Janus session."""
        query = urllib.parse.urlencode(self.secret)
        try:
            with OPENER.open(f'{self.url}{path}?{query}',
                             timeout=10) as reply:
                return json.load(reply)
        except (OSError, ValueError) as error:
            raise Fault(f'Janus sends no event ({error}): see its log.'
                        ) from None


def wait_for_start(janus, seconds):
    end = time.monotonic() + seconds
    while True:
        try:
            return janus.create({})
        except Fault:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def plugin_of(janus, seconds):
    """The paths of a Janus session and of its handle of the plugin."""
    if 'error' not in wait_for_start(janus, seconds):
        raise Fault('Janus needs no secret: api_secret is not set in '
                    'janus.jcfg.')
    session = janus.create(janus.secret)
    if 'error' in session:
        raise Fault('Janus refuses the secret: it is not the api_secret in '
                    'janus.jcfg. Restart Janus if that was changed.')
    path = f'/{session["data"]["id"]}'
    handle = janus.ask(path, janus='attach', plugin=PLUGIN, **janus.secret)
    if 'error' in handle:
        raise Fault(f'Janus has no {PLUGIN}: {handle["error"]["reason"]}.')
    return path, f'{path}/{handle["data"]["id"]}'


def message(janus, handle, body, **more):
    return janus.ask(handle, janus='message', body=body, **more, **janus.secret)


def data_of(reply):
    return reply.get('plugindata', {}).get('data', {})


def mountpoint(number, **more):
    return {'request': 'create', 'id': number, 'type': 'rtp', 'permanent': False,
            'is_private': True, 'media': [{
                'type': 'video', 'mid': 'v', 'pt': 96, 'codec': 'h264', 'port': 0,
                'fmtp': 'profile-level-id=42e01f;packetization-mode=1'}],
            'secret': 'check', **more}


def check_admin_key(janus, handle, number):
    made = data_of(message(janus, handle, mountpoint(number)))
    if made.get('streaming') == 'created':
        destroy(janus, handle, number, {})
        raise Fault('Everybody who reaches Janus may make mountpoints: '
                    'admin_key is not set in janus.plugin.streaming.jcfg.')
    key = {'admin_key': janus.secret['apisecret']}
    made = data_of(message(janus, handle, mountpoint(number, **key)))
    if made.get('streaming') != 'created':
        raise Fault('Janus makes no mountpoint: ' + made.get('error', '?')
                    + '. Is the secret the admin_key in '
                    'janus.plugin.streaming.jcfg?')


def destroy(janus, handle, number, key):
    message(janus, handle, {'request': 'destroy', 'id': number,
                            'secret': 'check', **key})


def offer_of(janus, session, handle, number):
    message(janus, handle, {'request': 'watch', 'id': number})
    event = janus.event(session)
    if 'jsep' in event:
        return event['jsep']['sdp']
    # Without an address it says "Gathering error".
    why = event.get('reason', event['janus'])
    raise Fault(f'Janus makes no offer for a viewer ({why}). {NO_ADDRESS}')


def check_candidates(sdp, nat):
    found = sorted({line.split()[4] for line in sdp.splitlines()
                    if line.startswith('a=candidate:')})
    if not found:
        raise Fault(NO_ADDRESS)
    missing = set(filter(None, nat.split(','))) - set(found)
    if missing:
        raise Fault(f'Janus does not offer {", ".join(sorted(missing))}, '
                    f'but {", ".join(found)}: restart it, and check NAT.')
    return found


def check_admin(url, secret):
    try:
        reply = Janus(url, secret).ask(janus='list_sessions',
                                       admin_secret=secret)
    except Fault:
        raise Fault(f"Janus's admin API does not answer at {url}: admin_http "
                    'has to be true in janus.transport.http.jcfg.') from None
    if 'error' in reply:
        raise Fault("Janus's admin API refuses the secret: it is not the "
                    'admin_secret in janus.jcfg.')


def check(options):
    with open(options.secret_file, encoding='ascii') as file:
        secret = file.read().strip()
    janus = Janus(options.api, secret)
    session, handle = plugin_of(janus, options.wait)
    # Above the ids of cameras.
    number = 2 ** 40 + int(time.time())
    try:
        if options.admin:
            check_admin(options.admin, secret)
        check_admin_key(janus, handle, number)
        try:
            return check_candidates(offer_of(janus, session, handle, number),
                                    options.nat)
        finally:
            destroy(janus, handle, number, {'admin_key': secret})
    finally:
        janus.ask(session, janus='destroy', **janus.secret)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--api', default='http://127.0.0.1:8088/janus')
    parser.add_argument('--admin', default='http://127.0.0.1:7088/admin')
    parser.add_argument('--secret-file', default='/etc/cctv/janus')
    parser.add_argument('--nat', default='')
    parser.add_argument('--wait', type=int, default=0,
                        help='for how many seconds Janus may be starting')
    try:
        found = check(parser.parse_args())
    except Fault as fault:
        sys.exit(str(fault))
    print('Janus works with mod_cctv. Viewers receive from: '
          + ', '.join(found) + '.')


if __name__ == '__main__':
    main()
