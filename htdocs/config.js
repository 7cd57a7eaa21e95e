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

// name → [check, what the value has to be]
const MEMBERS = {
  attribution: [isText, says.text],
  language: [(value) => languages.includes(value), says.language],
  links: [isLinks, says.links],
  tiles: [isObject, says.tiles],
  title: [isText, says.text],
  usage: [(value) => isAddress(value), says.usage],
  view: [isView, says.view],
};
const TILES = {
  url: [isTilesUrl, says.tilesUrl],
  attribution: [isText, says.text],
  max_zoom: [isZoom, says.zoom],
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

/** @returns {{config: object, problems: string[]}} for the text of config.json */
export function checkConfig(found) {
  if (!isObject(found)) return {config: {}, problems: [says.noObject]};
  const problems = [];
  const config = pick(found, MEMBERS, problems);
  if (config.tiles) {
    config.tiles = pick(config.tiles, TILES, problems, 'tiles.');
    if (!config.tiles.url) {
      if (!Object.hasOwn(found.tiles, 'url')) problems.push(says.wrong('tiles.url', says.tilesUrl));
      delete config.tiles;
    }
  }
  return {config, problems};
}

/**
 * Reads config.json, which is optional. Never throws.
 *
 * @returns {{config: object, problems: string[], mayLocate: boolean}} mayLocate: whether the admin lets the page ask
 *   for the position of the user
 */
export async function readConfig() {
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
