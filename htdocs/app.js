// SPDX-License-Identifier: Apache-2.0
/**
 * Starts the page. For debugging, its parts are cctv.client, cctv.cameras,
 * cctv.map and cctv.wall in the browser's console.
 */
import {Address, formatQuery, parseQuery} from './address.js';
import {Cameras} from './cameras.js';
import {Client} from './cctv-client.js';
import {readConfig} from './config.js';
import {showCredits} from './credits.js';
import {fill} from './dom.js';
import {showGlimpses} from './glimpse.js';
import {makeDraggable} from './drag.js';
import {extentOf} from './extent.js';
import {choose, prepare, speak} from './language.js';
import {Layouts, Tour} from './layouts.js';
import {List} from './list.js';
import {Messages} from './messages.js';
import {wireNear} from './near.js';
import {askWhich} from './replace.js';
import {makeRoving} from './roving.js';
import {formatHash, parseHash, Route} from './route.js';
import {spotText} from './search.js';
import {makeShare} from './share.js';
import {makeSheet} from './sheet.js';
import {wireShortcuts} from './shortcuts.js';
import {strings} from './strings.js';
import {MOST, Wall} from './wall.js';

// In a narrower window the list covers a part of the map.
const WIDE = matchMedia('(min-width: 62rem)');

const reading = readConfig();
// The page is in a folder beside the API, whatever prefix the two have.
const client = new Client({server: new URL('..', import.meta.url).href});
// Asked at once, since the map waits for it.
const around = extentOf(client);
const element = (id) => document.getElementById(id);
const reloading = () => ({action: {text: strings.tile.reload, run: () => location.reload()}});

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
  wall.addEventListener('order', () => route.replace(formatHash(wall.ids)));
  follow();
  return route;
}

/** Hides everything but the pictures; the Escape key ends that. */
function wireKiosk(wall, changed) {
  const set = (isOn) => {
    if (isOn) document.body.dataset.kiosk = '';
    else delete document.body.dataset.kiosk;
    wall.fill();
    changed();
  };
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !('kiosk' in document.body.dataset)) return;
    // Otherwise it would close the camera that has the focus as well.
    event.stopPropagation();
    set(false);
  }, {capture: true});
  return () => set(true);
}

/** The address says all that is shown; layouts are addresses with a name. */
function wireSharing({wall, map, list, cameras}, route, opened) {
  const shown = () => ({
    place: map.place, ...map.shown, q: element('search').value.trim(), ...cameras.filter,
  });
  const layouts = new Layouts();
  const tour = new Tour(layouts, (layout) => show(layout));
  const address = new Address(() => ({
    ...shown(), tour: tour.seconds, kiosk: 'kiosk' in document.body.dataset,
  }));
  const changed = () => address.changed();
  const show = ({query, hash}) => {
    const {place, ground, level, ...wanted} = parseQuery(query);
    if (place) map.go(place);
    map.shown = {ground, level};
    list.restore(wanted);
    wall.show(parseHash(hash, MOST).ids);
    route.replace(hash);
    changed();
  };
  const enterKiosk = wireKiosk(wall, changed);
  const current = () => ({query: formatQuery(shown()), hash: formatHash(wall.ids)});
  element('share-open').addEventListener('click', makeShare(element('share'), {layouts, tour, current, show, enterKiosk}));
  map.addEventListener('move', changed);
  map.addEventListener('choose-ground', changed);
  tour.addEventListener('change', changed);
  for (const type of ['input', 'change']) element('list').addEventListener(type, changed);
  if (opened.kiosk) enterKiosk();
  if (opened.tour) tour.start(opened.tour);
}

function wireWall(wall, {cameras, map, list, messages}) {
  const show = () => {
    const {ids, names} = wall;
    cameras.keep(ids, wall.cameras);
    const what = names.length === 1 ? names[0] : strings.wall.title(names.length);
    document.title = names.length ? strings.titleOf(what) : strings.title;
    document.querySelector('.skips [href="#wall"]').hidden = !names.length;
    map.select(ids, wall.cameras);
    list.mark(new Set(ids));
  };
  wall.addEventListener('change', show);
  wall.addEventListener('point', ({detail}) => map.light(detail.id));
  map.addEventListener('point', ({detail}) => wall.light(detail.id));
  // With the words of wireErrors(), so that one cause has one message.
  wall.addEventListener('server', ({detail: {fault}}) => {
    messages.say('views', fault && strings.loadError({status: fault === 'unreachable' ? 0 : 503}));
  });
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
  map.addEventListener('spot', ({detail}) => {
    showList(true);
    element('search').value = spotText(detail);
    element('search').dispatchEvent(new Event('input', {bubbles: true}));
  });
}

