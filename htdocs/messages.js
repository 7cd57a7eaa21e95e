// SPDX-License-Identifier: Apache-2.0
import {showOnTop} from './dom.js';
import {strings} from './strings.js';

const SHORT_MS = 8000;

/**
 * The messages of the page, above everything, also in full screen. Each has a key, so that a repeated message does
 * not appear twice; and what several parts of the page say with the same words appears once.
 */
export class Messages {
  #element;
  // key → {text, action, timer, isDismissed}
  #said = new Map();
  // text → its element
  #shown = new Map();

  /** @param element  has popover="manual" */
  constructor(element) {
    this.#element = element;
    document.addEventListener('fullscreenchange', () => this.#raise());
  }

  /**
   * @param key   the subject; a new text replaces the last text of the same key
   * @param text  null: the problem is over
   * @param brief whether the message disappears by itself
   * @param action {text, run}: a button beside the text
   */
  say(key, text, {brief = false, action = null} = {}) {
    const old = this.#said.get(key);
    if (old && old.text === text && !brief) return;
    clearTimeout(old?.timer);
    this.#said.delete(key);
    if (text) {
      const timer = brief ? setTimeout(() => this.say(key, null), SHORT_MS) : null;
      this.#said.set(key, {text, action, timer});
    }
    this.#settle();
  }

  #settle() {
    const wanted = [...this.#said.values()].filter(({isDismissed}) => !isDismissed);
    const texts = new Set(wanted.map(({text}) => text));
    for (const [text, element] of [...this.#shown]) if (!texts.has(text)) this.#take(text, element);
    for (const {text, action} of wanted) if (!this.#shown.has(text)) this.#show(text, action);
  }

  #show(text, action) {
    const element = document.createElement('p');
    const words = document.createElement('span');
    words.textContent = text;
    element.append(words);
    if (action) element.append(button(action.text, action.run));
    element.append(this.#dismissal(text));
    this.#shown.set(text, element);
    if (this.#shown.size === 1) showOnTop(this.#element);
    this.#element.append(element);
  }

  /** Dismissed messages are remembered, so that the same text does not come back. */
  #dismissal(text) {
    const element = button('', () => {
      for (const said of this.#said.values()) if (said.text === text) said.isDismissed = true;
      this.#settle();
    });
    element.className = 'dismiss';
    element.setAttribute('aria-label', strings.page.dismiss);
    return element;
  }

  #take(text, element) {
    const hadFocus = element.contains(document.activeElement);
    element.remove();
    this.#shown.delete(text);
    if (hadFocus) (this.#element.querySelector('button') ?? document.getElementById('map')).focus();
    if (!this.#shown.size && this.#element.matches(':popover-open')) this.#element.hidePopover();
  }

  #raise() {
    const focused = document.activeElement;
    const hadFocus = this.#element.contains(focused);
    if (this.#shown.size) showOnTop(this.#element);
    else document.body.append(this.#element);
    if (hadFocus) focused.focus();
  }
}

function button(text, run) {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  element.addEventListener('click', run);
  return element;
}
