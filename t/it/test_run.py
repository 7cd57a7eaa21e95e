"""make run, stop, psql, import and install, as a user types them.

Works on a copy of the checkout in a temporary folder, with free ports, so it
does not disturb a running `make run`. Reuses the module that is already built.
"""

import contextlib
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.parse
import urllib.request

import pytest

from odd_cameras import BEHAVIOURS

TOP = pathlib.Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0
# The settings of `make check` must not affect these commands.
ENV = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("MAKE", "MFLAGS", "PG"))
    and name not in ("BUILD", "CC", "DEMO", "DESTDIR", "FILE", "LISTEN", "PORT", "PRUNE", "RUN_DIR", "SANITIZE", "WITHOUT")
}


def copy_checkout(to):
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-coz", "--exclude-standard"],
        cwd=TOP, check=True, capture_output=True, text=True,
    ).stdout.split("\0")
    built = (TOP / "build" / "mod_cctv").rglob("*.[od]")
    files = [*filter(None, listed), "build/mod_cctv.so", *(p.relative_to(TOP) for p in built)]
    for name in files:
        if (TOP / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            # Keeps the times of the files, so that make builds nothing.
            shutil.copy2(TOP / name, to / name)


class Checkout:
    def __init__(self, path, run_dir=None):
        self.path = path
        self.run_dir = run_dir or path / ".run"

    def make(self, *args, prefix=()):
        return subprocess.run(
            [*prefix, "make", *args], cwd=self.path, env=ENV, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
        )

    def processes(self):
        """PIDs of all servers that work in this checkout's run folder."""
        found = []
        for proc in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (proc / "cmdline").read_bytes().split(b"\0")
                cwd = os.readlink(proc / "cwd")
                configuration = f"--configs-folder={self.run_dir}/janus/conf"
                if (
                    os.fsencode(self.run_dir / "apache/httpd.conf") in words
                    or os.fsencode(configuration) in words
                    or cwd.startswith(str(self.run_dir) + "/")
                ):
                    found.append(int(proc.name))
        return found


@contextlib.contextmanager
def checkout_in(folder):
    path = pathlib.Path(folder).resolve() / "a checkout"
    copy_checkout(path)
    checkout = Checkout(path)
    try:
        yield checkout
    finally:
        checkout.make("stop")
        shutil.rmtree(checkout.run_dir, ignore_errors=True)


@pytest.fixture(scope="module")
def checkout():
    with tempfile.TemporaryDirectory(prefix="cctv-run-") as folder:
        os.chmod(folder, 0o755)
        with checkout_in(folder) as made:
            yield made


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture(scope="module")
def port():
    return free_port()


def get(port, path):
    """(target of the redirect, body of the answer)"""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        body = response.read()
        is_json = "json" in response.headers["Content-Type"]
        return urllib.parse.urlsplit(response.url).path, json.loads(body) if is_json else body


def answer(port):
    return 200 if get(port, "/api/cameras?limit=1") else None


def run_once(checkout, port):
    """Types `make run`, unless an earlier test has left everything running."""
    with contextlib.suppress(OSError):
        if answer(port) == 200:
            return
    done = checkout.make("run", f"PORT={port}")
    assert done.returncode == 0, done.stdout


def map_is_served(port, checkout):
    page = (checkout.path / "htdocs/index.html").read_bytes()
    assert get(port, "/") == ("/map/", page)
    assert get(port, "/map/config.json")[1] == {}
    assert b"Leaflet" in get(port, "/map/leaflet/leaflet.min.js")[1]


def one_sentence(result):
    """The output of a command that must fail with a single line, not
    counting make's own line."""
    assert result.returncode != 0, result.stdout
    lines = [line for line in result.stdout.splitlines() if not line.startswith("make")]
    assert len(lines) == 1, result.stdout
    return lines[0]


def test_nothing_runs_yet(checkout):
    stop = checkout.make("stop")
    assert (stop.returncode, "Nothing runs" in stop.stdout) == (0, True), stop.stdout
    assert "type 'make run' first" in one_sentence(checkout.make("psql", "ARGS=-l"))
    assert "FILE=cameras.csv" in one_sentence(checkout.make("import"))
    assert "no file nowhere.csv" in one_sentence(checkout.make("import", "FILE=nowhere.csv"))
    elsewhere = checkout.make("import", "FILE=README.md", prefix=("env", "PGHOST=/nowhere"))
    assert "tools/import.sh FILE" in one_sentence(elsewhere)


def test_port_in_use_leaves_nothing_running(checkout):
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        said = one_sentence(checkout.make("run", f"PORT={taken}"))
    assert said.startswith(f"Port {taken} is in use")
    assert "is no port" in one_sentence(checkout.make("run", "PORT=http"))
    assert checkout.processes() == []


def test_run_answers_and_again_is_harmless(checkout, port):
    first = checkout.make("run", f"PORT={port}")
    assert first.returncode == 0, first.stdout
    assert f"http://127.0.0.1:{port}/api/cameras" in first.stdout
    said = [line.strip() for line in first.stdout.splitlines() if line.startswith("  ")]
    assert said[0] == f"map        http://127.0.0.1:{port}/map/"
    assert re.match(f"video {{6}}http://127.0.0.1:{port}/map/#camera=[0-9]+, one of 9 ", said[1])
    assert answer(port) == 200
    assert get(port, "/api/cameras/" + re.search("camera=([0-9]+)", said[1])[1])[1]["properties"]["playable"]
    before = checkout.processes()
    again = checkout.make("run", f"PORT={port}")
    assert again.returncode == 0 and "is running already" in again.stdout, again.stdout
    assert set(before) & set(checkout.processes()), "the servers are still the same"
    psql = checkout.make("psql", "ARGS=-Atc 'SELECT 6 * 7'")
    assert psql.stdout.strip() == "42"


def test_the_map_is_the_checkouts_own(checkout, port):
    run_once(checkout, port)
    map_is_served(port, checkout)
    page = checkout.path / "htdocs/index.html"
    page.write_text(page.read_text() + "<!-- edited -->\n")
    map_is_served(port, checkout)
    config = checkout.run_dir / "apache/config.json"
    config.write_text('{"view": [0, 50, 1, 51]}')
    assert get(port, "/map/config.json")[1] == {"view": [0, 50, 1, 51]}
    config.unlink()
    checkout.make("run", f"PORT={port}", "CCTV_MAP_TILES=https://a.example https://b.example")
    map_is_served(port, checkout)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}/map/", timeout=10) as response:
        assert "data: https://a.example https://b.example;" in response.headers["Content-Security-Policy"]


