// SPDX-License-Identifier: Apache-2.0
import {strings} from './strings.js';

// What happens within this time is said in one go.
const PAUSE_MS = 700;
const MOST_NAMES = 3;

/** Tells screen readers what has become of the cameras, with their names. Cameras with the same words are one sentence. */
export class Announcer {
  #home;
  #element;
  #timer = null;
  // id → {name, text} of what is not said yet
  #news = new Map();
  // id → the text that was said last
  #said = new Map();

  /** @param element  a live region */
  constructor(element) {
    this.#element = element;
    this.#home = element.parentElement;
    // While an element is in full screen, nothing outside of it is heard.
    document.addEventListener('fullscreenchange', () => (document.fullscreenElement ?? this.#home).append(element));
  }

  say(id, name, text) {
    this.#news.set(id, {name, text});
    this.#timer ??= setTimeout(() => this.#tell(), PAUSE_MS);
  }

  /** The camera is not shown any more. */
  forget(id) {
    this.#news.delete(id);
    this.#said.delete(id);
  }

  #tell() {
    this.#timer = null;
    const names = new Map();
    for (const [id, {name, text}] of this.#news) {
      if (this.#said.get(id) === text) continue;
      this.#said.set(id, text);
      names.set(text, [...names.get(text) ?? [], name]);
    }
    this.#news.clear();
    if (!names.size) return;
    // New elements are announced although the words may be those of the last time.
    this.#element.replaceChildren(...[...names].map(([text, all]) => {
      const sentence = document.createElement('span');
      const who = all.length > MOST_NAMES ? strings.wall.title(all.length) : all.join(', ');
      sentence.textContent = `${strings.wall.news(who, text)} `;
      return sentence;
    }));
  }
}
