// Plays a mountpoint with Debian's janus.js over a WebSocket.
'use strict';

view.janus = null;
view.handle = null;
view.reply = null;
view.errors = [];

function failed(error) {
  view.errors.push(String(error && error.message ? error.message : error));
  note('error ' + error);
}

// options: {token, pin, iceServers}. Errors are added to view.errors.
function playByJanus(server, mountpoint, options = {}) {
  clickNow();
  Janus.init({
    debug: false,
    callback() {
      view.janus = new Janus({
        server,
        token: options.token,
        iceServers: options.iceServers || [],
        success: () => attach(mountpoint, options),
        error: failed,
        destroyed: () => note('destroyed'),
      });
    },
  });
}

function attach(mountpoint, options) {
  view.janus.attach({
    plugin: 'janus.plugin.streaming',
    success(handle) {
      view.handle = handle;
      handle.send({message: {request: 'watch', id: mountpoint, pin: options.pin}});
    },
    error: failed,
    onmessage(message, jsep) {
      if (message.error) failed(message.error);
      if (!jsep) return;
      view.handle.createAnswer({
        jsep,
        tracks: [{type: 'video', capture: false, recv: true}],
        success: (ours) => view.handle.send({message: {request: 'start'}, jsep: ours}),
        error: failed,
      });
    },
    webrtcState: (up) => note('webrtc ' + up),
    onremotetrack(track, mid, added) {
      view.connection = view.handle.webrtcStuff.pc;
      if (added) view.video.srcObject = new MediaStream([track]);
    },
  });
}

// Starts a view for janus.js with the data in the server's answer, and sends
// heartbeats.
async function watchByJanus(camera) {
  const started = await post('/view-start', {camera_id: camera, signalling: 'janus'});
  view.reply = await started.json();
  note('view-start ' + started.status);
  if (started.status !== 201) return;
  const {mountpoint, token, pin} = view.reply.janus;
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  playByJanus(`${scheme}://${location.host}/janus-ws`, mountpoint, {token, pin, iceServers: view.reply.ice_servers});
  for (;;) {
    await pause(view.reply.heartbeat_seconds * 1000);
    const beaten = await post('/heartbeat', {session_id: view.reply.session_id});
    if (beaten.status !== 200) break;
    view.heartbeat = await beaten.json();
    // janus.js always keeps its Janus session alive with the first token, so a
    // request on the handle has to renew it with the new token.
    if (view.handle && view.heartbeat.token) {
      view.handle.token = view.heartbeat.token;
      view.handle.send({message: {request: 'info', id: mountpoint}});
    }
  }
  note('gone');
}