@pytest.mark.skipif("CCTV_NETWORK" not in os.environ, reason="it needs another address")
def test_listening_on_another_address(checkout, port):
    address = os.environ["CCTV_NETWORK"]
    for listen in (address, "0.0.0.0"):
        run = checkout.make("run", f"PORT={port}", f"LISTEN={listen}")
        assert run.returncode == 0, run.stdout
        assert "by UDP, from the ports 20000 to 32767" in run.stdout
        for host in ("127.0.0.1", address):
            socket.create_connection((host, port)).close()
    assert "is no address" in one_sentence(checkout.make("run", f"PORT={port}", "LISTEN=my.host"))
    run = checkout.make("run", f"PORT={port}")
    assert "UDP" not in run.stdout, run.stdout
    with pytest.raises(OSError):
        socket.create_connection((address, port)).close()


def test_cameras_of_an_earlier_run_stay_and_others_are_added(checkout, port):
    run_once(checkout, port)
    first = live_cameras(checkout)
    checkout.make("psql", "ARGS=-c \"DELETE FROM cameras WHERE external_id IN ('demo-live-1', 'demo-live-9');"
                  " UPDATE cameras SET name = 'mine' WHERE external_id = 'demo-live-2'\"")
    assert len(live_cameras(checkout)) == 7
    checkout.make("run", f"PORT={port}")
    assert live_cameras(checkout) == first
    assert "mine" in checkout.make("psql", "ARGS=-Atc \"SELECT name FROM cameras\"").stdout.split("\n")


def pid_of(name, checkout):
    """The PID of a tool's server; the first one if there are several."""
    status = subprocess.run([TOP / "tools" / f"{name}.sh", "status", checkout.run_dir / name],
                            capture_output=True, text=True, check=False)
    return int(status.stdout.split()[1])


