// SPDX-License-Identifier: Apache-2.0
/**
 * Starts the page. For debugging, its parts are cctv.client, cctv.cameras,
 * cctv.map and cctv.wall in the browser's console.
 */
import {Cameras} from './cameras.js';
import {Client} from './cctv-client.js';
import {readConfig} from './config.js';
import {fill} from './dom.js';
import {List} from './list.js';
import {Messages} from './messages.js';
import {formatHash, parseHash, Route} from './route.js';
import {wireShortcuts} from './shortcuts.js';
import {strings} from './strings.js';
import {MOST, Wall} from './wall.js';

// In a narrower window the list covers a part of the map.
const WIDE = matchMedia('(min-width: 62rem)');

const element = (id) => document.getElementById(id);
const reloading = {action: {text: strings.tile.reload, run: () => location.reload()}};

/** The button that opens and closes the list. On small screens the list is closed at first. */
function wireToggle() {
  const toggle = element('list-toggle');
  const show = (open) => {
    element('list').hidden = !open;
    toggle.setAttribute('aria-expanded', String(open));
  };
  toggle.addEventListener('click', () => show(element('list').hidden));
  element('list').addEventListener('keydown', (event) => {
    // If the search field has text, the first Escape clears it.
    if (event.key !== 'Escape' || WIDE.matches || event.target.value) return;
    show(false);
    toggle.focus();
  });
  WIDE.addEventListener('change', () => show(WIDE.matches));
  show(WIDE.matches);
  element('list').dataset.ready = '';
  return show;
}

/** Focuses the target itself, because route.js would read the hash of these links as camera ids. */
function wireSkips(showList) {
  document.querySelector('.skips').addEventListener('click', (event) => {
    const link = event.target.closest('a');
    if (!link) return;
    event.preventDefault();
    if (link.hash === '#search') showList(true);
    document.querySelector(link.hash).focus();
  });
}

function wireWallMode(wall) {
  const button = element('wall-mode');
  const set = (adding) => {
    wall.adding = adding;
    button.setAttribute('aria-pressed', String(adding));
  };
  button.addEventListener('click', () => set(!wall.adding));
  // When a second camera is added, keep adding: the next click must not replace the wall.
  let before = 0;
  wall.addEventListener('change', () => {
    const {length} = wall.ids;
    if (before < 2 && length >= 2) set(true);
    if (before && !length) set(false);
    before = length;
  });
}

function wireRoute(wall, messages) {
  const route = new Route();
  const follow = () => {
    const {ids, problem} = parseHash(location.hash, MOST);
    messages.say('hash', problem, {brief: true});
    if (ids) wall.show(ids);
  };
  const write = () => {
    messages.say('hash', null);
    messages.say('wall', null);
    route.write(formatHash(wall.ids));
  };
  route.addEventListener('change', follow);
  wall.addEventListener('open', write);
  wall.addEventListener('close', write);
  follow();
}

function wireWall(wall, {map, list, messages}) {
  const show = () => {
    const {ids, names} = wall;
    const what = names.length === 1 ? names[0] : strings.wall.title(names.length);
    document.title = names.length ? strings.titleOf(what) : strings.title;
    document.querySelector('.skips [href="#wall"]').hidden = !names.length;
    map.select(new Set(ids));
    list.mark(new Set(ids));
  };
  wall.addEventListener('change', show);
  wall.addEventListener('full', () => messages.say('wall', strings.wall.isFull(MOST), {brief: true}));
  wall.addEventListener('where', ({detail}) => map.flyTo(detail.camera));
  show();
}

function wireChoice({wall, map, list, cameras, showList}) {
  list.addEventListener('choose', ({detail: {camera, add, found}}) => {
    wall.open(camera.id, {add, origin: `#cameras [data-id="${camera.id}"]`});
    if (!WIDE.matches) {
      // The list would cover the map.
      showList(false);
      element('list-toggle').focus();
    }
    if (found) map.flyTo(camera);
    else map.keepInView(camera);
  });
  map.addEventListener('choose', ({detail: {id, add}}) => {
    wall.open(id, {add, origin: `.cctv-marker[data-id="${id}"]`});
    map.keepInView(cameras.byId.get(id));
  });
  map.addEventListener('move', () => list.update());
}

/** Moves the map to the cameras of a link as they become known, until the user moves the map. */
function wireLink(wall, map) {
  const ids = new Set(wall.ids);
  let shown = 0;
  const show = () => {
    const known = wall.cameras.filter(({id}) => ids.has(id));
    if (!known.length || known.length === shown) return;
    shown = known.length;
    map.fit(known);
  };
  const done = new AbortController();
  wall.addEventListener('change', show, {signal: done.signal});
  for (const type of ['pointerdown', 'keydown', 'wheel']) {
    addEventListener(type, () => done.abort(), {once: true, capture: true, signal: done.signal});
  }
  show();
}

function wireErrors({cameras, list, messages, config}) {
  const tell = (key, error) => {
    const isLogin = error?.status === 401 || error?.status === 200;
    messages.say(key, error && strings.loadError(error), isLogin ? reloading : {});
  };
  cameras.addEventListener('load', ({detail: {loading, error}}) => {
    // The retry has not succeeded yet, so the message stays.
    if (error || !loading) tell('load', error);
  });
  list.addEventListener('error', ({detail}) => tell('search', detail.error));
  if (!config.tiles) return;
  document.addEventListener('securitypolicyviolation', (event) => {
    if (!event.effectiveDirective.startsWith('img-src')) return;
    messages.say('tiles', strings.tilesRefused(originOf(event.blockedURI)));
  });
}

function originOf(address) {
  try {
    return new URL(address).origin;
  } catch {
    return address;
  }
}

async function start(messages, showList) {
  // Imported dynamically: without Leaflet map.js cannot be loaded, and a static import would show no message.
  const [{config, problems}, {CameraMap}] = await Promise.all([readConfig(), import('./map.js')]);
  for (const problem of problems) messages.say(problem, problem);
  // The page is in a folder beside the API, whatever prefix the two have.
  const client = new Client({server: new URL('..', import.meta.url).href});
  const cameras = new Cameras(client);
  const map = new CameraMap(element('map'), cameras, config);
  const wall = new Wall(element('wall'), {client, cameras, usage: config.usage});
  const list = new List({client, cameras});
  const parts = {client, cameras, map, wall, list, messages, config, showList};
  wireErrors(parts);
  wireWall(wall, parts);
  wireChoice(parts);
  wireWallMode(wall);
  wireRoute(wall, messages);
  wireLink(wall, map);
  window.cctv = {client, cameras, map, wall};
}

fill(document);
const messages = new Messages(element('message'));
const showList = wireToggle();
wireSkips(showList);
wireShortcuts(showList);
if (!window.L) {
  messages.say('start', strings.page.noMap);
} else {
  start(messages, showList).catch((error) => {
    messages.say('start', strings.page.broken);
    throw error;
  });
}
