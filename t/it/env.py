"""What the tests run against: private Apaches. PostgreSQL is in postgres.py.

CCTV_MODULE   the module under test (default: build/mod_cctv.so)
CCTV_PRELOAD  libraries to preload into Apache, for a module that was built
              with sanitizers; every report of a sanitizer fails the test
CCTV_VALGRIND 1: run Apache under valgrind; every report fails the test.
              leaks: memory that is lost when a process ends is reported, too
CCTV_LONG     1: run the endurance tests at their full length
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
import urllib.parse

import openapi

HERE = os.path.dirname(os.path.abspath(__file__))
REPO = os.path.dirname(os.path.dirname(HERE))
MODULE = os.path.abspath(os.environ.get(
    'CCTV_MODULE', os.path.join(REPO, 'build', 'mod_cctv.so')))
PRELOAD = os.environ.get('CCTV_PRELOAD', '')
VALGRIND = os.environ.get('CCTV_VALGRIND', '') in ('1', 'leaks')
LEAKS = ['--leak-check=full', '--show-leak-kinds=definite',
         '--errors-for-leak-kinds=definite',
         f'--suppressions={REPO}/t/unit/valgrind.supp'] if os.environ.get(
             'CCTV_VALGRIND') == 'leaks' else []
INSTRUMENTED = bool(PRELOAD) or VALGRIND
# Time limits are multiplied by this.
SLOWNESS = 3 if INSTRUMENTED else 1
LONG = os.environ.get('CCTV_LONG') == '1'
MODULES = '/usr/lib/apache2/modules'
# The folder that keeps the folders of failed tests, and how many it keeps.
KEPT = os.path.join(REPO, 'build', 'failed')
KEPT_MAX = 10
MPMS = ('event', 'worker', 'prefork')
LOG_LINE = re.compile(r'\[[^]]*\] \[[^]:]*:(\w+)\] \[pid [^]]*\] ')
# Warnings about the number of workers and label sets: each test chooses its
# own sizes.
SIZING = ('AH00161', 'AH00286', 'AH00287', 'AH00326', 'AH00484', 'AH10159',
          'CCTV0086', 'CCTV0087')
# Cameras fail in many tests.
CAMERA_FAILS = ('CCTV0110',)
# The form of view ids. They are secrets, so no log may contain one.
SECRET = re.compile('[0-9a-f]{32}')
# httpd's event MPM logs these when a connection becomes idle while its child
# ends, and when a thread closes a connection that a stop has closed already
# (close_worker_sockets()).
AT_THE_END = ('AH03093', 'AH00468')
# httpd's event MPM logs this when a child that it has just started has no
# threads yet, on a slow machine, or when a child has ended or was killed.
SLOW_START = ('AH03490',)
# httpd's messages about children that did not end in time or were killed.
# They are allowed if the test ended or killed some: the machine may be slow.
AFTER_ENDING = ('AH00045', 'AH00046')
# The log lines that a crashed child leaves.
CRASH = re.compile('exit signal (Segmentation|Abort|Bus|Illegal)'
                   '|^(corrupted|malloc|free|double free|munmap_chunk)')
QUIET = ('notice', 'info', 'debug') + tuple(f'trace{n}' for n in range(1, 9))


def wait_for(condition, what, seconds=30):
    """Calls `condition` until its result is true, and returns the result."""
    end = time.monotonic() + seconds
    pause = 0.01
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < end, f'{what}: not within {seconds} s'
        time.sleep(pause)
        # Long waits take less of the processor.
        pause = min(1.1 * pause, 0.04)


def processes(field, value):
    """The PIDs of processes with this value in /proc/…/stat. Fields are
    numbered from 0 for the state, the first one after the command name."""
    found = []
    for path in glob.glob('/proc/[0-9]*/stat'):
        with contextlib.suppress(OSError), open(path) as stat:
            fields = stat.read().rpartition(')')[2].split()
            if int(fields[field]) == value and fields[0] != 'Z':
                found.append(int(path.split('/')[2]))
    return sorted(found)


def children(pid):
    return processes(1, pid)


def is_stopped(pid):
    """Whether all threads have stopped; kill() returns before that."""
    states = set()
    for thread in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{thread}/stat') as stat:
            states.add(stat.read().rpartition(')')[2].split()[0])
    return states == {'T'}


@contextlib.contextmanager
def process_halted(pid):
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_for(lambda: is_stopped(pid), 'all its threads have stopped')
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def is_renewed(before, now):
    return now and not before & set(now)


def bound(port):
    """The port if it can be bound (0: any free port), else None. A client may
    hold the port as its end of a connection."""
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(('127.0.0.1', port))
        return probe.getsockname()[1]


def make_folder():
    """A folder that the users of Apache and PostgreSQL can reach."""
    folder = tempfile.mkdtemp(prefix='cctv-it-')
    os.chmod(folder, 0o755)
    return folder


def drop_old(folder, count):
    """Removes all but the newest `count` entries of a folder."""
    paths = sorted(glob.glob(folder + '/*'), key=os.path.getmtime)
    for path in paths[:-count]:
        shutil.rmtree(path, ignore_errors=True)


class Reply:
    """A server's answer to a request for this path."""

    def __init__(self, response, path='/'):
        self.path = path
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        """The body as strict JSON: NaN and Infinity are errors."""
        def refuse(text):
            raise ValueError(f'{text} is not JSON')

        def members(pairs):
            found = dict(pairs)
            assert len(found) == len(pairs), pairs
            return found
        return json.loads(self.body.decode('utf-8', 'strict'),
                          parse_constant=refuse, object_pairs_hook=members)

    def ids(self):
        return [feature['id'] for feature in self.json()['features']]

    def follow(self, reference):
        """The path that a reference in this answer names."""
        return urllib.parse.urljoin(self.path, reference)

    def location(self):
        return self.follow(self.headers['Location'])

    def next(self):
        """The path of the next page, or None."""
        for link in self.json().get('links', []):
            if link['rel'] == 'next':
                return self.follow(link['href'])
        return None


