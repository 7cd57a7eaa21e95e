"""A private PostgreSQL with the cameras, and private Apaches that use it."""

import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
CONNECTIONS = 8  # database connections of each Apache and of pgbench
THREADS = 64  # of an Apache, so that HTTP connections may outnumber database connections

# name: (number of cameras, whether their ids follow their places)
TABLES = {
    "spread_10k": (10_000, False),
    "spread_100k": (100_000, False),
    "spread_1m": (1_000_000, False),
    "places_100k": (100_000, True),
    "places_1m": (1_000_000, True),
}


class Postgres:
    def __init__(self, folder):
        self.folder = folder
        self.host = None

    def tool(self, command):
        return subprocess.run([TOP / "tools/postgres.sh", command, self.folder], check=True,
                              capture_output=True, text=True,
                              env={**os.environ, "CCTV_PG_FSYNC": "off"}).stdout

    def start(self):
        self.tool("start")
        self.host = self.tool("env").split("\n")[0].removeprefix("PGHOST=")
        # The largest table has to fit into memory, as on a server made for it.
        if self.ask("postgres", "SHOW shared_buffers") != "1GB":
            self.ask("postgres", "ALTER SYSTEM SET shared_buffers = '1GB'")
            self.tool("stop")
            self.tool("start")
        self.tool("load")

    def stop(self):
        self.tool("stop")

    def conninfo(self, database, user="cctv_reader"):
        return f"host={self.host} port=5432 dbname={database} user={user} connect_timeout=2"

    def psql(self, database, *args, user="postgres"):
        return ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *args, self.conninfo(database, user)]

    def ask(self, database, sql):
        return subprocess.run(self.psql(database, "-c", sql), check=True, capture_output=True,
                              text=True).stdout.strip()

    def load(self, table):
        """Makes the database of a table, unless an earlier run has made it."""
        digest = hashlib.sha256()
        for path in [*sorted(TOP.glob("sql/*.sql")), TOP / "t/bench/data.sql"]:
            digest.update(path.read_bytes())
        mark = digest.hexdigest()
        if self.ask("postgres", "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
                    f"WHERE datname = '{table}'") == mark:
            return
        count, by_place = TABLES[table]
        print(f"making {count:,} cameras in {table} …", flush=True)
        self.ask("postgres", f"DROP DATABASE IF EXISTS {table}")
        self.ask("postgres", f"CREATE DATABASE {table} TEMPLATE cctv")
        subprocess.run(self.psql(table, "-1", "-v", f"count={count}", "-v", f"by_place={by_place}",
                                 "-f", TOP / "t/bench/data.sql"), check=True)
        self.ask(table, "VACUUM (FREEZE, ANALYZE) cameras")
        self.ask("postgres", f"COMMENT ON DATABASE {table} IS '{mark}'")

    def statements(self, helper, table, queries):
        """The statements that the module would send for these query strings."""
        out = subprocess.run([helper, self.conninfo(table)], input="\n".join(queries) + "\n",
                             check=True, stdout=subprocess.PIPE, text=True).stdout
        return [json.loads(line) for line in out.splitlines()]


