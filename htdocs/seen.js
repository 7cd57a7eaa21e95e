// SPDX-License-Identifier: Apache-2.0
/** What the views of this page know about their cameras sooner than the lists of the server do. */

/** The camera with another status; `since` may be undefined. */
export function withStatus(camera, status, since) {
  const properties = {...camera.properties, status, status_since: since};
  if (!since) delete properties.status_since;
  return {...camera, properties};
}

export class Seen {
  // id → {status, since, isTold}
  #known = new Map();
  // The same ids → the camera as the server has told it.
  #told = new Map();

  /**
   * A view knows a status: 'online' or 'offline', or null if it no longer does.
   *
   * @param camera  as it is shown now, or undefined
   * @returns the camera as it is to be shown now, or undefined
   */
  learn(id, status, camera) {
    const told = this.#told.get(id) ?? camera;
    this.#known.delete(id);
    this.#told.delete(id);
    if (status) this.#known.set(id, {status, since: `${new Date().toISOString().slice(0, 19)}Z`, isTold: false});
    return told && this.see(told);
  }

  /** The camera as it is to be shown, where the server may have told something newer. */
  show(camera) {
    const known = this.#known.get(camera.id);
    return known && known.status !== camera.properties.status ? withStatus(camera, known.status, known.since) : camera;
  }

  /** The camera as it is to be shown, by what the server has just told. */
  see(camera) {
    const {id} = camera;
    const known = this.#known.get(id);
    if (!known) return camera;
    const isSame = camera.properties.status === known.status;
    // The server knew that it was offline, and now says something else: that is news. A moving picture is true whatever
    // the server says.
    if (!isSame && known.isTold && known.status === 'offline') {
      this.#known.delete(id);
      this.#told.delete(id);
      return camera;
    }
    known.isTold ||= isSame;
    this.#told.set(id, camera);
    return this.show(camera);
  }
}
