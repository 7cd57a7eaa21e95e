"""What the README shows is what a reader gets."""

import os
import re
import subprocess
import tempfile

import pytest

from test_run import TOP, checkout_in, free_port


def examples():
    """(command, what the README says it prints) of its console blocks, but
    for those that start it all."""
    text = (TOP / "README.md").read_text()
    for block in re.findall(r"```console\n(.*?)```", text, re.S):
        for example in re.findall(r"^\$ (curl .*)\n((?:[^$\n].*\n)*)", block, re.M):
            yield example


@pytest.fixture(scope="module")
def port():
    with tempfile.TemporaryDirectory(prefix="cctv-readme-") as folder:
        os.chmod(folder, 0o755)
        with checkout_in(folder) as checkout:
            port = free_port()
            done = checkout.make("run", f"PORT={port}")
            assert done.returncode == 0, done.stdout
            yield port


def test_readme_commands_print_what_the_readme_says(port, tmp_path):
    shown = list(examples())
    assert len(shown) >= 7
    for command, printed in shown:
        command = command.replace("127.0.0.1:8080", f"127.0.0.1:{port}").replace("curl ", "curl -sS ", 1)
        done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True,
                              text=True, timeout=30)
        pattern = re.escape(printed.rstrip("\n")).replace("…", "[^ \"]+")
        assert re.fullmatch(pattern, done.stdout.rstrip("\n")), (command, done.stdout, done.stderr)
