"""The cameras of the server, one per behaviour.

The server, the demo (`make run DEMO=odd`) and the tests derive from BEHAVIOURS.
The table of cameras says H.264 for each of them.
"""

import dataclasses

METHODS = ('OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'PAUSE', 'GET_PARAMETER',
           'TEARDOWN')
USER, PASSWORD, WRONG_PASSWORD = 'viewer', 'a right password', 'a wrong one'
# A file of logins has one login per host, so the cameras are spread over
# addresses of the loopback interface. The server listens on the first three.
NO_LOGIN, RIGHT_LOGIN, WRONG_LOGIN = '127.0.0.1', '127.0.0.2', '127.0.0.3'
# No program listens here, so the system refuses connections.
REFUSES = '127.0.0.4'
# The queue of this port is full: connections are never established.
BLACK_HOLE = '127.0.0.5'

# What a failure of a camera may be called.
WORDS = ('unreachable', 'refused', 'login_refused', 'no_such_path',
         'wants_other_transport', 'no_video', 'other_codec', 'b_frames',
         'no_parameter_sets', 'rare_keyframes', 'stopped_sending')


@dataclasses.dataclass(frozen=True)
class Behaviour:
    """What a camera does. The defaults are those of a camera that plays."""
    name: str
    """The path of its URL."""
    sentence: str
    """Its name on the map."""
    word: str = None
    """Its expected failure, one of WORDS; None: it plays."""
    host: str = NO_LOGIN

    # What it sends: see clips.py.
    clip: str = 'baseline'
    first_frame: int = 0
    """The frame of the clip that it starts with; frame 0 is the keyframe."""
    sends_parameter_sets: bool = True

    # Its SDP.
    profile: str = '42e01f'
    """The profile-level-id; None: it announces none."""
    has_fmtp: bool = True
    announces_parameter_sets: bool = True
    fmtp_size: int = 0
    """The fmtp line is filled up to so many bytes."""
    sections: tuple = ('video',)
    """Of 'video', 'audio' and 'metadata', in this order."""
    body: str = None
    """The answer to DESCRIBE instead of an SDP."""

    # Its answers.
    status: dict = dataclasses.field(default_factory=dict)
    """Status codes by method, instead of the right answer."""
    first_status: dict = dataclasses.field(default_factory=dict)
    """The same for the first request of a method only."""
    delay: dict = dataclasses.field(default_factory=dict)
    """Seconds until it answers, by method."""
    hangs_on: tuple = ()
    """Methods that it never answers."""
    path_only: tuple = ()
    """Methods that it answers with 404 if the request has a full URL."""
    raw: str = None
    """'garbage', 'half_headers' or 'huge_headers': not RTSP, an answer that
    ends in its headers, a header of 1 MB."""

    transports: tuple = ('udp', 'tcp')
    """Any other one is answered with 461."""

    login: str = None
    """'basic' or 'digest': it wants USER and PASSWORD."""
    locks_after: int = 0
    """Locks the account after so many wrong logins."""
    locked_status: int = 401

    # What it does after PLAY, in seconds; None: never.
    stops_after: float = None
    """Sends no more media; the connection stays."""
    closes_after: float = None
    """Closes the connection."""
    says_teardown: bool = False
    """Sends a TEARDOWN request before it closes the connection."""
    plays: int = None
    """After so many PLAY requests it sends nothing any more; None: no limit."""

    def url(self, port):
        return f'rtsp://{self.host}:{port}/{self.name}'


