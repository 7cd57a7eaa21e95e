// SPDX-License-Identifier: Apache-2.0
/**
 * Dragging with a mouse or a pen: a picture of the wall changes places with another one, and a row of the list
 * takes the place of a picture.
 */
import {showOnTop} from './dom.js';

// A shorter way is a click.
const LEAST = 8;
const SOURCES = '#wall .tile, #cameras [data-id]';

/**
 * @param drop({id, from, to})  called at the end: the camera that was dragged, whether from 'wall' or 'list', and
 *                              the camera below the pointer, or null for a free place on the wall
 */
export function makeDraggable(drop) {
  document.addEventListener('pointerdown', (event) => {
    const source = event.pointerType !== 'touch' && event.button === 0 && sourceOf(event.target);
    if (source) new Drag(source, event, drop);
  });
}

// A picture that is enlarged is moved within its tile instead; buttons other than the name stay buttons.
function sourceOf(target) {
  const source = target.closest(SOURCES);
  if (!source || target.closest('[data-zoomed]')) return null;
  const isTile = source.matches('.tile');
  if (isTile && target.closest('button, a, input')?.matches(':not(.where)')) return null;
  if (isTile && document.fullscreenElement === source) return null;
  return source;
}

class Drag {
  #source;
  #start;
  #drop;
  #ghost = null;
  #target = null;
  #done = new AbortController();

  constructor(source, {clientX, clientY}, drop) {
    this.#source = source;
    this.#start = {clientX, clientY};
    this.#drop = drop;
    const {signal} = this.#done;
    const options = {signal, capture: true};
    addEventListener('pointermove', (event) => this.#move(event), options);
    addEventListener('pointerup', () => this.#end(true), options);
    addEventListener('pointercancel', () => this.#end(false), options);
    addEventListener('blur', () => this.#end(false), {signal});
    // A link or a text in the source must not be dragged by the browser itself.
    addEventListener('dragstart', (event) => event.preventDefault(), options);
    addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.#ghost) return;
      event.preventDefault();
      event.stopPropagation();
      this.#end(false);
    }, options);
  }

  #move({clientX, clientY}) {
    const {clientX: x, clientY: y} = this.#start;
    if (!this.#ghost && Math.hypot(clientX - x, clientY - y) < LEAST) return;
    if (!this.#ghost) this.#begin();
    this.#ghost.style.setProperty('--left', `${clientX}px`);
    this.#ghost.style.setProperty('--top', `${clientY}px`);
    const below = document.elementFromPoint(clientX, clientY);
    this.#mark(below?.closest('#wall .tile') ?? below?.closest('#wall') ?? null);
  }

  #begin() {
    this.#ghost = document.createElement('div');
    this.#ghost.className = 'ghost';
    this.#ghost.textContent = this.#source.querySelector('.where, .name').textContent;
    showOnTop(this.#ghost);
    document.body.dataset.dragging = '';
    getSelection().removeAllRanges();
  }

  #mark(target) {
    if (this.#target) delete this.#target.dataset.drop;
    this.#target = target === this.#source ? null : target;
    if (this.#target) this.#target.dataset.drop = '';
  }

  #end(isDropped) {
    const target = this.#target;
    this.#mark(null);
    this.#done.abort();
    if (!this.#ghost) return;
    this.#ghost.remove();
    delete document.body.dataset.dragging;
    swallowClick();
    if (!isDropped || !target) return;
    const from = this.#source.matches('.tile') ? 'wall' : 'list';
    this.#drop({id: Number(this.#source.dataset.id), from, to: target.dataset.id ? Number(target.dataset.id) : null});
  }
}

// The end of a drag is a click as well, where it ends on the element where it began.
function swallowClick() {
  const done = new AbortController();
  addEventListener('click', (event) => {
    event.preventDefault();
    event.stopPropagation();
  }, {capture: true, once: true, signal: done.signal});
  setTimeout(() => done.abort());
}
