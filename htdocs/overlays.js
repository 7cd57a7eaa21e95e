// SPDX-License-Identifier: Apache-2.0
/**
 * Floor plans: images that are laid on the map by their corners, above the tiles
 * and below the cameras. Where plans of several levels lie above each other, one
 * level is shown, and buttons choose which.
 */
import {Choice} from './choice.js';
import {strings} from './strings.js';

const PANE = 'cctv-plans';
const MIN_ZOOM = 15;
// The size of an image before it is laid on the map, in pixels.
const SIZE = 1000;

/**
 * The CSS transform that lays a box of this width and height, with its top left
 * corner at 0, 0, on four points: those of its top left, top right, bottom right
 * and bottom left corners. It is a projective one; for a parallelogram, g and h
 * are 0.
 */
export function transformOf(width, height, [a, b, c, d]) {
  const [dx1, dx2, dx3] = [b.x - c.x, d.x - c.x, a.x - b.x + c.x - d.x];
  const [dy1, dy2, dy3] = [b.y - c.y, d.y - c.y, a.y - b.y + c.y - d.y];
  const all = dx1 * dy2 - dx2 * dy1;
  const g = (dx3 * dy2 - dx2 * dy3) / all;
  const h = (dx1 * dy3 - dx3 * dy1) / all;
  const [right, down] = [[b.x - a.x + g * b.x, b.y - a.y + g * b.y, g], [d.x - a.x + h * d.x, d.y - a.y + h * d.y, h]];
  const column = ([x, y, w], size) => [x / size, y / size, 0, w / size];
  const values = [...column(right, width), ...column(down, height), 0, 0, 1, 0, a.x, a.y, 0, 1];
  return `matrix3d(${values.map((value) => Number(value.toPrecision(12))).join(',')})`;
}

/** One image, as a layer of the map. */
class Plan extends L.Layer {
  #image;
  #corners;

  constructor({name, image, corners}, map) {
    super();
    L.setOptions(this, {pane: PANE});
    this.#corners = corners;
    this.#image = document.createElement('img');
    this.#image.className = 'cctv-plan leaflet-zoom-animated';
    this.#image.alt = name ?? '';
    this.#size(SIZE);
    this.#image.addEventListener('load', () => {
      const {naturalWidth: width, naturalHeight: height} = this.#image;
      if (!width || !height) return;
      this.#size(SIZE * height / width);
      if (map.hasLayer(this)) this.#place();
    });
    this.#image.addEventListener('error', () => {
      console.warn(strings.config.noImage(image));
      this.#image.hidden = true;
    });
    this.#image.src = image;
  }

  getEvents() {
    return {zoom: () => this.#place(), viewreset: () => this.#place(), zoomanim: (event) => this.#animate(event)};
  }

  onAdd() {
    this.getPane().append(this.#image);
    this.#place();
  }

  onRemove() {
    this.#image.remove();
  }

  #size(height) {
    this.#image.style.width = `${SIZE}px`;
    this.#image.style.height = `${height}px`;
  }

  #place() {
    this.#lay((corner) => this._map.latLngToLayerPoint(corner));
  }

  // The browser moves the image to where it will be after the zoom.
  #animate({center, zoom}) {
    const map = this._map;
    const origin = map.project(center, zoom).subtract(map.getSize().divideBy(2))
      .subtract(map.containerPointToLayerPoint([0, 0]));
    this.#lay((corner) => map.project(corner, zoom).subtract(origin));
  }

  #lay(pointOf) {
    const [a, b, c, d] = nearestTo(this._map.getCenter().lng, this.#corners).map(pointOf);
    const height = Number.parseFloat(this.#image.style.height);
    // Three corners: the image is a parallelogram.
    const last = d ?? L.point(a.x + c.x - b.x, a.y + c.y - b.y);
    this.#image.style.transform = transformOf(SIZE, height, [a, b, c, last]);
  }
}

// The corners as [lat, lng], in the turn of the globe that is nearest to a longitude.
function nearestTo(lng, corners) {
  const [[first]] = corners;
  const turn = 360 * Math.round((lng - first) / 360);
  const close = (each) => each + 360 * Math.round((first - each) / 360);
  return corners.map(([x, y]) => [y, close(x) + turn]);
}

function boundsOf(lng, corners) {
  const points = nearestTo(lng, corners);
  const [a, b, c] = points;
  if (points.length === 3) points.push([a[0] + c[0] - b[0], a[1] + c[1] - b[1]]);
  return L.latLngBounds(points);
}

/** Plans that overlap, directly or through others, are one building. */
function buildingsOf(plans) {
  const buildings = [];
  for (const plan of plans) {
    const joined = buildings.filter((each) => each.some((other) => other.bounds.overlaps(plan.bounds)));
    const one = [plan, ...joined.flat()];
    for (const each of joined) buildings.splice(buildings.indexOf(each), 1);
    buildings.push(one);
  }
  return buildings;
}

/** Shows the plans of config.json on the map. Event 'choose': another level is shown. */
export class Plans extends EventTarget {
  #map;
  #plans;
  #buildings;
  #choice;
  #level = 0;

  constructor(map, overlays = []) {
    super();
    if (!overlays.length) return;
    this.#map = map;
    map.createPane(PANE);
    this.#plans = overlays.map((overlay) => ({
      level: 0, min_zoom: MIN_ZOOM, ...overlay, bounds: boundsOf(overlay.corners[0][0], overlay.corners), layer: null,
    }));
    this.#buildings = buildingsOf(this.#plans);
    this.#choice = new Choice({
      name: strings.map.levels,
      isColumn: true,
      choose: (level) => { this.level = level; },
    }).addTo(map);
    map.on('moveend', () => this.#show());
    this.#show();
  }

  /** The level that is shown where there are plans of it. */
  get level() {
    return this.#level;
  }

  set level(level) {
    if (!this.#plans || level === this.#level) return;
    this.#level = level;
    this.#show();
    this.dispatchEvent(new Event('choose'));
  }

  #show() {
    const zoom = this.#map.getZoom();
    const {lng} = this.#map.getCenter();
    const view = this.#map.getBounds();
    const isSeen = ({min_zoom: least, corners}) => zoom >= least && view.overlaps(boundsOf(lng, corners));
    const levels = new Set();
    const shown = new Set();
    for (const building of this.#buildings) {
      const here = building.filter(isSeen);
      const floors = [...new Set(here.map(({level}) => level))].sort((a, b) => a - b);
      // A building without this level shows the next one.
      const away = (level) => Math.abs(level - this.#level);
      const floor = floors.reduce((best, level) => (away(level) < away(best) ? level : best), floors[0]);
      if (floors.length > 1) for (const level of floors) levels.add(level);
      for (const plan of here) if (plan.level === floor) shown.add(plan);
    }
    this.#plans.forEach((plan) => this.#toggle(plan, shown.has(plan)));
    this.#showChoice([...levels].sort((a, b) => b - a));
  }

  #toggle(plan, isShown) {
    if (isShown) {
      plan.layer ??= new Plan(plan, this.#map);
      plan.layer.addTo(this.#map);
    } else {
      plan.layer?.remove();
    }
  }

  #showChoice(levels) {
    const away = (level) => Math.abs(level - this.#level);
    const pressed = levels.reduce((best, level) => (away(level) <= away(best) ? level : best), levels[0]);
    this.#choice.show(levels.map((level) => [level, String(level), strings.map.level(level)]), pressed);
  }
}
