"""A reader of the journal of changes: it does what Apache does, in Python."""

import contextlib

COLUMNS = ('id, name, role, status, status_reason, codec, playable, '
           'ST_X(geom), ST_Y(geom)')
STATUS = 3


def table(cluster, dbname=None):
    """What the table of cameras holds: {id: row}."""
    rows = cluster.query(f'SELECT {COLUMNS} FROM public.cameras',
                         dbname=dbname)
    return {row[0]: row for row in rows}


class Reader:
    """Holds all cameras, and follows the journal."""

    def __init__(self, cluster, most=10000, dbname=None, position=''):
        self.connection = cluster.connect(dbname, user='cctv_reader')
        self.most = most
        self.position = position
        self.cameras = {}
        self.rebuilds = 0

    def close(self):
        self.connection.close()

    def ask(self, sql, *values):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def since(self):
        """(is_many, changed ids, {id: status}), or None if the journal is
        not complete."""
        [[reached, resume, is_many, changed, ids, statuses]] = self.ask(
            'SELECT * FROM cctv_journal.since(%s, %s)', self.position,
            self.most)
        if reached is None:
            return None
        self.position = reached
        self.resume = resume
        return is_many, changed or [], dict(zip(ids or [], statuses or []))

    def poll(self):
        """As since(), and applies what it says."""
        news = self.since()
        is_many, changed, statuses = news
        if is_many:
            self.rebuilds += 1
            rows = self.ask(f'SELECT {COLUMNS} FROM public.cameras')
            self.cameras = {row[0]: row for row in rows}
            return news
        for id_, status in statuses.items():
            if id_ in self.cameras:
                row = list(self.cameras[id_])
                row[STATUS] = status
                self.cameras[id_] = tuple(row)
        if changed:
            rows = {row[0]: row for row in self.ask(
                f'SELECT {COLUMNS} FROM public.cameras WHERE id = ANY (%s)',
                changed)}
            for id_ in changed:
                self.cameras.pop(id_, None)
            self.cameras.update(rows)
        return news


@contextlib.contextmanager
def reader(cluster, **options):
    """A reader that has read all cameras."""
    made = Reader(cluster, **options)
    try:
        assert made.poll()[0]
        yield made
    finally:
        made.close()
