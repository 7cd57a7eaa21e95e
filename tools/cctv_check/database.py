"""What Apache's user finds in the database."""

COLUMNS = ('id name role status status_since status_reason codec profile width '
           'height fps audio playable stream_is_rtp sub_stream_is_rtp heading '
           'field_of_view geom name_folded has_still range_m has_hls').split()
LOAD = 'cctv-load-sql import'
FOR_VIDEO = ('cctv_stream_url', 'cctv_sub_stream_url', 'cctv_external_id',
             'cctv_still_url', 'cctv_hls_url', 'cctv_set_status',
             'cctv_set_status_reason', 'cctv_note_watcher')
TRIGGERS = {'cctv_journal_' + what for what in
            ('insert', 'delete', 'update', 'truncate', 'row')}
# As in mod_cctv/health/mod_room.c.
ALLOWED = """SELECT least(
    current_setting('max_connections')::int
      - current_setting('superuser_reserved_connections')::int
      - coalesce(current_setting('reserved_connections', true), '0')::int,
    (SELECT nullif(rolconnlimit, -1) FROM pg_catalog.pg_roles
      WHERE rolname = current_user),
    (SELECT nullif(datconnlimit, -1) FROM pg_catalog.pg_database
      WHERE datname = current_database()))"""
PEER = ('add "apache  {me}  {user}" to pg_ident.conf, and "local  {dbname}  '
        '{user}  peer map=apache" to pg_hba.conf above its other local lines, '
        'then: systemctl reload postgresql')
# What libpq says, and what mends it.
MENDS = (
    ('Peer authentication failed', PEER),
    ('does not exist', LOAD),
    ('password authentication failed', 'set the password of {user} (ALTER ROLE '
     '{user} PASSWORD …), and write it to the passfile= of DBDParams'),
    ('no password supplied', 'put passfile=/etc/cctv/pgpass into DBDParams; '
     'the file belongs to {me} alone'),
    ('no pg_hba.conf entry', 'add a line for {user} to pg_hba.conf, then: '
     'systemctl reload postgresql'),
    ('too many clients', 'raise max_connections in postgresql.conf, or lower '
     'DBDMax'),
    ('No such file or directory', 'pg_lsclusters shows the clusters of this '
     'machine; systemctl start postgresql starts them'),
    ('Connection refused', 'start PostgreSQL there, or correct host= and port= '
     'of DBDParams'),
    ('could not translate host name', 'correct host= of DBDParams'),
)


def check(findings, params, needs):
    """@param needs: me (Apache's user), video, catalogue, children, threads,
    most (DBDMax)"""
    try:
        import psycopg2
        from psycopg2.extensions import parse_dsn
    except ImportError:
        findings.wrong('the database cannot be asked: python3-psycopg2 is not '
                       'installed', 'apt install python3-psycopg2')
        return
    try:
        parts = parse_dsn(params)
    except psycopg2.Error:
        # Its message repeats a part of DBDParams.
        findings.wrong('DBDParams is no connection string of libpq',
                       'DBDParams "host=/var/run/postgresql dbname=cctv '
                       'user=cctv_reader"')
        return
    parts = {'user': needs['me'], 'dbname': parts.get('user', needs['me']),
             **parts}
    try:
        connection = psycopg2.connect(params, connect_timeout=int(
            parts.get('connect_timeout', 5)))
    except psycopg2.Error as error:
        if needs['video'] and parts['user'] == 'cctv_reader':
            findings.note('video needs the role cctv_video, not cctv_reader',
                          'write cctv_video into DBDParams, pg_ident.conf and '
                          'pg_hba.conf')
        refuse(findings, str(error), parts, needs['me'])
        return
    with connection:
        Database(connection, findings, needs).check()
    connection.close()


def refuse(findings, said, parts, me):
    password = parts.get('password')
    said = ' '.join(said.replace(password, '…').split() if password
                    else said.split())
    how = next((how for words, how in MENDS if words in said), None)
    findings.wrong(f'the database refuses Apache\'s user {me}: {said}', how and
                   how.format(me=me, user=parts['user'],
                              dbname=parts['dbname']))


