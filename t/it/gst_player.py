#!/usr/bin/python3
"""A WHEP player of GStreamer's webrtcbin: gst_player.py URL SECONDS [audio]

Plays for so many seconds after the first picture and prints as JSON: status,
frames (pictures received, after depayloading). With "audio" the offer has an
audio section first.
"""

import json
import os
import sys
import time
import urllib.parse
import urllib.request

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstWebRTC', '1.0')
gi.require_version('GstSdp', '1.0')
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

H264 = ('application/x-rtp,media=video,encoding-name=H264,payload=96,'
        'clock-rate=90000,packetization-mode=(string)1')
OPUS = ('application/x-rtp,media=audio,encoding-name=OPUS,payload=97,'
        'clock-rate=48000,encoding-params=(string)2')
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Player:
    def __init__(self, url, seconds, kinds):
        Gst.init(None)
        self.url = url
        self.seconds = seconds
        self.frames = 0
        self.loop = GLib.MainLoop()
        self.pipe = Gst.Pipeline()
        self.peer = Gst.ElementFactory.make('webrtcbin')
        self.peer.set_property('bundle-policy', 'max-bundle')
        self.pipe.add(self.peer)
        self.peer.connect('pad-added', self.on_pad)
        self.pipe.set_state(Gst.State.PLAYING)
        for caps in kinds:
            self.peer.emit('add-transceiver',
                           GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY,
                           Gst.Caps.from_string(caps))

    def ask(self, signal, *arguments):
        """The promise, which owns what was replied."""
        promise = Gst.Promise.new()
        self.peer.emit(signal, *arguments, promise)
        promise.wait()
        return promise

    def play(self):
        asked = self.ask('create-offer', None)
        # The bindings keep no reference to what the values are part of.
        said = asked.get_reply()
        offer = said.get_value('offer')
        text = offer.sdp.as_text()
        self.ask('set-local-description', offer)
        request = urllib.request.Request(
            self.url, text.encode(),
            {'Content-Type': 'application/sdp'})
        with OPENER.open(request, timeout=20) as reply:
            status, where = reply.status, reply.headers['Location']
            text = reply.read().decode()
        _, sdp = GstSdp.SDPMessage.new_from_text(text)
        # The bindings free both, although the description owns the SDP.
        self.kept = [sdp, GstWebRTC.WebRTCSessionDescription.new(
            GstWebRTC.WebRTCSDPType.ANSWER, sdp)]
        self.ask('set-remote-description', self.kept[1])
        GLib.timeout_add_seconds(self.seconds + 15, self.loop.quit)
        self.loop.run()
        OPENER.open(urllib.request.Request(
            urllib.parse.urljoin(self.url, where), method='DELETE'))
        self.pipe.set_state(Gst.State.NULL)
        print(json.dumps({'status': status, 'frames': self.frames}),
              flush=True)
        os._exit(0)

    def on_pad(self, _peer, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        sink = Gst.parse_bin_from_description(
            'rtph264depay ! video/x-h264,stream-format=byte-stream,'
            'alignment=au ! fakesink name=sink signal-handoffs=true '
            'sync=false', True)
        sink.get_by_name('sink').connect('handoff', self.on_frame)
        self.pipe.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad('sink'))

    def on_frame(self, *_):
        if self.frames == 0:
            self.until = time.monotonic() + self.seconds
        self.frames += 1
        if time.monotonic() > self.until:
            self.loop.quit()


Player(sys.argv[1], int(sys.argv[2]),
       [OPUS, H264] if 'audio' in sys.argv[3:] else [H264]).play()
