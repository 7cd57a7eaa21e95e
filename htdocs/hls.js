// SPDX-License-Identifier: Apache-2.0
/**
 * HLS in a <video>: played by the browser itself where it can, otherwise by hls.js,
 * which tools/hls.sh puts into the folder of the site (docs/install.md).
 */

const LIBRARY = 'own/hls.js';
const TYPE = 'application/vnd.apple.mpegurl';
// A picture that stands still for this time, in milliseconds, does not come back
// by itself.
const DEAD = 20000;
// How far the picture may fall behind, in segments, before it is moved forward.
const BEHIND = 8;

let library = null;

// Resolves to the class, or to null if it is not there or this browser lacks what it needs.
function loadLibrary() {
  library ??= import(new URL(LIBRARY, import.meta.url))
    .then(({default: Hls}) => (Hls?.isSupported() ? Hls : null), () => null);
  return library;
}

// Returns what ends it.
function playNative(video, url, fail) {
  video.addEventListener('error', fail);
  video.src = url;
  return () => {
    video.removeEventListener('error', fail);
    video.removeAttribute('src');
    video.load();
  };
}

function playByLibrary(Hls, video, url, fail) {
  // A worker would need another content security policy.
  const hls = new Hls({enableWorker: false, liveSyncDurationCount: 3, liveMaxLatencyDurationCount: BEHIND});
  let isMended = false;
  hls.on(Hls.Events.ERROR, (event, {fatal, type}) => {
    if (!fatal) return;
    if (type === Hls.ErrorTypes.MEDIA_ERROR && !isMended) {
      isMended = true;
      hls.recoverMediaError();
    } else fail();
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  return () => hls.destroy();
}

/**
 * Plays an address of HLS in a <video>. Resolves to null if this browser cannot, otherwise to {listen, read, stop}, which
 * View in cctv-client.js uses in place of a peer connection.
 */
export async function openHls(video, url) {
  const Hls = video.canPlayType(TYPE) ? null : await loadLibrary();
  if (!Hls && !video.canPlayType(TYPE)) return null;
  let isOver = false;
  let told = () => {};
  const fail = () => {
    isOver = true;
    told();
  };
  video.addEventListener('ended', fail);
  const end = Hls ? playByLibrary(Hls, video, url, fail) : playNative(video, url, fail);
  // If the browser refuses to play (to save power), the user can still start the video with a click.
  video.play().catch(() => {});
  const seen = {frames: 0, at: performance.now()};
  return {
    listen(tell) { told = tell; },
    // As of a peer connection: `frames` grows while the picture moves, `packets` while something arrives.
    async read() {
      const {buffered} = video;
      const isShown = video.videoWidth && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !video.seeking;
      const frames = isShown ? Math.round(video.currentTime * 1000) : seen.frames;
      const packets = buffered.length ? Math.round(buffered.end(buffered.length - 1) * 1000) : 0;
      const now = performance.now();
      if (frames !== seen.frames) Object.assign(seen, {frames, at: now});
      // Nothing of these is a number of frames or packets, so nothing is reported.
      return {stats: {}, frames, packets, connectionState: isOver || now - seen.at > DEAD ? 'failed' : 'connected'};
    },
    stop() {
      video.removeEventListener('ended', fail);
      end();
    },
  };
}
