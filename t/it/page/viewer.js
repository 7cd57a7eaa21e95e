// Shared by all test pages: a picture, and what tests read from it.
'use strict';

const view = {
  video: document.querySelector('video'),
  connection: null,
  // The events of a page's life, oldest first: [milliseconds, text].
  log: [],
  started: 0,
  // Milliseconds from `started` to the first picture.
  firstFrame: null,
};

function note(text) {
  view.log.push([Math.round(performance.now()), String(text)]);
}

function clickNow() {
  const started = performance.now();
  view.started = started;
  view.firstFrame = null;
  // The rest of an earlier picture must not count.
  view.video.srcObject = null;
  view.video.requestVideoFrameCallback(() => {
    if (view.started !== started) return;
    view.firstFrame = performance.now() - started;
    note('first frame');
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function post(path, members) {
  return fetch(path, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(members),
  });
}

// Answers an offer; the answer needs no candidates. Resolves to its SDP.
async function answer(offer, iceServers = [], relayOnly = false) {
  if (view.connection) view.connection.close();
  const connection = new RTCPeerConnection({
    iceServers,
    iceTransportPolicy: relayOnly ? 'relay' : 'all',
  });
  view.connection = connection;
  connection.ontrack = ({track, streams}) => {
    view.video.srcObject = streams[0] || new MediaStream([track]);
  };
  connection.onconnectionstatechange = () => {
    note('connection ' + connection.connectionState);
    if (view.onstate) view.onstate(connection.connectionState);
  };
  await connection.setRemoteDescription({type: 'offer', sdp: offer});
  await connection.setLocalDescription(await connection.createAnswer());
  return connection.localDescription.sdp;
}

// {width, frames, state, candidates: type of the pair in use, firstFrame, log}
async function stats() {
  const found = {
    width: view.video.videoWidth,
    height: view.video.videoHeight,
    frames: 0,
    state: view.connection ? view.connection.connectionState : 'none',
    candidate: null,
    firstFrame: view.firstFrame,
    log: view.log,
  };
  if (!view.connection) return found;
  const report = await view.connection.getStats();
  report.forEach((entry) => {
    if (entry.type === 'inbound-rtp' && entry.kind === 'video') found.frames = entry.framesDecoded || 0;
    if (entry.type === 'transport' && entry.selectedCandidatePairId) {
      const pair = report.get(entry.selectedCandidatePairId);
      found.candidate = report.get(pair.localCandidateId).candidateType;
    }
  });
  return found;
}
