// SPDX-License-Identifier: Apache-2.0
import {Announcer} from './announcer.js';
import {arrange, setText} from './dom.js';
import {bestGrid} from './grid.js';
import {strings} from './strings.js';
import {Pane, showFull, toggleFull} from './pane.js';
import {makeSplitter} from './splitter.js';
import {WakeLock} from './wake.js';

/** The most cameras that play at a time. */
export const MOST = 16;
// More than these only if the machine shows the pictures of these without dropping more than this share of them.
const USUAL = 9;
const DROPPED = 0.1;
const TICK_MS = 1000;
// In full screen the names and controls leave after this time without the user.
const IDLE_MS = 3000;

/**
 * The panel: one camera, or a wall of up to MOST.
 *
 * Events: 'change' (the panes or their names have changed), 'open' and 'close' (by the user, before 'change'),
 * 'order' (by the user, before 'change'), 'full' detail {id, why} (a further camera has no place of its own), 'where'
 * detail {camera} (the user wants to see it on the map), 'details' (its details), 'point' detail {id} (the pointer or the focus is on this
 * camera, or null), 'server' detail {fault}: 'unreachable' or 'server' while any of its views is not answered.
 */
export class Wall extends EventTarget {
  /** Whether a newly opened camera is added to the playing ones. */
  adding = false;
  #section;
  #grid;
  #title;
  #options;
  // id → Pane, in the order on the screen
  #panes = new Map();
  // id → selector of the element that the user has opened the camera with
  #origins = new Map();
  #wake = new WakeLock();
  #announcer;
  #tick = null;
  #idle = null;

  /** @param options {client, cameras, usage} */
  constructor(section, options) {
    super();
    this.#section = section;
    this.#grid = section.querySelector('.tiles');
    this.#title = section.querySelector('h2');
    this.#options = options;
    this.#announcer = new Announcer(section.querySelector('.news'));
    this.#listen();
  }