def live_cameras(checkout):
    """The test cameras in the table, each as "number URL playable"."""
    asked = checkout.make("psql", "ARGS=-AtF' ' -c \"SELECT right(external_id, 1), stream_url, playable FROM cameras"
                          " WHERE external_id LIKE 'demo-live-%' ORDER BY 1\"")
    assert asked.returncode == 0, asked.stdout
    return asked.stdout.splitlines()


def test_run_has_live_cameras_whose_ports_are_kept_up_to_date(checkout, port):
    """And the secret of Janus stays the same."""
    run_once(checkout, port)
    secret = (checkout.run_dir / "secrets/janus").read_text()
    first = live_cameras(checkout)
    assert [line.split(" ")[0] for line in first] == list("123456789")
    assert all(line.endswith(" t") for line in first)
    checkout.make("stop")
    taken = int(first[8].split(" ")[1].rsplit(":", 1)[1])
    with socket.create_server(("127.0.0.1", int(first[0].split(":")[2].split("/")[0]))):
        again = checkout.make("run", f"PORT={port}")
        assert again.returncode == 0, again.stdout
        now = live_cameras(checkout)
    assert now[0] != first[0] and len(now) == 9
    assert now[8] == first[8], f"nobody took port {taken}"
    assert (checkout.run_dir / "secrets/janus").read_text() == secret


def odd_cameras(checkout):
    """The lines "name URL" of the cameras with faults in the table."""
    asked = checkout.make("psql", "ARGS=-At -c \"SELECT name || ' ' || stream_url FROM cameras"
                          " WHERE external_id LIKE 'demo-odd-%' ORDER BY id\"")
    assert asked.returncode == 0, asked.stdout
    return asked.stdout.splitlines()


def test_demo_of_cameras_with_faults(checkout, port):
    run = checkout.make("run", f"PORT={port}", "DEMO=odd")
    assert run.returncode == 0, run.stdout
    assert f"http://127.0.0.1:{port}/map/#" in run.stdout.split("faults")[1]
    found = odd_cameras(checkout)
    assert [re.sub(":[0-9]+/", ":0/", line) for line in found] == [
        f"{each.sentence} {each.url(0)}" for each in BEHAVIOURS]
    listed = get(port, "/api/cameras?bbox=1.5,53,6.5,57")[1]["features"]
    assert len(listed) == len({tuple(each["geometry"]["coordinates"]) for each in listed}) == len(BEHAVIOURS)
    with socket.create_connection(("127.0.0.1", int(re.search(":([0-9]+)/", found[0])[1]))):
        pass
    (logins,) = (checkout.run_dir / "secrets").glob("cameras-*")
    assert logins.stat().st_mode & 0o077 == 0
    assert f'CCTVCameraLoginsFile "{logins}"' in (checkout.run_dir / "apache/httpd.conf").read_text()
    assert "is running already" in checkout.make("run", f"PORT={port}", "DEMO=odd").stdout
    assert odd_cameras(checkout) == found
    checkout.make("run", f"PORT={port}")
    assert odd_cameras(checkout) == [] and len(live_cameras(checkout)) == 9
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(re.search(":([0-9]+)/", found[0])[1])))
    assert "DEMO=odd adds" in one_sentence(checkout.make("run", f"PORT={port}", "DEMO=even"))


def test_the_secret_of_janus_is_nobody_elses(checkout, port):
    run_once(checkout, port)
    file = checkout.run_dir / "secrets/janus"
    secret = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600 and len(secret) == 64
    named = subprocess.run(["grep", "-rlF", secret, checkout.run_dir, *pathlib.Path("/proc").glob("[0-9]*/cmdline")],
                           capture_output=True, text=True, check=False).stdout.splitlines()
    assert str(file) in named and str(checkout.run_dir / "janus/conf/janus.jcfg") in named
    for path in map(pathlib.Path, named):
        assert path.stat().st_mode & 0o077 == 0, path
        assert path == file or path.parent == checkout.run_dir / "janus/conf", path


def database_pid(checkout):
    return int((checkout.run_dir / "postgres/data/postmaster.pid").read_text().split()[0])


def apache_pid(checkout):
    return int((checkout.run_dir / "apache/apache.pid").read_text())


