// SPDX-License-Identifier: Apache-2.0
/**
 * How old the picture of a <video> with a live stream is, by the RTP time of its
 * frames: requestVideoFrameCallback() tells it.
 */

// The first picture may come from a buffer of the video server, and is then as
// old as the last keyframe. A picture is in step when RTP time runs no faster
// than the clock over this span, in milliseconds, but for this much.
const SPAN = 300;
const AHEAD = 200;
// A picture that is later than the most punctual one by more than this is not
// live any more.
const LATE = 2000;
// Only the last pictures are compared, those of one to two such times: clocks
// drift, and may be set.
const MEMORY = 10000;
const RTP_PER_MS = 90;
const RTP_RANGE = 2 ** 32;

/**
 * Events: 'change': `isBehind` has changed, or the first picture after a pause has come.
 *   isBehind  whether the picture is still catching up; true before the first one
 *   lastAt    when the last picture was shown, as Date.now(); null before the first one
 *   delay     milliseconds from the video server to the screen; null if the browser does not tell
 */
export class PictureClock extends EventTarget {
  isBehind = true;
  lastAt = null;
  delay = null;
  #video;
  #handle = null;
  // The frame from which SPAN is measured: {rtp, at}, rtp in ms.
  #anchor = null;
  #last = null;
  // The largest difference of RTP time and the clock, which the most punctual frame
  // has: since `at`, and in the MEMORY before that.
  #best = {at: 0, now: -Infinity, before: -Infinity};
  #frames = null;

  constructor(video) {
    super();
    this.#video = video;
    this.#next();
  }

  stop() {
    if (this.#handle !== null) this.#video.cancelVideoFrameCallback(this.#handle);
    this.#handle = null;
  }

  /**
   * Must be called about once a second: a browser that does not draw the page, or has no
   * requestVideoFrameCallback(), still counts the frames.
   */
  look() {
    const {totalVideoFrames: frames} = this.#video.getVideoPlaybackQuality();
    const isMoving = this.#frames !== null && frames > this.#frames;
    this.#frames = frames;
    if (!isMoving || Date.now() - this.lastAt < 1500) return;
    this.#shown(false);
  }

  #next() {
    this.#handle = this.#video.requestVideoFrameCallback?.((now, frame) => {
      this.#measure(now, frame);
      this.#next();
    }) ?? null;
  }

  #measure(now, {rtpTimestamp, receiveTime, captureTime, expectedDisplayTime}) {
    const at = receiveTime ?? now;
    this.delay = captureTime === undefined ? null : expectedDisplayTime - captureTime;
    const rtp = rtpTimestamp === undefined ? at : this.#unwrap(rtpTimestamp);
    const frame = {rtp, at, raw: rtpTimestamp};
    const before = this.#last;
    this.#last = frame;
    // Less RTP time than before: the camera has started anew.
    const isRestart = before && rtp < before.rtp;
    if (!before || isRestart) {
      this.#anchor = frame;
      this.#best = {at, now: rtp - at, before: -Infinity};
      this.#shown(this.isBehind || Boolean(isRestart));
      return;
    }
    const isLate = this.#lateness(rtp, at) > LATE;
    const passed = at - this.#anchor.at;
    if (passed < SPAN) {
      this.#shown(this.isBehind || isLate);
      return;
    }
    const ahead = rtp - this.#anchor.rtp - passed;
    this.#anchor = frame;
    this.#shown(isLate || (this.isBehind && ahead > AHEAD));
  }

  #lateness(rtp, at) {
    const punctual = rtp - at;
    if (at - this.#best.at > MEMORY) this.#best = {at, now: punctual, before: this.#best.now};
    this.#best.now = Math.max(this.#best.now, punctual);
    return Math.max(this.#best.now, this.#best.before) - punctual;
  }

  // RTP time in milliseconds, which goes on where its 32 bits end.
  #unwrap(raw) {
    if (!this.#last) return raw / RTP_PER_MS;
    const step = (raw - this.#last.raw + RTP_RANGE) % RTP_RANGE;
    const signed = step < RTP_RANGE / 2 ? step : step - RTP_RANGE;
    return this.#last.rtp + signed / RTP_PER_MS;
  }

  #shown(isBehind) {
    const now = Date.now();
    const isNews = this.isBehind !== isBehind || now - this.lastAt > 1000;
    this.isBehind = isBehind;
    this.lastAt = now;
    if (isNews) this.dispatchEvent(new Event('change'));
  }
}
