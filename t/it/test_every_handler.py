"""Every handler that SetHandler accepts answers a request. A name that is only
listed would crash the child at its first request."""

import re

import pytest

from api import ONE_CHILD
from views import set_cameras

METHODS = ('GET', 'POST', 'PATCH', 'OPTIONS')


@pytest.fixture
def handlers(written):
    """The names in the message about an unknown handler."""
    right, said = written('<Location "/x">\nSetHandler cctv-nothing\n'
                          '</Location>\n').configtest()
    assert not right
    return re.search(r'CCTV0004: .*; it has (.*)', said).group(1).split()


def test_every_handler_answers(cluster, start, video, handlers):
    assert len(handlers) >= 9
    set_cameras(cluster, {})
    httpd = start(video.server(cluster, ONE_CHILD) + ''.join(
        f'<Location "/each/{name}">\nSetHandler {name}\n</Location>\n'
        for name in handlers))
    httpd.expect('CCTV0047')
    pids = httpd.children()
    for name in handlers:
        for method in METHODS:
            reply = httpd.ask(method, f'/each/{name}', {},
                              '' if method in ('POST', 'PATCH') else None)
            assert reply.status < 500, (name, method, reply.body)
    assert httpd.children() == pids
