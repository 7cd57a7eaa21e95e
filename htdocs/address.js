// SPDX-License-Identifier: Apache-2.0
/**
 * What the page shows, in its address: the place and the zoom of the map, its kind
 * and level, the filters and the search are in the query ("?at=51.5,-0.12,12&q=bridge"),
 * the cameras that play in the hash (route.js). Whoever opens the address sees the same.
 */
// Browsers allow only some changes of the address in a row.
const PAUSE_MS = 400;
// 5 decimals of a degree are about a metre.
const DECIMALS = 5;
const SEPARATOR = ',';
const LONGEST_TEXT = 200;
const STATUSES = ['online', 'offline', 'unknown'];

function readPlace(text) {
  const [latitude, longitude, zoom] = (text ?? '').split(SEPARATOR).map(Number.parseFloat);
  const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && zoom >= 0 && zoom <= 25;
  return isPlace ? {latitude, longitude, zoom} : null;
}

function readSeconds(text) {
  const seconds = Number(text);
  return seconds >= 1 && seconds <= 86400 ? seconds : null;
}

function readNumber(text, most) {
  const number = Number(text);
  return Math.abs(number) <= most ? number : 0;
}

/** @returns {{place, ground, level, q, status, roles, playable, tour, kiosk}} what a query says; null where it
 * says nothing, and 0 for ground and level */
export function parseQuery(query) {
  const found = new URLSearchParams(query);
  return {
    place: readPlace(found.get('at')),
    // People count from 1.
    ground: Math.max(1, readNumber(found.get('map'), 100)) - 1,
    level: readNumber(found.get('level'), 1000),
    q: (found.get('q') ?? '').slice(0, LONGEST_TEXT) || null,
    status: STATUSES.includes(found.get('status')) ? found.get('status') : null,
    roles: found.has('role') ? found.get('role').split(SEPARATOR).filter(Boolean) : null,
    playable: found.has('playable'),
    tour: readSeconds(found.get('tour')),
    kiosk: found.has('kiosk'),
  };
}

/** The query for these members, which may all be missing; "" for none. */
export function formatQuery({place, ground, level, q, status, roles, playable, tour, kiosk}) {
  const query = new URLSearchParams();
  if (place) {
    const {latitude, longitude, zoom} = place;
    const round = (value) => String(Number(value.toFixed(DECIMALS)));
    query.set('at', [round(latitude), round(longitude), String(Number(zoom.toFixed(2)))].join(SEPARATOR));
  }
  if (ground) query.set('map', String(ground + 1));
  if (level) query.set('level', String(level));
  if (q) query.set('q', q);
  if (status) query.set('status', status);
  if (roles) query.set('role', roles.join(SEPARATOR));
  if (playable) query.set('playable', '');
  if (tour) query.set('tour', String(tour));
  if (kiosk) query.set('kiosk', '');
  // Commas and the sign of an empty value are for people as well.
  const text = query.toString().replaceAll('%2C', SEPARATOR).replaceAll(/=(?=&|$)/g, '');
  return text && `?${text}`;
}

/** Keeps the address up to date; state() returns what formatQuery() takes. */
export class Address {
  #state;
  #timer = null;

  constructor(state) {
    this.#state = state;
  }

  /** Must be called when anything of the state has changed. */
  changed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.write(), PAUSE_MS);
  }

  /** Writes at once. The place in history stays the same. */
  write() {
    clearTimeout(this.#timer);
    const query = formatQuery(this.#state());
    if (query === location.search) return;
    history.replaceState(history.state, '', location.pathname + query + location.hash);
  }
}
