// WHEP players, which make the offer themselves, and the ways in which a page
// may start a view. Each function plays a camera in the page's video.
'use strict';

// stats() needs the connection of a player that has it inside.
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...options) {
    super(...options);
    view.connection = this;
    this.addEventListener('track', ({track, streams}) => {
      if (track.kind === 'video') view.video.srcObject = streams[0] || new MediaStream([track]);
    });
  }
};

// Statuses of the answers, such as "POST 201".
view.answers = [];
const fetchOfBrowser = window.fetch;
window.fetch = async (resource, options = {}) => {
  const reply = await fetchOfBrowser(resource, options);
  view.answers.push(`${options.method || 'GET'} ${reply.status}`);
  return reply;
};

const SDP = {'Content-Type': 'application/sdp'};

// The npm package whip-whep.
async function playWhipWhep(url) {
  const {WHEPClient} = await import('/whep.js');
  const connection = new RTCPeerConnection();
  connection.addTransceiver('audio', {direction: 'recvonly'});
  connection.addTransceiver('video', {direction: 'recvonly'});
  view.player = new WHEPClient();
  await view.player.view(connection, new URL(url, location).href);
  view.end = () => view.player.stop();
}

// A CommonJS module, with the modules that it may require.
async function load(path, modules = {}) {
  const text = await (await fetchOfBrowser(path)).text();
  const module = {exports: {}};
  new Function('module', 'exports', 'require', text)(module, module.exports, (name) => modules[name] || {});
  return module.exports;
}

// The npm package @eyevinn/webrtc-player. Its modules for other protocols and for
// advertisements are not needed.
async function playEyevinn(url) {
  const {WebRTCPlayer} = await load('/eyevinn.js', {events: await load('/events.js')});
  view.player = new WebRTCPlayer({video: view.video, type: 'whep'});
  await view.player.load(new URL(url, location));
  view.end = () => view.player.unload();
}

// As the reader of MediaMTX does it: OPTIONS, audio, video and data, candidates
// by PATCH with If-Match: *.
async function playReader(url) {
  await fetch(url, {method: 'OPTIONS'});
  const connection = new RTCPeerConnection();
  // In a network without a default route Chromium tells no candidate.
  const candidates = ['candidate:1 1 udp 1 192.0.2.1 9 typ host'];
  connection.addTransceiver('video', {direction: 'recvonly'});
  connection.addTransceiver('audio', {direction: 'recvonly'});
  connection.createDataChannel('');
  connection.onicecandidate = ({candidate}) => candidate && candidates.push(candidate.candidate);
  await connection.setLocalDescription(await connection.createOffer());
  const reply = await fetch(url, {method: 'POST', headers: SDP, body: connection.localDescription.sdp});
  const resource = new URL(reply.headers.get('Location'), reply.url);
  await connection.setRemoteDescription({type: 'answer', sdp: await reply.text()});
  await fetch(resource, {
    method: 'PATCH',
    headers: {'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': '*'},
    body: candidates.map((each) => `a=${each}\r\n`).join(''),
  });
  view.end = async () => {
    await fetch(resource, {method: 'DELETE'});
    connection.close();
  };
}

// A bare connection that gets video only.
async function playBare(url, options = {}) {
  const connection = new RTCPeerConnection(options);
  connection.addTransceiver('audio', {direction: 'recvonly'});
  connection.addTransceiver('video', {direction: 'recvonly'});
  await connection.setLocalDescription();
  const reply = await fetch(url, {method: 'POST', headers: SDP, body: connection.localDescription.sdp});
  const resource = new URL(reply.headers.get('Location'), reply.url);
  await connection.setRemoteDescription({type: 'answer', sdp: await reply.text()});
  view.end = async () => {
    await fetch(resource, {method: 'DELETE'});
    connection.close();
  };
}

// The two ways of a page: the server's offer, or its own.
async function playTwoSteps(camera) {
  const said = await (await post('/view-start', {camera_id: camera})).json();
  const sdp = await answer(said.sdp);
  const reply = await post('/view-answer', {session_id: said.session_id, sdp});
  endWith(said.session_id);
  return [reply.status, /a=setup:(\w+)/.exec(sdp)[1]];
}

async function playOneStep(camera) {
  const connection = new RTCPeerConnection();
  connection.addTransceiver('video', {direction: 'recvonly'});
  await connection.setLocalDescription();
  const reply = await post('/view-start', {camera_id: camera, sdp: connection.localDescription.sdp});
  const said = await reply.json();
  await connection.setRemoteDescription({type: 'answer', sdp: said.sdp});
  endWith(said.session_id);
  return [reply.status];
}

function endWith(session) {
  view.end = async () => {
    await post('/view-end', {session_id: session});
    view.connection.close();
  };
}

// Milliseconds from a click to the first picture, `count` times; play(camera) is
// playTwoSteps or playOneStep.
async function firstPictures(name, camera, count) {
  const found = [];
  for (let i = 0; i < count; i += 1) {
    clickNow();
    await window[name](camera);
    while (view.firstFrame === null) await pause(2);
    found.push(view.firstFrame);
    await view.end();
    await pause(100);
  }
  return found;
}
