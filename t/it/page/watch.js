// Plays a camera by the server's signalling and follows the client rules. Use
// watch(camera) in a page, or watch.html?camera=42.
'use strict';

const JITTER = 500;
const jitter = () => Math.random() * JITTER;
view.session = null;
view.reply = null;
view.heartbeat = null;
view.camera = null;
view.beatNow = () => {};

// Starts again until a view plays, then sends heartbeats until it is gone.
async function watch(camera, relayOnly = false) {
  view.camera = camera;
  while (view.camera === camera) {
    const wait = await startOnce(camera, relayOnly);
    if (wait === null) {
      await beat();
      note('gone');
      await pause(jitter());
    } else if (wait === false) {
      view.camera = null;
    } else {
      await pause(wait * 1000 + jitter());
    }
  }
}

// Resolves to null when a view plays, to the seconds to wait, or to false if
// the server refuses for good.
async function startOnce(camera, relayOnly) {
  clickNow();
  try {
    const started = await post('/view-start', {camera_id: camera});
    view.reply = await started.json();
    note('view-start ' + started.status);
    if (started.status !== 201) {
      note(view.reply.detail);
      return later(started);
    }
    view.session = view.reply.session_id;
    const sdp = await answer(view.reply.sdp, view.reply.ice_servers, relayOnly);
    const answered = await post('/view-answer', {session_id: view.session, sdp});
    note('view-answer ' + answered.status);
    if (answered.status === 204) return null;
    return answered.status === 410 || answered.status === 404 ? 0 : later(answered);
  } catch (error) {
    note(error);
    return 1;
  }
}

function later(reply) {
  if (reply.status !== 503 && reply.status !== 429) return false;
  return Number(reply.headers.get('Retry-After') || 1);
}

// Sends heartbeats until the view ends; at once if the connection is in
// trouble.
async function beat() {
  for (;;) {
    await Promise.race([
      pause(view.reply.heartbeat_seconds * 1000),
      new Promise((resolve) => {
        view.beatNow = resolve;
      }),
    ]);
    if (view.session === null) return;
    try {
      const beaten = await post('/heartbeat', {session_id: view.session});
      if (beaten.status === 404 || beaten.status === 410) return;
      if (beaten.status !== 200) continue;
      view.heartbeat = await beaten.json();
      if (view.heartbeat.video === 'gone') return;
      // The server may not know about the trouble yet, so ask again soon.
      if (['disconnected', 'failed'].includes(view.connection.connectionState)) {
        pause(1000).then(() => view.beatNow());
      }
    } catch (error) {
      note(error);
    }
  }
}

view.onstate = (state) => {
  if (state === 'disconnected' || state === 'failed') view.beatNow();
};

// Ends the view as a user does with a click.
async function end() {
  const session = view.session;
  view.camera = null;
  view.session = null;
  view.connection.close();
  view.beatNow();
  return (await post('/view-end', {session_id: session})).status;
}

window.addEventListener('pagehide', () => {
  if (view.session) navigator.sendBeacon('/view-end', JSON.stringify({session_id: view.session}));
});

const chosen = new URLSearchParams(location.search).get('camera');
if (chosen) watch(Number(chosen));
