"""A private ClickHouse: Debian's clickhouse-server, as an unprivileged
process in a folder of its own."""

import contextlib
import os
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from env import SLOWNESS, bound, make_folder, wait_for

SERVER = '/usr/sbin/clickhouse-server'
CONFIG = '''<?xml version="1.0"?>
<yandex>
  <logger><level>warning</level><log>{folder}/log</log>
    <errorlog>{folder}/errors</errorlog></logger>
  <http_port>{port}</http_port>
  <listen_host>127.0.0.1</listen_host>
  <path>{folder}/data/</path>
  <tmp_path>{folder}/tmp/</tmp_path>
  <users_config>{folder}/users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <mark_cache_size>1000000</mark_cache_size>
  <timezone>UTC</timezone>
</yandex>
'''
USERS = '''<?xml version="1.0"?>
<yandex>
  <profiles><default><max_memory_usage>500000000</max_memory_usage>
    <max_threads>2</max_threads></default></profiles>
  <users><default><password></password>
    <networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota></default></users>
  <quotas><default></default></quotas>
</yandex>
'''


class ClickHouse:
    def __init__(self):
        self.folder = make_folder()
        for name in ('data', 'tmp'):
            os.mkdir(f'{self.folder}/{name}')
        for attempt in range(3):
            self.start()
            try:
                wait_for(self.answers, 'ClickHouse answers', 30 * SLOWNESS)
                return
            except AssertionError:
                self.stop()
                # Another process may have taken the port.
                if attempt == 2:
                    raise

    def start(self):
        self.port = wait_for(lambda: bound(0), 'a port is free')
        for name, text in (('config.xml', CONFIG), ('users.xml', USERS)):
            with open(f'{self.folder}/{name}', 'w', encoding='utf-8') as file:
                file.write(text.format(folder=self.folder, port=self.port))
        with open(f'{self.folder}/output', 'w', encoding='utf-8') as output:
            self.process = subprocess.Popen(
                [SERVER, f'--config-file={self.folder}/config.xml'],
                cwd=self.folder, stdout=output, stderr=output,
                start_new_session=True)

    def answers(self):
        assert self.process.poll() is None, 'ClickHouse has ended'
        with contextlib.suppress(OSError):
            return self.ask('SELECT 1') == '1\n'

    def ask(self, query, data=''):
        """Sends one statement; `data` follows an INSERT. Returns the text of
        the answer."""
        return self.post('', query + '\n' + data)

    def post(self, query, body):
        request = urllib.request.Request(
            f'http://127.0.0.1:{self.port}/?{query}', body.encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def insert(self, table, lines):
        """Inserts lines of JSON; members without a column are ignored."""
        query = urllib.parse.urlencode({
            'query': f'INSERT INTO {table} FORMAT JSONEachRow',
            'input_format_skip_unknown_fields': '1'})
        self.post(query, lines)

    def run(self, path):
        """Runs a file of statements that end with a semicolon and a new
        line."""
        with open(path, encoding='utf-8') as file:
            text = '\n'.join(line for line in file.read().splitlines()
                             if not line.startswith('--'))
        for statement in text.split(';\n'):
            if statement.strip():
                self.ask(statement.strip().rstrip(';'))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20 * SLOWNESS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder)