/** Where there is no place for a further camera, the user says which one goes; so does dragging. */
function wireReplacing(wall, {cameras}) {
  const nameOf = (id) => cameras.byId.get(id)?.properties.name ?? strings.camera(id);
  wall.addEventListener('full', async ({detail: {id, why}}) => {
    const {ids, names} = wall;
    const playing = ids.map((each, index) => ({id: each, name: names[index]}));
    const old = await askWhich(element('replace'), {name: nameOf(id), why, playing});
    if (old) wall.replace(old, id);
  });
  makeDraggable(({id, from, to}) => {
    if (to) wall.replace(to, id);
    else if (from === 'list') wall.open(id, {add: true});
  });
}

function wireDetails(wall, {map, cameras}) {
  const sheet = makeSheet(element('sheet'), {show: (camera) => map.flyTo(camera)});
  wall.addEventListener('details', ({detail}) => sheet.open(detail.camera));
  cameras.addEventListener('change', () => sheet.update(cameras.byId));
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

function wireErrors({cameras, list, messages, config, map}) {
  const tell = (key, error) => {
    const isLogin = error?.status === 401 || error?.status === 200;
    messages.say(key, error && strings.loadError(error), isLogin ? reloading() : {});
  };
  cameras.addEventListener('load', ({detail: {loading, error}}) => {
    // The retry has not succeeded yet, so the message stays.
    if (error || !loading) tell('load', error);
  });
  list.addEventListener('error', ({detail}) => tell('search', detail.error));
  if (!config.tiles) return;
  const told = new Set();
  document.addEventListener('securitypolicyviolation', (event) => {
    const origin = originOf(event.blockedURI);
    if (!event.effectiveDirective.startsWith('img-src') || told.has(origin)) return;
    told.add(origin);
    console.warn(strings.tilesRefused(origin));
  });
  map.addEventListener('tiles', ({detail: {failing}}) => {
    messages.say('tiles', failing ? strings.map.noTiles : null);
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
  const opened = parseQuery(location.search);
  const [{config, problems, mayLocate}, {CameraMap}, extent] = await Promise.all([
    reading, import('./map.js'), around,
  ]);
  for (const problem of problems) console.warn(problem);
  const cameras = new Cameras(client);
  const map = new CameraMap(element('map'), cameras, config, {place: opened.place, extent, over: element('wall')});
  const wall = new Wall(element('wall'), {client, cameras, usage: config.usage});
  const list = new List({client, cameras});
  map.shown = opened;
  makeRoving(element('map'));
  element('home').addEventListener('click', async () => map.home(await extentOf(client)));
  const glimpse = showGlimpses(element('map'), {client, cameras});
  map.addEventListener('point', ({detail}) => glimpse(detail.id));
  const parts = {client, cameras, map, wall, list, messages, config, showList};
  wireErrors(parts);
  wireWall(wall, parts);
  wireChoice(parts);
  wireReplacing(wall, parts);
  wireWallMode(wall);
  wireDetails(wall, parts);
  const route = wireRoute(wall, messages);
  if (opened.q || opened.status || opened.roles || opened.playable) list.restore(opened);
  wireSharing(parts, route, opened);
  if (!opened.place) wireLink(wall, map);
  wireNear(element('near'), {map, messages, mayLocate});
  window.cctv = {client, cameras, map, wall};
}

/** The language of the user, or the one of config.json, and the words of the page. */
async function dress() {
  prepare(choose(navigator.languages));
  const {config} = await reading;
  document.documentElement.lang = await speak(choose([config.language, ...navigator.languages]));
  strings.title = config.title ?? strings.title;
  document.title = strings.title;
  fill(document);
  showCredits(element('credits'), config);
}

await dress();
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
