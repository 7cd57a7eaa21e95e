"""Event logs: one line when a view starts and one when it is over."""

import contextlib
import gzip
import http.client
import json
import os
import re
import shutil
import signal
import subprocess

import pytest

from api import ONE_CHILD, dbd
from clickhouse import ClickHouse
from env import REPO, SLOWNESS, process_halted, wait_for
from kafka import Kafka
from lab import free_port
from metrics import scrape
from preload import preloading
from users import AUTH, BASIC, set_passwords, user
from views import ENDPOINTS, Viewer, set_cameras
from watchers import (Watchers, assert_pairs, events_of, kill_a_child, lines,
                      of_views, reader_of)

LOGS = ('CCTVEventLog events.log\n'
        'CCTVEventLog "|/bin/sh -c \'exec cat >> {folder}/piped.log\'"\n')
NOTES = ('LogFormat "%{cctv_camera}n %{cctv_view}n %{cctv_country}n %U" notes\n'
         'CustomLog access.log notes\n')
STATE = 'CCTVStateFile state/views\nCCTVStateInterval 1s\n'
# Few processes, but more than one.
CHILDREN = ('StartServers 3\nServerLimit 3\nThreadsPerChild 4\n'
            'MaxRequestWorkers 12\nMinSpareThreads 1\nMaxSpareThreads 12\n')
PUBLIC_ID = re.compile('[0-9a-f]{24}')
KEY = 'a-key-of-more-than-16-characters'
TOPIC = 'cctv-events'


def key_file(tmp_path):
    path = tmp_path / 'key'
    path.write_text(KEY + '\n')
    path.chmod(0o600)
    return path


def verify(key, *logs):
    """(exit status, output) of tools/verify-events"""
    done = subprocess.run([REPO + '/tools/verify-events', '--key', key, *logs],
                          stdout=subprocess.PIPE, encoding='utf-8', timeout=60)
    return done.returncode, done.stdout


def launch(start, cluster, config='', sizes=ONE_CHILD, **options):
    set_cameras(cluster, {'role': 'traffic'}, {}, {'codec': 'MJPEG'})
    httpd = start(sizes + dbd(cluster) + LOGS + config + ENDPOINTS, **options)
    # httpd says so of programs of piped logs that it has ended itself.
    httpd.expect('AH00488')
    return httpd


def test_a_view_has_a_start_and_an_end_in_every_log(start, cluster):
    httpd = launch(start, cluster, NOTES + 'CCTVSessionTimeout 3s\n')
    viewer = Viewer(httpd)
    session = viewer.start(1)
    assert viewer.beat(session) == 200
    viewer.end(session)
    viewer.end(session)
    first, last = events_of(httpd, 2)
    assert (first['event'], first['camera'], first['role']) == (
        'start', 1, 'traffic')
    assert first['start'] == first['time'] == last['start']
    assert last['event'] == 'end' and last['reason'] == 'ended'
    assert last['end'] == last['time'] >= last['start']
    assert 0 <= last['watched_seconds'] < 60
    assert first['view'] == last['view']
    assert PUBLIC_ID.fullmatch(first['view'])
    assert first['view'] not in session and session not in json.dumps(last)
    assert (last['country'], last['transport']) == ('unknown', 'none')
    assert 'user' not in last and 'client' not in last
    assert events_of(httpd, 2, 'piped.log') == [first, last]
    assert os.stat(httpd.folder + '/events.log').st_mode & 0o027 == 0

    # A viewer that goes away without a word, and those who may not watch.
    viewer.start(2)
    assert viewer.post('view-start', camera_id=9).status == 404
    assert viewer.post('view-start', camera_id=3).status == 409
    events = events_of(httpd, 6)
    refused = [event for event in events if event['event'] == 'refused']
    assert [(event['camera'], event['reason']) for event in refused] == [
        (9, 'not_visible'), (3, 'not_playable')]
    ends = assert_pairs(events)
    assert sorted(end['reason'] for end in ends) == ['ended', 'expired']

    metrics = wait_for(
        lambda: scrape(httpd).sum('cctv_events_written_total') == 12
        and scrape(httpd), 'both logs have all events', 10 * SLOWNESS)
    assert metrics.sum('cctv_events_dropped_total') == 0
    with open(httpd.folder + '/access.log', encoding='utf-8') as log:
        noted = log.read().splitlines()
    # httpd writes a line after the answer, perhaps later than that of the next.
    assert {f'1 {first["view"]} unknown /{name}' for name in (
        'view-start', 'heartbeat', 'view-end')} <= set(noted[:4])
    assert '9 - - /view-start' in noted
    assert '- - - /metrics' in noted

    # Without a state file the stop of the server ends what goes on.
    viewer.start(1)
    httpd.stop()
    ends = assert_pairs(lines(httpd))
    assert [end['reason'] for end in ends][-1] == 'restart'


