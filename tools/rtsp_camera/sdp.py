"""What a camera answers to DESCRIBE."""

METADATA = 'vnd.onvif.metadata'
# The control attribute of each section.
TRACKS = {'video': 'track1', 'audio': 'track2', 'metadata': 'track3'}


def fmtp(behaviour, clip):
    """The fmtp line of H.264, or nothing."""
    if clip.encoding != 'H264' or not behaviour.has_fmtp:
        return []
    values = ['packetization-mode=1']
    if behaviour.profile:
        values.append('profile-level-id=' + behaviour.profile)
    if behaviour.announces_parameter_sets:
        values.append('sprop-parameter-sets=' + clip.parameter_sets())
    line = f'a=fmtp:{clip.payload_type} ' + ';'.join(values)
    if behaviour.fmtp_size:
        line += ';x-camera='
        line += 'x' * (behaviour.fmtp_size - len(line))
    return [line]


def describe(behaviour, clip):
    """The SDP, or what the camera has instead."""
    if behaviour.body is not None:
        return behaviour.body
    kind = clip.payload_type
    sections = {
        'video': [f'm=video 0 RTP/AVP {kind}',
                  f'a=rtpmap:{kind} {clip.encoding}/90000',
                  *fmtp(behaviour, clip)],
        'audio': ['m=audio 0 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000'],
        'metadata': ['m=application 0 RTP/AVP 107',
                     f'a=rtpmap:107 {METADATA}/90000']}
    lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=camera',
             'c=IN IP4 0.0.0.0', 't=0 0', 'a=control:*', 'a=range:npt=now-']
    for name in behaviour.sections:
        lines += [*sections[name], 'a=control:' + TRACKS[name]]
    return ''.join(line + '\r\n' for line in lines)
