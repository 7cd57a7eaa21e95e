// SPDX-License-Identifier: Apache-2.0
/** The map: the visible box, the markers of the cameras, and clicks on them. */
import {Ground} from './ground.js';
import {Labels} from './labels.js';
import {CameraMarkers} from './markers.js';
import {Plans} from './overlays.js';
import {strings} from './strings.js';
import {eastOf, widthOf} from './tiles.js';

const MAX_ZOOM = 19;
const WORLD = {latitude: 20, tile: 256};
// The zoom at which streets are visible.
const CLOSE_ZOOM = 16;
// From this zoom on, the fields of view of cameras are shown.
const SIGHT_ZOOM = 12;
// Several moves are reported as one, such as those of a mouse wheel.
const SETTLE = 60;
// The duration of a flight to the other side of the world, in seconds.
const FLIGHT = 1;
// The least radius of the circle around the user, in metres.
const LEAST_RADIUS = 50;
// The margin around cameras that are shown together, in pixels.
const MARGIN = 48;
// The base map waits this long for cameras.
const MOST_WAIT = 2000;
// Cameras in so many degrees are all around the world.
const ALL_AROUND = 300;
// The projection ends at 85.0511. Cameras beyond are drawn on that edge.
const EDGE = 85.05;

/**
 * Events:
 *   choose  detail {id, add}: a camera was clicked, or Enter or Space pressed;
 *           add: with Ctrl, Cmd or Shift
 *   move    the visible box has changed
 *   point   detail {id}: the pointer is on this camera, or null
 *   spot    detail {latitude, longitude}: a right click, or a long press
 *   tiles   detail {failing}: whether no tile of the map can be loaded
 *   choose-ground  another set of tiles, or another level of the plans, is shown
 */
export class CameraMap extends EventTarget {
  #map;
  #cameras;
  #markers;
  #labels;
  #ground;
  #plans;
  #view;
  #over;
  #settle = null;
  // The circle around the user.
  #user = null;
  #isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;

