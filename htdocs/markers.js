// SPDX-License-Identifier: Apache-2.0
/** The markers of cameras and clusters: what is close together on the screen is one cluster. */
import {isCluster} from './answers.js';
import {gather, ringsOf} from './gather.js';
import {CameraIcon, ClusterIcon} from './icons.js';
import {cellOf, eastOf} from './tiles.js';

// What is nearer than this to a cluster belongs to it, in pixels.
const FAR_RADIUS = 64;
const NEAR_RADIUS = 40;
const NEAR_ZOOM = 15;
// Markers have elements so far outside the visible box, as a share of its size.
const AROUND = 0.5;
// The margin around the cameras of a cluster that was clicked, in pixels.
const MARGIN = 40;
// If the visible box is wider than this, in degrees, it always contains an end of the world.
const WIDE = 180;
// The largest distance, in degrees, between its middle and the middle of the world.
const MOST_OFF = 90;

export class CameraMarkers {
  #map;
  #cameras;
  #choose;
  #point;
  // What is on the map: {key, features, at, camera (null: a cluster), count, counts, bounds}. Those near the visible box
  // have a marker in #shown, by their key.
  #items = [];
  #shown = new Map();
  // The zoom for which the items were made.
  #zoom = null;
  // The cluster whose cameras are spread out: {key, ids, legs}.
  #spread = null;
  // id → its number on the wall, from 1 on; 0 if it is alone
  #playing = new Map();
  // id → a camera that plays
  #known = new Map();
  #lit = null;
  // The longitude in the middle of the world as it is shown. The world ends 180
  // degrees to the left and to the right of it.
  #middle;

  /**
   * cameras: of which the features are shown. choose({id, add}) is called for a click on a marker, Enter and Space;
   * point({id}) when the pointer comes to a marker, and with null when it leaves.
   */
  constructor(map, {cameras, choose, point}) {
    this.#map = map;
    this.#cameras = cameras;
    this.#choose = choose;
    this.#point = point;
    this.#middle = map.getCenter().lng;
    map.getPane('markerPane').addEventListener('focusin', ({target}) => this.#bringIn(target));
    map.on('moveend', () => this.#moved());
    map.on('click zoomstart', () => this.#gatherAgain());
    cameras.addEventListener('change', () => this.#draw());
    this.#draw();
  }

  /** ids: the cameras that play, in their order on the wall; cameras: those of them that are known. */
  select(ids, cameras = []) {
    this.#playing = new Map(ids.map((id, index) => [id, ids.length > 1 ? index + 1 : 0]));
    this.#known = new Map(cameras.map((camera) => [camera.id, camera]));
    this.#put();
  }

  /** Makes the marker of a camera, or the cluster that it is in, stand out; null: none. */
  light(id) {
    this.#lit?.classList.remove('cctv-lit');
    this.#lit = this.#shown.get(this.#itemOf(id)?.key)?.getElement() ?? null;
    this.#lit?.classList.add('cctv-lit');
  }

  /** Where a camera or a cluster lies in the world that is shown. */
  positionOf({geometry: {coordinates: [lng, lat]}}) {
    const west = this.#middle - 180;
    return L.latLng(lat, west + eastOf(lng, west));
  }

  // ---- What is on the map ----

  #draw() {
    this.#zoom = this.#map.getZoom();
    const points = this.#cameras.features.map((feature) => {
      const at = this.positionOf(feature);
      const {x, y} = this.#map.project(at, this.#zoom);
      return {feature, id: feature.id, at, x, y, count: feature.properties.count ?? 1};
    });
    this.#items = gather(points, this.#zoom < NEAR_ZOOM ? FAR_RADIUS : NEAR_RADIUS).map((group) => this.#item(group));
    this.#drawSpread();
    this.#put();
  }

  #item(points) {
    const [{feature, at}] = points;
    const features = points.map((point) => point.feature);
    if (points.length === 1 && !isCluster(feature)) {
      return {key: `camera ${feature.id}`, features, at, camera: feature, count: 1};
    }
    const counts = {online: 0, offline: 0, unknown: 0};
    const bounds = L.latLngBounds([]);
    let count = 0;
    for (const point of points) {
      const {properties, bbox, geometry: {coordinates: [lng]}} = point.feature;
      for (const status of Object.keys(counts)) {
        counts[status] += properties[status] ?? Number(properties.status === status);
      }
      count += point.count;
      const off = point.at.lng - lng;
      if (bbox) bounds.extend([[bbox[1], bbox[0] + off], [bbox[3], bbox[2] + off]]);
      else bounds.extend(point.at);
    }
    // Where its largest part is: that is never on top of another one.
    return {key: `cluster ${feature.id}`, features, at, camera: null, count, counts, bounds};
  }

