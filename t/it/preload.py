"""Libraries of t/it that are preloaded into an Apache, to change what it gets
from libc."""

import subprocess

from env import HERE, PRELOAD


def preloading(folder, name):
    """The command that runs an Apache with this library, which is compiled into
    the folder."""
    library = f'{folder}/{name}.so'
    subprocess.run(['cc', '-shared', '-fPIC', '-o', library,
                    f'{HERE}/{name}.c'], check=True)
    return ['env', f'LD_PRELOAD={PRELOAD}:{library}']
