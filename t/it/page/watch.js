// Plays a camera with the client library, and records what tests ask for: the
// answers of the server and the peer connection. Use watch(camera) in a page, or
// watch.html?camera=42.
'use strict';

view.session = null;
view.reply = null;
view.heartbeat = null;
// null: the view is neither started again, nor ended on the server.
view.camera = null;
// The View of the library.
view.shown = null;

async function watch(camera, relayOnly = false) {
  const {Client} = await import('./cctv-client.js');
  view.camera = camera;
  recordConnections(relayOnly ? 'relay' : 'all');
  view.shown = new (recorder(Client))().watch(camera);
  view.shown.addEventListener('stream', () => {
    if (view.shown.stream) view.video.srcObject = view.shown.stream;
  });
  view.shown.addEventListener('state', () => note([view.shown.state, view.shown.reason].join(' ')));
}

const recorder = (Client) => class extends Client {
  async ask(path, options) {
    const name = new URL(path, location.href).pathname;
    if (name === '/view-start') {
      if (view.camera === null) return new Promise(() => {});
      clickNow();
    }
    const reply = await super.ask(path, options);
    await record(name, reply.clone());
    return reply;
  }
};

async function record(name, reply) {
  if (name !== '/heartbeat') note(`${name.slice(1)} ${reply.status}`);
  if (name === '/view-start') {
    view.reply = await reply.json();
    if (reply.ok) view.session = view.reply.session_id;
    else note(view.reply.detail);
  }
  if (name === '/heartbeat' && reply.ok) view.heartbeat = await reply.json();
}

function recordConnections(iceTransportPolicy) {
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) {
      super({...configuration, iceTransportPolicy});
      view.connection = this;
      this.addEventListener('connectionstatechange', () => note(`connection ${this.connectionState}`));
    }

    setConfiguration(configuration) {
      super.setConfiguration({...configuration, iceTransportPolicy});
    }
  };
}

const beacon = navigator.sendBeacon.bind(navigator);
navigator.sendBeacon = (...told) => view.camera === null || beacon(...told);

// Does not wait until the library sends the next one.
view.beatNow = async () => {
  const beaten = await post('/heartbeat', {session_id: view.session});
  if (beaten.ok) view.heartbeat = await beaten.json();
};

// Ends the view as a user does with a click; the status of the server's answer.
async function end() {
  const {session} = view;
  view.camera = null;
  view.session = null;
  view.shown.end();
  return (await post('/view-end', {session_id: session})).status;
}

const chosen = new URLSearchParams(location.search).get('camera');
if (chosen) watch(Number(chosen));
