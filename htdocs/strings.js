// SPDX-License-Identifier: Apache-2.0
/**
 * Every English text of the page. A text with numbers or names is a function.
 * strings.de.js and strings.es.js have the same names: a text that is added here has
 * to be added there.
 */
import {clock, count, dayAndClock, decimal, exactly, moment, number} from './format.js';

// What a tile says, by the state of its view.
const states = {
  connecting: 'Connecting…',
  live: 'Live',
  stalled: 'The picture has stopped: the camera sends nothing.',
  offline: 'The camera is offline. It will play when it is back.',
  denied: 'You may not watch this camera.',
  busy: 'Too many viewers. Waiting for a place…',
  ended: 'This view has ended.',
};
// The same, by state and reason.
const connecting = {
  'video-down': 'The video server does not answer. Trying again…',
  'server': 'The server cannot answer at the moment. Trying again…',
  'unreachable': 'The server cannot be reached. Trying again…',
  'no-picture': 'No picture gets through. Trying again…',
  'hidden': 'Paused while the page is hidden.',
  'draining': 'The server takes no new viewers at the moment. Trying again…',
};
const stalled = {
  'unreachable': connecting.unreachable,
  'server': connecting.server,
  'no-picture': 'Waiting for the next whole picture of the camera…',
};
// A view that the server calls live, while the picture on the screen is not.
const late = {
  'behind': 'Catching up…',
  'frozen': 'The picture has stopped.',
};
// These say nothing about the camera.
const isServer = (reason) => reason === 'unreachable' || reason === 'server';
const denied = {
  'kicked': 'An operator has ended this view.',
  'login': 'Log in again to watch.',
  'origin': 'The server takes this page for one of another site. Its administrator can mend that: the reverse proxy '
    + 'has to pass on Host, or CCTVAllowOrigin has to name this address.',
  'not-found': 'There is no such camera, or you may not see it.',
};
const ended = {
  'not-playable': 'A browser cannot play the video of this camera.',
  'codec': 'This browser does not play the video of this camera. Another one may.',
  'unsupported': 'This browser has no WebRTC.',
  'no-video': 'The server has no video.',
};

// The names of failures: mod_cctv/video/failure_words.h.
const failures = {
  'unreachable': 'The camera cannot be reached. It will play when it is back.',
  'refused': 'The camera refuses the connection. It will play when it is back.',
  'login_refused': 'The camera refuses the login of the server.',
  'no_such_path': 'The camera has no video at the address that the server knows.',
  'wants_other_transport': 'The camera does not send its video in a way that the video server can receive.',
  'no_video': 'The camera says that it has no video.',
  'other_codec': 'The camera sends another codec than the server expects.',
  'stopped_sending': 'The camera sends nothing. It will play when it is back.',
  'b_frames': 'The picture does not move well: the camera sends B-frames.',
  'no_parameter_sets': 'The video of the camera lacks its parameter sets, so it cannot be shown.',
  'rare_keyframes': 'Waiting for a keyframe, which the camera rarely sends…',
  'no_candidates': 'The video server finds no network address to send from. Trying again…',
};

