#!/usr/bin/python3
"""Typical mistakes of an administrator, each made once in a clean Debian in
which docs/install.md was followed (packages.sh): is it refused, or told with
what mends it? Each mistake is undone before the next one. Prints a line for
each.

    mistakes.py plain     before video is set up
    mistakes.py video     with Janus
"""

import re
import subprocess
import sys
import time

CONF = '/etc/apache2/mods-available/cctv.conf'
SITE = '/etc/apache2/sites-available/cameras.conf'
MAP = '/etc/apache2/conf-available/cctv-map.conf'
OWN = '/etc/apache2/conf-enabled/own.conf'
HBA, IDENT = (f'/etc/postgresql/15/main/pg_{name}.conf'
              for name in ('hba', 'ident'))
JANUS = '/etc/janus/janus.jcfg'
SECRET = '/etc/cctv/janus'
LOG = '/var/log/apache2/error.log'
KEPT = ('/etc/apache2', '/etc/cctv', '/etc/postgresql', '/etc/janus')
HEADER = 'name,longitude,latitude,stream_url'


def sh(command, fails=False):
    """Runs a command; returns what it prints."""
    done = subprocess.run(['bash', '-c', command], text=True, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert fails or done.returncode == 0, (command, done.stdout)
    return done.stdout


def sql(statement, database='cctv'):
    sh(f"cd / && sudo -u postgres psql -qX -v ON_ERROR_STOP=1 -d {database} "
       f"-c '{statement}'")


# --- what is done wrong -----------------------------------------------------

def top(line, path=CONF):
    def make():
        sh(f"sed -i '1i {line}' {path}")
    return make


def end(line, path=CONF):
    def make():
        with open(path, 'a', encoding='utf-8') as file:
            file.write(line + '\n')
    return make


def replace(old, new, path=CONF):
    def make():
        with open(path, encoding='utf-8') as file:
            text = file.read()
        assert re.search(old, text, re.M), (old, path)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(re.sub(old, new, text, flags=re.M))
    return make


def run(command):
    return lambda: sh(command)


def both(*makes):
    """All of them; returns what the last one does."""
    def make():
        return [each() for each in makes][-1]
    return make


def params(words):
    return replace('^( *Define CCTV_DB ).*', rf'\1"{words}"')


def passfile(owner, mode):
    return both(run('echo "*:*:*:*:x" >/etc/cctv/pgpass; chmod 711 /etc/cctv; '
                    f'chown {owner} /etc/cctv/pgpass; chmod {mode} '
                    '/etc/cctv/pgpass'),
                params('host=127.0.0.1 dbname=cctv user=cctv_reader '
                       'passfile=/etc/cctv/pgpass'))


def cameras(*rows, header=HEADER):
    return run("printf '%s\\n' " + ' '.join(
        f"'{row}'" for row in (header, *rows)) + ' >/tmp/list.csv')


# --- who is asked -----------------------------------------------------------

def configtest():
    said = sh('apache2ctl configtest', fails=True)
    assert 'Syntax OK' not in said, f'not refused: {said}'
    return said


def warning():
    return sh('apache2ctl configtest')


def check():
    return sh('cctv-check', fails=True)


def started():
    """What the log says once Apache has been started and asked."""
    with open(LOG, 'w', encoding='utf-8'):
        pass
    sh('systemctl restart apache2')
    return None


def imported():
    return sh('cd / && sudo -u postgres PGDATABASE=cctv cctv-import '
              '/tmp/list.csv', fails=True)


def twice():
    imported()
    sh('sed -i s/Two/Three/ /tmp/list.csv')
    return imported()


def by_root():
    return sh('PGUSER=nobody PGDATABASE=cctv cctv-import /tmp/list.csv',
              fails=True)


def asked(path='/health', login=''):
    def ask():
        started()
        sh(f'curl -s --retry 20 --retry-connrefused --retry-delay 1 {login} '
           f'http://127.0.0.1{path}', fails=True)
    return ask


PLAIN = [
    # --- modules and files of Apache
    ('the module is off, the site is not', run('a2dismod -q cctv'),
     configtest, "a2enmod cctv"),
    ('the module is off, the page is for all sites',
     both(run('a2dissite -q cameras; a2enconf -q cctv-map; a2dismod -q cctv')),
     configtest, 'a2disconf cctv-map'),
    ('the module is off, a CCTVRoles is left',
     both(run('a2dissite -q cameras; a2dismod -q cctv'),
          end('<Location /api>\nCCTVRoles public\n</Location>', OWN)),
     configtest, "Invalid command 'CCTVRoles'.*module not included"),
    ('no mod_headers', run('a2dismod -q -f headers'), configtest,
     'a2enmod headers'),
    # a2dismod then disables what needs mod_dbd, too.
    ('no mod_dbd', run('a2dismod -q -f dbd'), configtest, 'a2enmod cctv'),
    ('no site includes cctv-site.conf', run('a2dissite -q cameras'), warning,
     'Include conf-available/cctv-site.conf'),
    ('a2enmod was forgotten', run('a2dissite -q cameras; a2dismod -q cctv'),
     check, 'a2enmod cctv'),
    ('a time without a unit', end('CCTVSessionTimeout 5 minutes'), configtest,
     'CCTVSessionTimeout'),
    ('a number that is too large', end('CCTVMaxSessions 99999999999'),
     configtest, 'CCTVMaxSessions.* 1 to '),
    # --- mod_dbd
    ('DBDKeep above DBDMax', replace('DBDKeep 10', 'DBDKeep 20'), configtest,
     'CCTV0180.*write DBDMin 1, DBDKeep 10, DBDMax 10'),
    ('DBDMin above DBDKeep', replace('DBDMin 1$', 'DBDMin 11'), configtest,
     'CCTV0180.*write DBDMin'),
    ('DBDMax below DBDKeep', replace('DBDMax 10', 'DBDMax 5'), configtest,
     'CCTV0180.*DBDKeep 5, DBDMax 5'),
    ('DBDParams twice', end('DBDParams "host=/elsewhere"', OWN), configtest,
     'CCTV0181.*into a <VirtualHost>'),
    ('DBDParams that libpq does not read',
     params('host /run/postgresql dbname cctv'), check,
     'DBDParams is no connection string of libpq\n.*DBDParams "host='),
    ('DBDParams with another encoding',
     params('host=/run/postgresql dbname=cctv user=cctv_reader '
            'client_encoding=latin1'), configtest, 'client_encoding'),
    ('a passfile of root', passfile('root', 600), configtest,
     'CCTV0182.*chown www-data:'),
    ('a passfile for all', passfile('www-data', 644), configtest,
     'CCTV0182.*chmod 600'),
    ('no passfile', params('host=127.0.0.1 dbname=cctv user=cctv_reader '
                           'passfile=/etc/cctv/none'), configtest,
     'CCTV0182.*No such file'),
    ('more connections than PostgreSQL has',
     replace('DBDKeep 10\n(.*)DBDMax 10', 'DBDKeep 25\n\\1DBDMax 25'), check,
     'DBDKeep [0-9]+ and DBDMax [0-9]+, or max_connections ='),
    # --- the folder of the state
    ('a state folder for all', run('chmod 777 /var/lib/cctv'), configtest,
     'CCTV0183.*chmod 700 /var/lib/cctv', 'chmod 700 /var/lib/cctv'),
    ('a state folder of root', run('chown root: /var/lib/cctv'), check,
     'install -d -m 700 -o www-data', 'chown www-data: /var/lib/cctv'),
    # --- variables
    ('Define CCTV_JANUS below its <IfDefine>',
     end('Define CCTV_JANUS http://127.0.0.1:8088/janus'), configtest,
     'CCTV0185.*at the top of cctv.conf'),
    ('Define CCTV_DB below its use', end('Define CCTV_DB "host=/elsewhere"'),
     warning, 'CCTV0184.*put "Define CCTV_DB ..." above it'),
    ('Define CCTV_ADMIN below the Include', end('Define CCTV_ADMIN local',
                                                SITE), warning,
     'put "Define CCTV_ADMIN ..." above the Include of cctv-site.conf'),
    ('Define CCTV_MAP_TILES below its <IfDefine>',
     end('Define CCTV_MAP_TILES https://t.example', MAP), configtest,
     'CCTV0185.*at the top of cctv-map.conf'),
    # --- the map page
    ('tiles with {z}',
     top('Define CCTV_MAP_TILES https://t.example/{z}/{x}/{y}.png', MAP),
     configtest, r'CCTV0186.*no \{s\}, \{z\}'),
    ('tiles of a server that the policy does not name',
     run("mkdir -p /etc/cctv-map; echo '{\"tiles\": {\"url\": "
         "\"https://t.example/{z}/{x}/{y}.png\"}}' >/etc/cctv-map/config.json"),
     warning, 'CCTV0187.*Define CCTV_MAP_TILES https://t.example',
     'rm /etc/cctv-map/config.json'),
    ('a config.json that is no JSON',
     run("mkdir -p /etc/cctv-map; echo '{\"usage\": }' "
         '>/etc/cctv-map/config.json'), warning,
     'CCTV0188.*config.json is not valid JSON .line 1',
     'rm /etc/cctv-map/config.json'),
    # --- countries
    ('a GeoIP file that is not there',
     end('CCTVGeoIPDatabase /var/lib/GeoIP/none.mmdb'), configtest,
     'No such file'),
    ('a GeoIP file that is none', both(
        run('echo x >/tmp/x.mmdb'), end('CCTVGeoIPDatabase /tmp/x.mmdb')),
     configtest, 'CCTVGeoIPDatabase.*not'),
    # --- PostgreSQL
    ('PostgreSQL is off', run('pg_ctlcluster 15 main stop'), check,
     'systemctl start postgresql', 'systemctl restart postgresql'),
    ('no such database',
     params('host=/run/postgresql dbname=other user=cctv_reader'), both(
        replace('^local +cctv ', 'local   other ', HBA),
        run('systemctl reload postgresql'), check), 'cctv-load-sql import'),
    ('no table', both(run('systemctl restart postgresql'), lambda: sql(
        'ALTER TABLE cameras RENAME TO other')), check,
     'no table of cameras', 'ALTER TABLE other RENAME TO cameras'),
    ('health, without a table',
     lambda: sql('ALTER TABLE cameras RENAME TO other'), asked(),
     'CCTV0010', 'ALTER TABLE other RENAME TO cameras'),
    ('a table of an older version',
     lambda: sql('ALTER TABLE cameras RENAME heading TO other'), check,
     'has no heading\n.*cctv-load-sql import',
     'ALTER TABLE cameras RENAME other TO heading'),
    ('a right was taken',
     lambda: sql('REVOKE SELECT (heading) ON cameras FROM cctv_reader'), check,
     'may not read the columns heading\n.*cctv-load-sql import',
     'GRANT SELECT (heading) ON cameras TO cctv_reader'),
    ('triggers are off', lambda: sql('ALTER TABLE cameras DISABLE TRIGGER USER'),
     check, 'triggers.*\n.*cctv-load-sql',
     'ALTER TABLE cameras ENABLE TRIGGER USER'),
    ('no line in pg_ident.conf', both(replace('^apache .*\n', '', IDENT),
                                      run('systemctl reload postgresql')),
     check, 'add "apache  www-data  cctv_reader" to pg_ident.conf'),
    ('no line in pg_hba.conf', both(replace('^local +cctv .*\n', '', HBA),
                                    run('systemctl reload postgresql')),
     check, 'peer map=apache" to pg_hba.conf above its other local lines'),
    ('a role that does not exist',
     params('host=/run/postgresql dbname=cctv user=cctv'), check,
     'pg_ident.conf|cctv-load-sql'),
    # --- who may see what
    ('a variable of CCTVRoles is misspelt', both(
        end('LogLevel cctv:info', OWN),
        run('htpasswd -bcB /etc/apache2/users ann x; '
            'a2enmod -q auth_basic authn_file'),
        end('<Location /api/cameras>\nAuthType Basic\nAuthName x\n'
            'AuthUserFile /etc/apache2/users\nRequire valid-user\n'
            'CCTVRoles "%{reqenv:AUTHENTICATE_ROLE}"\n</Location>', OWN)),
     asked('/api/cameras', '-u ann:x'), 'CCTV0189.*AUTHENTICATE_ROLE'),
    ('a role that no camera has', both(
        end('LogLevel cctv:info', OWN),
        end('<Location /api/cameras>\nCCTVRoles pubic\n</Location>', OWN)),
     asked('/api/cameras'), 'CCTV0191.*"pubic"'),
    ('an admin view for all',
     end('<Location /all>\nSetHandler cctv-admin\n</Location>', OWN),
     warning, 'CCTV0200.*write "Require user'),
    # --- lists of cameras
    ('a list without codecs', cameras('A,1,2,rtsp://h/1'), imported,
     'cannot be played while the codec is not known: add a column codec'),
    ('a list without keys, twice', cameras('Two,1,2,rtsp://h/2'), twice,
     'a column external_id lets an import find its cameras again'),
    ('latitude and longitude swapped in a row',
     cameras(*[f'{n},{n / 100},51,rtsp://h/{n}' for n in range(1, 30)],
             'S,51,0.1,rtsp://h/s'), imported, 'line 31.*(swapped|far)'),
    ('a login in an address', cameras('A,1,2,rtsp://u:secret@h/1'), imported,
     'LOGINS=file'),
    ('a web page instead of a list',
     run('echo "<!DOCTYPE html><p>login" >/tmp/list.csv'), imported,
     'web page .HTML.'),
    ('a user whom PostgreSQL does not know', cameras('A,1,2,rtsp://h/1'),
     by_root, 'Cannot connect to the database .PGHOST, PGUSER'),
]

VIDEO = [
    ('cctv_reader with video', replace('cctv_video', 'cctv_reader'), both(
        replace('cctv_video', 'cctv_reader', IDENT),
        replace('cctv_video', 'cctv_reader', HBA),
        run('systemctl reload postgresql'), check),
     'write cctv_video instead of cctv_reader'),
    ('a secret for all', run(f'chmod 644 {SECRET}'), configtest,
     'CCTVJanusSecretFile.*chmod 600|CCTVJanusSecretFile.*0600'),
    ('no secret', run(f'rm {SECRET}'), configtest,
     f'{SECRET}.*No such file'),
    ('another secret than Janus has',
     run(f'echo another-secret-of-some-length >{SECRET}'), check,
     'not the api_secret'),
    ('health, with another secret',
     run(f'echo another-secret-of-some-length >{SECRET}'), asked(),
     'CCTV0048'),
    ('the wrong address of Janus',
     replace('8088/janus', '8089/janus'), check, 'Janus does not answer at'),
    ('the wrong address of the admin API',
     replace('7088/admin', '8088/janus'), check,
     'admin API does not answer|refuses'),
    ('Janus without admin_key',
     both(replace('.*admin_key.*\n', '',
                  '/etc/janus/janus.plugin.streaming.jcfg'),
          run('systemctl restart janus; sleep 2')), check,
     'admin_key'),
    ('Janus is off', run('pkill -x janus; sleep 1'), check,
     'Janus does not answer at.*\n.*cctv-janus-conf'),
    ('events to a site that has no section for them', both(
        run('systemctl restart janus; sleep 2'),
        replace('janus-events"', 'elsewhere"',
                '/etc/janus/janus.eventhandler.sampleevh.jcfg'),
        run('systemctl restart apache2')), check,
     'no cctv-janus-events answers .404.\n.*EVENTS='),
    ('TURN without its secret',
     end('CCTVTurnServer turn:turn.example.org'), configtest,
     'CCTVTurnSecretFile'),
    ('a TURN server that does not answer', both(
        run('(umask 077; echo a-secret-of-some-length >/etc/cctv/turn)'),
        end('CCTVTurnServer turn:127.0.0.1:9\n'
            'CCTVTurnSecretFile /etc/cctv/turn')), check,
     'turn:127.0.0.1:9.*\n.*start coturn'),
    ('a login that is no line', both(
        run("(umask 077; echo 'viewer:secret@cam' >/etc/cctv/cameras)"),
        end('CCTVCameraLoginsFile /etc/cctv/cameras')), configtest,
     'CCTVCameraLoginsFile.*line 1 needs'),
    ("Janus's WebSocket with roles", both(
        top('Define CCTV_JANUS_PROXY'),
        end('<Location /api/cameras>\nCCTVRoles public\n</Location>', OWN)),
     configtest, 'CCTVJanusProxy on and CCTVRoles do not go together'),
]


def keep():
    for folder in KEPT:
        sh(f'rm -rf /root/kept{folder}; mkdir -p /root/kept{folder}; '
           f'cp -a {folder}/. /root/kept{folder}')


def restore(undo):
    for folder in KEPT:
        sh(f'find {folder} -mindepth 1 -delete; '
           f'cp -a /root/kept{folder}/. {folder}')
    if undo.startswith(('ALTER', 'GRANT')):
        sql(undo)
    elif undo:
        sh(undo)
    sh('systemctl reload postgresql', fails=True)


def says(ask, pattern):
    """What is said, once it has the pattern."""
    until = time.monotonic() + 30
    said = ask()
    while said is None or not re.search(pattern, said, re.S):
        if said is not None:
            return said, False
        with open(LOG, encoding='utf-8', errors='replace') as log:
            text = log.read()
        if re.search(pattern, text):
            return text, True
        if time.monotonic() > until:
            return text, False
        time.sleep(0.2)
    return said, True


def main():
    keep()
    missed = []
    for name, make, ask, pattern, *undo in {'plain': PLAIN,
                                            'video': VIDEO}[sys.argv[1]]:
        make()
        try:
            said, is_told = says(ask, pattern)
        except AssertionError as error:
            said, is_told = str(error), False
        finally:
            restore(*undo or [''])
        print(f'{"told  " if is_told else "MISSED"} {name}', flush=True)
        if not is_told:
            missed.append(name)
            print(said[-2000:], flush=True)
    print(f'{len(missed)} missed')
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