  /**
   * The map opens with the first of these that there is: place, {latitude, longitude, zoom}; config.view; extent,
   * the box [west, south, east, north] around all cameras; the world. over: an element that may lie on the top of the
   * map.
   */
  constructor(element, cameras, config = {}, {place = null, extent = null, over = null} = {}) {
    super();
    this.#over = over;
    this.#cameras = cameras;
    this.#map = this.#makeMap(element);
    this.#view = config.view;
    this.#open(config.view, place, extent);
    this.#markers = new CameraMarkers(this.#map, {
      cameras,
      choose: (detail) => this.dispatchEvent(new CustomEvent('choose', {detail})),
      point: (detail) => this.dispatchEvent(new CustomEvent('point', {detail})),
    });
    this.#map.on('moveend', () => this.#moved());
    this.#map.on('contextmenu', ({latlng: {lat: latitude, lng}}) => {
      const detail = {latitude, longitude: eastOf(lng, -180) - 180};
      this.dispatchEvent(new CustomEvent('spot', {detail}));
    });
    this.#markSights();
    new ResizeObserver(() => this.#map.invalidateSize()).observe(element);
    this.#labels = new Labels(this.#map, cameras);
    const turn = this.#afterCameras();
    this.#show();
    this.#ground = new Ground(this.#map, config.tiles, turn);
    this.#plans = new Plans(this.#map, config.overlays);
    this.#ground.addEventListener('tiles', ({detail}) => this.dispatchEvent(new CustomEvent('tiles', {detail})));
    for (const each of [this.#ground, this.#plans]) {
      each.addEventListener('choose', () => this.dispatchEvent(new CustomEvent('choose-ground')));
    }
  }

  /** {ground, level}: the number of the set of tiles that is shown, from 0 on, and the level of the plans. */
  get shown() {
    return {ground: this.#ground.chosen, level: this.#plans.level};
  }

  set shown({ground, level}) {
    this.#ground.chosen = ground;
    this.#plans.level = level;
  }

  /**
   * Flies to a camera, or jumps if the user prefers reduced motion. `zoom` is the
   * lowest zoom to show it with.
   */
  flyTo(camera, {zoom = CLOSE_ZOOM} = {}) {
    const to = this.#markers.positionOf(camera);
    const target = Math.max(this.#map.getZoom(), Math.min(zoom, MAX_ZOOM));
    if (this.#isStill) this.#map.setView(to, target, {animate: false});
    else this.#map.flyTo(to, target, {duration: FLIGHT});
  }

  /** Shows all of these cameras, at once. */
  fit(cameras) {
    this.#fit(L.latLngBounds(cameras.map((camera) => this.#markers.positionOf(camera))));
  }

  /** Moves to a camera that is no longer visible because the map has become smaller. */
  keepInView(camera) {
    this.#map.invalidateSize();
    const to = this.#markers.positionOf(camera);
    if (!this.#map.getBounds().contains(to)) this.#map.panTo(to, {animate: !this.#isStill});
  }

  /** {latitude, longitude, zoom} of the middle. */
  get place() {
    const {lat: latitude, lng} = this.#map.getCenter();
    return {latitude, longitude: eastOf(lng, -180) - 180, zoom: this.#map.getZoom()};
  }

  /** Jumps to a place. */
  go({latitude, longitude, zoom}) {
    this.#map.setView([latitude, longitude], Math.min(zoom, MAX_ZOOM), {animate: false});
  }

  /** Shows what it opens with where no place is given. */
  home(extent) {
    this.#open(this.#view, null, extent);
  }

  /** Moves to where the user is, and marks it. accuracy: in metres */
  goToUser({latitude, longitude, accuracy}) {
    this.#user?.remove();
    const radius = Math.max(accuracy, LEAST_RADIUS);
    this.#user = L.circle([latitude, longitude], {radius, interactive: false, className: 'cctv-user'}).addTo(this.#map);
    this.#map.fitBounds(this.#user.getBounds(), {maxZoom: CLOSE_ZOOM, animate: !this.#isStill});
  }

  /** ids: the cameras that play, in their order on the wall; cameras: those of them that are known. */
  select(ids, cameras = []) {
    this.#markers.select(ids, cameras);
    this.#labels.select(ids);
  }

  /** Makes the marker of a camera stand out; null: none. */
  light(id) {
    this.#markers.light(id);
  }

  /** {west, south, east, north, zoom}; west > east crosses the antimeridian. */
  view() {
    const bounds = this.#map.getBounds();
    const width = Math.min(360, bounds.getEast() - bounds.getWest());
    const west = width === 360 ? -180 : eastOf(bounds.getWest(), -180) - 180;
    const east = west + width > 180 ? west + width - 360 : west + width;
    const south = bounds.getSouth() < -EDGE ? -90 : bounds.getSouth();
    const north = bounds.getNorth() > EDGE ? 90 : bounds.getNorth();
    return {west, south, east, north, zoom: this.#map.getZoom()};
  }

  #fit(bounds) {
    this.#map.fitBounds(bounds, {
      maxZoom: CLOSE_ZOOM, animate: false,
      paddingTopLeft: [MARGIN, MARGIN + this.#covered()],
      paddingBottomRight: [MARGIN, MARGIN],
    });
  }

  // How much of the top of the map is covered, in pixels; some of the map always counts as free.
  #covered() {
    const map = this.#map.getContainer().getBoundingClientRect();
    const over = this.#over?.getBoundingClientRect();
    if (!over?.height || over.left >= map.right || over.right <= map.left) return 0;
    return Math.max(0, Math.min(over.bottom - map.top, map.height - 3 * MARGIN));
  }

  #makeMap(element) {
    const animated = !this.#isStill;
    const map = L.map(element, {
      minZoom: element.clientWidth < 2 * WORLD.tile ? 0 : 1,
      maxZoom: MAX_ZOOM,
      zoomControl: false,
      attributionControl: false,
      zoomAnimation: animated,
      fadeAnimation: animated,
      markerZoomAnimation: animated,
      inertia: animated,
      // Leaflet's own tap handling clicks twice in browsers with pointer events.
      tap: false,
    });
    const {zoomIn, zoomOut} = strings.map;
    L.control.zoom({zoomInTitle: zoomIn, zoomOutTitle: zoomOut}).addTo(map);
    // Not at the bottom, where the attribution may be as wide as the map.
    L.control.scale({position: 'topleft'}).addTo(map);
    L.control.attribution({prefix: false}).addTo(map);
    return map;
  }

  // Resolves when the first cameras are loaded, or when there are none.
  #afterCameras() {
    return new Promise((resolve) => {
      const afterFrame = () => requestAnimationFrame(() => setTimeout(resolve));
      this.#cameras.addEventListener('change', afterFrame, {once: true});
      this.#cameras.addEventListener('load', ({detail: {loading}}) => {
        if (!loading) resolve();
      });
      setTimeout(resolve, MOST_WAIT);
    });
  }

  #open(view, place, extent) {
    const boundsOf = ([west, south, east, north]) => [[south, west], [north, east < west ? east + 360 : east]];
    if (place) {
      this.go(place);
      return;
    }
    if (view) {
      this.#map.fitBounds(boundsOf(view), {animate: false});
      return;
    }
    if (extent) {
      const [west, south, east, north] = extent;
      const isAllAround = widthOf({west, east}) > ALL_AROUND;
      this.#fit(boundsOf(isAllAround ? [-180, south, 180, north] : extent));
      return;
    }
    const {x: width} = this.#map.getSize();
    const zoom = Math.floor(Math.log2(Math.max(1, width / WORLD.tile)));
    this.#map.setView([WORLD.latitude, 0], zoom, {animate: false});
  }

  #moved() {
    this.#markSights();
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => {
      this.#show();
      this.dispatchEvent(new CustomEvent('move'));
    }, SETTLE);
  }

  #show() {
    const {zoom, ...box} = this.view();
    this.#cameras.show(box, zoom);
  }

  #markSights() {
    this.#map.getContainer().classList.toggle('cctv-near', this.#map.getZoom() >= SIGHT_ZOOM);
  }
}
