"""Does something as Apache's user."""

import json
import os
import pwd
import sys
import traceback

from .report import Findings


def become(name):
    entry = pwd.getpwnam(name)
    os.initgroups(name, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    # As Apache's children: they do not look for certificates in root's home.
    os.environ['HOME'] = '/nonexistent'


def findings_of(name, check, *arguments):
    """What check(findings, *arguments) finds, as a process of this user. Without
    root, as the own user."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(readable)
            if os.geteuid() == 0:
                become(name)
            findings = Findings()
            check(findings, *arguments)
            with open(writable, 'w', encoding='utf-8') as pipe:
                json.dump(findings, pipe)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(writable)
    with open(readable, encoding='utf-8') as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else [
        ('wrong', f'the check as the user {name} failed: see above')]
