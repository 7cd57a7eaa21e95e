// SPDX-License-Identifier: Apache-2.0
import {ServerError, obstacleOf} from './cctv-client.js';
import {showDetails} from './details.js';
import {clone, label, setText} from './dom.js';
import {PictureClock} from './picture.js';
import {saveSnapshot} from './snapshot.js';
import {Still} from './still.js';
import {strings} from './strings.js';
import {Zoom} from './zoom.js';

// The classes in the template; video is the element.
const PARTS = ['about', 'video', 'picture', 'state', 'next', 'last', 'retry', 'reload', 'viewers', 'delay', 'tile-bar', 'number',
  'where', 'usage', 'snapshot', 'pip', 'full', 'close', 'details'];
// A picture that is older has stopped.
const FROZEN_MS = 3000;
// Without a next try sooner than this there is nothing to announce.
const SOON_MS = 1500;
// A view without a moving picture for so long is said to be one of stills.
const DARK_MS = 6000;
// Views of many pages do not start again at the same moment.
const SPREAD_MS = 500;
// The reasons for which nobody tries again, but for the user.
const isOver = ({state, reason, failure}) => (state === 'denied' && reason !== 'not-found' && reason !== 'login')
  || (state === 'offline' && failure === 'login_refused');

/**
 * One playing camera: `element`, `id`, `camera` (null until it is loaded), `name`.
 *
 * Events: 'name' (the name is known or has changed), 'close', 'details' (the user wants to see them), 'where' (the user wants to see it on the map), 'shape'
 * (the aspect ratio has changed), 'server' (`serverFault` has changed), 'status' detail {id, status} (what the view knows
 * about the status of the camera: 'online', 'offline' or null), 'words' detail {id, name, text} (what is said of the
 * camera has changed; not that it is being started).
 */
export class Pane extends EventTarget {
  id;
  camera = null;
  element = clone('pane');
  #client;
  #usage;
  #view = null;
  // {view, video} of the camera before, which is shown until the new one has a picture.
  #last = null;
  #obstacle = null;
  #ended = false;
  #parts = {};
  #clock = null;
  // When its last picture was shown, as Date.now().
  #lastAt = null;
  // A still of the last picture, while the view starts again.
  #still = null;
  // The still pictures of the server, while nothing moves; and since when nothing moves, as Date.now().
  #stills;
  #darkSince = Date.now();
  // Whether this client has too few places for a view of stills beside the one that tries video.
  #hasNoPlace = false;
  #zoom;
  #dropped = {frames: 0, lost: 0, share: 0};
  // What its last event 'status' has told.
  #knows = null;
  #words = '';

  /**
   * @param camera  null if it is not loaded: then the pane asks the server
   * @param usage   the address of the statistics, with {camera} for the id, or undefined
   */
  constructor(id, {client, camera = null, usage}) {
    super();
    this.#client = client;
    this.#usage = usage;
    for (const part of PARTS) this.#parts[part] = this.element.querySelector(`.${part}, ${part}`);
    // The attribute alone does not mute a video from a template.
    this.#parts.video.muted = true;
    this.#stills = new Still(client);
    this.#stills.addEventListener('change', () => this.#showWords());
    this.#stills.addEventListener('refusal', () => this.#countStills());
    this.#stills.addEventListener('viewers', () => this.#showViewers());
    this.#parts.video.after(this.#stills.element);
    this.#zoom = new Zoom(this.#parts.picture);
    this.#listen();
    this.#begin(id, camera);
  }

  get name() {
    return this.camera?.properties.name || strings.camera(this.id);
  }

  /** Width / height of the picture, or what the camera is said to have, or null. */
  get shape() {
    const {videoWidth, videoHeight} = this.#parts.video;
    const {width, height} = videoWidth ? {width: videoWidth, height: videoHeight} : this.camera?.properties ?? {};
    return width && height ? width / height : null;
  }

  get isLive() {
    return this.#view?.state === 'live';
  }

  /** 'unreachable' or 'server' while the server does not answer, otherwise null. */
  get serverFault() {
    return this.#view?.serverFault ?? null;
  }

  /** The share of pictures, of those since the last tick, that this machine was too slow to show. */
  get dropped() {
    return this.#dropped.share;
  }

