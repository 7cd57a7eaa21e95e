// SPDX-License-Identifier: Apache-2.0
import {obstacleOf} from './cctv-client.js';
import {arrange, clone, setText} from './dom.js';
import {partsOf} from './highlight.js';
import {Still} from './still.js';
import {strings} from './strings.js';

// How often the small picture of a row is asked for again, in milliseconds.
const PICTURE_MS = 60000;

/** The buttons of the list, one for each camera. Unchanged buttons are not touched. */
export class Rows {
  #list;
  #text = '';
  // The id of the row that the Tab key goes to; arrows go to the others.
  #current = null;
  #playing = new Set();
  // id → {item, button, camera, still}
  #rows = new Map();
  #client;
  // Only rows that can be seen ask for their pictures.
  #seen = new IntersectionObserver((entries) => {
    for (const {target, isIntersecting} of entries) this.#show(Number(target.dataset.id), isIntersecting);
  });

  constructor(list, client) {
    this.#list = list;
    this.#client = client;
    list.addEventListener('keydown', (event) => this.#go(event));
    list.addEventListener('focusin', ({target}) => {
      if (target.dataset.id) this.#rove(Number(target.dataset.id));
    });
  }

  /** Gives the focus to the first row. */
  focusFirst() {
    this.#list.querySelector('button')?.focus();
  }

  #rove(current = this.#current) {
    this.#current = this.#rows.has(current) ? current : this.#rows.keys().next().value ?? null;
    for (const [id, {button}] of this.#rows) button.tabIndex = id === this.#current ? 0 : -1;
  }

  #go(event) {
    const buttons = [...this.#list.querySelectorAll('button')];
    const at = buttons.indexOf(event.target);
    const last = buttons.length - 1;
    const to = {ArrowDown: Math.min(at + 1, last), ArrowUp: at - 1, Home: 0, End: last}[event.key];
    if (to === undefined || at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    (buttons[to] ?? document.getElementById('search')).focus();
  }

  /**
   * @param cameras  in their order, a hundred or so
   * @param text     what was searched for: it is marked in the names
   */
  show(cameras, text = '') {
    const isSame = text === this.#text;
    this.#text = text;
    const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
    const place = focused && [...this.#list.children].indexOf(focused.parentElement);
    const rows = new Map();
    for (const camera of cameras) {
      const row = this.#rows.get(camera.id) ?? this.#make(camera.id);
      if (row.camera !== camera || !isSame) this.#draw(row, camera);
      rows.set(camera.id, row);
    }
    for (const [id, row] of this.#rows) if (!rows.has(id)) this.#dropStill(row);
    this.#rows = rows;
    arrange(this.#list, [...rows.values()].map((row) => row.item));
    this.#rove();
    // A row that was moved has lost the focus and gets it back; a row that was removed passes it to its neighbour.
    if (!focused || document.activeElement === focused) return;
    const target = focused.isConnected ? focused : this.#neighbour(place);
    target.focus({preventScroll: true});
  }

  get(id) {
    return this.#rows.get(id)?.camera ?? null;
  }

  /** @param ids  Set of the cameras that play */
  mark(ids) {
    this.#playing = ids;
    for (const [id, {button}] of this.#rows) this.#markOne(id, button);
  }

  #neighbour(place) {
    const rows = this.#list.children;
    const item = rows[Math.min(place, rows.length - 1)];
    return item?.firstElementChild ?? document.getElementById('search');
  }

  #make(id) {
    const item = clone('row');
    const button = item.firstElementChild;
    button.dataset.id = id;
    this.#markOne(id, button);
    return {item, button, camera: null, still: null};
  }

  #show(id, isSeen) {
    this.#rows.get(id)?.still?.show(isSeen ? id : null);
  }

  #dropStill(row) {
    if (!row.still) return;
    this.#seen.unobserve(row.button);
    row.still.show(null);
    row.still.element.remove();
    row.still = null;
  }

  #drawStill(row, {properties}) {
    if (!properties.still) this.#dropStill(row);
    if (!properties.still || row.still) return;
    row.still = new Still(this.#client, PICTURE_MS);
    row.button.append(row.still.element);
    this.#seen.observe(row.button);
  }

  #markOne(id, button) {
    if (this.#playing.has(id)) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }

  #draw(row, camera) {
    const {name, status, role} = camera.properties;
    const playable = !obstacleOf(camera.properties);
    row.camera = camera;
    row.button.dataset.status = status;
    row.button.classList.toggle('not-playable', !playable);
    row.button.querySelector('use').setAttribute('href', `#status-${status}`);
    mark(row.button.querySelector('.name'), name || strings.camera(camera.id), this.#text);
    const facts = [strings.since(status, camera.properties.status_since), role, playable ? '' : strings.list.notPlayable];
    setText(row.button.querySelector('.facts'), facts.filter(Boolean).join(' · '));
    this.#drawStill(row, camera);
  }
}

/** Writes a name, with what was searched for marked. */
function mark(element, name, text) {
  const parts = partsOf(name, text);
  element.replaceChildren(...parts.map(({text: part, isFound}) => {
    if (!isFound) return part;
    const found = document.createElement('mark');
    found.textContent = part;
    return found;
  }));
}
