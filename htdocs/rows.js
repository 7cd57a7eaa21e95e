// SPDX-License-Identifier: Apache-2.0
import {obstacleOf} from './cctv-client.js';
import {arrange, clone, setText} from './dom.js';
import {strings} from './strings.js';

/** The buttons of the list, one for each camera. Unchanged buttons are not touched. */
export class Rows {
  #list;
  #playing = new Set();
  // id → {item, button, camera}
  #rows = new Map();

  constructor(list) {
    this.#list = list;
  }

  /** @param cameras  in their order, a hundred or so */
  show(cameras) {
    const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
    const place = focused && [...this.#list.children].indexOf(focused.parentElement);
    const rows = new Map();
    for (const camera of cameras) {
      const row = this.#rows.get(camera.id) ?? this.#make(camera.id);
      if (row.camera !== camera) this.#draw(row, camera);
      rows.set(camera.id, row);
    }
    this.#rows = rows;
    arrange(this.#list, [...rows.values()].map((row) => row.item));
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
    return {item, button, camera: null};
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
    setText(row.button.querySelector('.name'), name || strings.camera(camera.id));
    const facts = [strings.status[status] ?? status, role, playable ? '' : strings.list.notPlayable];
    setText(row.button.querySelector('.facts'), facts.filter(Boolean).join(' · '));
  }
}