def test_a_view_without_a_random_id_does_not_start(start, cluster, tmp_path):
    httpd = launch(start, cluster,
                   wrapper=preloading(tmp_path, 'random_faults'))
    httpd.expect('CCTV0240')
    fault = httpd.folder + '/state/no-random'
    open(fault, 'w').close()
    viewer = Viewer(httpd)
    for _ in range(2):
        reply = viewer.post('view-start', camera_id=1)
        assert reply.status == 503 and 'an id' in reply.json()['detail']
    os.unlink(fault)
    viewer.end(viewer.start(1))
    assert [(event['event'], event.get('reason'))
            for event in events_of(httpd, 4)] == [
        ('refused', 'unavailable'), ('refused', 'unavailable'),
        ('start', None), ('end', 'ended')]
    assert scrape(httpd).sum('cctv_sessions') == 0
    assert httpd.text().count('CCTV0240') == 1


def test_events_name_users_and_clients_if_told_to(start, cluster):
    httpd = launch(start, cluster, 'CCTVEventUser on\n'
                   'CCTVEventClient address\n<Location "/">\n'
                   + '\n'.join(BASIC) + '\n</Location>\n', modules=AUTH)
    set_passwords(httpd, 'zoë')
    viewer = Viewer(httpd, **user('zoë'))
    viewer.end(viewer.start(1))
    viewer.post('view-start', camera_id=9)
    for event in events_of(httpd, 3):
        assert (event['user'], event['client']) == ('zoë', '127.0.0.1')


def test_an_address_is_told_as_in_apaches_logs(start, cluster):
    """`Listen 80` takes clients of IPv4, too, by a socket of IPv6."""
    port = free_port()
    httpd = launch(start, cluster, 'CCTVEventClient address\n'
                   f'Listen [::]:{port}\n')
    for host in ('127.0.0.1', '::1'):
        with contextlib.closing(http.client.HTTPConnection(host, port)) as to:
            reply = httpd.ask('POST', '/view-start', Viewer(httpd).headers,
                              '{"camera_id": 9}', to)
            assert reply.status == 404
    told = [event['client'] for event in events_of(httpd, 2)]
    assert told == ['127.0.0.1', '::1']


def changed(lines_, number):
    return [*lines_[:number],
            re.sub('"camera":.', '"camera":7', lines_[number]),
            *lines_[number + 1:]]


