// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps the markers of the cameras and their clusters up to date. Names with an
 * underscore are internals of Leaflet 1.7 and markercluster 1.5.
 */
import {CameraIcon, ClusterIcon} from './icons.js';
import {eastOf} from './tiles.js';

// The number of markers that are added at once. The first batch is small, so that
// it is visible soon. Later batches are larger, because each one draws all
// clusters; between two batches the page stays responsive.
const FIRST_SLICE = 250;
const SLICE = 2500;
// The radius of a cluster, in pixels.
const FAR_RADIUS = 64;
const NEAR_RADIUS = 40;
const NEAR_ZOOM = 15;
// If the visible box is wider than this, in degrees, it always contains an end of
// the world.
const WIDE = 180;
// The largest distance, in degrees, between its middle and the middle of the world.
const MOST_OFF = 90;

class CameraMarker extends L.Marker {
  onAdd(map) {
    // Made on demand, because most markers are never visible.
    this.options.icon ??= new CameraIcon(this);
    return super.onAdd(map);
  }
}
CameraMarker.mergeOptions({icon: null});

export class CameraMarkers {
  #map;
  #group;
  #choose;
  #isStill;
  // id → marker
  #markers = new Map();
  #waiting = [];
  #timer = null;
  // id → its number on the wall, from 1 on; 0 if it is alone
  #playing = new Map();
  #lit = null;
  #hasTold = false;
  // The longitude in the middle of the world as it is shown. The world ends 180
  // degrees to the left and to the right of it.
  #middle;