  get ids() {
    return [...this.#panes.keys()];
  }

  /** The playing cameras that are loaded. */
  get cameras() {
    return [...this.#panes.values()].map((pane) => pane.camera).filter(Boolean);
  }

  get names() {
    return [...this.#panes.values()].map((pane) => pane.name);
  }

  /** Plays exactly these cameras. Those that play already go on. */
  show(ids) {
    const old = this.ids;
    if (old.join() === ids.join()) return;
    const restoreFocus = this.#keepFocus(ids);
    old.forEach((id, place) => {
      if (!ids.includes(id) && place < ids.length && !old.includes(ids[place])) this.#change(id, ids[place]);
    });
    for (const id of this.ids) if (!ids.includes(id)) this.#end(id);
    this.#panes = new Map(ids.map((id) => [id, this.#panes.get(id) ?? this.#make(id)]));
    arrange(this.#grid, [...this.#panes.values()].map((pane) => pane.element));
    this.#section.hidden = !ids.length;
    this.#section.dataset.tiles = ids.length;
    this.#section.parentElement.dataset.tiles = ids.length;
    this.#number();
    this.#run(ids.length > 0);
    if (!ids.length && document.fullscreenElement === this.#section) {
      document.exitFullscreen().catch(() => {});
    }
    this.#layOut();
    restoreFocus();
    this.#changed();
  }

  /**
   * Plays a camera on request of the user.
   *
   * @param add     adds it to the playing cameras instead of replacing them
   * @param origin  selector of the element that gets the focus when the camera is closed
   */
  open(id, {add = false, origin = null} = {}) {
    const {ids} = this;
    const beside = add || this.adding;
    const why = beside && !ids.includes(id) ? this.#whyFull() : null;
    if (why) {
      this.dispatchEvent(new CustomEvent('full', {detail: {id, why}}));
      return;
    }
    this.#origins.set(id, origin);
    if (!beside) this.show([id]);
    else if (!ids.includes(id)) this.show([...ids, id]);
    this.#panes.get(id).element.scrollIntoView({block: 'nearest'});
    this.dispatchEvent(new Event('open'));
  }

  /** A camera takes the place of another one on request of the user; if it plays already, they change places. */
  replace(old, id) {
    const {ids} = this;
    if (!ids.includes(old) || old === id) return;
    if (ids.includes(id)) {
      this.#swap(old, id);
      return;
    }
    this.#origins.set(id, null);
    this.show(ids.map((each) => (each === old ? id : each)));
    this.dispatchEvent(new Event('open'));
  }

  /** Moves a camera by this many places, if there is such a place: it changes places with the one there. */
  move(id, places) {
    const {ids} = this;
    const other = ids[ids.indexOf(id) + places];
    if (other !== undefined) this.#swap(id, other);
  }

  /** Fills the screen or the window, in full screen or where nothing else is shown. */
  fill() {
    const isFilled = document.fullscreenElement === this.#section || 'kiosk' in document.body.dataset;
    this.#section.classList.toggle('filled', isFilled);
    this.#layOut();
  }

  /** Makes a tile stand out; null: none. */
  light(id) {
    for (const [each, {element}] of this.#panes) element.classList.toggle('lit', each === id);
  }

  /** Closes a camera on request of the user. */
  close(id) {
    if (!this.#panes.has(id)) return;
    this.show(this.ids.filter((each) => each !== id));
    this.dispatchEvent(new Event('close'));
  }

  closeAll() {
    this.show([]);
    this.dispatchEvent(new Event('close'));
  }

  /** Must be called before other cameras play; the function that it returns must be called when they do. */
  #keepFocus(ids) {
    const focused = document.activeElement;
    if (!this.#section.contains(focused)) return () => {};
    const old = this.ids;
    const id = Number(focused.closest('.tile')?.dataset.id ?? old.at(-1));
    const origin = this.#origins.get(id);
    const next = ids[Math.min(old.indexOf(id), ids.length - 1)];
    return () => {
      if (!focused.getClientRects().length) this.#giveFocus(origin, next);
    };
  }

  /** Moves the focus to the element that opened the camera, or else to another pane, or else to the map. */
  async #giveFocus(origin, next) {
    // Until full screen ends, only the element in full screen can get the focus.
    if (!this.#panes.size && document.fullscreenElement) await document.exitFullscreen().catch(() => {});
    const old = origin && !document.fullscreenElement && document.querySelector(origin);
    const other = this.#panes.get(next)?.element.querySelector('.close');
    const target = old?.getClientRects().length ? old : other ?? document.getElementById('map');
    target.focus();
  }

  #listen() {
    const section = this.#section;
    const full = section.querySelector('.wall-bar .full');
    full.hidden = !document.fullscreenEnabled;
    full.addEventListener('click', () => toggleFull(section));
    section.addEventListener('fullscreenchange', () => {
      showFull(section, full);
      this.fill();
    });
    section.querySelector('.close-all').addEventListener('click', () => this.closeAll());
    const delays = section.querySelector('.delays');
    delays.addEventListener('click', () => {
      const isOn = section.toggleAttribute('data-delays');
      delays.setAttribute('aria-pressed', String(isOn));
    });
    makeSplitter(section.querySelector('.splitter'), section.parentElement);
    new ResizeObserver(() => this.#layOut()).observe(section);
    this.#options.cameras.addEventListener('change', ({detail}) => {
      for (const camera of [...detail.added, ...detail.changed]) this.#panes.get(camera.id)?.update(camera);
    });
    this.#grid.addEventListener('keydown', (event) => this.#onKey(event));
    for (const type of ['pointerover', 'pointerout', 'focusin', 'focusout']) {
      this.#grid.addEventListener(type, (event) => this.#onPoint(event));
    }
    for (const type of ['pointermove', 'pointerdown', 'keydown', 'focusin', 'fullscreenchange']) {
      section.addEventListener(type, (event) => this.#wakeUp(event), {capture: true});
    }
    document.addEventListener('fullscreenchange', () => this.#wakeUp({}));
  }

  /** Alt with an arrow key moves a tile. */
  #onKey(event) {
    const columns = Number(this.#grid.style.getPropertyValue('--columns')) || 1;
    const across = getComputedStyle(this.#grid).direction === 'rtl' ? -1 : 1;
    const places = {ArrowLeft: -across, ArrowRight: across, ArrowUp: -columns, ArrowDown: columns}[event.key];
    const id = idOf(event.target);
    if (!places || !id || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Otherwise the browser goes back or forward.
    event.preventDefault();
    this.move(id, places);
  }

  #onPoint({type, target, relatedTarget}) {
    const isIn = type === 'pointerover' || type === 'focusin';
    const id = idOf(isIn ? target : relatedTarget);
    if (id !== idOf(isIn ? relatedTarget : target)) this.dispatchEvent(new CustomEvent('point', {detail: {id}}));
  }

  #wakeUp({type, pointerType}) {
    const section = this.#section;
    // The first tap only shows the controls; it must not hit one that nobody saw.
    if (type === 'pointerdown' && pointerType === 'touch' && 'idle' in section.dataset) swallowClick(section);
    delete section.dataset.idle;
    clearTimeout(this.#idle);
    if (!section.contains(document.fullscreenElement)) return;
    this.#idle = setTimeout(() => { section.dataset.idle = ''; }, IDLE_MS);
  }

  #swap(a, b) {
    const other = new Map([[a, b], [b, a]]);
    this.show(this.ids.map((id) => other.get(id) ?? id));
    const place = this.ids.indexOf(a) + 1;
    setText(this.#section.querySelector('.moved'), strings.wall.moved(this.#panes.get(a).name, place, this.#panes.size));
    this.dispatchEvent(new Event('order'));
  }

  #number() {
    [...this.#panes.values()].forEach((pane, index) => { pane.number = this.#panes.size > 1 ? index + 1 : null; });
  }

  /** Why no further camera can be added, as a sentence; null if one can. */
  #whyFull() {
    const {size} = this.#panes;
    if (size >= MOST) return strings.wall.isFull(MOST);
    const worst = Math.max(0, ...[...this.#panes.values()].map(({dropped}) => dropped));
    return size >= USUAL && worst > DROPPED ? strings.wall.isSlow(size) : null;
  }

  /** Once a second, while anything is open. */
  #run(isOpen) {
    if (isOpen === Boolean(this.#tick)) return;
    clearInterval(this.#tick);
    this.#tick = isOpen ? setInterval(() => this.#onTick(), TICK_MS) : null;
    this.#onTick();
  }

  #onTick() {
    const now = new Date();
    const clock = this.#section.querySelector('.clock');
    clock.dateTime = now.toISOString();
    setText(clock, strings.wall.time(now));
    for (const pane of this.#panes.values()) pane.tick();
    this.#wake.want([...this.#panes.values()].some(({isLive}) => isLive));
  }

  #tellServer() {
    const faults = [...this.#panes.values()].map(({serverFault}) => serverFault).filter(Boolean);
    const fault = faults.includes('unreachable') ? 'unreachable' : faults[0] ?? null;
    this.dispatchEvent(new CustomEvent('server', {detail: {fault}}));
  }

  #make(id) {
    const {client, cameras, usage} = this.#options;
    const pane = new Pane(id, {client, camera: cameras.byId.get(id), usage});
    pane.addEventListener('close', () => this.close(pane.id));
    pane.addEventListener('name', () => this.#changed());
    pane.addEventListener('shape', () => this.#layOut());
    pane.addEventListener('server', () => this.#tellServer());
    pane.addEventListener('words', ({detail}) => this.#announcer.say(detail.id, detail.name, detail.text));
    pane.addEventListener('status', ({detail}) => {
      cameras.learn(detail.id, detail.status);
      if (pane.camera?.id === detail.id && !cameras.byId.has(detail.id)) pane.update(cameras.newest(pane.camera));
    });
    for (const type of ['where', 'details']) {
      pane.addEventListener(type, () => {
        const {camera} = pane;
        if (camera) this.dispatchEvent(new CustomEvent(type, {detail: {camera}}));
      });
    }
    return pane;
  }

  #end(id) {
    this.#take(id).end();
  }

  /** A camera takes the place of another one. */
  #change(old, id) {
    const pane = this.#take(old);
    this.#panes.set(id, pane);
    pane.change(id, this.#options.cameras.byId.get(id));
  }

  #take(id) {
    const pane = this.#panes.get(id);
    this.#panes.delete(id);
    this.#announcer.forget(id);
    this.#origins.delete(id);
    return pane;
  }

  #changed() {
    setText(this.#title, strings.wall.title(this.#panes.size));
    this.dispatchEvent(new Event('change'));
  }

  /** Small screens scroll instead: there wall.css ignores the height of the rows. */
  #layOut() {
    const first = this.#grid.firstElementChild;
    if (!first) return;
    const style = getComputedStyle(this.#grid);
    const bar = first.querySelector('.tile-bar');
    const {columns, row} = bestGrid([...this.#panes.values()].map(({shape}) => shape), {
      width: this.#grid.clientWidth,
      height: this.#grid.clientHeight,
      // In full screen the bar lies on the picture.
      bar: getComputedStyle(bar).position === 'absolute' ? 0 : bar.offsetHeight,
      gap: parseFloat(style.columnGap) || 0,
    });
    this.#grid.style.setProperty('--columns', columns);
    this.#grid.style.setProperty('--row', `${row}px`);
  }
}

// The camera of the tile that an element is in, or null.
const idOf = (element) => Number(element?.closest?.('.tile')?.dataset.id) || null;

function swallowClick(section) {
  const done = new AbortController();
  section.addEventListener('click', (event) => {
    event.preventDefault();
    event.stopPropagation();
  }, {capture: true, once: true, signal: done.signal});
  setTimeout(() => done.abort(), 500);
}
