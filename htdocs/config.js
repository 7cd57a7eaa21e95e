// SPDX-License-Identifier: Apache-2.0
import {languages} from './language.js';
import {strings} from './strings.js';

const ADDRESS = 'config.json';
// The cameras do not wait longer for config.json than this.
const PATIENCE_MS = 3000;

const says = strings.config;
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === 'string';

function isAddress(value, base) {
  try {
    return isText(value) && ['http:', 'https:'].includes(new URL(value, base).protocol);
  } catch {
    return false;
  }
}

// Leaflet fails on other placeholders, and not every browser accepts {s} in a
// host.
function isTilesUrl(value) {
  if (!isText(value) || !['{z}', '{x}', '{y}'].every((part) => value.includes(part))) return false;
  const one = value.replaceAll(/\{[zxyrs]\}/g, '1');
  return !one.includes('{') && isAddress(one, document.baseURI);
}

const isLinks = (value) => isObject(value) && Object.entries(value)
  .every(([text, address]) => text.trim() && isAddress(address, document.baseURI));

const isZoom = (value) => Number.isInteger(value) && value >= 0 && value <= 25;

function isView(value) {
  if (!Array.isArray(value) || value.length !== 4 || !value.every(Number.isFinite)) return false;
  const [west, south, east, north] = value;
  return Math.abs(west) <= 180 && Math.abs(east) <= 180 && west !== east
    && south >= -90 && south < north && north <= 90;
}

const isName = (value) => isText(value) && value.trim() !== '' && value.length <= 100;

// The page's policy lets scripts read from this server only.
const isOwnAddress = (value) => isAddress(value, document.baseURI)
  && new URL(value, document.baseURI).origin === location.origin;

const isPosition = (value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite)
  && Math.abs(value[0]) <= 180 && Math.abs(value[1]) <= 85;

// Whether each corner turns in the same direction, so that an image can be laid on them.
function isConvex(corners) {
  const [first] = corners;
  const points = corners.map(([x, y]) => [x + 360 * Math.round((first[0] - x) / 360), y]);
  const at = (index) => points[index % points.length];
  const turns = points.map(([x, y], index) => {
    const [[x1, y1], [x2, y2]] = [at(index + 1), at(index + 2)];
    return Math.sign((x1 - x) * (y2 - y1) - (y1 - y) * (x2 - x1));
  });
  return turns[0] !== 0 && turns.every((turn) => turn === turns[0]);
}

const isCorners = (value) => Array.isArray(value) && [3, 4].includes(value.length) && value.every(isPosition)
  && isConvex(value);

const isLevel = (value) => Number.isFinite(value) && Math.abs(value) < 1000;

// name → [check, what the value has to be]
const MEMBERS = {
  attribution: [isText, says.text],
  language: [(value) => languages.includes(value), says.language],
  links: [isLinks, says.links],
  overlays: [Array.isArray, says.overlays],
  tiles: [(value) => isObject(value) || Array.isArray(value), says.tiles],
  title: [isText, says.text],
  usage: [(value) => isAddress(value), says.usage],
  view: [isView, says.view],
};
const TILES = {
  url: [isTilesUrl, says.tilesUrl],
  dark: [isTilesUrl, says.tilesUrl],
  pmtiles: [isOwnAddress, says.pmtiles],
  name: [isName, says.name],
  attribution: [isText, says.text],
  max_zoom: [isZoom, says.zoom],
};
const OVERLAY = {
  image: [(value) => isAddress(value, document.baseURI), says.image],
  corners: [isCorners, says.corners],
  name: [isName, says.name],
  level: [isLevel, says.level],
  min_zoom: [isZoom, says.zoom],
};

/** Returns the known members with valid values; adds a sentence about each other member to problems. */
function pick(found, members, problems, prefix = '') {
  const right = {};
  for (const [name, value] of Object.entries(found)) {
    const [check, wanted] = Object.hasOwn(members, name) ? members[name] : [];
    if (!check) problems.push(says.unknown(prefix + name));
    else if (!check(value)) problems.push(says.wrong(prefix + name, wanted));
    else right[name] = value;
  }
  return right;
}

/** Checks one object of a list; null: a member that it cannot do without is missing or wrong. */
function pickOne(found, members, problems, at, needed) {
  if (!isObject(found)) {
    problems.push(says.wrong(at, says.object));
    return null;
  }
  const right = pick(found, members, problems, `${at}.`);
  for (const name of needed) {
    if (Object.hasOwn(right, name)) continue;
    if (!Object.hasOwn(found, name)) problems.push(says.wrong(`${at}.${name}`, members[name][1]));
    return null;
  }
  return right;
}

// The tiles may be one set or a list of sets; the page gets a list.
function pickTiles(found, problems) {
  const sets = Array.isArray(found) ? found : [found];
  return sets.map((set, index) => {
    const at = Array.isArray(found) ? `tiles[${index}]` : 'tiles';
    return pickOne(set, TILES, problems, at, isObject(set) && Object.hasOwn(set, 'pmtiles') ? ['pmtiles'] : ['url']);
  }).filter(Boolean);
}

function pickOverlays(found, problems) {
  return found.map((overlay, index) => pickOne(overlay, OVERLAY, problems, `overlays[${index}]`, ['image', 'corners']))
    .filter(Boolean);
}

/** @returns {{config: object, problems: string[]}} for the text of config.json; config.tiles is a list */
export function checkConfig(found) {
  if (!isObject(found)) return {config: {}, problems: [says.noObject]};
  const problems = [];
  const config = pick(found, MEMBERS, problems);
  for (const [name, read] of [['tiles', pickTiles], ['overlays', pickOverlays]]) {
    if (!config[name]) continue;
    config[name] = read(config[name], problems);
    if (!config[name].length) delete config[name];
  }
  return {config, problems};
}

async function read() {
  let mayLocate = false;
  try {
    const reply = await fetch(new URL(ADDRESS, import.meta.url), {signal: AbortSignal.timeout(PATIENCE_MS)});
    // It has the header of the page, which a script cannot read.
    mayLocate = /\bgeolocation=(\*|\([^)])/.test(reply.headers.get('Permissions-Policy'));
    if (reply.status === 404) return {config: {}, problems: [], mayLocate};
    if (!reply.ok) return {config: {}, problems: [says.unreachable], mayLocate};
    return {...checkConfig(await reply.json()), mayLocate};
  } catch (error) {
    const problem = error instanceof SyntaxError ? says.noJson : says.unreachable;
    return {config: {}, problems: [problem], mayLocate};
  }
}

let reading = null;

/**
 * Reads config.json, which is optional, once. Never throws.
 *
 * @returns {{config: object, problems: string[], mayLocate: boolean}} mayLocate: whether the admin lets the page ask
 *   for the position of the user
 */
export const readConfig = () => (reading ??= read());