MPM = {
    "prefork": """
StartServers {connections}
MinSpareServers {connections}
MaxSpareServers {connections}
MaxRequestWorkers {connections}
<IfModule mod_dbd.c>
    DBDMin 1
    DBDKeep 1
    DBDMax 1
</IfModule>
""",
    "worker": """
ServerLimit 1
StartServers 1
ThreadsPerChild {threads}
MinSpareThreads {threads}
MaxSpareThreads {threads}
MaxRequestWorkers {threads}
<IfModule mod_dbd.c>
    DBDMin {connections}
    DBDKeep {connections}
    DBDMax {connections}
</IfModule>
""",
}
MPM["event"] = MPM["worker"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Apache:
    """An Apache with one child (prefork: as many as connections) on one database.
    Without a database its configuration is only `extra`."""

    def __init__(self, folder, module, mpm, conninfo=None, extra="", state="off"):
        self.folder = folder
        self.module = module
        self.mpm = mpm
        self.conninfo = conninfo
        self.extra = extra
        self.state = state
        self.process = None
        self.url = None

    def product(self):
        """The shipped configuration."""
        return "" if self.conninfo is None else f"""
Define CCTV_DB "{self.conninfo}"
Define CCTV_STATE "{self.state}"
Define CCTV_CATALOGUE off
Define CCTV_TILES
Include "{TOP}/conf/cctv.conf"
Include "{TOP}/conf/cctv-site.conf"
"""

    def config(self, port):
        modules = subprocess.run(["apxs", "-q", "LIBEXECDIR"], check=True, capture_output=True,
                                 text=True).stdout.strip()
        names = [f"mpm_{self.mpm}", "authz_core", "authz_host", "dir", "mime"]
        names += [] if self.conninfo is None else ["dbd"]
        load = "\n".join(f'LoadModule {n}_module "{modules}/mod_{n}.so"' for n in names)
        mpm = MPM[self.mpm].format(connections=CONNECTIONS, threads=THREADS)
        return f"""
ServerRoot "{self.folder}"
ServerName localhost
Listen 127.0.0.1:{port}
{"User www-data" if os.geteuid() == 0 else ""}
{"Group www-data" if os.geteuid() == 0 else ""}
{load}
DefaultRuntimeDir .
PidFile apache.pid
ErrorLog error.log
TypesConfig /etc/mime.types
DocumentRoot htdocs
<Directory />
    AllowOverride None
</Directory>
KeepAlive On
MaxKeepAliveRequests 0
LoadModule cctv_module "{self.module}"
{self.product()}
{mpm}
{self.extra}
"""

    def start(self):
        port = free_port()
        (self.folder / "htdocs").mkdir(parents=True, exist_ok=True)
        (self.folder / "httpd.conf").write_text(self.config(port))
        # A session of its own, because prefork ends with a signal to its whole process
        # group.
        with open(self.folder / "output", "w", encoding="utf-8") as output:
            self.process = subprocess.Popen(
                ["/usr/sbin/apache2", "-f", self.folder / "httpd.conf", "-DFOREGROUND"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        self.url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 10
        while True:
            # Any answer of a child will do.
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 10) as s:
                s.sendall(b"HEAD / HTTP/1.0\r\n\r\n")
                if s.recv(1):
                    return
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError("Apache does not start: " + (self.folder / "output").read_text())
            time.sleep(0.05)

    def children(self):
        pid = self.process.pid
        return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    def processor_seconds(self):
        """The processor time of all threads of its children so far."""
        files = (f for pid in self.children() for f in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"))
        return sum(int(f.read_text().split()[0]) for f in files) / 1e9

    def rss_anon_kb(self):
        found = (re.search(r"RssAnon:\s*(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())
                 for pid in self.children())
        return sum(int(f[1]) for f in found)

    def shared_kb(self):
        """The largest memory that its children share, which is the module's."""
        text = pathlib.Path(f"/proc/{self.children()[0]}/smaps").read_text()
        return max(int(n) for n in re.findall(r"/dev/zero \(deleted\)\nSize:\s*(\d+)", text))

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()


# The same Apache also runs handlers without any work, as yardsticks.
FLOOR = """
LoadModule floor_module "{}"
<Location "/floor-204">
    SetHandler floor-204
</Location>
<Location "/floor-json">
    SetHandler floor-json
</Location>
<Location "/floor-bytes">
    SetHandler floor-bytes
</Location>
<Location "/floor-fixed">
    SetHandler floor-fixed
</Location>
<Location "/floor-304">
    SetHandler floor-304
</Location>
"""


class State:
    """A state file for an Apache, with this many views and series."""

    def __init__(self, folder, helper, max_sessions, sessions, series, cameras=()):
        folder.mkdir(parents=True, exist_ok=True)
        self.original = folder / "original"
        self.path = folder / "apache" / "state"
        self.max_sessions = max_sessions
        self.series = series
        self.ids = subprocess.run([helper, self.original, str(max_sessions), str(sessions),
                                   str(series), *cameras], check=True, stdout=subprocess.PIPE,
                                  text=True).stdout.split()
        self.path.parent.mkdir(exist_ok=True)
        shutil.copyfile(self.original, self.path)
        if os.geteuid() == 0:
            for path in (self.path.parent, self.path):
                shutil.chown(path, "www-data", "www-data")