B = Behaviour
BEHAVIOURS = (
    # Profiles.
    B('plain', 'Camera without a fault'),
    B('high-40', 'Camera that announces H.264 High 4.0 and sends it',
      clip='high', profile='640028'),
    B('high-31', 'Camera that announces H.264 High 3.1 and sends it',
      clip='high', profile='64001f'),
    B('main-41', 'Camera that announces H.264 Main 4.1 and sends it',
      clip='main', profile='4d0029'),
    B('baseline-31', 'Camera that announces H.264 Baseline 3.1',
      profile='42001f'),
    B('no-profile', 'Camera that announces no profile', profile=None),
    B('no-fmtp', 'Camera whose SDP has no fmtp line', has_fmtp=False),
    # Forms of the SDP.
    B('audio-first', 'Camera whose SDP has the audio first',
      sections=('audio', 'video')),
    B('onvif-metadata', 'Camera with ONVIF metadata',
      sections=('video', 'audio', 'metadata')),
    B('metadata-first', 'Camera whose SDP has ONVIF metadata first',
      sections=('metadata', 'video')),
    B('long-fmtp', 'Camera whose fmtp line has 60 kB', fmtp_size=60000),
    # Debian's Janus does not insert them into the stream.
    B('sets-in-sdp-only', 'Camera with its parameter sets only in the SDP',
      'no_parameter_sets', sends_parameter_sets=False),
    B('no-parameter-sets', 'Camera that never sends parameter sets',
      'no_parameter_sets', sends_parameter_sets=False,
      announces_parameter_sets=False),
    B('no-video', 'Camera that has only audio', 'no_video',
      sections=('audio',)),
    B('no-sections', 'Camera whose SDP describes nothing', 'no_video',
      sections=()),
    B('no-sdp', 'Camera whose description is not SDP', 'no_video',
      body='<html><body>Welcome to your camera</body></html>\n'),
    B('h265', 'Camera that sends H.265', 'other_codec', clip='h265'),
    B('mjpeg', 'Camera that sends Motion JPEG', 'other_codec', clip='jpeg'),
    B('vp8', 'Camera that sends VP8', 'other_codec', clip='vp8'),
    # The stream.
    B('b-frames', 'Camera that sends B-frames', 'b_frames', clip='b-frames',
      profile='4d401e'),
    # Starts a second after a keyframe: the worst case but one second.
    B('rare-keyframes', 'Camera with a keyframe every 15 seconds',
      'rare_keyframes', clip='rare-keyframes', first_frame=12),
    # Janus connects again 2 seconds later, so these three play with gaps.
    B('stops-sending', 'Camera that stops sending after 5 seconds',
      stops_after=5),
    B('closes', 'Camera that closes the connection after 5 seconds',
      closes_after=5),
    B('teardown', 'Camera that ends the session after 5 seconds',
      closes_after=5, says_teardown=True),
    B('stops-for-good', 'Camera that stops sending for good',
      'stopped_sending', stops_after=5, plays=1),
    B('sends-nothing', 'Camera that plays but sends nothing',
      'stopped_sending', stops_after=0),
    # The connection.
    B('refuses', 'Camera that refuses the connection', 'refused',
      host=REFUSES),
    B('black-hole', 'Camera that cannot be reached', 'unreachable',
      host=BLACK_HOLE),
    B('silent', 'Camera that accepts the connection and stays silent',
      'unreachable', hangs_on=METHODS),
    B('slow', 'Camera that needs 8 seconds to describe itself', 'unreachable',
      delay={'DESCRIBE': 8}),
    B('hangs-on-teardown', 'Camera that hangs when a session ends',
      hangs_on=('TEARDOWN',)),
    B('garbage', 'Camera whose answers are garbage', 'unreachable',
      raw='garbage'),
    B('half-headers', 'Camera whose answers end in the middle',
      'unreachable', raw='half_headers'),
    B('huge-headers', 'Camera whose answers have a header of 1 MB',
      'unreachable', raw='huge_headers'),
    # Logins.
    B('basic-right', 'Camera with a login (Basic)', host=RIGHT_LOGIN,
      login='basic'),
    B('digest-right', 'Camera with a login (Digest)', host=RIGHT_LOGIN,
      login='digest'),
    B('basic-wrong', 'Camera whose login is refused (Basic)', 'login_refused',
      host=WRONG_LOGIN, login='basic'),
    B('digest-wrong', 'Camera whose login is refused (Digest)',
      'login_refused', host=WRONG_LOGIN, login='digest'),
    B('basic-none', 'Camera whose login is unknown (Basic)', 'login_refused',
      login='basic'),
    B('digest-none', 'Camera whose login is unknown (Digest)',
      'login_refused', login='digest'),
    B('locks', 'Camera that locks the account after 3 wrong logins',
      'login_refused', host=WRONG_LOGIN, login='digest', locks_after=3),
    B('locks-403', 'Camera that locks the account and then answers 403',
      'login_refused', host=WRONG_LOGIN, login='basic', locks_after=3,
      locked_status=403),
    B('forbidden', 'Camera that forbids access', 'login_refused',
      status={'DESCRIBE': 403}),
    # Status codes.
    B('not-found', 'Camera that does not know its path', 'no_such_path',
      status={'DESCRIBE': 404}),
    B('path-only', 'Camera that is described by its path only',
      path_only=('DESCRIBE',)),
    B('setup-path-only', 'Camera that is set up by its path only',
      'no_such_path', path_only=('SETUP',)),
    B('moved', 'Camera that has moved', 'no_such_path',
      status={'DESCRIBE': 302}),
    B('wants-tcp', 'Camera that sends by TCP only', 'wants_other_transport',
      transports=('tcp',)),
    B('wants-udp', 'Camera that sends by UDP only', transports=('udp',)),
    B('wants-neither', 'Camera that sends neither by TCP nor by UDP',
      'wants_other_transport', transports=()),
    B('session-not-found', 'Camera that forgets its session', 'unreachable',
      status={'PLAY': 454}),
    B('busy', 'Camera that is busy', 'unreachable', status={'DESCRIBE': 503}),
    B('busy-later', 'Camera that is busy when it is set up', 'unreachable',
      status={'SETUP': 503}),
    B('busy-later-login', 'Camera with a login that is busy when it is set up',
      'unreachable', host=RIGHT_LOGIN, login='basic', status={'SETUP': 503}),
    B('busy-at-first', 'Camera that is busy when it is set up first',
      first_status={'SETUP': 503}),
)
BY_NAME = {each.name: each for each in BEHAVIOURS}


def logins(port):
    """The text for CCTVCameraLoginsFile."""
    return (f'{RIGHT_LOGIN}:{port} {USER} {PASSWORD}\n'
            f'{WRONG_LOGIN}:{port} {USER} {WRONG_PASSWORD}\n')
