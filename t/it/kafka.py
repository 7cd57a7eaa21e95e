"""A private Kafka: the mock cluster of librdkafka, in a thread of this process.
kcat (Debian's package) writes to it and reads from it."""

import ctypes
import json
import subprocess

from env import SLOWNESS

PRODUCER = 0
BROKER = 1


class Kafka:
    def __init__(self):
        self.library = ctypes.CDLL('librdkafka.so.1')
        for name in ('conf_new', 'new', 'mock_cluster_new'):
            self._function(name).restype = ctypes.c_void_p
        self._function('mock_cluster_bootstraps').restype = ctypes.c_char_p
        error = ctypes.create_string_buffer(512)
        self.handle = ctypes.c_void_p(self._function('new')(
            PRODUCER, ctypes.c_void_p(self._function('conf_new')()), error,
            ctypes.c_size_t(len(error))))
        assert self.handle, error.value
        self.cluster = ctypes.c_void_p(
            self._function('mock_cluster_new')(self.handle, 1))
        assert self.cluster
        # host:port
        self.address = self._function('mock_cluster_bootstraps')(
            self.cluster).decode()

    def _function(self, name):
        return getattr(self.library, 'rd_kafka_' + name)

    def set_down(self):
        self._function('mock_broker_set_down')(self.cluster, BROKER)

    def set_up(self):
        self._function('mock_broker_set_up')(self.cluster, BROKER)

    def messages(self, topic):
        """The messages of a topic so far, each as a dict."""
        done = subprocess.run(
            ['kcat', '-C', '-q', '-e', '-o', 'beginning', '-b', self.address,
             '-t', topic], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            encoding='utf-8', timeout=60 * SLOWNESS)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def remove(self):
        self._function('mock_cluster_destroy')(self.cluster)
        self._function('destroy')(self.handle)
