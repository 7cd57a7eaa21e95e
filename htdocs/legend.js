// SPDX-License-Identifier: Apache-2.0
import {setText} from './dom.js';
import {strings} from './strings.js';

/**
 * The chips: the mark of each status with the number of cameras in view, which explains the marks and filters by it.
 * And the button that takes back all filters and the search, where nothing is found.
 */
export class Legend {
  #cameras;
  #search;
  #status = document.getElementById('status');
  #chips = [...document.querySelectorAll('#legend button')];
  #reset = document.getElementById('reset');

  /** @param showAll  function that takes back the filters and the search */
  constructor(cameras, search, showAll) {
    this.#cameras = cameras;
    this.#search = search;
    for (const chip of this.#chips) {
      chip.addEventListener('click', () => {
        const {status} = chip.dataset;
        this.#status.value = this.#status.value === status ? '' : status;
        this.#status.dispatchEvent(new Event('change', {bubbles: true}));
      });
    }
    this.#reset.addEventListener('click', () => {
      showAll();
      document.getElementById('search').focus();
    });
  }

  /** @param isLoaded  whether the cameras in view are known */
  draw(isLoaded, isFiltered) {
    const {text, hits} = this.#search;
    const counts = text ? countOf(hits ?? []) : this.#cameras.counts();
    for (const chip of this.#chips) {
      const {status} = chip.dataset;
      const total = counts[status];
      setText(chip.querySelector('.total'), strings.number(total));
      chip.setAttribute('aria-label', strings.legend.chip(total, strings.status[status]));
      chip.setAttribute('aria-pressed', String(this.#status.value === status));
    }
    this.#reset.hidden = counts.total > 0 || !isLoaded || (text ? !hits : !isFiltered);
  }
}

function countOf(cameras) {
  const of = (status) => cameras.filter(({properties}) => properties.status === status).length;
  return {total: cameras.length, online: of('online'), offline: of('offline'), unknown: of('unknown')};
}