def test_run_restarts_the_half_that_died(checkout, port):
    run_once(checkout, port)
    pids = {"Apache": apache_pid, "database": database_pid, "janus": lambda checkout: pid_of("janus", checkout),
            "cameras": lambda checkout: pid_of("cameras", checkout)}
    for half in (("Apache", "janus"), ("database", "cameras")):
        died = {name: pids[name](checkout) for name in half}
        for pid in died.values():
            os.kill(pid, signal.SIGKILL)
        assert "runs now" in checkout.make("run", f"PORT={port}").stdout
        assert answer(port) == 200
        for name, pid in died.items():
            assert pids[name](checkout) != pid, name


def test_another_port_restarts_apache(checkout, port):
    run_once(checkout, port)
    with socket.create_server(("127.0.0.1", 0)) as server:
        other = server.getsockname()[1]
        assert "is in use" in one_sentence(checkout.make("run", f"PORT={other}"))
        assert answer(port) == 200, "what runs is left alone"
    moved = checkout.make("run", f"PORT={other}")
    assert "Apache was restarted" in moved.stdout
    assert answer(other) == 200
    with pytest.raises(OSError):
        answer(port)


def test_stop_stops_everything_but_not_a_process_that_got_the_pid(checkout, port):
    if not checkout.processes():
        run_once(checkout, port)
    assert checkout.processes()
    assert checkout.make("stop").returncode == 0
    assert checkout.processes() == []
    with subprocess.Popen(["sleep", "60"]) as other:
        for name in ("apache/apache.pid", "postgres/data/postmaster.pid"):
            (checkout.run_dir / name).write_text(f"{other.pid}\n")
        again = checkout.make("stop")
        assert (again.returncode, "Nothing runs" in again.stdout) == (0, True), again.stdout
        assert other.poll() is None
        other.kill()


@pytest.mark.skipif(not IS_ROOT, reason="only root's servers run as other users")
def test_a_folder_the_servers_cannot_reach(port):
    with tempfile.TemporaryDirectory(prefix="cctv-run-") as folder:
        with checkout_in(folder) as checkout:
            run = checkout.make("run", f"PORT={port}")
            assert run.returncode == 0, run.stdout
            instead = run.stdout.splitlines()[0].rsplit(" ", 1)[1].rstrip(".")
            assert instead.startswith("/var/tmp/mod_cctv-")
            checkout.run_dir = pathlib.Path(instead)
            assert checkout.processes() and answer(port) == 200
            map_is_served(port, checkout)
            assert checkout.make("stop").returncode == 0
            assert checkout.processes() == []


# Mounts a small disk in a mount namespace, which ends with the command in any
# case, and fills the disk once the database's files exist.
SMALL_DISK = """
    mount -t tmpfs -o size=$1 none "$2" || exit
    (until [ -e "$2/run/postgres/data" ] || [ "$PPID" = 1 ]; do sleep 0.02; done
     exec head -c 300m /dev/zero >"$2/fill" 2>/dev/null) >/dev/null 2>&1 &
    shift 2; "$@"; status=$?; kill $! 2>/dev/null; exit $status
"""