export const strings = {
  title: 'Cameras',
  camera: (id) => `Camera ${id}`,
  titleOf: (what) => `${what} – ${strings.title}`,

  page: {
    skips: 'Skip',
    skipToList: 'Skip to the list of cameras',
    skipToWall: 'Skip to what plays',
    skipToMap: 'Skip to the map',
    list: 'List',
    map: 'Map',
    home: 'All cameras',
    homeHint: 'Show the part of the map that has all cameras',
    wallMode: 'Wall',
    wallModeHint: 'Add cameras to those that play; so does Ctrl, Cmd or Shift with a click',
    dismiss: 'Dismiss',
    noMap: 'The map is not here: leaflet/leaflet.min.js is missing on the server.',
    broken: 'The page could not start. Reload it; if that does not help, the browser is too old for it.',
  },

  status: {online: 'online', offline: 'offline', unknown: 'unknown'},

  keys: {
    title: 'Keys',
    close: 'Close',
    list: [
      ['/', 'Search'],
      ['↓ ↑', 'From the search into the list, and along the list; Home and End for its ends'],
      ['← ↑ ↓ →', 'From a camera on the map to the next one'],
      ['Alt + ← →', 'Move the camera that has the focus to another place on the wall'],
      ['+ − 0', 'Enlarge its picture, make it smaller, show all of it'],
      ['Right click', 'On the map, or a long press: the cameras that see this spot'],
      ['1 … 9', 'The cameras that play'],
      ['F', 'Full screen for all that play'],
      ['Esc', 'Close the camera that has the focus'],
      ['?', 'This help'],
    ],
  },

  number,
  /** A status with its time; `since` may be undefined. */
  since(status, since) {
    const word = strings.status[status] ?? status;
    return since ? strings.sinceThen(word, moment(new Date(since))) : word;
  },
  sinceThen: (word, time) => `${word} since ${time}`,
  legend: {
    title: 'Cameras by status',
    chip: (total, word) => `${count(total, 'camera', 'cameras')} ${word}`,
    playable: 'Only what every browser plays',
    reset: 'Show all cameras',
  },

  list: {
    title: 'List of cameras',
    search: 'Search by name or number',
    status: 'Status',
    failure: 'Failure',
    all: 'all',
    roles: 'Roles',
    notPlayable: 'cannot be played',
    loading: 'Loading…',
    searching: 'Searching…',
    nothing: (isFiltered) => (isFiltered ? 'Nothing found with these filters' : 'Nothing found'),
    /** most: how many are listed. */
    inView(total, most) {
      if (!total) return 'No cameras in view';
      const text = `${count(total, 'camera', 'cameras')} in view`;
      return total > most ? `${text}; the list has ${number(most)} of them` : text;
    },
    partial: (total) => `More than ${count(total, 'camera', 'cameras')} in view: zoom in to see them all`,
    found: (total, more) => (more ? `The first ${number(total)} found: type more to find fewer`
      : `${count(total, 'camera', 'cameras')} found`),
  },

  map: {
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    /** number: of its tile, or null. The marker shows it as well. */
    camera: (name, status, {playable, playing, number}) => [name, status,
      ...(playable ? [] : ['cannot be played']),
      ...(playing ? [number ? `playing as ${number}` : 'playing'] : [])].join(', '),
    cameras: (total) => count(total, 'camera', 'cameras'),
    /** shares: [[number, word]…] without zeros. The map shows the total in the same format. */
    cluster: (total, shares, {playing}) => `${total} cameras: `
      + shares.map(([value, word]) => `${number(value)} ${word}`).join(', ')
      + `${playing ? '; one of them plays' : ''}; press Enter to zoom in`,
    grounds: 'Kind of map',
    ground: (place) => `Map ${number(place)}`,
    levels: 'Level',
    level: (value) => `Level ${number(value)}`,
    noTiles: 'The map’s tiles cannot be loaded. Trying again…',
  },

  near: {
    button: 'Near me',
    hint: 'Show the cameras around you',
    denied: 'The browser does not tell this page where you are. Its settings can allow it.',
    failed: 'The browser cannot find your position.',
  },

  // <cctv-camera> in other pages: cctv-camera.js.
  element: {
    noCamera: 'This page does not say which camera to show.',
  },

  wall: {
    title: (total) => count(total, 'camera', 'cameras'),
    full: 'Full screen for all',
    closeAll: 'Close all',
    isFull: (most) => `At most ${number(most)} cameras play at a time.`,
    isSlow: (total) => `This machine is too slow for more than these ${number(total)} cameras.`,
    which: (name) => `In place of which camera shall ${name} play?`,
    choice: (place, name) => `${number(place)}: ${name}`,
    cancel: 'Cancel',
    delays: 'Show the delay of each picture',
    splitter: 'Width of the wall',
    news: (who, text) => `${who}: ${text}`,
    moved: (name, place, total) => `${name}: place ${number(place)} of ${number(total)}`,
    time: (time) => clock(time),
  },

  tile: {
    where: 'Show on the map',
    reload: 'Reload the page',
    full: (name) => `Full screen: ${name}`,
    close: (name) => `Close ${name}`,
    usage: (name) => `Usage of ${name} (opens a new tab)`,
    viewers: (total) => count(total, 'viewer', 'viewers'),
    retry: 'Try again',
    bar: (name) => `Controls of ${name}`,
    snapshot: (name) => `Save the picture of ${name}`,
    pip: (name) => `Picture in picture: ${name}`,
    details: (name) => `Details of ${name}`,
    next: (seconds) => (seconds < 100 ? `Next try in ${number(seconds)} s`
      : `Next try in ${number(Math.round(seconds / 60))} min`),
    last: (time) => `Last picture ${exactly(time)}`,
    delay: (ms) => `${decimal(Math.max(0, ms) / 1000, 1)} s late`,
    caption: (name, time) => `${name}, ${dayAndClock(time)}`,
  },

  share: {
    open: 'Share',
    title: 'Share and keep what is shown',
    link: 'Link to what is shown',
    copy: 'Copy link',
    copied: 'The link is copied.',
    select: 'The link is selected: press Ctrl or Cmd with C.',
    layouts: 'Walls by name',
    name: 'Name of this wall',
    save: 'Save',
    saved: (name) => `“${name}” is kept in this browser.`,
    needsName: 'Type a name first.',
    nothingPlays: 'Nothing plays that could be saved.',
    full: 'There is no room for more walls: remove one first.',
    remove: (name) => `Remove ${name}`,
    export: 'Save as a file',
    import: 'Load a file',
    fileName: 'camera-walls.json',
    loaded: (total) => `${count(total, 'wall', 'walls')} loaded.`,
    brokenFile: 'This file has no walls that this page has written.',
    seconds: 'Seconds for each wall',
    startTour: 'Start the tour',
    stopTour: 'Stop the tour',
    kiosk: 'Only the pictures (Escape ends it)',
    close: 'Close',
  },

  // In place of "Live" where no video comes, but still pictures do.
  stills: 'Stills',
  stillsBecause: (text) => `Stills. ${text}`,

  /**
   * The text of a tile, by the state of its view, the reason, the failure and what an operator wrote (these may be
   * null).
   */
  state(state, reason, failure, note = null) {
    const text = this.plainState(state, reason, failure);
    return note && (reason === 'kicked' || reason === 'draining') ? `${text} ${note}` : text;
  },
  plainState(state, reason, failure) {
    const isWaiting = state === 'offline' || state === 'connecting';
    const isBad = failure === 'b_frames' && (state === 'live' || state === 'stalled');
    if ((isWaiting || isBad) && !isServer(reason) && Object.hasOwn(failures, failure ?? '')) return failures[failure];
    const {reasons} = strings;
    return Object.hasOwn(reasons, state) ? reasons[state][reason] ?? states[state] : states[state] ?? states.connecting;
  },
  states,
  reasons: {connecting, live: late, stalled, denied, ended},
  notPlayableSource: 'A browser cannot play this camera: its video does not come by RTSP or RTP.',

  details: {
    status: 'Status',
    role: 'Role',
    video: 'Video',
    sound: 'Sound',
    direction: 'Direction',
    position: 'Position',
    id: 'Number',
    yes: 'yes',
    no: 'no',
    notKnown: 'not known',
    size: (width, height) => `${width} × ${height}`,
    fps: (value) => `${number(Math.round(value * 100) / 100)} fps`,
    heading: (degrees) => `${Math.round(degrees)}°`,
    failures,
    wide: (degrees) => `${Math.round(degrees)}° wide`,
    at: (latitude, longitude) => `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`,
  },

  /** Why cameras could not be loaded: a ServerError. */
  loadError({status, detail}) {
    const {load} = strings;
    if (!status) return load.unreachable;
    if (status === 401) return load.login;
    if (status < 300) return load.foreign;
    if (status === 403) return load.forbidden;
    if (status === 429) return load.busy;
    return status >= 500 ? load.server : `${load.refused(status)} ${detail ?? ''}`.trim();
  },
  load: {
    unreachable: 'The server cannot be reached. What you see may be out of date. Trying again…',
    login: 'You are no longer logged in.',
    foreign: 'Something else answers in place of the server. You may have to log in again.',
    forbidden: 'You may not see the cameras.',
    busy: 'The server has too much to do. Trying again…',
    server: 'The server cannot answer at the moment. What you see may be out of date. Trying again…',
    refused: (status) => `The server has refused the request (${status}).`,
  },

  hash: {
    nonsense: 'The address does not name a camera: it has to end in #camera= and a number.',
    some: 'Some of the cameras in the address are no numbers and were left out.',
    many: (most) => `The address names more than ${number(most)} cameras: the first ${number(most)} play.`,
  },

  // For the console of the browser, in English only.
  config: {
    unreachable: 'config.json cannot be loaded: defaults are used.',
    noJson: 'config.json is not valid JSON: defaults are used.',
    noObject: 'config.json has to be a JSON object: defaults are used.',
    unknown: (name) => `config.json: there is no member “${name}”. It is ignored.`,
    wrong: (name, wanted) => `config.json: “${name}” has to be ${wanted}. It is ignored.`,
    object: 'an object',
    tiles: 'an object',
    pmtiles: 'the address of a file on this server',
    overlays: 'a list',
    image: 'an http(s) address or a path',
    corners: 'three or four [longitude, latitude]: top left, top right, bottom right, maybe bottom left',
    name: 'a text of at most 100 characters',
    level: 'a number',
    noImage: (address) => `config.json: the image ${address} cannot be loaded.`,
    noStreets: 'config.json: “tiles.pmtiles” needs own/protomaps-leaflet.js, which is not here (docs/install.md).',
    tilesUrl: 'an http(s) address or a path with {z}, {x} and {y}, maybe {s} and {r}',
    text: 'a text',
    language: 'de, en or es',
    links: 'an object of texts and http(s) addresses',
    zoom: 'a whole number from 0 to 25',
    usage: 'an http(s) address',
    view: '[west, south, east, north] in degrees, south below north',
  },
  tilesRefused: (origin) => `The browser may not load map tiles from ${origin}: `
    + 'set CCTV_MAP_TILES in cctv-map.conf to that address.',
};
