// SPDX-License-Identifier: Apache-2.0
/**
 * Digital zoom: the wheel, two fingers, and the keys + − 0 enlarge a picture;
 * dragging moves it. CSS does it, by --zoom, --x and --y.
 */
const MOST = 8;
const STEP = 1.25;
// One notch of a wheel is about 100 pixels.
const PER_PIXEL = 1.0022;

export class Zoom {
  #element;
  #scale = 1;
  // The shift of the picture, in its own widths and heights.
  #x = 0;
  #y = 0;
  // Pointers that are down, by id: {x, y}.
  #pointers = new Map();

  /** @param element  the picture; its <video> elements are enlarged */
  constructor(element) {
    this.#element = element;
    element.addEventListener('wheel', (event) => this.#onWheel(event), {passive: false});
    element.addEventListener('pointerdown', (event) => this.#onDown(event));
    element.addEventListener('pointermove', (event) => this.#onMove(event));
    for (const type of ['pointerup', 'pointercancel', 'lostpointercapture']) {
      element.addEventListener(type, ({pointerId}) => this.#pointers.delete(pointerId));
    }
  }

  get isOn() {
    return this.#scale > 1;
  }

  reset() {
    this.#set(1, 0, 0);
  }

  /** Returns whether the key was one of + − 0. */
  press(key) {
    if (key === '+' || key === '=') this.#by(STEP);
    else if (key === '-') this.#by(1 / STEP);
    else if (key === '0') this.reset();
    else return false;
    return true;
  }

  #onWheel(event) {
    const {deltaY, ctrlKey} = event;
    const scroller = this.#element.closest('.tiles');
    const isScrolling = scroller && scroller.scrollHeight > scroller.clientHeight + 1;
    if (!deltaY || (isScrolling && !ctrlKey && !this.isOn)) return;
    event.preventDefault();
    // A touchpad that pinches sends small steps with ctrlKey.
    this.#by(PER_PIXEL ** (-deltaY * (ctrlKey ? 5 : 1)), event.clientX, event.clientY);
  }

  #onDown(event) {
    if (event.target.closest('button, a')) return;
    this.#pointers.set(event.pointerId, {x: event.clientX, y: event.clientY});
    if (this.isOn || this.#pointers.size > 1) this.#element.setPointerCapture(event.pointerId);
  }

  #onMove({pointerId, buttons, clientX, clientY}) {
    const before = this.#pointers.get(pointerId);
    // It may have been released outside of the picture.
    if (!buttons) this.#pointers.delete(pointerId);
    if (!before || !buttons) return;
    const others = [...this.#pointers].filter(([id]) => id !== pointerId).map(([, at]) => at);
    this.#pointers.set(pointerId, {x: clientX, y: clientY});
    if (others.length) {
      const [other] = others;
      const distance = (at) => Math.max(1, Math.hypot(at.x - other.x, at.y - other.y));
      const grown = distance({x: clientX, y: clientY}) / distance(before);
      this.#by(grown, (clientX + other.x) / 2, (clientY + other.y) / 2);
    } else if (this.isOn) {
      const {width, height} = this.#element.getBoundingClientRect();
      this.#set(this.#scale, this.#x + (clientX - before.x) / width, this.#y + (clientY - before.y) / height);
    }
  }

  // What is at this point stays there; without a point, the middle.
  #by(factor, clientX, clientY) {
    const {left, top, width, height} = this.#element.getBoundingClientRect();
    const px = clientX === undefined ? 0 : (clientX - left) / width - 0.5;
    const py = clientY === undefined ? 0 : (clientY - top) / height - 0.5;
    const scale = Math.min(MOST, Math.max(1, this.#scale * factor));
    const ratio = scale / this.#scale;
    this.#set(scale, px - (px - this.#x) * ratio, py - (py - this.#y) * ratio);
  }

  #set(scale, x, y) {
    const most = (scale - 1) / 2;
    const within = (value) => Math.min(most, Math.max(-most, value));
    this.#scale = scale;
    this.#x = within(x);
    this.#y = within(y);
    const {style, dataset} = this.#element;
    style.setProperty('--zoom', scale.toFixed(3));
    style.setProperty('--x', `${(100 * this.#x).toFixed(2)}%`);
    style.setProperty('--y', `${(100 * this.#y).toFixed(2)}%`);
    if (this.isOn) dataset.zoomed = '';
    else delete dataset.zoomed;
  }
}
