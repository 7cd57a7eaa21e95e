"""A private Prometheus."""

import collections
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import urllib.parse
import urllib.request

from env import make_folder, wait_for

CONFIG = """
global:
  scrape_interval: {interval}ms
  scrape_timeout: {interval}ms
  evaluation_interval: 1s
rule_files: [{rules}]
scrape_configs:
"""
JOB = """
  - job_name: {job}
    metrics_path: {path}
    static_configs:
      - targets: ["127.0.0.1:{port}"]
"""


class Prometheus:
    """Scrapes an Apache. jobs: {name: path}; the scrape interval is in ms;
    rules: files with rules; see copy_rules()."""

    def __init__(self, httpd, jobs, interval=200, rules=()):
        self.folder = make_folder()
        copies = [self.copy_rules(path) for path in rules]
        with open(self.folder + '/prometheus.yml', 'w') as file:
            file.write(CONFIG.format(
                interval=interval, rules=', '.join(copies)) + ''.join(
                JOB.format(job=job, path=path, port=httpd.port)
                for job, path in jobs.items()))
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]
        with open(self.folder + '/log', 'w') as log:
            self.process = subprocess.Popen(
                ['prometheus', f'--config.file={self.folder}/prometheus.yml',
                 f'--storage.tsdb.path={self.folder}/data',
                 f'--web.listen-address=127.0.0.1:{self.port}',
                 '--scrape.discovery-reload-interval=100ms'],
                stdout=log, stderr=log, cwd=self.folder)
        try:
            wait_for(self.is_ready, 'Prometheus answers', 30)
        except AssertionError:
            with open(self.folder + '/log') as log:
                print(log.read())
            self.remove()
            raise

    def copy_rules(self, path):
        """What is recorded once an hour, of that hour, is recorded every 4 s
        instead, of these 4 s."""
        copy = f'{self.folder}/{os.path.basename(path)}'
        with open(path) as rules, open(copy, 'w') as file:
            text = rules.read().replace('interval: 1m', 'interval: 1s')
            if 'interval: 1h' in text:
                text = re.sub(r'(interval: |offset |\[)1h', r'\g<1>4s', text)
            file.write(text)
        return copy

    def is_ready(self):
        with contextlib.suppress(OSError):
            return self.get('/-/ready') is not None

    def get(self, path):
        with urllib.request.urlopen(
                f'http://127.0.0.1:{self.port}{path}', timeout=10) as reply:
            return reply.read()

    def query(self, promql):
        """The result in the format of Prometheus's API."""
        reply = json.loads(self.get('/api/v1/query?' + urllib.parse.urlencode(
            {'query': promql})))
        return reply['data']['result']

    def value(self, promql):
        """The number that a query yields; None: the result is empty."""
        for result in self.query(promql):
            return float(result['value'][1])

    def values(self, promql, label):
        """{label value: number} of the result, in its order."""
        return {result['metric'].get(label): float(result['value'][1])
                for result in self.query(promql)}

    def grown(self, selector, label):
        """The increase without increase()'s extrapolation, summed by a label:
        {label value: number}."""
        total = collections.Counter()
        for result in self.query(selector):
            values = [float(value) for _, value in result['values']]
            for before, value in zip(values, values[1:]):
                total[result['metric'][label]] += (
                    value - before if value >= before else value)
        return total

    def remove(self):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder)