  /** Its number on the wall, from 1 on; null if it is alone. */
  set number(number) {
    setText(this.#parts.number, number ? String(number) : '');
    this.#parts.number.hidden = !number;
    // On a wall the name alone is a stop of the Tab key; arrow keys go to the other buttons.
    for (const button of this.#parts['tile-bar'].querySelectorAll('a, button:not(.where)')) {
      if (number) button.tabIndex = -1;
      else button.removeAttribute('tabindex');
    }
  }

  /** Must be called once a second. */
  tick() {
    this.#showNext();
    this.#showAge();
    this.#countStills();
    this.#showWords();
    this.#countDropped();
  }

  /** Sets the newest data of the camera. */
  update(camera) {
    const {name} = this;
    const isNew = !this.camera;
    this.#apply(camera);
    if (isNew || this.name !== name) this.dispatchEvent(new Event('name'));
  }

  /**
   * Plays another camera here. The picture of the old one stays until the new one has a picture or cannot be shown.
   *
   * @param camera  as for the constructor
   */
  change(id, camera = null) {
    this.#tellStatus(null);
    this.#dropStill();
    this.#zoom.reset();
    this.#keepPicture();
    this.#begin(id, camera);
  }

  /** Ends the view. The pane cannot be used afterwards. */
  end() {
    this.#ended = true;
    this.#unwatch();
    this.#dropPicture();
    this.#dropStill();
    this.#stills.show(null);
    this.element.remove();
  }

  #begin(id, camera) {
    this.id = id;
    this.camera = null;
    this.#obstacle = null;
    this.#lastAt = null;
    this.#words = '';
    this.#darkSince = Date.now();
    this.#hasNoPlace = false;
    this.#stills.show(null);
    this.element.dataset.id = id;
    this.#parts.details.replaceChildren();
    this.#parts.about.hidden = true;
    this.#showName();
    this.#showState('connecting', null);
    if (camera) this.#apply(camera);
    else this.#find();
    if (!this.#obstacle) this.#watch();
  }

  #apply(camera) {
    const {name, camera: before} = this;
    this.camera = camera;
    showDetails(this.#parts.details, camera);
    this.#parts.about.hidden = false;
    if (this.name !== name) this.#showName();
    if (before?.properties.status === 'offline' && camera.properties.status === 'online') this.#isBack();
    const obstacle = this.#obstacle;
    this.#obstacle = obstacleOf(camera.properties);
    if (this.#obstacle && !this.#view) this.#showState('ended', this.#obstacle);
    else if (obstacle && !this.#obstacle) this.#watch();
    else this.#showView();
    this.#showShape();
  }

  // The list knows sooner than the view, which would wait for its next try.
  #isBack() {
    const view = this.#view;
    if (view?.state !== 'offline') return;
    setTimeout(() => {
      if (view === this.#view && view.state === 'offline') view.retry();
    }, Math.random() * SPREAD_MS);
  }

  #tellStatus(status) {
    const knows = {live: 'online', offline: 'offline'}[status] ?? null;
    if (knows === this.#knows) return;
    this.#knows = knows;
    this.dispatchEvent(new CustomEvent('status', {detail: {id: this.id, status: knows}}));
  }

  #showShape() {
    const {shape} = this;
    if (shape) this.element.style.setProperty('--shape', shape.toFixed(4));
    else this.element.style.removeProperty('--shape');
    this.dispatchEvent(new Event('shape'));
  }

  /** Lets the view go on without its pane, if it has a picture; the new camera gets a video below that picture. */
  #keepPicture() {
    const {video} = this.#parts;
    const hasPicture = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    if (this.#last || !this.#view || !hasPicture) {
      this.#unwatch();
      return;
    }
    this.#last = {view: this.#view, video};
    this.#view = null;
    this.#stopClock();
    this.#parts.video = video.cloneNode();
    // Of HLS: it would play the old camera a second time.
    this.#parts.video.removeAttribute('src');
    this.#parts.video.muted = true;
    this.#followShape();
    video.before(this.#parts.video);
    video.removeAttribute('aria-label');
    video.setAttribute('aria-hidden', 'true');
  }

  #dropPicture() {
    if (!this.#last) return;
    const {view, video} = this.#last;
    this.#last = null;
    // With its stream, the browser would keep the element for good.
    video.srcObject = null;
    video.remove();
    view.end();
  }

  /** While the view starts again, the last picture stays as a still. */
  #keepStill() {
    const {video} = this.#parts;
    const hadPicture = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth;
    if (!hadPicture || this.#last || this.#still) return;
    this.#still = document.createElement('canvas');
    this.#still.className = 'still';
    this.#still.setAttribute('aria-hidden', 'true');
    Object.assign(this.#still, {width: video.videoWidth, height: video.videoHeight});
    this.#still.getContext('2d').drawImage(video, 0, 0);
    video.after(this.#still);
  }

  #dropStill() {
    this.#still?.remove();
    this.#still = null;
  }

  #followShape() {
    this.#parts.video.addEventListener('resize', () => this.#showShape());
  }

  #listen() {
    const {reload, retry, where, full, close, snapshot, pip} = this.#parts;
    this.#followShape();
    retry.addEventListener('click', () => this.#view?.retry());
    snapshot.addEventListener('click', () => this.#takeSnapshot());
    pip.hidden = !document.pictureInPictureEnabled;
    pip.addEventListener('click', () => this.#togglePip());
    this.#parts['tile-bar'].addEventListener('keydown', (event) => this.#moveInBar(event));
    reload.addEventListener('click', () => location.reload());
    where.addEventListener('click', () => this.dispatchEvent(new Event('where')));
    this.#parts.about.addEventListener('click', () => this.dispatchEvent(new Event('details')));
    close.addEventListener('click', () => this.dispatchEvent(new Event('close')));
    full.hidden = !document.fullscreenEnabled;
    full.addEventListener('click', () => toggleFull(this.element));
    this.element.querySelector('.picture').addEventListener('dblclick', ({target}) => {
      if (target.matches('video')) full.click();
    });
    this.element.addEventListener('fullscreenchange', () => showFull(this.element, full));
    this.element.addEventListener('keydown', (event) => {
      const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey;
      if (isPlain && this.#zoom.press(event.key)) event.preventDefault();
      if (event.key !== 'Escape' || document.fullscreenElement) return;
      event.preventDefault();
      this.dispatchEvent(new Event('close'));
    });
  }

  async #takeSnapshot() {
    const shown = this.#still ?? this.#last?.video ?? this.#parts.video;
    await saveSnapshot(shown, this.name, new Date(this.#lastAt ?? Date.now()));
  }

  async #togglePip() {
    const {video} = this.#parts;
    try {
      if (document.pictureInPictureElement === video) await document.exitPictureInPicture();
      else await video.requestPictureInPicture();
    } catch {
      // There is no picture yet, or the browser refuses: nothing changes.
    }
  }

  /** The bar is a toolbar: the arrow keys go from button to button. */
  #moveInBar(event) {
    const steps = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!steps || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const buttons = [...this.#parts['tile-bar'].querySelectorAll('button:enabled, a')]
      .filter((each) => each.getClientRects().length);
    event.preventDefault();
    const isLeftToRight = getComputedStyle(this.element).direction !== 'rtl';
    const at = buttons.indexOf(document.activeElement) + (isLeftToRight ? steps : -steps);
    buttons[(at + buttons.length) % buttons.length]?.focus();
  }

  /** May fail silently, because the view reports faults in more detail. */
  async #find() {
    const {id} = this;
    try {
      const camera = await this.#client.camera(id);
      if (!camera || this.#ended || this.camera || this.id !== id) return;
      if (obstacleOf(camera.properties)) this.#unwatch();
      this.update(camera);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
    }
  }

  #watch() {
    this.#unwatch();
    const view = this.#client.watch(this.id, {video: this.#parts.video});
    this.#view = view;
    view.addEventListener('state', () => this.#showView());
    view.addEventListener('failure', () => this.#showView());
    view.addEventListener('note', () => this.#showView());
    view.addEventListener('stream', () => this.#showStream());
    view.addEventListener('isHls', () => {
      // The view of the camera before ends while the new one plays already.
      if (view === this.#view) this.#showHls();
    });
    view.addEventListener('viewers', () => this.#showViewers());
    view.addEventListener('nextTry', () => this.#showNext());
    view.addEventListener('serverFault', () => this.dispatchEvent(new Event('server')));
    this.#showView();
    this.#showStream();
    this.#showViewers();
  }

  #unwatch() {
    const view = this.#view;
    this.#view = null;
    view?.end();
    this.#tellStatus(null);
    this.#stopClock();
    this.#parts.video.srcObject = null;
    this.dispatchEvent(new Event('server'));
  }

  #showView() {
    if (!this.#view) return;
    this.#tellStatus(this.#view.state);
    const {properties} = this.camera ?? {};
    const state = this.#view.state === 'stalled' && !this.#view.reason && properties?.status === 'offline'
      ? 'offline' : this.#view.state;
    // The server may say `live` of a picture that this page shows late, or not yet.
    const reason = state === 'live' ? this.#lateness() : this.#view.reason;
    if (state === 'busy' && this.#last) {
      // The old view may hold the place that the new one needs.
      this.#dropPicture();
      this.#watch();
      return;
    }
    // A picture that moves may still be a bad one.
    const isOfList = state === 'live' || state !== this.#view.state;
    const failure = this.#view.failure ?? (isOfList ? properties?.status_reason : null);
    this.#showState(state, reason, failure);
    if (state === 'live' && !this.camera) this.#find();
  }

  #lateness() {
    this.#clock?.look();
    const {lastAt, isBehind} = this.#clock ?? {isBehind: true, lastAt: null};
    // A page that is hidden draws nothing.
    if (document.hidden) return null;
    if (lastAt !== null && Date.now() - lastAt > FROZEN_MS) return 'frozen';
    return isBehind ? 'behind' : null;
  }

  #showState(state, reason, failure = null) {
    const data = this.element.dataset;
    const parts = this.#parts;
    if (state !== 'live' && (state !== 'connecting' || reason || failure)) this.#dropPicture();
    data.state = state;
    if (reason) data.reason = reason;
    else delete data.reason;
    if (failure) data.failure = failure;
    else delete data.failure;
    if (state === 'live' && reason !== 'frozen') {
      this.#darkSince = Date.now();
      this.#hasNoPlace = false;
    }
    this.#countStills();
    this.#showStills();
    this.#showWords();
    parts.reload.hidden = state !== 'denied' || reason !== 'login';
    parts.retry.hidden = !isOver({state, reason, failure});
    // Who may not see the camera any more, does not see its last picture either.
    if (state === 'denied' || state === 'ended' || (state === 'live' && !reason)) this.#dropStill();
    this.#showNext();
    this.#showAge();
  }

  /** Stills are the poster before the first picture, and the way down where no picture comes. */
  #showStills() {
    const {state, reason} = this.element.dataset;
    const isWanted = this.camera?.properties.still && state !== 'live' && state !== 'denied'
      && reason !== 'hidden' && reason !== 'closed';
    this.#stills.show(isWanted ? this.id : null);
  }

  get #isDark() {
    const since = Math.max(this.#darkSince, this.#lastAt ?? 0);
    return this.element.dataset.state === 'ended' || Date.now() - since > DARK_MS;
  }

  /**
   * Who sees stills in place of video counts by a view of its own, besides the one that goes on trying video; a poster does
   * not count. If there is no place for both, the one that tries video is enough.
   */
  #countStills() {
    const isTrying = this.element.dataset.state !== 'ended';
    if (isTrying && (this.#stills.refusal || this.#view?.refusal?.status === 429)) this.#hasNoPlace = true;
    this.#stills.counts = this.#isDark && !(isTrying && this.#hasNoPlace);
  }

  #showWords() {
    const {state, reason = null, failure = null} = this.element.dataset;
    // If H.264 is not playable, Janus does not support the source.
    const source = reason === 'not-playable' && /^h\.?264$/i.test(this.camera?.properties.codec ?? '');
    const text = source ? strings.notPlayableSource : strings.state(state, reason, failure, this.#view?.note);
    const isOfStills = this.#stills.hasPicture && this.#isDark;
    if (isOfStills) this.element.dataset.stills = '';
    else delete this.element.dataset.stills;
    const isPlain = state === 'ended' || (state === 'connecting' && !failure);
    const said = !isOfStills ? text : isPlain ? strings.stills : strings.stillsBecause(text);
    setText(this.#parts.state, said);
    if (said === this.#words) return;
    this.#words = said;
    // The page says once for all that the server does not answer.
    if ((state === 'connecting' && !reason && !failure) || reason === 'unreachable' || reason === 'server') return;
    this.dispatchEvent(new CustomEvent('words', {detail: {id: this.id, name: this.name, text: said}}));
  }

  #showNext() {
    const {next} = this.#parts;
    const wait = (this.#view?.nextTry ?? 0) - Date.now();
    const isShown = wait > SOON_MS || (!next.hidden && wait > 0);
    next.hidden = !isShown;
    if (isShown) setText(next, strings.tile.next(Math.ceil(wait / 1000)));
  }

  /** The time of the last picture, if it has stopped; and how late it is. */
  #showAge() {
    const {last, delay} = this.#parts;
    const {state, reason} = this.element.dataset;
    if (state === 'live' && this.#view && this.#lateness() !== (reason ?? null)) {
      this.#showView();
      return;
    }
    this.#lastAt = this.#clock?.lastAt ?? this.#lastAt;
    const hasPicture = this.#hasPicture();
    for (const button of [this.#parts.snapshot, this.#parts.pip]) button.disabled = !hasPicture;
    const isFrozen = (state !== 'live' || reason === 'frozen') && hasPicture;
    if (isFrozen) this.element.dataset.frozen = '';
    else delete this.element.dataset.frozen;
    last.hidden = !isFrozen || !this.#lastAt;
    if (!last.hidden) setText(last, strings.tile.last(new Date(this.#lastAt)));
    const late = state === 'live' ? this.#clock?.delay ?? null : null;
    setText(delay, late === null ? '' : strings.tile.delay(late));
  }

  #hasPicture() {
    return Boolean(this.#still || this.#last || this.#parts.video.videoWidth);
  }

  #countDropped() {
    const {totalVideoFrames: frames, droppedVideoFrames: lost} = this.#parts.video.getVideoPlaybackQuality();
    const before = this.#dropped;
    const passed = frames - before.frames;
    const share = passed > 0 && frames && before.frames ? Math.max(0, lost - before.lost) / passed : 0;
    // Smoothed over some seconds, because a busy moment is none of the machine's limits.
    this.#dropped = {frames, lost, share: 0.7 * before.share + 0.3 * share};
  }

  #stopClock() {
    this.#lastAt = this.#clock?.lastAt ?? this.#lastAt;
    this.#clock?.stop();
    this.#clock = null;
  }

  #showStream() {
    const {video} = this.#parts;
    if (!this.#view || video.srcObject === this.#view.stream) return;
    this.#stopClock();
    if (video.srcObject) this.#keepStill();
    video.srcObject = this.#view.stream;
    if (!video.srcObject) return;
    this.#startClock(video);
    // If the browser refuses to play (to save power), the user can still start the video with a click.
    video.play().catch(() => {});
    if (this.#last) this.#dropWhenShown(video);
  }

  /** The view plays in the <video> by itself. */
  #showHls() {
    this.#stopClock();
    if (!this.#view?.isHls) return;
    this.#startClock(this.#parts.video);
    if (this.#last) this.#dropWhenShown(this.#parts.video);
  }

  #startClock(video) {
    this.#clock = new PictureClock(video);
    this.#clock.addEventListener('change', () => this.#showView());
  }

  #dropWhenShown(video) {
    const drop = () => {
      if (video === this.#parts.video) this.#dropPicture();
    };
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(drop);
    else video.addEventListener('loadeddata', drop, {once: true});
  }

  #showViewers() {
    const total = this.#view?.viewers ?? this.#stills.viewers;
    this.#parts.viewers.hidden = total === null;
    setText(this.#parts.viewers, total === null ? '' : strings.tile.viewers(total));
  }

  #showName() {
    const {name} = this;
    const {video, where, full, close, usage} = this.#parts;
    setText(where, name);
    this.element.setAttribute('aria-label', name);
    video.setAttribute('aria-label', name);
    this.#parts['tile-bar'].setAttribute('aria-label', strings.tile.bar(name));
    label(full, strings.tile.full(name));
    label(close, strings.tile.close(name));
    label(this.#parts.snapshot, strings.tile.snapshot(name));
    label(this.#parts.pip, strings.tile.pip(name));
    label(this.#parts.about, strings.tile.details(name));
    if (!this.#usage) return;
    usage.hidden = false;
    usage.href = this.#usage.replaceAll('{camera}', encodeURIComponent(this.id));
    label(usage, strings.tile.usage(name));
  }
}

/** Switches full screen of an element on or off. */
export async function toggleFull(element) {
  try {
    if (document.fullscreenElement === element) await document.exitFullscreen();
    else await element.requestFullscreen();
  } catch {
    // The browser refuses: nothing changes.
  }
}

/** Makes a button show whether an element is in full screen. */
export function showFull(element, button) {
  button.setAttribute('aria-pressed', String(document.fullscreenElement === element));
}
