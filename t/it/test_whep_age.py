"""The login of a WHEP player has a maximum age, because players send no
further requests."""

from api import ONE_CHILD
from env import SLOWNESS, wait_for
from janus_double import answer_to
from metrics import scrape
from users import AUTH, BASIC, set_passwords, user
from video import until_gone
from views import set_cameras, virtual_host

SDP = {'Content-Type': 'application/sdp'}


def play(httpd, host, **headers):
    """The path of a view that plays."""
    headers = {'Host': host, **SDP, **headers}
    reply = httpd.ask('POST', '/whep/1', headers, '')
    assert reply.status == 406, reply.body
    where = reply.location()
    sdp = answer_to(reply.body.decode())
    assert httpd.ask('PATCH', where, headers, sdp).status == 204
    return where


def test_a_player_whose_login_is_old_has_to_start_again(cluster, start, video):
    set_cameras(cluster, {})
    httpd = start(ONE_CHILD + video.server(cluster, 'CCTVWhepMaxAge 3s\n')
                  + virtual_host('plain')
                  + virtual_host('users', '<Location "/">', *BASIC,
                                 '</Location>'), modules=AUTH)
    set_passwords(httpd, 'ann')
    open_view = play(httpd, 'plain')
    play(httpd, 'users', **user('ann'))
    assert len(video.janus.watchers(1)) == 2
    # The user is removed while the player sends no requests.
    httpd.expect('AH01618')
    set_passwords(httpd, 'bob')
    wait_for(lambda: len(video.janus.watchers(1)) == 1, 'one is over',
             10 * SLOWNESS)
    metrics = scrape(httpd)
    assert metrics.sum('cctv_sessions_ended_total', reason='denied') == 1
    assert metrics.sum('webrtc_viewers_gauge') == 1
    assert httpd.ask('POST', '/whep/1', {'Host': 'users', **SDP,
                                         **user('ann')}, '').status == 401
    httpd.ask('DELETE', open_view, {'Host': 'plain'})
    until_gone(video.janus)
