// SPDX-License-Identifier: Apache-2.0
import {strings} from './strings.js';

const SHORT_MS = 8000;

/** The messages of the page. Each has a key, so that a repeated message does not appear twice. */
export class Messages {
  #element;
  #shown = new Map();

  constructor(element) {
    this.#element = element;
  }

  /**
   * @param key   the subject; a new text replaces the last text of the same key
   * @param text  null: the problem is over
   * @param brief whether the message disappears by itself
   * @param action {text, run}: a button beside the text
   */
  say(key, text, {brief = false, action = null} = {}) {
    const old = this.#shown.get(key);
    if (old && old.text === text && !brief) return;
    this.#remove(key);
    if (!text) return;
    const element = document.createElement('p');
    const words = document.createElement('span');
    words.textContent = text;
    element.append(words);
    if (action) element.append(button(action.text, action.run));
    element.append(this.#dismissal(key));
    const timer = brief ? setTimeout(() => this.#remove(key), SHORT_MS) : null;
    this.#shown.set(key, {text, element, timer});
    this.#element.append(element);
  }

  /** Dismissed messages are remembered, so that the same text does not come back. */
  #dismissal(key) {
    const element = button('', () => this.#take(this.#shown.get(key).element));
    element.className = 'dismiss';
    element.setAttribute('aria-label', strings.page.dismiss);
    return element;
  }

  #remove(key) {
    const old = this.#shown.get(key);
    if (!old) return;
    clearTimeout(old.timer);
    this.#take(old.element);
    this.#shown.delete(key);
  }

  #take(element) {
    const hadFocus = element.contains(document.activeElement);
    element.remove();
    if (hadFocus) (this.#element.querySelector('button') ?? document.getElementById('map')).focus();
  }
}

function button(text, run) {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  element.addEventListener('click', run);
  return element;
}
