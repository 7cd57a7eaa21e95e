"""The commands and configurations in README.md and docs/ work as
documented."""

import os
import re
import subprocess
import tempfile

import pytest

from test_run import TOP, checkout_in, free_port, get

PAGES = ('README.md', 'docs/api.md')
# Modules that the configuration blocks need in addition to those of all tests.
MODULES = ('authn_core', 'auth_basic', 'authz_host', 'authz_user', 'ldap',
           'authnz_ldap')


def blocks(page, language):
    """The code blocks of a page in this language."""
    return re.findall(f"```{language}\n(.*?)```", (TOP / page).read_text(), re.S)


def examples(page):
    """(command, documented output) for each curl command."""
    for block in blocks(page, "console"):
        yield from re.findall(r"^\$ (curl .*)\n((?:[^$\n].*\n)*)", block, re.M)


def configurations():
    """(page, configuration block) of all pages."""
    for page in ("README.md", *sorted(str(p.relative_to(TOP)) for p in (TOP / "docs").glob("*.md"))):
        for block in blocks(page, "apache"):
            yield page, block


@pytest.fixture(scope="module")
def port():
    with tempfile.TemporaryDirectory(prefix="cctv-readme-") as folder:
        os.chmod(folder, 0o755)
        with checkout_in(folder) as checkout:
            port = free_port()
            done = checkout.make("run", f"PORT={port}")
            assert done.returncode == 0, done.stdout
            yield port


@pytest.mark.parametrize("page", PAGES)
def test_readme_commands_print_what_the_readme_says(port, tmp_path, page):
    shown = list(examples(page))
    assert len(shown) >= 4
    for command, printed in shown:
        command = command.replace("127.0.0.1:8080", f"127.0.0.1:{port}").replace("curl ", "curl -sS ", 1)
        done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True,
                              text=True, timeout=30)
        pattern = re.escape(printed.rstrip("\n")).replace("…", "[^ \"]+")
        assert re.fullmatch(pattern, done.stdout.rstrip("\n")), (command, done.stdout, done.stderr)


@pytest.mark.parametrize("page, block", configurations())
def test_configurations_of_the_documents_pass_configtest(written, page, block):
    httpd = written(block.replace("/var/lib/cctv", "{folder}/state"), modules=MODULES)
    good, said = httpd.configtest()
    assert good, (page, said)


@pytest.mark.parametrize("video", [False, True])
def test_reference_configuration_passes_configtest(written, tmp_path, video):
    secret = tmp_path / "janus"
    secret.touch(0o600)
    secret.write_text("0123456789abcdef\n")
    text = (TOP / "conf/cctv-reference.conf").read_text()
    defines = ("Define CCTV_JANUS http://127.0.0.1:1/janus\n"
               "Define CCTV_JANUS_ADMIN http://127.0.0.1:1/admin\n"
               f"Define CCTV_SECRETS {tmp_path}\n") if video else ""
    good, said = written(defines + text.replace("/var/lib/cctv", "{folder}/state"),
                         modules=("authz_host",)).configtest()
    assert good, said


def test_documented_metrics_are_those_of_the_server(port):
    table = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (?:counter|gauge|histogram) \|",
                       (TOP / "docs/metrics.md").read_text(), re.M)
    documented = {name for names in table for name in re.findall(r"`(\w+)`", names)}
    served = {line.split()[2] for line in get(port, "/metrics")[1].decode().splitlines()
              if line.startswith("# TYPE ")}
    # This file exists only with CCTVGeoIPDatabase.
    assert served | {"cctv_geoip_build_timestamp_seconds"} == documented
