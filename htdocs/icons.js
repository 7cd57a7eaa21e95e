// SPDX-License-Identifier: Apache-2.0
/**
 * The icons of cameras and clusters on the map: elements with an SVG picture.
 * map.css sets sizes and colours. An icon that is already on the map is changed in
 * place, so that it keeps the focus.
 */
import {obstacleOf} from './cctv-client.js';
import {label} from './dom.js';
import {strings} from './strings.js';

const SVG = 'http://www.w3.org/2000/svg';
// In pixels; the middle of a picture is 0, 0.
const CAMERA_SIZE = 32;
const RADIUS = 8;
const SMALL_RADIUS = 6;
const SIGHT = 36;
const ARROW = 'M -6 -11 L 0 -20 L 6 -11 Q 0 -14 -6 -11 Z';
const CLUSTER_SIZE = 40;
const RING = 17;
// A cluster with at least this many cameras is larger.
const SIZES = [10, 100, 1000, 10000];
const STATUSES = ['online', 'offline', 'unknown'];

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// The point on a circle at an angle in degrees, clockwise from the top.
function point(degrees, radius) {
  const angle = degrees * Math.PI / 180;
  return `${(radius * Math.sin(angle)).toFixed(2)} ${(-radius * Math.cos(angle)).toFixed(2)}`;
}

function arc(from, to, radius) {
  return `M ${point(from, radius)} A ${radius} ${radius} 0 ${to - from > 180 ? 1 : 0} 1 ${point(to, radius)}`;
}

function circle(name, radius) {
  return shape('circle', {class: name, r: radius});
}

// The field of view of a camera, if its heading is known.
function sight({heading, field_of_view: width}) {
  if (heading === undefined || heading === null) return [];
  const transform = `rotate(${heading})`;
  if (!width) return [shape('path', {class: 'cctv-sight cctv-arrow', d: ARROW, transform})];
  if (width >= 360) return [circle('cctv-sight', SIGHT)];
  const d = `${arc(-width / 2, width / 2, SIGHT)} L 0 0 Z`;
  return [shape('path', {class: 'cctv-sight', d, transform})];
}

function mark({status, ...properties}) {
  const radius = obstacleOf(properties) ? SMALL_RADIUS : RADIUS;
  const disc = circle('cctv-disc', radius);
  if (status !== 'offline') return [disc];
  const end = (radius * Math.SQRT1_2).toFixed(2);
  return [disc, shape('path', {class: 'cctv-slash', d: `M -${end} ${end} L ${end} -${end}`})];
}

// The number that the tile has as well.
function badge(number) {
  const element = document.createElement('span');
  element.className = 'cctv-number';
  element.setAttribute('aria-hidden', 'true');
  element.textContent = number;
  return element;
}

// size: width and height in pixels, before map.css enlarges it.
function picture(size, shapes) {
  const viewBox = `${-size / 2} ${-size / 2} ${size} ${size}`;
  const svg = shape('svg', {viewBox, 'aria-hidden': 'true'});
  svg.append(...shapes);
  return svg;
}

// Leaflet adds classes of its own, which stay.
function button(old, name) {
  if (old) return old;
  const element = document.createElement('div');
  element.className = `leaflet-marker-icon ${name}`;
  element.setAttribute('role', 'button');
  return element;
}

/** The icon of one camera; `marker` has `camera`, `isPlaying` and `number`: that of its tile, or null. */
export class CameraIcon extends L.Icon {
  constructor(marker) {
    super({});
    this.marker = marker;
  }

  createIcon(old) {
    const {camera: {id, properties}, isPlaying, number} = this.marker;
    const {name, status} = properties;
    const playable = !obstacleOf(properties);
    const element = button(old, 'cctv-marker');
    element.dataset.id = id;
    element.dataset.status = status;
    element.classList.toggle('cctv-not-playable', !playable);
    element.classList.toggle('cctv-playing', isPlaying);
    label(element, strings.map.camera(name, strings.status[status], {playable, playing: isPlaying, number}));
    element.replaceChildren(picture(CAMERA_SIZE, [
      ...sight(properties),
      ...(isPlaying ? [circle('cctv-ring', RADIUS + 4)] : []),
      ...mark(properties),
    ]), ...(number ? [badge(number)] : []));
    return element;
  }

  createShadow() {
    return null;
  }
}

/**
 * The icon of a cluster: the number, and around it a ring with the share of each status. `marker` has `total`, `counts`
 * by status, and `isPlaying`: whether one of its cameras plays.
 */
export class ClusterIcon extends L.Icon {
  constructor(marker) {
    super({});
    this.marker = marker;
  }

  createIcon(old) {
    const {total, counts, isPlaying: playing} = this.marker;
    const element = button(old, 'cctv-cluster');
    element.dataset.size = SIZES.filter((size) => total >= size).length;
    element.dataset.digits = String(total).length;
    element.classList.toggle('cctv-playing', playing);
    const shares = STATUSES.filter((status) => counts[status])
      .map((status) => [counts[status], strings.status[status]]);
    label(element, strings.map.cluster(total, shares, {playing}));
    element.replaceChildren(picture(CLUSTER_SIZE, ring(counts, total)));
    return element;
  }

  createShadow() {
    return null;
  }
}

function ring(counts, total) {
  const number = shape('text', {'text-anchor': 'middle', dy: '.35em'});
  number.textContent = total;
  const shapes = [circle('cctv-plate', RING)];
  let from = 0;
  for (const status of STATUSES) {
    const degrees = counts[status] / total * 360;
    const name = `cctv-share cctv-${status}`;
    if (degrees === 360) shapes.push(circle(name, RING));
    else if (degrees) shapes.push(shape('path', {class: name, d: arc(from, from + degrees, RING)}));
    from += degrees;
  }
  return [...shapes, number];
}
