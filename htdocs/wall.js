// SPDX-License-Identifier: Apache-2.0
import {arrange, setText} from './dom.js';
import {bestGrid} from './grid.js';
import {strings} from './strings.js';
import {Pane, showFull, toggleFull} from './pane.js';

/** The most cameras that play at a time. */
export const MOST = 9;

/**
 * The panel: one camera, or a wall of up to MOST.
 *
 * Events: 'change' (the panes or their names have changed), 'open' and 'close' (by the user, before 'change'),
 * 'full' (a further camera was refused), 'where' detail {camera} (the user wants to see it on the map).
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

  /** @param options {client, cameras, usage} */
  constructor(section, options) {
    super();
    this.#section = section;
    this.#grid = section.querySelector('.tiles');
    this.#title = section.querySelector('h2');
    this.#options = options;
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
    if (beside && ids.length >= MOST && !ids.includes(id)) {
      this.dispatchEvent(new Event('full'));
      return;
    }
    this.#origins.set(id, origin);
    if (!beside) this.show([id]);
    else if (!ids.includes(id)) this.show([...ids, id]);
    this.#panes.get(id).element.scrollIntoView({block: 'nearest'});
    this.dispatchEvent(new Event('open'));
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
    section.addEventListener('fullscreenchange', () => showFull(section, full));
    section.querySelector('.close-all').addEventListener('click', () => this.closeAll());
    new ResizeObserver(() => this.#layOut()).observe(section);
    this.#options.cameras.addEventListener('change', ({detail}) => {
      for (const camera of [...detail.added, ...detail.changed]) this.#panes.get(camera.id)?.update(camera);
    });
  }

  #make(id) {
    const {client, cameras, usage} = this.#options;
    const pane = new Pane(id, {client, camera: cameras.byId.get(id), usage});
    pane.addEventListener('close', () => this.close(pane.id));
    pane.addEventListener('name', () => this.#changed());
    pane.addEventListener('where', () => {
      const {camera} = pane;
      if (camera) this.dispatchEvent(new CustomEvent('where', {detail: {camera}}));
    });
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
    const {columns, row} = bestGrid(this.#panes.size, {
      width: this.#grid.clientWidth,
      height: this.#grid.clientHeight,
      bar: first.querySelector('.tile-bar').offsetHeight,
      gap: parseFloat(getComputedStyle(this.#grid).columnGap) || 0,
    });
    this.#grid.style.setProperty('--columns', columns);
    this.#grid.style.setProperty('--row', `${row}px`);
  }
}