class Httpd:
    """A private Apache. `config` is added to the base configuration; {port}
    in it stands for the port and {folder} for the server root. `modules` are
    loaded in addition to the MPM, authz_core, dbd and cctv. `wrapper` is the
    command that runs Apache. Only its children can write to {folder}/state."""

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
               # Sanitizers do not see how httpd and APR reuse memory.
               'TSAN_OPTIONS': 'ignore_noninstrumented_modules=1:'
               f'suppressions={HERE}/tsan.supp:log_path={path}'}
        if not PRELOAD:
            del env['LD_PRELOAD']
        tool = ['valgrind', '-q', '--keep-debuginfo=yes',
                f'--log-file={path}.%p', *LEAKS] if VALGRIND else []
        return {'args': [*self.wrapper, *tool, '/usr/sbin/apache2', '-f',
                         self.folder + '/httpd.conf', *arguments],
                'cwd': self.folder, 'env': env}

    def configtest(self):
        """(whether the configuration is accepted, Apache's output)"""
        self.write_config(1)
        done = subprocess.run(**self.command('-t'), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding='utf-8',
                              timeout=30)
        with open(self.log) as log:
            return done.returncode == 0, done.stdout + log.read()

    def listens(self):
        """The children once Apache accepts connections, else a false value."""
        assert self.process.poll() is None, 'Apache has ended'
        with contextlib.suppress(OSError):
            socket.create_connection(('127.0.0.1', self.port)).close()
            return (os.path.exists(self.folder + '/httpd.pid')
                    and self.children())

    def start(self, port=0):
        """Starts Apache at this port; 0: at any free port."""
        for attempt in range(5):
            self.write_config(wait_for(lambda: bound(port),
                                       f'port {port or "any"} is free', 30))
            with open(self.log, 'a') as log:
                # Apache signals its whole process group: give it a session of
                # its own.
                self.process = subprocess.Popen(
                    **self.command('-DFOREGROUND'), stdout=log, stderr=log,
                    start_new_session=True)
            try:
                wait_for(self.listens, 'Apache listens', 30)
                return self
            except AssertionError:
                self.stop()
                # Another process has taken the port meanwhile.
                if 'AH00072' not in self.text() or attempt == 4:
                    raise
                open(self.log, 'w').close()

    def children(self):
        return children(self.process.pid)

    def restart(self, number):
        """Sends SIGUSR1 or SIGHUP; returns once the configuration is read."""
        done = self.text().count('AH00094')
        with (self.ending() if number == signal.SIGHUP
              else contextlib.nullcontext()):
            self.process.send_signal(number)
            wait_for(lambda: self.text().count('AH00094') > done, 'restart',
                     20 * SLOWNESS)

    def reload(self, number):
        """Sends SIGUSR1 or SIGHUP; returns once all old children are gone."""
        before = set(self.children())
        self.restart(number)
        wait_for(lambda: is_renewed(before, self.listens()), 'new children',
                 20 * SLOWNESS)

    @contextlib.contextmanager
    def ending(self):
        """Allows crashes of children that have to end at once: httpd's event
        MPM closes sockets that its threads may be freeing, with or without
        this module."""
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
        """Kills all processes of the server at once, as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        wait_for(lambda: not processes(2, self.process.pid),
                 'all its processes are gone')
        # The next start must not find the old pid file.
        self.expect('AH00098')

    def keep(self, name):
        """Copies the folder with its configuration, logs and state to where it
        outlives the test. Returns the copy's path."""
        where = '{}/{}-{}'.format(
            KEPT, re.sub('[^A-Za-z0-9_.-]+', '-', name)[:80],
            os.path.basename(self.folder).rpartition('-')[2])
        shutil.rmtree(where, ignore_errors=True)
        os.makedirs(KEPT, exist_ok=True)
        # Sockets, and files that only Apache's user may read, are left out.
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
        """Announces messages that this test may cause, as ids or regular
        expressions."""
        self.expected += patterns

    def is_unexpected(self, line):
        """Whether the line of the log at `checked` fails the test."""
        if SECRET.search(line):
            return True
        if CRASH.search(line):
            return not any(self.checked in ending for ending in self.endings)
        level = LOG_LINE.match(line)
        ended = AFTER_ENDING if self.has_ended_children() else ()
        return not (level and level.group(1) in QUIET or any(
            re.search(pattern, line)
            for pattern in (*self.expected, *SIZING, *SLOW_START,
                            *CAMERA_FAILS, *AT_THE_END, *ended)))

    def has_ended_children(self):
        """Whether children were ended at once or killed."""
        return any(len(ending) > 0 for ending in self.endings) or (
            'exit signal Killed' in self.text())

    def unexpected(self):
        """The new lines of the log that fail the test: those that the test has
        not announced and that are warnings or worse, or no log lines at all;
        and every line that contains a view id."""
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
        """Sends one request; on a new connection if none is given. The answer
        has to be as conf/openapi.json describes it."""
        with contextlib.ExitStack() as stack:
            if connection is None:
                connection = stack.enter_context(
                    contextlib.closing(self.connection()))
            connection.request(method, path, body, headers or {})
            reply = Reply(connection.getresponse(), path)
        openapi.check(method, path, body, reply)
        return reply

    def get(self, path, headers=None, connection=None):
        return self.ask('GET', path, headers, None, connection)