class Database:
    def __init__(self, connection, findings, needs):
        connection.autocommit = True
        self.cursor = connection.cursor()
        self.findings = findings
        self.needs = needs
        self.wrong = findings.wrong

    def ask(self, sql, *values):
        """The first row."""
        self.cursor.execute(sql, values or None)
        return self.cursor.fetchone()

    def check(self):
        user, name, encoding, version, is_standby = self.ask(
            "SELECT current_user, current_database(), "
            "current_setting('server_encoding'), "
            "current_setting('server_version'), pg_is_in_recovery()")
        before = len(self.findings)
        if encoding != 'UTF8':
            self.wrong(f'the database {name} is in {encoding}: mod_cctv needs '
                       'UTF8', f'createdb -E UTF8 -T template0 {name}2, and '
                       'move the cameras there')
        if self.has_table(name) and self.has_columns(user):
            self.check_postgis(user)
            self.check_rights(user)
            self.check_journal()
        self.check_room()
        if len(self.findings) == before:
            count = self.ask('SELECT count(id) FROM cameras')[0]
            self.findings.fine(
                f'database {name} (PostgreSQL {version.split()[0]}) as '
                f'{user}: table, columns, rights, PostGIS; {count} cameras')
            if not count:
                self.findings.note('there are no cameras yet',
                                   'cctv-import cameras.csv')
        if is_standby:
            self.findings.note(f'the database {name} is a standby: statuses of '
                               'cameras are not written while it is one',
                               'DBDParams "host=a,b target_session_attrs='
                               'primary …"')

    def has_table(self, name):
        has, = self.ask("SELECT to_regclass('public.cameras') IS NOT NULL")
        if not has:
            self.wrong(f'the database {name} has no table of cameras', LOAD)
        return has

    def has_columns(self, user):
        self.cursor.execute(
            "SELECT attname::text, has_column_privilege('public.cameras', "
            "attname::text, 'SELECT') FROM pg_attribute WHERE attrelid = "
            "'public.cameras'::regclass AND attnum > 0 AND NOT attisdropped")
        found = dict(self.cursor.fetchall())
        missing = [column for column in COLUMNS if column not in found]
        if missing:
            self.wrong('the table of cameras is of an older version: it has no '
                       + ', '.join(missing), LOAD)
            return False
        hidden = [column for column in COLUMNS if not found[column]]
        if hidden:
            self.wrong(f'the role {user} may not read the columns '
                       + ', '.join(hidden), LOAD)
            return False
        if any(found.get(column) for column in ('stream_url',
                                                'sub_stream_url')):
            self.findings.note(
                f'the role {user} may read stream URLs itself: a fault of any '
                'module of this Apache could show them', 'DBDParams "… '
                'user=cctv_reader", or cctv_video with video')
        return True

    def check_postgis(self, user):
        schema = self.ask("SELECT nspname::text FROM pg_extension e JOIN "
                          "pg_namespace n ON n.oid = e.extnamespace "
                          "WHERE extname = 'postgis'")
        if not schema:
            self.wrong('PostGIS is not in this database', LOAD)
        elif not self.ask('SELECT has_schema_privilege(%s, %s)', schema[0],
                          'USAGE')[0]:
            self.wrong(f'the role {user} may not use the schema {schema[0]}, '
                       'where PostGIS is', LOAD)
        elif schema[0] not in self.ask('SELECT current_schemas(true)::text[]'
                                       )[0]:
            self.wrong(f'the role {user} does not find PostGIS: its '
                       f'search_path lacks {schema[0]}', LOAD)

    def may_call(self, schema, name):
        """None: there is no such function."""
        # Names in a schema that the role may not use cannot be looked up.
        return self.ask(
            "SELECT bool_and(has_schema_privilege(n.oid, 'USAGE') AND "
            "has_function_privilege(p.oid, 'EXECUTE')) FROM pg_proc p JOIN "
            'pg_namespace n ON n.oid = p.pronamespace WHERE nspname = %s AND '
            'proname = %s', schema, name)[0]

    def check_rights(self, user):
        if not self.needs['video']:
            return
        for name in FOR_VIDEO:
            may = self.may_call('public', name)
            if may is None:
                self.wrong(f'the function {name}() is missing', LOAD)
            elif not may:
                self.wrong(
                    f'the role {user} may not call {name}(), which video needs',
                    'write cctv_video instead of cctv_reader into DBDParams, '
                    'pg_ident.conf and pg_hba.conf')
                return

    def check_journal(self):
        if not self.needs['catalogue']:
            return
        self.cursor.execute(
            "SELECT tgname::text FROM pg_trigger WHERE tgenabled <> 'D' AND "
            "tgrelid = 'public.cameras'::regclass")
        missing = TRIGGERS - {name for name, in self.cursor.fetchall()}
        may = self.may_call('cctv_journal', 'since')
        if missing or may is None:
            self.wrong('the journal of changes lacks triggers, or they are '
                       'disabled: the catalogue sees changes some seconds '
                       'late', LOAD)
        elif not may:
            self.wrong('the role may not read the journal of changes', LOAD)

    def check_room(self):
        children, threads = self.needs['children'], self.needs['threads']
        each = min(self.needs['most'], threads)
        allowed, = self.ask(ALLOWED)
        if children * each > allowed:
            fits = max(allowed // children, 1)
            self.wrong(
                f'{children} child processes with up to {each} connections '
                f'each (DBDMax) need {children * each}, but PostgreSQL allows '
                f'{allowed}', f'DBDKeep {fits} and DBDMax {fits}, or '
                f'max_connections = {children * each + 10} in postgresql.conf')

