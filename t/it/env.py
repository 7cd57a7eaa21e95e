"""What the tests run against: private Apaches; postgres.py has the database.

CCTV_MODULE   the module under test (default: build/mod_cctv.so)
CCTV_PRELOAD  libraries to preload into Apache, for a module that was built
              with sanitizers; whatever they report fails the test
CCTV_VALGRIND 1: run Apache under valgrind; likewise
CCTV_LONG     1: the tests of endurance take their full length
"""

import contextlib
import glob
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
REPO = os.path.dirname(os.path.dirname(HERE))
MODULE = os.path.abspath(os.environ.get(
    'CCTV_MODULE', os.path.join(REPO, 'build', 'mod_cctv.so')))
PRELOAD = os.environ.get('CCTV_PRELOAD', '')
VALGRIND = os.environ.get('CCTV_VALGRIND') == '1'
INSTRUMENTED = bool(PRELOAD) or VALGRIND
# Limits of time are so many times longer.
SLOWNESS = 3 if INSTRUMENTED else 1
LONG = os.environ.get('CCTV_LONG') == '1'
MODULES = '/usr/lib/apache2/modules'
# Where the folders of failed tests are kept, and how many of them.
KEPT = os.path.join(REPO, 'build', 'failed')
KEPT_MAX = 10
MPMS = ('event', 'worker', 'prefork')
LOG_LINE = re.compile(r'\[[^]]*\] \[[^]:]*:(\w+)\] \[pid [^]]*\] ')
# How many workers and label sets a test has is the test's affair.
SIZING = ('AH00161', 'AH00286', 'AH00287', 'AH00326', 'AH00484', 'AH10159',
          'CCTV0086', 'CCTV0087')
# What the ids of views look like, which nobody else may learn.
SECRET = re.compile('[0-9a-f]{32}')
# httpd's event, where a connection becomes idle while its child ends.
AT_THE_END = ('AH03093',)
# httpd's own words about children that did not end in time or were killed,
# where the test ended or killed some: the machine may be slow.
AFTER_ENDING = ('AH00045', 'AH03490', 'AH00046')
# What is left of a child that crashed.
CRASH = re.compile('exit signal (Segmentation|Abort|Bus|Illegal)'
                   '|^(corrupted|malloc|free|double free|munmap_chunk)')
QUIET = ('notice', 'info', 'debug') + tuple(f'trace{n}' for n in range(1, 9))


def wait_for(condition, what, seconds=10):
    """Ask until the answer is true, and return it."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < end, f'{what}: not within {seconds} s'
        time.sleep(0.01)


def processes(field, value):
    """Those that have this in this field of /proc/…/stat behind the name."""
    found = []
    for path in glob.glob('/proc/[0-9]*/stat'):
        with contextlib.suppress(OSError), open(path) as stat:
            fields = stat.read().rpartition(')')[2].split()
            if int(fields[field]) == value and fields[0] != 'Z':
                found.append(int(path.split('/')[2]))
    return sorted(found)


def children(pid):
    return processes(1, pid)


def is_renewed(before, now):
    return now and not before & set(now)


def bound(port):
    """A port that is free, this one if it is not 0; None if it is not: any
    client may have been given it for its end of a connection."""
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(('127.0.0.1', port))
        return probe.getsockname()[1]


def make_folder():
    """A folder that Apache's and PostgreSQL's own users can reach."""
    folder = tempfile.mkdtemp(prefix='cctv-it-')
    os.chmod(folder, 0o755)
    return folder


def drop_old(folder, count):
    """Remove all but the newest entries of a folder."""
    paths = sorted(glob.glob(folder + '/*'), key=os.path.getmtime)
    for path in paths[:-count]:
        shutil.rmtree(path, ignore_errors=True)


class Reply:
    """What a server answered."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        """The body as JSON, without Python's leniency."""
        def refuse(text):
            raise ValueError(f'{text} is not JSON')

        def members(pairs):
            assert len({name for name, _ in pairs}) == len(pairs), pairs
            return dict(pairs)
        return json.loads(self.body.decode('utf-8', 'strict'),
                          parse_constant=refuse, object_pairs_hook=members)

    def ids(self):
        return [feature['id'] for feature in self.json()['features']]


