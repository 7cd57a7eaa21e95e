// SPDX-License-Identifier: Apache-2.0
import {ServerError} from './cctv-client.js';

// When a picture is asked for again after a fault, in milliseconds.
const AGAIN = 5000;
// The statuses after which it is not asked for again.
const HOPELESS = [400, 401, 403, 404];

/**
 * The still picture of a camera in a canvas, `element`, which is hidden until there is a picture. It is asked for again
 * as often as the server has a new one, and not while the page is hidden.
 *
 * Events: 'change' (`hasPicture` has changed).
 */
export class Still extends EventTarget {
  element = document.createElement('canvas');
  hasPicture = false;
  #client;
  #every;
  #id = null;
  #control = null;

  /** @param every  the shortest time between two pictures, in milliseconds; 0: as soon as the server has a new one */
  constructor(client, every = 0) {
    super();
    this.#client = client;
    this.#every = every;
    this.element.className = 'stills';
    this.element.hidden = true;
    this.element.setAttribute('aria-hidden', 'true');
  }

  /** Shows the picture of this camera from now on; null: of none. */
  show(id) {
    if (this.#id === id) return;
    this.#control?.abort();
    this.#id = id;
    this.#control = id === null ? null : new AbortController();
    this.#set(null);
    if (id !== null) this.#run(id, this.#control.signal);
  }

  async #run(id, signal) {
    while (!signal.aborted) {
      let wait = AGAIN;
      try {
        await visible(signal);
        const {picture, again} = await this.#client.still(id, {signal});
        const bitmap = await createImageBitmap(picture);
        if (!signal.aborted) this.#set(bitmap);
        bitmap.close();
        wait = Math.max(again, this.#every);
      } catch (error) {
        if (signal.aborted) return;
        // A picture that the browser cannot decode is as good as none.
        this.#set(null);
        if (error instanceof ServerError) {
          if (HOPELESS.includes(error.status)) return;
          wait = Math.max(1, error.retryAfter ?? 0) * 1000;
        }
      }
      await pause(wait, signal);
    }
  }

  #set(bitmap) {
    const {element} = this;
    if (bitmap) {
      Object.assign(element, {width: bitmap.width, height: bitmap.height});
      element.getContext('2d').drawImage(bitmap, 0, 0);
    }
    element.hidden = !bitmap;
    if (this.hasPicture === Boolean(bitmap)) return;
    this.hasPicture = Boolean(bitmap);
    this.dispatchEvent(new Event('change'));
  }
}

// Resolves also when the signal is aborted.
function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(over, ms);
    // A signal lives as long as its camera is shown, which may be for weeks.
    function over() {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    }
    signal.addEventListener('abort', over);
  });
}

function visible(signal) {
  if (!document.hidden) return null;
  return new Promise((resolve) => {
    function over() {
      document.removeEventListener('visibilitychange', over);
      signal.removeEventListener('abort', over);
      resolve();
    }
    document.addEventListener('visibilitychange', over);
    signal.addEventListener('abort', over);
  });
}