  /**
   * isStill: without animations. choose({id, add}) is called for a click on a
   * marker, Enter and Space; point({id}) when the pointer comes to a marker, and
   * with null when it leaves.
   */
  constructor(map, {isStill, choose, point}) {
    this.#map = map;
    this.#choose = choose;
    this.#isStill = isStill;
    this.#middle = map.getCenter().lng;
    this.#group = L.markerClusterGroup({
      animate: !isStill,
      maxClusterRadius: (zoom) => (zoom < NEAR_ZOOM ? FAR_RADIUS : NEAR_RADIUS),
      iconCreateFunction: (cluster) => new ClusterIcon(cluster),
      showCoverageOnHover: false,
      zoomToBoundsOnClick: false,
      spiderfyOnMaxZoom: false,
      spiderLegPolylineOptions: {className: 'cctv-leg', weight: 1.5, color: null},
    });
    this.#group.on('click keydown', (event) => this.#onMarker(event));
    this.#group.on('mouseover', ({layer}) => point({id: layer.camera.id}));
    this.#group.on('mouseout', () => point({id: null}));
    this.#group.on('clusterclick clusterkeydown', (event) => this.#onCluster(event));
    map.getPane('markerPane').addEventListener('focusin', ({target}) => this.#bringIn(target));
    map.addLayer(this.#group);
    // The cluster group has to handle the move first.
    map.on('moveend', () => this.#turnWorld());
    this.#group.on('animationend', () => this.#catchUp());
  }

  /** Applies changes; added, changed and removed are arrays of cameras. */
  change({added = [], changed = [], removed = []}) {
    const gone = [];
    const fresh = [...added];
    const redrawn = [];
    for (const {id} of removed) {
      gone.push(this.#markers.get(id));
      this.#markers.delete(id);
    }
    for (const camera of changed) {
      const marker = this.#markers.get(camera.id);
      if (isMoved(marker.camera, camera)) {
        gone.push(marker);
        fresh.push(camera);
      } else {
        marker.camera = camera;
        redrawn.push(marker);
      }
    }
    this.#keepingFocus(() => {
      this.#redraw(redrawn);
      // Removing many markers makes the group build all clusters again, with their
      // markers at the new positions.
      const made = fresh.map((camera) => this.#make(camera));
      this.#remove(gone);
      this.#add(made);
    });
  }

  /** ids: the cameras that play, in their order on the wall. */
  select(ids) {
    const before = this.#playing;
    const now = new Map(ids.map((id, index) => [id, ids.length > 1 ? index + 1 : 0]));
    this.#playing = now;
    const marked = [...new Set([...before.keys(), ...ids])].filter((id) => before.get(id) !== now.get(id))
      .map((id) => this.#markers.get(id)).filter(Boolean);
    for (const marker of marked) this.#setPlaying(marker);
    this.#redraw(marked);
  }

  /** Makes the marker of a camera, or the cluster that it is in, stand out; null: none. */
  light(id) {
    const marker = this.#markers.get(id);
    const shown = marker && this.#group.getVisibleParent(marker)?.getElement();
    this.#lit?.classList.remove('cctv-lit');
    this.#lit = shown ?? null;
    this.#lit?.classList.add('cctv-lit');
  }

  /** Where a camera lies in the world that is shown. */
  positionOf({geometry: {coordinates: [lng, lat]}}) {
    const west = this.#middle - 180;
    return L.latLng(lat, west + eastOf(lng, west));
  }

  #make(camera) {
    const marker = new CameraMarker(this.positionOf(camera));
    marker.camera = camera;
    this.#setPlaying(marker);
    this.#markers.set(camera.id, marker);
    return marker;
  }

  #setPlaying(marker) {
    marker.isPlaying = this.#playing.has(marker.camera.id);
    marker.number = this.#playing.get(marker.camera.id) || null;
    // In front of its neighbours.
    marker.setZIndexOffset(marker.isPlaying ? 1000 : 0);
  }

  #redraw(markers) {
    if (!markers.length) return;
    for (const marker of markers) {
      if (marker.getElement()) marker.setIcon(marker.options.icon);
    }
    this.#group.refreshClusters(markers);
  }

  #remove(markers) {
    const known = markers.filter((marker) => this.#group.hasLayer(marker));
    if (!known.length) return;
    if (known.length * 2 < this.#markers.size) this.#group.removeLayers(known);
    else this.#rebuild();
  }

  // For many markers this is faster than removing them one by one.
  #rebuild() {
    this.#group.clearLayers();
    this.#waiting = [];
    clearTimeout(this.#timer);
    this.#timer = null;
    const bounds = this.#map.getBounds().pad(0.2);
    const all = [...this.#markers.values()];
    // Add the visible ones first.
    const isSeen = (marker) => bounds.contains(marker.getLatLng());
    this.#add([...all.filter(isSeen), ...all.filter((marker) => !isSeen(marker))]);
  }

  #add(markers) {
    for (const marker of markers) this.#waiting.push(marker);
    if (this.#timer === null) this.#addSlice();
  }

  #addSlice() {
    const slice = this.#waiting.splice(0, this.#hasTold ? SLICE : FIRST_SLICE)
      .filter((marker) => this.#markers.get(marker.camera.id) === marker);
    if (slice.length) this.#keepingFocus(() => this.#group.addLayers(slice));
    this.#tellFirst(slice);
    this.#timer = this.#waiting.length ? setTimeout(() => this.#addSlice()) : null;
  }

  #tellFirst(slice) {
    if (!slice.length || this.#hasTold) return;
    this.#hasTold = true;
    requestAnimationFrame(() => performance.mark('cctv-first-markers'));
  }

  // The marker that had the focus may have another element now, or be in a cluster.
  #keepingFocus(change) {
    const element = document.activeElement;
    const isOurs = this.#map.getPane('markerPane').contains(element);
    const ids = isOurs ? this.#idsOf(element) : [];
    change();
    if (!isOurs || document.activeElement === element) return;
    this.#focus(this.#markers.get(ids.find((id) => this.#markers.has(id))));
  }

  // The ids of the cameras that an element represents.
  #idsOf(element) {
    const {id} = element.dataset;
    if (id) return [Number(id)];
    const shown = this.#map._targets[L.stamp(element)];
    return (shown?.getAllChildMarkers() ?? []).map(({camera}) => camera.id);
  }

  // Markers a little outside the visible box also have elements, ready for a move.
  #bringIn(element) {
    const position = this.#map._targets[L.stamp(element)]?.getLatLng();
    if (position && !this.#map.getBounds().contains(position)) this.#map.panTo(position);
  }

  #focus(marker) {
    const shown = marker && this.#group.getVisibleParent(marker);
    (shown?.getElement() ?? this.#map.getContainer()).focus({preventScroll: true});
  }

  // If an end of the world is visible, the world is cut at another longitude.
  #turnWorld() {
    const bounds = this.#map.getBounds();
    const width = bounds.getEast() - bounds.getWest();
    const middle = this.#map.getCenter().lng;
    const off = Math.abs(middle - this.#middle);
    if (width < WIDE ? off + width / 2 <= 180 : off <= MOST_OFF) return;
    this.#middle = middle;
    this.#keepingFocus(() => {
      this.#group.clearLayers();
      for (const marker of this.#markers.values()) marker.setLatLng(this.positionOf(marker.camera));
      this.#rebuild();
    });
  }

  // While clusters split or merge, the cluster group ignores moves.
  #catchUp() {
    const isStill = !this.#group._inZoomAnimation && this.#group._zoom === this.#map.getZoom();
    if (isStill) this.#keepingFocus(() => this.#group._moveEnd());
  }

  #onMarker({type, layer, originalEvent: event}) {
    if (type === 'keydown' && !isPress(event)) return;
    const add = event.ctrlKey || event.metaKey || event.shiftKey;
    this.#choose({id: layer.camera.id, add});
  }

  #onCluster({type, layer: cluster, originalEvent: event}) {
    if (type === 'clusterkeydown' && !isPress(event)) return;
    const [marker] = cluster.getAllChildMarkers();
    // The click of a screen reader has no position.
    const byKeyboard = type === 'clusterkeydown' || event.detail === 0;
    if (this.#isOnOneSpot(cluster)) {
      if (byKeyboard) this.#group.once('spiderfied', () => this.#focus(marker));
      cluster.spiderfy();
      return;
    }
    if (byKeyboard) this.#focusAfterZoom(marker);
    cluster.zoomToBounds({padding: [40, 40]});
  }

  #focusAfterZoom(marker) {
    this.#map.getContainer().focus({preventScroll: true});
    const focus = () => {
      if (document.activeElement === this.#map.getContainer()) this.#focus(marker);
    };
    // Without animations the cluster group has finished by now.
    this.#map.once('moveend', () => (this.#isStill ? focus() : this.#group.once('animationend', focus)));
  }

  // No zoom separates these cameras.
  #isOnOneSpot(cluster) {
    const bounds = cluster.getBounds();
    const zoom = this.#map.getMaxZoom();
    const size = this.#map.project(bounds.getNorthEast(), zoom)
      .distanceTo(this.#map.project(bounds.getSouthWest(), zoom));
    return this.#map.getZoom() === zoom || size < 1;
  }
}

// While a cluster is spread out, its markers are drawn at other positions.
function isMoved(before, after) {
  const [a, b] = [before.geometry.coordinates, after.geometry.coordinates];
  return a[0] !== b[0] || a[1] !== b[1];
}

function isPress(event) {
  if (event.key !== 'Enter' && event.key !== ' ') return false;
  // Space would scroll the page.
  event.preventDefault();
  return !event.repeat;
}