def test_the_chain_tells_what_was_changed(start, cluster, tmp_path):
    key = key_file(tmp_path)
    httpd = launch(start, cluster, STATE + 'CCTVEventChain on\n'
                   f'CCTVEventKeyFile {key}\nCCTVEventClient hash\n')
    viewer = Viewer(httpd)
    for _ in range(5):
        viewer.end(viewer.start(1))
    clients = {event['client'] for event in events_of(httpd, 10)}
    assert len(clients) == 1 and clients != {'127.0.0.1'}
    # The chain goes on over a reload, and over a stop and a start.
    httpd.reload(signal.SIGUSR1)
    session = viewer.start(2)
    # httpd ends the program of a piped log when it stops, whatever is left in
    # the pipe.
    events_of(httpd, 11, 'piped.log')
    httpd.stop()
    httpd.start(httpd.port)
    viewer.end(session)
    events_of(httpd, 12)
    events_of(httpd, 12, 'piped.log')
    httpd.stop()
    assert_pairs(lines(httpd))
    for name in ('events.log', 'piped.log'):
        assert verify(key, f'{httpd.folder}/{name}') == (
            0, '12 lines, 0 problems\n')

    path = tmp_path / 'copy'
    with open(httpd.folder + '/events.log', encoding='utf-8') as log:
        right = log.read().splitlines(keepends=True)

    def check(lines_):
        path.write_text(''.join(lines_))
        return verify(key, path)
    assert check(right)[0] == 0
    assert check(changed(right, 4)) == (
        1, f'{path}:5: this line was changed\n12 lines, 1 problems\n')
    assert check(right[:4] + right[5:]) == (
        1, f'{path}:5: lines 5 to 5 are missing here: removed or moved\n'
        '11 lines, 1 problems\n')
    status, output = check(right[:4] + [right[5], right[4]] + right[6:])
    assert status == 1 and f'{path}:6: line 5 stands after line 6' in output
    assert check([*right[:-1], right[-1][:40]])[1].startswith(
        f'{path}:12: this line was cut')
    # A file that was rotated away, and one with another key.
    assert check(right[6:]) == (
        0, f'{path}:1: begins with line 7; the lines before it are not here\n'
        '6 lines, 0 problems\n')
    key.write_text(KEY[::-1])
    assert check(right)[0] == 1


def test_lines_that_somebody_else_wrote_are_told(tmp_path):
    """They do not end tools/verify-events."""
    key = key_file(tmp_path)
    path = tmp_path / 'log'
    first = '{"event":"start","number":1,"chain":"' + 'A' * 22 + '"}\n'
    for line, message in (('{"number":2,"chain":"é"}', 'line was changed'),
                          ('[' * 4000, 'no line of a chain'),
                          ('\udcff', 'no line of a chain')):
        path.write_text(f'{first}{line}\n', 'utf-8', 'surrogateescape')
        status, output = verify(key, path)
        assert status == 1 and message in output, output
    packed = tmp_path / 'log.gz'
    packed.write_bytes(gzip.compress(path.read_bytes())[:-9])
    assert verify(key, packed)[0] == 2


def test_a_chain_without_a_key_is_refused(written, cluster):
    httpd = written('CCTVEventLog events.log\nCCTVEventChain on\n')
    accepted, output = httpd.configtest()
    assert not accepted and 'CCTVEventChain on needs CCTVEventKeyFile' in output


@pytest.mark.parametrize('line, message', [
    ('CCTVEventLog "|"', 'has to be the path of a file'),
    ('CCTVEventLog a\nCCTVEventLog a', 'stands twice'),
    ('CCTVEventLog off', 'leave the directive out'),
    ('CCTVEventLog /nonexistent/a', 'there is no folder /nonexistent'),
    ('CCTVEventLog /tmp', 'is a folder'),
    ('CCTVEventClient all', 'has to be hash, address or off'),
    ('CCTVEventKeyFile /nonexistent', '/nonexistent')])
def test_wrong_directives_say_what_is_wrong(written, line, message):
    accepted, output = written(line + '\n').configtest()
    assert not accepted and message in output


# ---- Faults ----

REPORTS = {
    'top cameras': (
        'SELECT camera, count(*) FROM cctv_view GROUP BY camera '
        'ORDER BY camera'),
    'hours': ('SELECT camera, sum(watched_seconds) FROM cctv_view '
              'GROUP BY camera ORDER BY camera'),
    'countries': ('SELECT country, count(*) FROM cctv_view GROUP BY country '
                  'ORDER BY country'),
}


def assert_reports(ask, metrics):
    """What the database answers is what the metrics say."""
    def by(name, label):
        sums = {}
        for labels, value in metrics.series(name).items():
            key = dict(labels)[label]
            sums[key] = sums.get(key, 0) + value
        return {key: value for key, value in sums.items() if value}
    assert ask('top cameras') == by('webrtc_view_start_total', 'camera_id')
    assert ask('countries') == by('webrtc_view_start_total', 'country')
    assert ask('hours') == pytest.approx(
        by('webrtc_view_seconds_total', 'camera_id'), abs=1e-3)


