"""Cameras in the database, and the configuration that serves them."""

from psycopg2.extras import execute_values

HANDLER = 'SetHandler cctv-cameras'

COLUMNS = {
    'id': None, 'name': 'A camera', 'role': 'public',
    'stream_url': 'rtsp://10.1.2.3:554/secret-path', 'codec': 'H.264',
    'profile': 'Main', 'width': 640, 'height': 480, 'fps': 25.0,
    'audio': False, 'heading': None, 'field_of_view': None,
    'status': 'online', 'lng': 0.0, 'lat': 0.0}


# For event and worker: as few processes as possible, without a warning.
ONE_CHILD = ('StartServers 1\nThreadsPerChild 8\nMaxRequestWorkers 8\n'
             'MinSpareThreads 1\nMaxSpareThreads 8\n')


def dbd(cluster, maximum=10, **params):
    """The directives that connect mod_dbd to the cluster's database."""
    return (f'DBDriver pgsql\nDBDParams "{cluster.params(**params)}"\n'
            f'DBDMin 0\nDBDKeep {maximum}\nDBDMax {maximum}\n')


def location(*directives, path='/api/cameras'):
    return '\n'.join([f'<Location "{path}">', HANDLER, *directives,
                      '</Location>\n'])


def add_cameras(database, *cameras):
    """Adds cameras. Each is a dict of the columns that differ from the
    defaults. Cameras without an id are numbered from 1 in the order given."""
    names = list(COLUMNS)
    rows = []
    for i, camera in enumerate(cameras):
        assert not set(camera) - set(names), camera
        row = {**COLUMNS, 'id': i + 1, **camera}
        rows.append([row[name] for name in names])
    columns = ', '.join(names[:-2]) + ', geom'
    template = ('(' + '%s, ' * (len(names) - 2)
                + 'ST_SetSRID(ST_MakePoint(%s, %s), 4326))')
    connection = database.connect()
    try:
        with connection.cursor() as cursor:
            execute_values(
                cursor, f'INSERT INTO cameras ({columns}) VALUES %s', rows,
                template, page_size=1000)
    finally:
        connection.close()
