"""What the README shows is what a reader gets."""

import os
import re
import shlex
import subprocess
import tempfile

import pytest

from test_run import TOP, checkout_in, free_port


def examples():
    """(command, what the README says it prints) of its console blocks."""
    text = (TOP / "README.md").read_text()
    for block in re.findall(r"```console\n(.*?)```", text, re.S):
        command = None
        for line in block.splitlines():
            if line.startswith("$ "):
                command = line[2:]
            else:
                yield command, line


@pytest.fixture(scope="module")
def port():
    with tempfile.TemporaryDirectory(prefix="cctv-readme-") as folder:
        os.chmod(folder, 0o755)
        with checkout_in(folder) as checkout:
            port = free_port()
            done = checkout.make("run", f"PORT={port}")
            assert done.returncode == 0, done.stdout
            yield port


@pytest.mark.parametrize("command, printed", examples())
def test_readme_command_prints_what_the_readme_says(port, command, printed):
    words = shlex.split(command.replace("127.0.0.1:8080", f"127.0.0.1:{port}"))
    assert words[0] == "curl"
    done = subprocess.run(["curl", "-sS", *words[1:]], capture_output=True, text=True, timeout=30)
    assert done.stdout == printed, done.stderr


def test_readme_shows_examples():
    assert len(list(examples())) >= 2