@pytest.mark.skipif(not IS_ROOT, reason="only root may mount a small disk")
@pytest.mark.parametrize("size", ["20m", "210m"])
def test_full_disk(checkout, port, size):
    """Too little room at the start, or no room left later on."""
    disk = checkout.path.parent / f"disk-{size}"
    disk.mkdir()
    on_disk = ["unshare", "-m", "bash", "-c", SMALL_DISK, "-", size, str(disk)]
    if subprocess.run([*on_disk, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mounts here")
    result = checkout.make("run", f"PORT={port}", f"RUN_DIR={disk}/run", prefix=on_disk)
    assert "free some space" in one_sentence(result).lower()
    assert Checkout(disk, disk / "run").processes() == []


def test_upgrade_tells_that_the_site_has_to_include_a_file(checkout, tmp_path):
    mods = tmp_path / "etc/apache2/mods-available"
    shipped = tmp_path / "usr/share/mod_cctv/conf"
    for folder in mods, shipped, mods.parent / "mods-enabled":
        folder.mkdir(parents=True)
    (mods.parent / "mods-enabled/cctv.load").touch()
    old = '<Location "/api/cameras">\n    SetHandler cctv-cameras\n</Location>\n'
    for folder in mods, shipped:
        (folder / "cctv.conf").write_text(old)
    upgrade = checkout.make("install", f"DESTDIR={tmp_path}")
    assert "a2enconf cctv-site" in upgrade.stdout, upgrade.stdout
    assert "a2enconf cctv-site" not in checkout.make("install", f"DESTDIR={tmp_path}").stdout
    # One that was edited is kept, and still has what every site answers.
    (mods / "cctv.conf").write_text(old + "# edited\n")
    assert "a2enconf cctv-site" not in checkout.make("install", f"DESTDIR={tmp_path}").stdout


def test_install_for_a2enmod_and_uninstall(checkout, tmp_path):
    mods = tmp_path / "etc/apache2/mods-available"
    install = checkout.make("install", f"DESTDIR={tmp_path}")
    assert install.returncode == 0, install.stdout
    module = tmp_path / "usr/lib/apache2/modules/mod_cctv.so"
    assert (mods / "cctv.load").read_text().startswith("# Depends: dbd authz_host\n")
    assert (tmp_path / "usr/share/mod_cctv/sql").is_dir()
    assert (tmp_path / "usr/share/mod_cctv/conf/prometheus/prometheus.yml").is_file()
    for name in ("docs/install.md", "README.md", "CHANGES", "conf/janus/janus.jcfg", "tools/common.sh"):
        assert (tmp_path / "usr/share/mod_cctv" / name).is_file()
    for name in ("load-sql.sh", "janus-conf.sh", "janus_check.py", "import.sh"):
        assert os.access(tmp_path / "usr/share/mod_cctv/tools" / name, os.X_OK)
    assert "load-sql.sh import" in install.stdout and "pg_hba.conf" in install.stdout
    shipped = {file.name for file in (TOP / "htdocs").iterdir()}
    assert {file.name for file in (tmp_path / "usr/share/mod_cctv/htdocs").iterdir()} == shipped
    confs = tmp_path / "etc/apache2/conf-available"
    for name in "cctv-site.conf", "cctv-map.conf":
        assert (confs / name).read_text() == (TOP / "conf" / name).read_text()
    state = (tmp_path / "var/lib/cctv").stat()
    assert state.st_mode & 0o777 == 0o700
    assert not IS_ROOT or state.st_uid == pwd.getpwnam("www-data").pw_uid
    assert not (tmp_path / "etc/cctv").exists(), "a package must not bring a secret"
    prepare = [tmp_path / "usr/share/mod_cctv/tools/prepare.sh", tmp_path / "var/lib/cctv", tmp_path / "etc/cctv"]
    subprocess.run(prepare, env=ENV, check=True)
    secret = tmp_path / "etc/cctv/janus"
    assert secret.stat().st_mode & 0o777 == 0o600
    kept = secret.read_text()
    assert re.fullmatch("[0-9a-f]{64}", kept)
    for name in ("cctv-check", "cctv-import", "cctv-janus-conf", "cctv-load-sql", "cctv-verify-events"):
        assert os.access(tmp_path / "usr/sbin" / name, os.X_OK)
        assert (tmp_path / "usr/share/man/man8" / f"{name}.8").is_file()
    usage = subprocess.run([tmp_path / "usr/sbin/cctv-load-sql", "-x"], env=ENV, capture_output=True, text=True, check=False)
    assert "usage: tools/load-sql.sh" in usage.stderr, "a link leads to its folder"
    for name in ("cctv-check", "cctv-import", "cctv-verify-events"):
        subprocess.run([tmp_path / "usr/sbin" / name, "--help"], env=ENV, stdout=subprocess.DEVNULL, check=True)
    assert not list((tmp_path / "usr/share/mod_cctv/tools").rglob("*.pyc"))

    with module.open("rb") as mapped:
        for edited in (mods / "cctv.conf", confs / "cctv-site.conf", confs / "cctv-map.conf"):
            edited.write_text("# edited\n")
        again = checkout.make("install", f"DESTDIR={tmp_path}")
        assert os.fstat(mapped.fileno()).st_ino != module.stat().st_ino, "replaced by rename"
    assert again.stdout.count("was kept") == 3
    assert "over the earlier version" in again.stdout and "pg_hba.conf" not in again.stdout
    subprocess.run(prepare, env=ENV, check=True)
    assert secret.read_text() == kept
    for edited in (mods / "cctv.conf", confs / "cctv-site.conf", confs / "cctv-map.conf"):
        assert edited.read_text() == "# edited\n"
        assert edited.with_name(edited.name + ".new").read_text() == (TOP / "conf" / edited.name).read_text()

    needed = {"dbd.load", "authz_host.load"}
    for name in needed:
        module_name = name.removesuffix(".load")
        (mods / name).write_text(f"LoadModule {module_name}_module /usr/lib/apache2/modules/mod_{module_name}.so\n")
    enabled = tmp_path / "etc/apache2/mods-enabled"
    enabled.mkdir()
    env = {**ENV, "APACHE_CONFDIR": str(tmp_path / "etc/apache2"), "APACHE_STATE_DIRECTORY": str(tmp_path)}
    subprocess.run(["/usr/sbin/a2enmod", "-q", "cctv"], env=env, check=True)
    (enabled.parent / "conf-enabled").mkdir()
    subprocess.run(["/usr/sbin/a2enconf", "-q", "cctv-map"], env=env, check=True)
    assert {p.name for p in enabled.iterdir()} == {"cctv.load", "cctv.conf"} | needed

    assert "a2dismod" in one_sentence(checkout.make("uninstall", f"DESTDIR={tmp_path}"))
    shutil.rmtree(enabled)
    assert "a2disconf cctv-map" in one_sentence(checkout.make("uninstall", f"DESTDIR={tmp_path}"))
    shutil.rmtree(enabled.parent / "conf-enabled")
    for name in "cctv-site.conf", "cctv-map.conf":
        (confs / name).write_text((TOP / "conf" / name).read_text())
    # As a2ensite does.
    site = enabled.parent / "sites-enabled/www.conf"
    site.parent.mkdir()
    (enabled.parent / "sites-available").mkdir()
    site.symlink_to("../sites-available/www.conf")
    site.write_text("<VirtualHost *:80>\n    Include conf-available/cctv-site.conf\n</VirtualHost>\n")
    assert "www.conf includes a file of mod_cctv" in one_sentence(checkout.make("uninstall", f"DESTDIR={tmp_path}"))
    site.write_text('<Location "/api">\n    CCTVRoles public\n</Location>\n')
    left_over = checkout.make("uninstall", f"DESTDIR={tmp_path}")
    assert left_over.returncode != 0 and "www.conf:2:    CCTVRoles public" in left_over.stdout
    site.unlink()
    uninstall = checkout.make("uninstall", f"DESTDIR={tmp_path}")
    assert uninstall.returncode == 0, uninstall.stdout
    left = {str(p.relative_to(mods)) for p in mods.iterdir()} | ({module.name} if module.exists() else set())
    assert left == {"cctv.conf"} | needed
    assert list(confs.iterdir()) == [], "it was as shipped again"
    assert not (tmp_path / "usr/share/mod_cctv").exists()
    assert not (tmp_path / "var/lib/cctv").exists()
    assert list((tmp_path / "usr/sbin").iterdir()) == list((tmp_path / "usr/share/man/man8").iterdir()) == []


# Hides what a machine may have, in a mount namespace, which ends with the command.
HIDE = """
    for path in $1; do
        if [ -d "$path" ]; then mount -t tmpfs none "$path"; else mount --bind /dev/null "$path"; fi || exit
    done
    shift; "$@"
"""


@pytest.mark.skipif(not IS_ROOT, reason="only root may hide files")
@pytest.mark.parametrize("hidden, without, said", [
    ("/usr/sbin/a2enmod", "postgresql,janus", ["Apache with its a2enmod", "    apt install", " apache2\n"]),
    ("/etc/postgresql", "", ["a PostgreSQL cluster", "    pg_createcluster 15 main --start"]),
    ("/etc/postgresql /usr/bin/pg_createcluster", "janus", ["apt install", " postgresql postgresql-15-postgis-3\n"]),
    ("/usr/bin/janus", "postgresql", ["does not have: Janus.", " janus\n", "WITHOUT="]),
    ("/usr/bin/janus /etc/postgresql", "postgresql,janus", [])])
def test_what_is_not_installed(hidden, without, said):
    command = ["unshare", "-m", "bash", "-c", HIDE, "-", hidden]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mounts here")
    done = subprocess.run([*command, TOP / "tools/install.sh", "check"], env={**ENV, "WITHOUT": without},
                          capture_output=True, text=True, check=False)
    assert done.returncode == (1 if said else 0), done.stderr
    for words in said:
        assert words in done.stderr
    assert said or done.stderr == ""
