// SPDX-License-Identifier: Apache-2.0
/**
 * Asks the server what is in an area of the map: clusters and cameras, or only cameras where the server has no
 * clusters, because it has no catalogue.
 */
import {bboxOf} from './tiles.js';

// The cameras on the first page, and on the second one, where there are no clusters.
const FIRST = 1000;
const SECOND = 4000;
const WORLD = {west: -180, south: -90, east: 180, north: 90};

/** Whether a feature is a cluster, and no camera. */
export const isCluster = ({properties}) => properties.cluster === true;

/** What the client library asks for, for a filter of Cameras and a box. */
export function queryOf({roles, status, playable}, box) {
  const bbox = bboxOf(box);
  return {
    ...(playable && {playable}),
    ...(bbox && {bbox}),
    ...(roles && {roles}),
    ...(status && {statuses: [status]}),
  };
}

export class Answers {
  #client;
  #hasClusters = true;

  constructor(client) {
    this.#client = client;
  }

  /**
   * @param known  {box, zoom}, or the answer before, which is asked for again
   * @returns {box, zoom, features, source, roles, isComplete, isCut}: `source` is for the next call; `roles` are all
   * that the user may see, or undefined; isComplete: the features are all cameras of the box; isCut: the features are
   * cameras, but not all. Throws ServerError, and the abort reason of the signal
   */
  async ask(known, filter, signal) {
    if (filter.roles?.length === 0) return {...known, box: WORLD, features: [], roles: undefined, isComplete: true};
    // Lists say whether there is a catalogue.
    if (!this.#client.hasChanges || !this.#hasClusters) return this.#cameras(known, filter, signal);
    try {
      return await this.#clusters(known, filter, signal);
    } catch (error) {
      if (error.status !== 404) throw error;
      this.#hasClusters = false;
      return this.#cameras(known, filter, signal);
    }
  }

  async #clusters({box, zoom, source}, filter, signal) {
    const found = await this.#client.clusters({...queryOf(filter, box), zoom}, {before: source, signal});
    const {features, roles} = found;
    return {box, zoom, features, roles, source: found, isComplete: !features.some(isCluster)};
  }

  async #cameras({box, zoom, source}, filter, signal) {
    const list = source?.load ? source : this.#client.list({...queryOf(filter, box), first: FIRST, limit: SECOND});
    const features = [];
    let isCut = false;
    for await (const page of list.load({signal})) {
      features.push(...page.features);
      isCut = page.more && features.length >= FIRST + SECOND;
      if (isCut) break;
    }
    return {box, zoom, features, source: list, isComplete: !isCut, isCut};
  }
}
