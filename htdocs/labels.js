// SPDX-License-Identifier: Apache-2.0
/**
 * The names of the cameras beside their markers, from a zoom on at which streets
 * are visible. No label covers a marker or another label: if there is no room, a
 * camera has none. They are for the eye only, because the markers have the names.
 */
import {obstacleOf} from './cctv-client.js';

const PANE = 'cctv-labels';
const LEAST_ZOOM = 16;
// More would only cover the map.
const MOST = 200;
// Pixels from the middle of a marker to its edge, and from there to its label.
const RADIUS = 12;
const CLUSTER_RADIUS = 24;
const GAP = 3;
// The number of a tile is on the right of its marker.
const NUMBER = 26;

const overlaps = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;

const around = ({x, y}, radius) => ({left: x - radius, right: x + radius, top: y - radius, bottom: y + radius});

// Where the label of a marker may be, the best place first.
function* placesOf({x, y, hasNumber}, width, height) {
  const box = (left, top) => ({left, top, right: left + width, bottom: top + height});
  const away = RADIUS + GAP;
  yield box(x + (hasNumber ? NUMBER + GAP : away), y - height / 2);
  yield box(x - away - width, y - height / 2);
  yield box(x - width / 2, y + away);
  yield box(x - width / 2, y - away - height);
}

/**
 * Finds a place for each label, as far as there is room.
 *
 * @param labels     [{x, y, hasNumber, width, height}…]: the middles of their markers, the most important label first
 * @param obstacles  boxes that no label may cover
 * @param frame      the box that has to contain them
 * @returns for each label its box, or null
 */
export function placeLabels(labels, obstacles, frame) {
  const taken = [...obstacles];
  const isFree = (box) => box.left >= frame.left && box.right <= frame.right && box.top >= frame.top
    && box.bottom <= frame.bottom && !taken.some((other) => overlaps(box, other));
  return labels.map((label) => {
    for (const box of placesOf(label, label.width, label.height)) {
      if (!isFree(box)) continue;
      taken.push(box);
      return box;
    }
    return null;
  });
}

export class Labels {
  #map;
  #cameras;
  #pane;
  #playing = new Set();
  #frame = null;

  /** cameras: has byId. The markers are found by their classes and data-id. */
  constructor(map, cameras) {
    this.#map = map;
    this.#cameras = cameras;
    this.#pane = map.createPane(PANE);
    this.#pane.classList.add('leaflet-zoom-hide');
    this.#pane.setAttribute('aria-hidden', 'true');
    map.on('moveend resize', () => this.#soon());
    // Markers come and go after moves as well, and clusters spread out.
    new MutationObserver(() => this.#soon()).observe(map.getPane('markerPane'), {
      childList: true, subtree: true, attributes: true, attributeFilter: ['style', 'aria-label'],
    });
  }

  /** ids: the cameras that play. */
  select(ids) {
    this.#playing = new Set(ids);
    this.#soon();
  }

  #soon() {
    if (this.#map.getZoom() < LEAST_ZOOM) this.#pane.replaceChildren();
    else this.#frame ??= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = null;
    if (this.#map.getZoom() < LEAST_ZOOM) return;
    const {x: left, y: top} = this.#map.containerPointToLayerPoint([0, 0]);
    const {x: width, y: height} = this.#map.getSize();
    const frame = {left, top, right: left + width, bottom: top + height};
    const icons = this.#icons().filter((icon) => overlaps(around(icon, icon.radius), frame));
    const labels = icons.filter(({camera}) => camera).sort((a, b) => this.#order(a.camera, b.camera)).slice(0, MOST)
      .map((icon) => ({...icon, element: this.#element(icon.camera)}));
    this.#pane.replaceChildren(...labels.map(({element}) => element));
    for (const label of labels) {
      label.width = label.element.offsetWidth;
      label.height = label.element.offsetHeight;
    }
    placeLabels(labels, [...icons.map((icon) => around(icon, icon.radius)), ...this.#controls(frame)], frame)
      .forEach((box, index) => this.#put(labels[index].element, box));
  }

  #put(element, box) {
    if (box) L.DomUtil.setPosition(element, L.point(box.left, box.top).round());
    else element.remove();
  }

  // The buttons of the map lie above the labels.
  #controls(frame) {
    const container = this.#map.getContainer();
    const {left, top} = container.getBoundingClientRect();
    return [...container.querySelectorAll('.leaflet-control')].map((control) => {
      const box = control.getBoundingClientRect();
      const [x, y] = [box.left - left + frame.left, box.top - top + frame.top];
      return {left: x, top: y, right: x + box.width, bottom: y + box.height};
    });
  }

  #icons() {
    return [...this.#map.getPane('markerPane').querySelectorAll('.cctv-marker, .cctv-cluster')].map((element) => {
      const {x, y} = L.DomUtil.getPosition(element) ?? {x: NaN, y: NaN};
      const camera = this.#cameras.byId.get(Number(element.dataset.id));
      const hasNumber = Boolean(element.querySelector('.cctv-number'));
      return {x, y, camera, hasNumber, radius: element.dataset.id ? RADIUS : CLUSTER_RADIUS};
    });
  }

  // Those that play come first, then those that can be played.
  #order(a, b) {
    const rank = ({id, properties}) => (this.#playing.has(id) ? 0 : 1 + Boolean(obstacleOf(properties)));
    return rank(a) - rank(b) || a.id - b.id;
  }

  #element({properties: {name}}) {
    const element = document.createElement('span');
    element.className = 'cctv-label';
    element.dir = 'auto';
    element.textContent = name;
    return element;
  }
}
