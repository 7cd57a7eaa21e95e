"""What the cameras send: short clips that are encoded at the start, as RTP.

A clip begins with its only keyframe and is sent in a loop, so its length is the
time between keyframes.
"""

import base64
import dataclasses
import struct

import gi

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

FPS = 12
SPS, PPS = 7, 8
X264 = ('x264enc speed-preset=ultrafast threads=1 bitrate=400 '
        'key-int-max=1000 option-string=scenecut=0 ')
# rtph264pay repeats the parameter sets before each keyframe.
H264 = ('! video/x-h264,profile={},stream-format=byte-stream '
        '! rtph264pay config-interval=-1 ')
# Of each clip: seconds, what SDP says, and the elements of GStreamer.
KINDS = {
    'baseline': (2, 'H264', X264 + 'tune=zerolatency bframes=0 '
                 + H264.format('constrained-baseline')),
    'main': (2, 'H264', X264 + 'tune=zerolatency bframes=0 cabac=true '
             + H264.format('main')),
    'high': (2, 'H264', X264 + 'tune=zerolatency bframes=0 cabac=true '
             'dct8x8=true ' + H264.format('high')),
    'b-frames': (2, 'H264', X264 + 'bframes=2 b-adapt=false cabac=true '
                 + H264.format('main')),
    'rare-keyframes': (15, 'H264', X264 + 'tune=zerolatency bframes=0 '
                       + H264.format('constrained-baseline')),
    'vp8': (2, 'VP8', 'vp8enc deadline=1 target-bitrate=400000 '
            'keyframe-max-dist=1000 ! rtpvp8pay '),
    'jpeg': (1, 'JPEG', 'jpegenc quality=50 ! rtpjpegpay '),
    'h265': (2, 'H265', 'x265enc speed-preset=ultrafast tune=zerolatency '
             'key-int-max=1000 ! rtph265pay config-interval=-1 '),
}
# Not in a package that the tests need: without it the camera sends H.264 as
# H.265, which no receiver gets to see.
INSTEAD = {'h265': ('x265enc', 'baseline')}


@dataclasses.dataclass
class Clip:
    """Frames in the order of decoding: (RTP time since the first one,
    payloads)."""
    encoding: str
    payload_type: int
    frames: list
    ticks: int

    def parameter_sets(self):
        """The value of sprop-parameter-sets."""
        found = {}
        for _, payloads in self.frames:
            for payload in payloads:
                found.setdefault(payload[0] & 31, payload)
        return ','.join(base64.b64encode(found[kind]).decode()
                        for kind in (SPS, PPS))

    def payloads(self, index, with_sets):
        """The payloads of a frame, without its parameter sets if wanted."""
        payloads = self.frames[index][1]
        if with_sets:
            return payloads
        return [each for each in payloads if each[0] & 31 not in (SPS, PPS)]


def payload_type_of(encoding):
    return 26 if encoding == 'JPEG' else 96


def start(kind):
    """Starts to encode a clip; returns the pipeline."""
    seconds, encoding, elements = KINDS[kind]
    needed, other = INSTEAD.get(kind, (None, None))
    if needed and not Gst.ElementFactory.find(needed):
        elements = KINDS[other][2]
    pipeline = Gst.parse_launch(
        f'videotestsrc num-buffers={round(seconds * FPS)} pattern=smpte '
        'horizontal-speed=2 animation-mode=frames '
        f'! video/x-raw,format=I420,width=640,height=480,framerate={FPS}/1 '
        f'! textoverlay text="{kind}" font-desc="Sans 32" valignment=top '
        f'shaded-background=true ! {elements} pt={payload_type_of(encoding)} '
        'mtu=1200 '
        '! appsink name=sink sync=false')
    pipeline.set_state(Gst.State.PLAYING)
    return pipeline


def collect(kind, pipeline):
    """Waits for the packets of a clip that start() has started."""
    seconds, encoding, _ = KINDS[kind]
    sink = pipeline.get_by_name('sink')
    frames, payloads, first = [], [], None
    while True:
        sample = sink.emit('pull-sample')
        if sample is None:
            break
        buffer = sample.get_buffer()
        packet = buffer.extract_dup(0, buffer.get_size())
        (when,) = struct.unpack('!I', packet[4:8])
        first = when if first is None else first
        payloads.append(packet[12:])
        if packet[1] & 0x80:
            frames.append(((when - first) % 2 ** 32, payloads))
            payloads = []
    pipeline.set_state(Gst.State.NULL)
    assert len(frames) == round(seconds * FPS), f'no clip {kind}'
    return Clip(encoding, payload_type_of(encoding), frames,
                round(seconds * 90000))


def encode_all(kinds):
    """Encodes clips at the same time, in GStreamer's threads; {kind: clip}."""
    Gst.init(None)
    started = [(kind, start(kind)) for kind in kinds]
    return {kind: collect(kind, pipeline) for kind, pipeline in started}
