#!/usr/bin/python3
"""Test cameras: moving pictures that show the camera's name, H.264 Main 640x480
without B-frames, on 127.0.0.1. tools/cameras.sh starts them.

    cameras.py rtsp PORT NAME...   one RTSP server: rtsp://127.0.0.1:PORT/NAME,
                                   which encodes only while somebody watches
    cameras.py rtp PORT NAME       sends RTP to that UDP port
    cameras.py odd PORT            cameras with faults: see rtsp_camera/
    cameras.py odd-list PORT       prints "NAME URL SENTENCE" of these, separated
                                   by tabs
    cameras.py odd-logins PORT     prints the logins to use for them

    --fps N          pictures per second (12)
    --keyframes N    seconds from one keyframe to the next (2)
    --codec vp8      sends VP8 instead of H.264
    --kbits N        exactly so many kbit/s; without it, at most 400

With CAMERA_LOGIN="user password" in the environment, RTSP cameras ask for this
login. Unlike a command line, other users cannot read the environment.

Prints "ready" once it serves, and runs until it is killed.
"""

import argparse
import os
import sys

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

from rtsp_camera import behaviours, server as odd  # noqa: E402

PATTERNS = ('ball', 'pinwheel', 'spokes', 'smpte', 'circular',
            'chroma-zone-plate kx2=20 ky2=20 kt=1', 'smpte-rp-219',
            'zone-plate kx2=12 ky2=12 kt=4', 'smpte100')


def pipeline(name, number, options):
    """The GStreamer pipeline of a picture that moves everywhere, as RTP."""
    return (
        f'videotestsrc is-live=true pattern={PATTERNS[number]} '
        'horizontal-speed=2 animation-mode=frames '
        f'! video/x-raw,format=I420,width=640,height=480,'
        f'framerate={options.fps}/1 '
        f'! textoverlay text="{name}" font-desc="Sans 32" '
        'valignment=top shaded-background=true '
        '! clockoverlay time-format="%H:%M:%S" font-desc="Sans 24" '
        'halignment=right valignment=bottom shaded-background=true '
        + encoder(options))


def encoder(options):
    keyframes = round(options.fps * options.keyframes)
    if options.codec == 'vp8':
        return (f'! vp8enc deadline=1 cpu-used=8 target-bitrate={options.kbits or 400}000 '
                f'keyframe-max-dist={keyframes} '
                '! rtpvp8pay name=pay0 pt=96 mtu=1200')
    return (
        # CABAC makes the profile Main. Without scenecut=0, scene cuts would
        # add keyframes.
        '! x264enc speed-preset=ultrafast tune=zerolatency bframes=0 '
        f'cabac=true threads=1 bitrate={options.kbits or 400} '
        f'option-string=scenecut=0{":nal-hrd=cbr" if options.kbits else ""} '
        f'key-int-max={keyframes} '
        '! video/x-h264,profile=main,stream-format=byte-stream '
        '! rtph264pay name=pay0 pt=96 mtu=1200 config-interval=-1')


def ask_for_login(server, user, password):
    """Ask for a login; return the permissions that the media need."""
    Rtsp = GstRtspServer
    token = Rtsp.RTSPToken.new()
    token.set_string(Rtsp.RTSP_TOKEN_MEDIA_FACTORY_ROLE, 'viewer')
    auth = Rtsp.RTSPAuth.new()
    auth.add_basic(Rtsp.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = Rtsp.RTSPPermissions.new()
    for what in (Rtsp.RTSP_PERM_MEDIA_FACTORY_ACCESS,
                 Rtsp.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT):
        permissions.add_permission_for_role('viewer', what, True)
    return permissions


def serve_rtsp(options):
    server = GstRtspServer.RTSPServer()
    server.set_address('127.0.0.1')
    server.set_service(str(options.port))
    login = os.environ.get('CAMERA_LOGIN')
    permissions = login and ask_for_login(server, *login.split(' ', 1))
    for number, name in enumerate(options.names):
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch('( ' + pipeline(name, number % len(PATTERNS), options)
                           + ' )')
        factory.set_shared(True)
        if permissions:
            factory.set_permissions(permissions)
        server.get_mount_points().add_factory('/' + name, factory)
    if not server.attach(None):
        sys.exit(f'cameras.py: port {options.port} is in use')
    return server


def send_rtp(options):
    sender = Gst.parse_launch(
        pipeline(options.names[0], -1, options)
        + f' ! udpsink host=127.0.0.1 port={options.port}')
    sender.set_state(Gst.State.PLAYING)
    return sender


def tell_odd(options):
    """Prints what the demo needs to know about the cameras with faults."""
    if options.way == 'odd-logins':
        print(behaviours.logins(options.port), end='')
        return
    for each in behaviours.BEHAVIOURS:
        print(each.name, each.url(options.port), each.sentence, sep='\t')


def main():
    parser = argparse.ArgumentParser(description='Test cameras.')
    parser.add_argument('way', choices=['rtsp', 'rtp', 'odd', 'odd-list',
                                        'odd-logins'])
    parser.add_argument('port', type=int)
    parser.add_argument('names', nargs='*')
    parser.add_argument('--fps', type=int, default=12)
    parser.add_argument('--keyframes', type=float, default=2)
    parser.add_argument('--kbits', type=int)
    parser.add_argument('--codec', choices=['h264', 'vp8'], default='h264')
    options = parser.parse_args()
    if options.way == 'odd':
        return odd.serve(options.port)
    if options.way.startswith('odd-'):
        return tell_odd(options)
    if not options.names:
        parser.error('a camera needs a name')
    Gst.init(None)
    # Keep references: both objects are destroyed without one.
    serving = {'rtsp': serve_rtsp, 'rtp': send_rtp}[options.way](options)
    print('ready', flush=True)
    GLib.MainLoop().run()
    del serving


if __name__ == '__main__':
    main()
