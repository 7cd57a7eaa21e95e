// SPDX-License-Identifier: Apache-2.0
import {ServerError, obstacleOf} from './cctv-client.js';
import {showDetails} from './details.js';
import {clone, label, setText} from './dom.js';
import {strings} from './strings.js';

// The classes in the template; video is the element.
const PARTS = ['video', 'state', 'reload', 'viewers', 'where', 'usage', 'full', 'close', 'details'];

/**
 * One playing camera: `element`, `id`, `camera` (null until it is loaded), `name`.
 *
 * Events: 'name' (the name is known or has changed), 'close', 'where' (the user wants to see it on the map).
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
    this.#listen();
    this.#begin(id, camera);
  }

  get name() {
    return this.camera?.properties.name || strings.camera(this.id);
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
    this.#keepPicture();
    this.#begin(id, camera);
  }

  /** Ends the view. The pane cannot be used afterwards. */
  end() {
    this.#ended = true;
    this.#unwatch();
    this.#dropPicture();
    this.element.remove();
  }

  #begin(id, camera) {
    this.id = id;
    this.camera = null;
    this.#obstacle = null;
    this.element.dataset.id = id;
    this.#parts.details.replaceChildren();
    this.#showName();
    this.#showState('connecting', null);
    if (camera) this.#apply(camera);
    else this.#find();
    if (!this.#obstacle) this.#watch();
  }

  #apply(camera) {
    const {name} = this;
    this.camera = camera;
    showDetails(this.#parts.details, camera);
    if (this.name !== name) this.#showName();
    const before = this.#obstacle;
    this.#obstacle = obstacleOf(camera.properties);
    if (this.#obstacle && !this.#view) this.#showState('ended', this.#obstacle);
    else if (before && !this.#obstacle) this.#watch();
    else this.#showView();
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
    this.#parts.video = video.cloneNode();
    this.#parts.video.muted = true;
    video.before(this.#parts.video);
    video.removeAttribute('aria-label');
    video.setAttribute('aria-hidden', 'true');
  }

  #dropPicture() {
    const last = this.#last;
    this.#last = null;
    last?.video.remove();
    last?.view.end();
  }

  #listen() {
    const {reload, where, full, close} = this.#parts;
    reload.addEventListener('click', () => location.reload());
    where.addEventListener('click', () => this.dispatchEvent(new Event('where')));
    close.addEventListener('click', () => this.dispatchEvent(new Event('close')));
    full.hidden = !document.fullscreenEnabled;
    full.addEventListener('click', () => toggleFull(this.element));
    this.element.querySelector('.picture').addEventListener('dblclick', ({target}) => {
      if (target.matches('video')) full.click();
    });
    this.element.addEventListener('fullscreenchange', () => showFull(this.element, full));
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || document.fullscreenElement) return;
      event.preventDefault();
      this.dispatchEvent(new Event('close'));
    });
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
    const view = this.#client.watch(this.id);
    this.#view = view;
    view.addEventListener('state', () => this.#showView());
    view.addEventListener('failure', () => this.#showView());
    view.addEventListener('stream', () => this.#showStream());
    view.addEventListener('viewers', () => this.#showViewers());
    this.#showView();
    this.#showStream();
    this.#showViewers();
  }

  #unwatch() {
    const view = this.#view;
    this.#view = null;
    view?.end();
    this.#parts.video.srcObject = null;
  }

  #showView() {
    if (!this.#view) return;
    const {state, reason} = this.#view;
    if (state === 'busy' && this.#last) {
      // The old view may hold the place that the new one needs.
      this.#dropPicture();
      this.#watch();
      return;
    }
    // A picture that moves may still be a bad one.
    const failure = this.#view.failure ?? (state === 'live' ? this.camera?.properties.status_reason : null);
    this.#showState(state, reason, failure);
    if (state === 'live' && !this.camera) this.#find();
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
    // If H.264 is not playable, Janus does not support the source.
    const source = reason === 'not-playable' && /^h\.?264$/i.test(this.camera?.properties.codec ?? '');
    setText(parts.state, source ? strings.notPlayableSource : strings.state(state, reason, failure));
    parts.reload.hidden = state !== 'denied' || reason !== 'login';
  }

  #showStream() {
    const {video} = this.#parts;
    if (!this.#view || video.srcObject === this.#view.stream) return;
    video.srcObject = this.#view.stream;
    if (!video.srcObject) return;
    // If the browser refuses to play (to save power), the user can still start the video with a click.
    video.play().catch(() => {});
    if (this.#last) this.#dropWhenShown(video);
  }

  #dropWhenShown(video) {
    const drop = () => {
      if (video === this.#parts.video) this.#dropPicture();
    };
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(drop);
    else video.addEventListener('loadeddata', drop, {once: true});
  }

  #showViewers() {
    const total = this.#view?.viewers ?? null;
    this.#parts.viewers.hidden = total === null;
    setText(this.#parts.viewers, total === null ? '' : strings.tile.viewers(total));
  }

  #showName() {
    const {name} = this;
    const {video, where, full, close, usage} = this.#parts;
    setText(where, name);
    this.element.setAttribute('aria-label', name);
    video.setAttribute('aria-label', name);
    label(full, strings.tile.full(name));
    label(close, strings.tile.close(name));
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
