// SPDX-License-Identifier: Apache-2.0
/** Keeps the screen on while it is wanted. Browsers allow it over HTTPS only, and release it when the page is hidden. */
export class WakeLock {
  #isWanted = false;
  #lock = null;
  #isAsking = false;

  constructor() {
    document.addEventListener('visibilitychange', () => this.#settle());
  }

  get isHeld() {
    return Boolean(this.#lock && !this.#lock.released);
  }

  want(isWanted) {
    this.#isWanted = isWanted;
    this.#settle();
  }

  async #settle() {
    if (this.#isAsking || !navigator.wakeLock) return;
    if (!this.#isWanted) {
      this.#lock?.release();
      this.#lock = null;
      return;
    }
    if (document.hidden || this.isHeld) return;
    this.#isAsking = true;
    // The browser may refuse, for example when the battery is low.
    this.#lock = await navigator.wakeLock.request('screen').catch(() => null);
    this.#isAsking = false;
    if (!this.#isWanted) this.#settle();
  }
}