class Httpd:
    """An Apache of its own. `config` is added to what each one needs, with
    {port} for its port and {folder} for its server root; `modules` are loaded
    besides the MPM, authz_core, dbd and cctv; `wrapper` is the command that
    runs Apache. Its children can write to {folder}/state, and nobody else."""

    def __init__(self, config, mpm='event', modules=(), without=(),
                 wrapper=()):
        self.folder = make_folder()
        self.wrapper = wrapper
        self.log = self.folder + '/error.log'
        self.mpm = mpm
        self.config = config
        self.modules = [name for name in
                        ('mpm_' + mpm, 'authz_core', 'dbd', *modules)
                        if name not in without]
        self.expected = []
        self.checked = 0
        self.endings = []
        self.process = None
        os.mkdir(self.folder + '/htdocs')
        os.mkdir(self.folder + '/reports')
        os.chmod(self.folder + '/reports', 0o777)
        os.mkdir(self.folder + '/state', 0o700)
        if os.getuid() == 0:
            shutil.chown(self.folder + '/state', 'www-data', 'www-data')
        open(self.log, 'w').close()

    def write_config(self, port):
        self.port = port
        root = os.getuid() == 0
        lines = [f'ServerRoot "{self.folder}"', 'ServerName localhost',
                 f'Listen 127.0.0.1:{port}', 'DefaultRuntimeDir .',
                 'PidFile httpd.pid', 'ErrorLog error.log',
                 'LogLevel info cctv:debug', 'DocumentRoot htdocs']
        lines += ['User www-data', 'Group www-data'] if root else []
        lines += [f'LoadModule {name}_module {MODULES}/mod_{name}.so'
                  for name in self.modules]
        lines += [f'LoadModule cctv_module "{MODULE}"']
        with open(self.folder + '/httpd.conf', 'w') as file:
            file.write('\n'.join(lines) + '\n' + self.config.replace(
                '{port}', str(port)).replace('{folder}', self.folder) + '\n')

    def command(self, *arguments):
        path = self.folder + '/reports/report'
        env = {**os.environ, 'PATH': os.environ['PATH'] + ':/usr/sbin',
               'LD_PRELOAD': PRELOAD,
               'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', 'detect_leaks=0')
               + f':log_path={path}',
               'UBSAN_OPTIONS': f'print_stacktrace=1:log_path={path}',
               # How httpd and APR hand memory on is not seen.
               'TSAN_OPTIONS': 'ignore_noninstrumented_modules=1:'
               f'suppressions={HERE}/tsan.supp:log_path={path}'}
        if not PRELOAD:
            del env['LD_PRELOAD']
        tool = ['valgrind', '-q', '--keep-debuginfo=yes',
                f'--log-file={path}.%p'] if VALGRIND else []
        return {'args': [*self.wrapper, *tool, '/usr/sbin/apache2', '-f',
                         self.folder + '/httpd.conf', *arguments],
                'cwd': self.folder, 'env': env}

    def configtest(self):
        """(whether the configuration is right, what Apache says of it)"""
        self.write_config(1)
        done = subprocess.run(**self.command('-t'), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding='utf-8',
                              timeout=30)
        with open(self.log) as log:
            return done.returncode == 0, done.stdout + log.read()

    def listens(self):
        """Its children, once it does."""
        assert self.process.poll() is None, 'Apache has ended'
        with contextlib.suppress(OSError):
            socket.create_connection(('127.0.0.1', self.port)).close()
            return (os.path.exists(self.folder + '/httpd.pid')
                    and self.children())

    def start(self, port=0):
        """At a free port, or this one."""
        for attempt in range(5):
            self.write_config(wait_for(lambda: bound(port),
                                       f'port {port or "any"} is free', 30))
            with open(self.log, 'a') as log:
                # A session of its own: Apache signals its whole group.
                self.process = subprocess.Popen(
                    **self.command('-DFOREGROUND'), stdout=log, stderr=log,
                    start_new_session=True)
            try:
                wait_for(self.listens, 'Apache listens', 30)
                return self
            except AssertionError:
                self.stop()
                # Somebody else took the port meanwhile.
                if 'AH00072' not in self.text() or attempt == 4:
                    raise
                open(self.log, 'w').close()

    def children(self):
        return children(self.process.pid)

    def restart(self, number):
        """With SIGUSR1 or SIGHUP; returns once the configuration is read."""
        done = self.text().count('AH00094')
        with (self.ending() if number == signal.SIGHUP
              else contextlib.nullcontext()):
            self.process.send_signal(number)
            wait_for(lambda: self.text().count('AH00094') > done, 'restart',
                     20 * SLOWNESS)

    def reload(self, number):
        """With SIGUSR1 or SIGHUP; returns once only new children are there."""
        before = set(self.children())
        self.restart(number)
        wait_for(lambda: is_renewed(before, self.listens()), 'new children',
                 20 * SLOWNESS)

    @contextlib.contextmanager
    def ending(self):
        """Children that have to end at once may crash meanwhile: httpd's event
        closes sockets that its threads may just free, with or without this
        module."""
        before = len(self.text())
        try:
            yield
        finally:
            self.endings.append(range(before, len(self.text())))

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        if not self.is_running():
            return
        pids = self.children()
        try:
            with self.ending():
                self.process.terminate()
                self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()
            raise AssertionError('Apache did not stop within 20 s') from None

    def kill(self):
        """The whole server at once, as a crash of the machine does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        wait_for(lambda: not processes(2, self.process.pid),
                 'all its processes are gone')
        # The next start finds the file of the one before.
        self.expect('AH00098')

    def keep(self, name):
        """Copy the folder to where it outlives the test, as it is now:
        configuration, logs, state. Returns where."""
        where = '{}/{}-{}'.format(
            KEPT, re.sub('[^A-Za-z0-9_.-]+', '-', name)[:80],
            os.path.basename(self.folder).rpartition('-')[2])
        shutil.rmtree(where, ignore_errors=True)
        os.makedirs(KEPT, exist_ok=True)
        # Sockets and what only Apache's user reads are left out.
        with contextlib.suppress(shutil.Error, OSError):
            shutil.copytree(self.folder, where, symlinks=True)
        if os.path.isdir(where):
            os.utime(where)
        drop_old(KEPT, KEPT_MAX)
        return where

    def remove(self):
        shutil.rmtree(self.folder)

    def text(self):
        with open(self.log, errors='backslashreplace') as log:
            return log.read()

    def expect(self, *patterns):
        """Messages that this test may cause: ids or regular expressions."""
        self.expected += patterns

    def is_unexpected(self, line):
        """Of a line at `checked`."""
        if SECRET.search(line):
            return True
        if CRASH.search(line):
            return not any(self.checked in ending for ending in self.endings)
        level = LOG_LINE.match(line)
        ended = AFTER_ENDING if self.has_ended_children() else ()
        return not (level and level.group(1) in QUIET or any(
            re.search(pattern, line)
            for pattern in (*self.expected, *SIZING, *AT_THE_END, *ended)))

    def has_ended_children(self):
        """Whether children had to end at once, or some were killed."""
        return any(len(ending) > 0 for ending in self.endings) or (
            'exit signal Killed' in self.text())

    def unexpected(self):
        """Every new line of the log that is a warning or worse, or no log
        line at all, and that the test has not announced; and every one that
        tells the id of a view."""
        text = self.text()[self.checked:]
        found = []
        for line in text.splitlines(keepends=True):
            if self.is_unexpected(line.rstrip('\n')):
                found.append(line.rstrip('\n'))
            self.checked += len(line)
        self.expected = []
        for path in glob.glob(self.folder + '/reports/*'):
            with open(path, errors='backslashreplace') as report:
                found += report.read().splitlines()
        return found

    def connection(self, timeout=30):
        return http.client.HTTPConnection('127.0.0.1', self.port,
                                          timeout=timeout)

    def ask(self, method, path, headers=None, body=None, connection=None):
        """One request; over a connection of its own if none is given."""
        with contextlib.ExitStack() as stack:
            if connection is None:
                connection = stack.enter_context(
                    contextlib.closing(self.connection()))
            connection.request(method, path, body, headers or {})
            return Reply(connection.getresponse())

    def get(self, path, headers=None, connection=None):
        return self.ask('GET', path, headers, None, connection)