def load_postgres(cluster, paths):
    """Loads the logs as docs/events.md says."""
    with open(REPO + '/sql/events.sql', encoding='utf-8') as file:
        cluster.query(file.read())
    for path in paths:
        subprocess.run(
            ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c',
             f"\\copy cctv_event_lines (line) FROM '{path}' WITH (FORMAT csv, "
             "QUOTE e'\\x01', DELIMITER e'\\x02')"],
            env={**os.environ, **cluster.env}, check=True, timeout=60)


def test_each_view_has_one_start_and_one_end_whatever_happens(start, cluster):
    """`make soak` does this with 100,000 views."""
    httpd = launch(start, cluster, STATE + 'CCTVSessionTimeout 3s\n',
                   sizes=CHILDREN)
    with Watchers(httpd, 4, 400, 2) as watchers:
        events_of(httpd, 50)
        kill_a_child(httpd)
        events_of(httpd, 150)
        httpd.restart(signal.SIGUSR1)
        wait_for(lambda: reader_of(httpd), 'the new program of the log')
        with process_halted(reader_of(httpd)):
            # A reader that stands still holds up nobody.
            watchers.join()
    kill_a_child(httpd)
    wait_for(httpd.listens, 'Apache listens', 20 * SLOWNESS)
    viewer = Viewer(httpd)
    session = viewer.start(1)
    with httpd.ending():
        httpd.stop()
    httpd.start(httpd.port)
    viewer.end(session)

    def all_over():
        events = lines(httpd)
        return events and all(len(both) == 2 for both
                              in of_views(events).values()) and events
    events = wait_for(all_over, 'all views are over', 20 * SLOWNESS)
    ends = assert_pairs(events)
    assert len(ends) >= watchers.started + 1
    assert {'ended', 'expired'} <= {end['reason'] for end in ends}
    assert scrape(httpd).sum('cctv_events_dropped_total') == 0
    wait_for(lambda: len(lines(httpd, 'piped.log')) >= len(events),
             'the program has got all events', 20 * SLOWNESS)
    assert_pairs(lines(httpd, 'piped.log'))


def test_reports_of_databases_are_those_of_the_metrics(start, cluster):
    httpd = launch(start, cluster)
    viewer = Viewer(httpd, User_Agent='Firefox/140.0')
    for camera in (1, 2, 1, 1):
        session = viewer.start(camera)
        viewer.beat(session)
        viewer.end(session)
    viewer.post('view-start', camera_id=9)
    events_of(httpd, 9)
    metrics = scrape(httpd)
    path = httpd.folder + '/events.log'
    clickhouse = ClickHouse()
    try:
        def ask_clickhouse(name):
            rows = clickhouse.ask(REPORTS[name]).splitlines()
            return {key: float(value) for key, value in (
                row.split('\t') for row in rows)}
        for _ in range(2):
            clickhouse.run(REPO + '/sql/clickhouse.sql')
            # At least once, as the pipelines of docs/events.md deliver.
            with open(path, encoding='utf-8') as log:
                clickhouse.insert('cctv_events', log.read())
        assert_reports(ask_clickhouse, metrics)
        assert clickhouse.ask("SELECT DISTINCT camera, reason FROM cctv_acts "
                              "WHERE event = 'refused'") == '9\tnot_visible\n'
    finally:
        clickhouse.remove()

    def ask_postgres(name):
        return {str(key): float(value) for key, value
                in cluster.query(REPORTS[name])}
    try:
        load_postgres(cluster, [path, path])
        assert_reports(ask_postgres, metrics)
        assert cluster.query('SELECT event, camera, reason FROM cctv_acts') == [
            ('refused', 9, 'not_visible')]
    finally:
        cluster.query('DROP TABLE IF EXISTS cctv_views, cctv_acts, '
                      'cctv_event_lines CASCADE')


def test_a_full_disk_holds_up_no_view(start, cluster):
    httpd = launch(start, cluster, 'CCTVEventLog /dev/full\n')
    httpd.expect('CCTV0195')
    viewer = Viewer(httpd)
    for _ in range(3):
        viewer.end(viewer.start(1))
    assert_pairs(events_of(httpd, 6))
    wait_for(lambda: 'CCTV0195' in httpd.text(), 'the message', 10 * SLOWNESS)
    assert httpd.text().count('CCTV0195') == 1
    assert '/dev/full takes no lines' in httpd.text()


