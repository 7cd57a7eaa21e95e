"""Sends a clip by RTP, over UDP or inside the RTSP connection."""

import asyncio
import itertools
import os
import random
import struct
import time

from rtsp_camera.clips import FPS

REPORT_SECONDS = 5
# Packets are dropped for a client that does not read.
MAX_UNSENT = 1 << 20
SINCE_1900 = 2208988800


class Interleaved:
    """RTP and RTCP on two channels of the RTSP connection."""

    def __init__(self, writer, channels):
        self.writer = writer
        self.channels = channels

    def send(self, packet, is_rtcp=False):
        if self.writer.transport.get_write_buffer_size() < MAX_UNSENT:
            self.writer.write(struct.pack(
                '!cBH', b'$', self.channels[is_rtcp], len(packet)) + packet)

    def close(self):
        pass


class Udp:
    """RTP and RTCP on a pair of ports. What the client sends is not read."""

    def __init__(self, pair, peers):
        self.pair = pair
        self.peers = peers

    def ports(self):
        return [each.get_extra_info('sockname')[1] for each in self.pair]

    def send(self, packet, is_rtcp=False):
        self.pair[is_rtcp].sendto(packet, self.peers[is_rtcp])

    def close(self):
        for each in self.pair:
            each.close()


async def open_udp(address, client, client_ports):
    """Binds an even port and the next one, below those of Janus's media."""
    loop = asyncio.get_running_loop()
    while True:
        port = random.randrange(10000, 20000, 2)
        pair = []
        try:
            for each in (port, port + 1):
                pair.append((await loop.create_datagram_endpoint(
                    asyncio.DatagramProtocol, (address, each)))[0])
            return Udp(pair, [(client, each) for each in client_ports])
        except OSError:
            for each in pair:
                each.close()


class Sender:
    """The media of one session."""

    def __init__(self, behaviour, clip, way):
        self.behaviour = behaviour
        self.clip = clip
        self.way = way
        self.sequence = random.randrange(1 << 16)
        self.base = random.randrange(1 << 32)
        self.ssrc = struct.unpack('!I', os.urandom(4))[0]
        self.packets = self.octets = 0

    def send_frame(self, number):
        rounds, index = divmod(number, len(self.clip.frames))
        when = self.clip.frames[index][0] + rounds * self.clip.ticks
        payloads = self.clip.payloads(index,
                                      self.behaviour.sends_parameter_sets)
        for left, payload in zip(reversed(range(len(payloads))), payloads):
            marker = 0 if left else 0x80
            self.way.send(struct.pack(
                '!BBHII', 0x80, marker | self.clip.payload_type,
                self.sequence, (self.base + when) % (1 << 32),
                self.ssrc) + payload)
            self.sequence = (self.sequence + 1) % (1 << 16)
            self.packets += 1
            self.octets += len(payload)

    def send_report(self, number):
        """An RTCP sender report with a CNAME."""
        now = time.time() + SINCE_1900
        ticks = self.base + number * 90000 // FPS
        self.way.send(struct.pack(
            '!BBHIIIIII', 0x80, 200, 6, self.ssrc, int(now),
            int(now % 1 * (1 << 32)), ticks % (1 << 32), self.packets,
            self.octets) + struct.pack(
                '!BBHIBB6sxx', 0x81, 202, 4, self.ssrc, 1, 6, b'camera'),
            True)

    async def run(self):
        loop = asyncio.get_running_loop()
        began = loop.time()
        seconds = self.behaviour.stops_after
        for sent in itertools.count():
            if seconds is not None and sent / FPS >= seconds:
                return
            number = self.behaviour.first_frame + sent
            self.send_frame(number)
            if sent % (REPORT_SECONDS * FPS) == 0:
                self.send_report(number)
            await asyncio.sleep(began + (sent + 1) / FPS - loop.time())