  // The item that stands for a camera, or undefined.
  #itemOf(id) {
    const one = this.#items.find(({features}) => features.some((feature) => feature.id === id));
    const camera = this.#cameras.byId.get(id) ?? this.#known.get(id);
    if (one || !camera) return one;
    const {coordinates} = camera.geometry;
    const isIn = ({id: cell}) => typeof cell === 'string' && cell === cellOf(coordinates, parseInt(cell, 10));
    return this.#items.find(({features}) => features.some(isIn));
  }

  // ---- Its markers ----

  // Gives markers to the items that are near the visible box.
  #put() {
    const bounds = this.#map.getBounds().pad(AROUND);
    const playing = new Set([...this.#playing.keys()].map((id) => this.#itemOf(id)?.key));
    const near = this.#items.filter(({key, at}) => bounds.contains(at)
      || this.#shown.get(key)?.getElement() === document.activeElement);
    this.#keepingFocus(() => {
      const before = this.#shown;
      this.#shown = new Map(near.map((item) => [item.key, before.get(item.key) ?? this.#make()]));
      for (const item of near) this.#renew(this.#shown.get(item.key), item, playing.has(item.key));
      for (const [key, marker] of before) {
        if (!this.#shown.has(key)) marker.remove();
      }
    });
  }

  #make() {
    const marker = L.marker([0, 0], {icon: null});
    marker.on('click keydown', (event) => this.#onMarker(marker, event));
    marker.on('mouseover', () => this.#point({id: marker.camera?.id ?? null}));
    marker.on('mouseout', () => this.#point({id: null}));
    return marker;
  }

  #renew(marker, item, isPlaying) {
    const {camera, counts, count} = item;
    const number = (camera && this.#playing.get(camera.id)) || null;
    const drawn = camera ? [camera.properties, isPlaying, number] : [counts, isPlaying];
    const text = JSON.stringify(drawn);
    const isOther = marker.drawn !== text;
    Object.assign(marker, {item, camera, counts, total: count, isPlaying, number, drawn: text});
    if (!marker.getLatLng().equals(item.at)) marker.setLatLng(item.at);
    // In front of its neighbours.
    if (isOther) marker.setZIndexOffset(isPlaying ? 1000 : 0);
    if (!marker.options.icon) {
      marker.options.icon = camera ? new CameraIcon(marker) : new ClusterIcon(marker);
      marker.addTo(this.#map);
    } else if (isOther) {
      marker.setIcon(marker.options.icon);
    }
  }

  // ---- The focus ----

  #focused() {
    const {activeElement} = document;
    return [...this.#shown.values()].find((marker) => marker.getElement() === activeElement);
  }

  // Where a marker that had the focus is gone, what stands for its camera now gets it, or what is nearest.
  #keepingFocus(change) {
    const before = this.#focused();
    change();
    if (!before || document.activeElement === before.getElement()) return;
    const seen = [...this.#shown.values()].filter((marker) => this.#map.getBounds().contains(marker.getLatLng()));
    const same = before.camera && seen.find(({item}) => item === this.#itemOf(before.camera.id));
    const away = (marker) => marker.getLatLng().distanceTo(before.getLatLng());
    const nearest = seen.reduce((best, marker) => (best && away(best) <= away(marker) ? best : marker), null);
    ((same ?? nearest)?.getElement() ?? this.#map.getContainer()).focus({preventScroll: true});
  }

  // Markers a little outside the visible box also have elements, ready for a move.
  #bringIn(element) {
    const marker = [...this.#shown.values()].find((each) => each.getElement() === element);
    const position = marker?.getLatLng();
    if (position && !this.#map.getBounds().contains(position)) this.#map.panTo(position);
  }

  // ---- Moves ----

  #moved() {
    const isTurned = this.#turnWorld();
    if (isTurned || this.#zoom !== this.#map.getZoom()) this.#draw();
    else this.#put();
  }

  // If an end of the world is visible, the world is cut at another longitude.
  #turnWorld() {
    const bounds = this.#map.getBounds();
    const width = bounds.getEast() - bounds.getWest();
    const middle = this.#map.getCenter().lng;
    const off = Math.abs(middle - this.#middle);
    if (width < WIDE ? off + width / 2 <= 180 : off <= MOST_OFF) return false;
    this.#middle = middle;
    return true;
  }

  // ---- Clicks ----

  #onMarker({item}, {type, originalEvent: event}) {
    if (type === 'keydown' && !isPress(event)) return;
    if (item.camera) {
      this.#choose({id: item.camera.id, add: event.ctrlKey || event.metaKey || event.shiftKey});
      return;
    }
    this.#open(item, type === 'keydown' || event.detail === 0);
  }

  // A click of a screen reader has no position, and is like a key.
  #open(item, byKeyboard) {
    const most = this.#map.getMaxZoom();
    if (this.#isOnOneSpot(item.bounds)) {
      const inside = this.#camerasIn(item);
      if (inside.length === item.count || this.#map.getZoom() === most) this.#spreadOut(item, inside, byKeyboard);
      else this.#map.setView(item.at, most);
      return;
    }
    const zoom = this.#map.getBoundsZoom(item.bounds, false, L.point(2 * MARGIN, 2 * MARGIN));
    // Always comes nearer, since the box may be larger than its cameras need.
    const next = Math.min(most, Math.max(zoom, this.#map.getZoom() + 1));
    this.#map.setView(zoom === next ? item.bounds.getCenter() : item.at, next);
  }

  // The cameras of a cluster that are known one by one. Others may lie in its box beside it.
  #camerasIn({features, bounds}) {
    if (!features.some(isCluster)) return features;
    const beside = new Set(this.#items.map(({camera}) => camera?.id).filter((id) => !this.#spread?.ids.has(id)));
    return [...this.#cameras.byId.values()]
      .filter((camera) => !beside.has(camera.id) && bounds.contains(this.positionOf(camera)));
  }

  // No zoom separates these cameras.
  #isOnOneSpot(bounds) {
    const zoom = this.#map.getMaxZoom();
    const size = this.#map.project(bounds.getNorthEast(), zoom)
      .distanceTo(this.#map.project(bounds.getSouthWest(), zoom));
    return this.#map.getZoom() === zoom || size < 1;
  }

  // ---- Cameras on one spot ----

  #spreadOut({key}, cameras, byKeyboard) {
    this.#gatherAgain();
    this.#spread = {key, ids: new Set(cameras.map(({id}) => id)), legs: L.layerGroup().addTo(this.#map)};
    this.#draw();
    const first = byKeyboard && this.#shown.get(`camera ${cameras[0]?.id}`);
    if (first) first.getElement().focus({preventScroll: true});
  }

  #gatherAgain() {
    if (!this.#spread) return;
    this.#spread.legs.remove();
    this.#spread = null;
    this.#draw();
  }

  // Puts the cameras of a cluster around it, in its place.
  #drawSpread() {
    this.#spread?.legs.clearLayers();
    const item = this.#items.find(({key}) => key === this.#spread?.key);
    if (!item) return;
    const cameras = [...this.#spread.ids].map((id) => this.#cameras.byId.get(id)).filter(Boolean);
    const {x, y} = this.#map.project(item.at, this.#zoom);
    const places = ringsOf(cameras.length).map(([dx, dy]) => this.#map.unproject([x + dx, y + dy], this.#zoom));
    const spread = cameras.map((camera, index) => ({
      key: `camera ${camera.id}`, features: [camera], at: places[index], camera, count: 1,
    }));
    for (const at of places) {
      this.#spread.legs.addLayer(L.polyline([item.at, at], {
        className: 'cctv-leg', weight: 1.5, color: null, interactive: false}));
    }
    // The cluster stays where it has more cameras than are known one by one.
    const isWhole = cameras.length === item.count;
    this.#items = [...this.#items.filter((each) => !isWhole || each !== item), ...spread];
  }
}

function isPress(event) {
  if (event.key !== 'Enter' && event.key !== ' ') return false;
  // Space would scroll the page.
  event.preventDefault();
  return !event.repeat;
}
