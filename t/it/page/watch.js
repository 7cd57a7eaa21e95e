// Plays a camera by the server's signalling, and keeps to the client rules:
// watch(camera) in a page, or watch.html?camera=42.
'use strict';

const JITTER = 500;
const jitter = () => Math.random() * JITTER;
view.session = null;
view.reply = null;
view.heartbeat = null;
view.camera = null;
view.beatNow = () => {};

// Starts over and over until a view plays; then beats until it is gone.
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

// Resolves to null once it is answered, to seconds to wait, or to false: it is
// refused for good.
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

// Beats until the view is over; at once where the connection is in trouble.
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
      // In trouble, and the server does not know yet: ask soon again.
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

// Ends the view as a click does.
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
