// SPDX-License-Identifier: Apache-2.0
/**
 * The still picture of a camera in a canvas, `element`, which is hidden until there is a picture.
 *
 * Events: 'change' (`hasPicture` has changed), 'viewers' (`viewers`), 'refusal' (`refusal`); see StillView of
 * cctv-client.js.
 */
export class Still extends EventTarget {
  element = document.createElement('canvas');
  hasPicture = false;
  #client;
  #every;
  #counts = false;
  #view = null;

  /** @param every  the shortest time between two pictures, in milliseconds; 0: as soon as the server has a new one */
  constructor(client, every = 0) {
    super();
    this.#client = client;
    this.#every = every;
    this.element.className = 'stills';
    this.element.hidden = true;
    this.element.setAttribute('aria-hidden', 'true');
  }

  get viewers() {
    return this.#view?.viewers ?? null;
  }

  get refusal() {
    return this.#view?.refusal ?? null;
  }

  /** Whether who sees it counts as a viewer. At the beginning it is false. */
  set counts(counts) {
    this.#counts = counts;
    if (this.#view) this.#view.counts = counts;
  }

  /** Shows the picture of this camera from now on; null: of none. */
  show(id) {
    if ((this.#view?.id ?? null) === id) return;
    this.#view?.end();
    this.#view = null;
    this.#set(null);
    if (id === null) return;
    const view = this.#client.watchStills(id, {every: this.#every, counts: this.#counts});
    this.#view = view;
    view.addEventListener('picture', () => this.#draw(view));
    for (const type of ['viewers', 'refusal']) {
      view.addEventListener(type, () => this.dispatchEvent(new Event(type)));
    }
  }

  async #draw(view) {
    const {picture} = view;
    // A picture that the browser cannot decode is as good as none.
    const bitmap = picture && await createImageBitmap(picture).catch(() => null);
    if (view === this.#view && view.picture === picture) this.#set(bitmap);
    bitmap?.close();
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
