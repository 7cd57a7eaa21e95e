// SPDX-License-Identifier: Apache-2.0
/**
 * Walls by name: kept in the browser, passed on as a file, and shown one after the
 * other as a tour. A layout is {name, query, hash}: the two parts of its address.
 */
import {parseHash} from './route.js';

const KEY = 'cctv-layouts';
const MOST = 100;
const LONGEST_NAME = 80;

const isText = (value, longest) => typeof value === 'string' && value.length <= longest;
const isLayout = (found) => isText(found?.name, LONGEST_NAME) && found.name.trim() !== ''
  && isText(found.query, 1000) && isText(found.hash, 1000)
  && /^(\?.*)?$/.test(found.query) && parseHash(found.hash, Infinity).ids?.length > 0;

// A name occurs once: the last one wins.
const unique = (layouts) => [...new Map(layouts.map((layout) => [layout.name, layout])).values()];

/** The layouts of a file's text: {layouts, problem}; problem is 'broken' or null. */
export function readFile(text) {
  try {
    const {layouts} = JSON.parse(text);
    const right = unique(layouts.filter(isLayout).map(({name, query, hash}) => ({name: name.trim(), query, hash})));
    return {layouts: right, problem: right.length ? null : 'broken'};
  } catch {
    return {layouts: [], problem: 'broken'};
  }
}

export const formatFile = (layouts) => `${JSON.stringify({layouts}, null, 2)}\n`;

/** Event 'change'. `all`: in the order of their names. */
export class Layouts extends EventTarget {
  all = [];

  constructor() {
    super();
    this.#read();
    // Another tab has changed them.
    addEventListener('storage', ({key}) => {
      if (key === KEY) this.#read();
    });
  }

  /** Adds layouts; each replaces the one with its name. Returns whether there was room. */
  add(layouts) {
    const next = unique([...this.all, ...layouts]);
    if (next.length > MOST) return false;
    this.#set(next);
    return true;
  }

  remove(name) {
    this.#set(this.all.filter((each) => each.name !== name));
  }

  #read() {
    try {
      this.all = readFile(localStorage.getItem(KEY) ?? '{"layouts":[]}').layouts;
    } catch {
      this.all = [];
    }
    this.dispatchEvent(new Event('change'));
  }

  #set(layouts) {
    this.all = layouts.sort((a, b) => a.name.localeCompare(b.name, undefined, {numeric: true}));
    try {
      localStorage.setItem(KEY, formatFile(this.all));
    } catch {
      // The browser stores nothing: they last until the page is left.
    }
    this.dispatchEvent(new Event('change'));
  }
}

/** Shows one layout after the other, each for some seconds. Event 'change': `seconds` (null: no tour). */
export class Tour extends EventTarget {
  seconds = null;
  #layouts;
  #show;
  #timer = null;
  #last = null;

  constructor(layouts, show) {
    super();
    this.#layouts = layouts;
    this.#show = show;
  }

  start(seconds) {
    this.stop();
    this.seconds = seconds;
    this.#timer = setInterval(() => this.#next(), 1000 * seconds);
    this.#next();
    this.dispatchEvent(new Event('change'));
  }

  stop() {
    if (this.seconds === null) return;
    clearInterval(this.#timer);
    this.seconds = null;
    this.dispatchEvent(new Event('change'));
  }

  #next() {
    const {all} = this.#layouts;
    if (!all.length) return;
    const at = all.findIndex(({name}) => name === this.#last);
    const layout = all[(at + 1) % all.length];
    this.#last = layout.name;
    this.#show(layout);
  }
}