def documented(word):
    """The block of docs/events.md that has this word."""
    with open(REPO + '/docs/events.md', encoding='utf-8') as page:
        found = [block for block in re.findall('```\\w+\n(.*?)```',
                                               page.read(), re.S)
                 if word in block]
    assert len(found) == 1, word
    return found[0]


def test_kafka_gets_each_line_once_by_kcat(start, cluster):
    """The directive of docs/events.md, also while Kafka is away, over a reload
    and a stop."""
    kafka = Kafka()
    try:
        directive = documented('kcat').replace('kafka1:9092,kafka2:9092',
                                               kafka.address)
        assert kafka.address in directive
        httpd = launch(start, cluster, directive)
        # What kcat says of a Kafka that is away.
        httpd.expect('rdkafka#', '% ERROR: Local: ')
        viewer = Viewer(httpd)

        def watch(views):
            """The last lines wait in kcat."""
            for _ in range(2):
                viewer.end(viewer.start(1))
            count = len(events_of(httpd, 4 * views)) - 2
            wait_for(lambda: len(kafka.messages(TOPIC)) >= count,
                     f'{count} lines are in Kafka', 30 * SLOWNESS)

        def have_all():
            return len(kafka.messages(TOPIC)) >= len(lines(httpd))
        watch(1)
        kafka.set_down()
        wait_for(lambda: 'Connection refused' in httpd.text(),
                 'kcat says that Kafka is away', 30 * SLOWNESS)
        viewer.end(viewer.start(1))
        viewer.end(viewer.start(1))
        kafka.set_up()
        watch(3)
        httpd.restart(signal.SIGUSR1)
        wait_for(have_all, 'all is in Kafka after a reload', 30 * SLOWNESS)
        watch(4)
        with httpd.ending():
            httpd.stop()
        wait_for(have_all, 'all is in Kafka after a stop', 30 * SLOWNESS)
        # The partitions of a topic have no common order.
        assert sorted(map(str, kafka.messages(TOPIC))) == \
            sorted(map(str, lines(httpd)))
    finally:
        kafka.remove()


FLUENT_BIT = {'parsers': '[PARSER]', 'conf': '[OUTPUT]'}
VECTOR = {'toml': '[sources.cctv]'}


@pytest.mark.parametrize('tool, blocks, options', [
    ('fluent-bit', FLUENT_BIT, ['-f', '1', '-c', 'conf']),
    ('vector', VECTOR, ['--config', 'toml'])])
def test_each_line_gets_to_clickhouse(start, cluster, tmp_path, tool, blocks,
                                      options):
    if not shutil.which(tool):
        pytest.skip(f'{tool} is in no package of Debian: put it into the PATH')
    httpd = launch(start, cluster)
    viewer = Viewer(httpd)
    viewer.end(viewer.start(1))
    viewer.post('view-start', camera_id=9)
    events_of(httpd, 3)
    clickhouse = ClickHouse()
    clickhouse.run(REPO + '/sql/clickhouse.sql')
    for name, word in blocks.items():
        text = documented(word)
        for old, new in (
                ('/var/log/apache2/cctv-events.log',
                 httpd.folder + '/events.log'),
                ('8123', str(clickhouse.port)),
                ('/etc/fluent-bit/cctv-parsers.conf', f'{tmp_path}/parsers'),
                ('/var/lib/fluent-bit', str(tmp_path)),
                ('/var/lib/vector', str(tmp_path))):
            text = text.replace(old, new)
        (tmp_path / name).write_text(text)
    running = subprocess.Popen([tool, *options], cwd=tmp_path)
    try:
        def arrived(count):
            return clickhouse.ask(
                "SELECT count() FROM cctv_view WHERE reason = 'ended'"
            ) == f'{count}\n' and clickhouse.ask(
                'SELECT count() FROM cctv_acts WHERE time > toDateTime(1000000)'
            ) == '1\n'
        wait_for(lambda: arrived(1), 'the first view', 60 * SLOWNESS)
        viewer.end(viewer.start(1))
        wait_for(lambda: arrived(2), 'the second view', 60 * SLOWNESS)
    finally:
        running.terminate()
        running.wait(30)
        clickhouse.remove()
