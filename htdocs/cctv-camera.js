// SPDX-License-Identifier: Apache-2.0
/**
 * A camera as an element, for any page:
 *
 *     <script type="module" src="https://cams.example.org/map/cctv-camera.js"></script>
 *     <cctv-camera server="https://cams.example.org" camera="42"></cctv-camera>
 *
 * Attributes, which may change at any time:
 *   camera  the id of the camera
 *   server  what precedes /api and /view-start; without it, the server that this
 *           module comes from
 *
 * The picture starts by itself, and again after every fault; words say what is
 * going on. It ends when the element leaves the page, or the page is left. The
 * words are in the language of the page (<html lang>) or else of the browser.
 *
 * Properties: view (a View of cctv-client.js, or null), state, reason, text (what
 * the element says). Event: 'state', when one of the last three has changed. Parts
 * for ::part(): video, text, retry. If the page has another origin than the server,
 * the server has to list it in CCTVAllowOrigin.
 */
import {Client, ServerError} from './cctv-client.js';
import {choose, speak} from './language.js';
import {strings} from './strings.js';

const STYLE = `
  :host { display: block; position: relative; aspect-ratio: 16 / 9; overflow: hidden; background: #000; color: #fff;
    font: 1rem/1.4 system-ui, sans-serif; }
  :host([hidden]) { display: none; }
  video { position: absolute; width: 100%; height: 100%; object-fit: contain; }
  .over { position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center;
    justify-content: center; gap: .5rem; padding: .5rem; text-align: center; pointer-events: none; }
  p { margin: 0; padding: .25rem .6rem; border-radius: 6px; background: #14181d; }
  .over[data-state="live"] p { position: absolute; top: .5rem; inset-inline-start: .5rem; padding: .1rem .5rem;
    background: #b3261e; font-size: .75rem; font-weight: 700; }
  button { min-width: 44px; min-height: 44px; padding: .25rem .9rem; border: 0; border-radius: 6px; background: #fff;
    color: #18212c; font: inherit; cursor: pointer; pointer-events: auto; }
  button:focus-visible { outline: 3px solid #7cb7f8; outline-offset: 2px; }
  [hidden] { display: none; }
`;
// A style element would need style-src 'unsafe-inline' in the policy of the page.
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

// Of these, only retry() starts the view again.
const needsRetry = ({state, reason, failure}) => (state === 'offline' && failure === 'login_refused')
  || (state === 'denied' && ['login', 'forbidden', 'origin'].includes(reason));

const spoken = choose([document.documentElement.lang, ...navigator.languages]);
const speaking = speak(spoken);

function make(name, properties = {}, attributes = {}) {
  const element = Object.assign(document.createElement(name), properties);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export class CameraElement extends HTMLElement {
  static observedAttributes = ['camera', 'server'];

  /** The View that plays, or null. */
  view = null;
  /** As those of the view; 'ended' and 'no-camera' if no camera is named. */
  state = 'connecting';
  reason = null;
  /** What the element says. */
  text = '';
  #parts;
  #isDue = false;
  // Of which view, and with which name.
  #named = {view: null, name: null};

  constructor() {
    super();
    const root = this.attachShadow({mode: 'open'});
    root.adoptedStyleSheets = [sheet];
    const over = make('div', {className: 'over'});
    this.#parts = {
      over,
      video: make('video', {muted: true, autoplay: true, playsInline: true}, {part: 'video', muted: ''}),
      text: make('p', {}, {part: 'text', role: 'status'}),
      retry: make('button', {type: 'button', hidden: true}, {part: 'retry'}),
    };
    this.#parts.retry.addEventListener('click', () => this.view?.retry());
    over.append(this.#parts.text, this.#parts.retry);
    root.append(this.#parts.video, over);
    speaking.then((language) => {
      over.lang = language;
      this.#show();
    });
  }

  connectedCallback() {
    this.#startSoon();
  }

  // So that moveBefore() does not end the view.
  connectedMoveCallback() {}

  disconnectedCallback() {
    // An element that is only moved is connected again by then.
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
    });
  }

  attributeChangedCallback(name, before, now) {
    if (before !== now && this.view) this.#end();
    this.#startSoon();
  }

  // Soon, so that a script which sets both attributes starts one view.
  #startSoon() {
    if (this.#isDue || this.view) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (this.isConnected && !this.view) this.#start();
    });
  }

  #start() {
    const id = Number(this.getAttribute('camera') || NaN);
    if (!Number.isSafeInteger(id) || id <= 0) {
      this.#show();
      return;
    }
    const server = this.getAttribute('server');
    const client = new Client(server === null ? {} : {server});
    const view = client.watch(id, {video: this.#parts.video});
    this.view = view;
    const show = () => { if (view === this.view) this.#show(); };
    for (const type of ['state', 'failure', 'note']) view.addEventListener(type, show);
    view.addEventListener('stream', () => this.#play());
    this.#show();
    this.#name(client, view);
  }

  #end() {
    const {view} = this;
    this.view = null;
    view?.end();
    this.#parts.video.srcObject = null;
    Object.assign(this, {state: 'ended', reason: 'closed'});
  }

  #play() {
    const {video} = this.#parts;
    if (!this.view || video.srcObject === this.view.stream) return;
    video.srcObject = this.view.stream;
    // If the browser refuses to play, the last words stay.
    if (video.srcObject) video.play().catch(() => {});
  }

  /** The name of the camera; without it, its number has to do. */
  async #name(client, view) {
    try {
      const camera = await client.camera(view.id);
      this.#named = {view, name: camera?.properties.name ?? null};
      this.#show();
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
    }
  }

  #show() {
    const {over, video, text, retry} = this.#parts;
    const {view} = this;
    const {state, reason, failure, note, id} = view ?? {state: 'ended', reason: 'no-camera', failure: null};
    const said = view ? strings.state(state, reason, failure, note) : strings.element.noCamera;
    const isNews = this.state !== state || this.reason !== reason || this.text !== said;
    Object.assign(this, {state, reason, text: said});
    const name = this.#named.view === view && this.#named.name;
    if (view) video.setAttribute('aria-label', name || strings.camera(id));
    if (text.textContent !== said) text.textContent = said;
    retry.textContent = strings.tile.retry;
    retry.hidden = !view || !needsRetry(view);
    over.dataset.state = state;
    if (isNews && this.isConnected) this.dispatchEvent(new CustomEvent('state'));
  }
}

// A page may load this module from several servers.
if (!customElements.get('cctv-camera')) customElements.define('cctv-camera', CameraElement);
