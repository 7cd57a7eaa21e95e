// SPDX-License-Identifier: Apache-2.0
/** The admin's page: shows what cctv-admin answers (docs/api.md), and sends its actions. */
import {arrange, setText} from './dom.js';

const REFRESH = 5000;
const PAGE = 50;
const REQUEST = 10000;

const $ = (id) => document.getElementById(id);
const numbers = new Intl.NumberFormat('en');
const count = (value, one, many) => `${numbers.format(value)} ${value === 1 ? one : many}`;

// What the list of views shows: the filter, and the view after which the page begins.
const shown = {camera: '', user: '', after: 0, next: null};

// ---- Requests ----

/** Resolves to the answer; throws an Error with a sentence for people. */
async function ask(path, members) {
  const options = members && {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(members),
  };
  let reply;
  try {
    reply = await fetch(`api${path}`, {cache: 'no-store', signal: AbortSignal.timeout(REQUEST), ...options});
  } catch {
    throw new Error('The server cannot be reached.');
  }
  if (reply.status === 401 || reply.status === 403) throw new Error('You may not use this page: log in again.');
  const said = await reply.json().catch(() => null);
  if (!said) throw new Error(`The server cannot answer at the moment (${reply.status}).`);
  if (!reply.ok) throw new Error(said.detail ?? `The server has refused the request (${reply.status}).`);
  return said;
}

// ---- Texts ----

const clock = (text) => new Date(text).toLocaleString();

function duration(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
  return count(Math.floor(seconds / 86400), 'day', 'days');
}

const userOf = ({user, user_id: id}) => user ?? (id ? `user ${id}` : 'no login');

function qualityOf({quality, watched_seconds: watched}) {
  const seen = `${duration(watched)} watched`;
  return quality ? `${seen}, ${count(quality.freeze_count, 'freeze', 'freezes')}, `
    + `${count(quality.frames_dropped, 'frame', 'frames')} dropped` : seen;
}

function whoIs(denial) {
  if (denial.of === 'camera') return `all viewers of camera ${denial.camera}`;
  const who = denial.user_id ? userOf(denial) : 'a viewer without a login';
  return denial.of === 'user' ? who : `${who}, on camera ${denial.camera}`;
}

// ---- Tables ----

/**
 * Shows rows without replacing those that stay, so that they keep the focus.
 *
 * @param rows  [{key, cells: [text or {link, href}], action: {text, label, run}}]
 */
function show(id, rows) {
  const body = $(id).tBodies[0];
  const old = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  arrange(body, rows.map((row) => fillRow(old.get(String(row.key)) ?? makeRow(row), row)));
  $(id).hidden = !rows.length;
}

function makeRow({key, cells, action}) {
  const row = document.createElement('tr');
  row.dataset.key = key;
  cells.forEach((cell, i) => {
    const element = document.createElement(i ? 'td' : 'th');
    if (!i) element.scope = 'row';
    if (cell.href) element.append(document.createElement('a'));
    row.append(element);
  });
  if (action !== undefined) {
    const element = row.appendChild(document.createElement('td'));
    if (action) {
      const button = element.appendChild(document.createElement('button'));
      button.type = 'button';
      button.addEventListener('click', () => row.run());
    }
  }
  return row;
}

function fillRow(row, {cells, action}) {
  cells.forEach((cell, i) => {
    const element = row.cells[i].firstElementChild ?? row.cells[i];
    setText(element, cell.href ? cell.link : cell);
    if (cell.href) element.href = cell.href;
  });
  if (action) {
    const button = row.querySelector('button');
    setText(button, action.text);
    button.setAttribute('aria-label', action.label);
    row.run = action.run;
  }
  return row;
}

const note = (id, text) => setText($(id).closest('section').querySelector('.note'), text);
const linkTo = (camera) => ({link: `${camera}`, href: `../map/#camera=${camera}`});

function ends(what, target) {
  return {text: 'End…', label: `End ${what}`, run: () => askWhy(`End ${what}?`, 'End', {path: '/kick', target})};
}

// ---- The sections ----

// One Janus; of several, each has a name.
function janusText(janus) {
  return janus.state === 'off' ? 'off' : [
    janus.name ? `${janus.name}: ${janus.state}` : janus.state, ...(janus.draining ? ['drained'] : []),
    `breaker ${janus.breaker}`, ...(janus.version ? [`version ${janus.version}`] : []),
    count(janus.sessions, 'session', 'sessions'), count(janus.mountpoints, 'mountpoint', 'mountpoints'),
    ...(janus.refuses_us ? ['refuses our requests'] : []), ...(janus.sends_events ? [] : ['sends no events']),
    ...(janus.lacks_candidates ? ['no_candidates: it finds no network address to send video from'] : []),
  ].join(', ');
}

function showServer(said) {
  const {views, janus, database, catalogue, tables, draining} = said;
  const fill = ({name, used, max}) => `${name} ${numbers.format(used)} of ${numbers.format(max)}`;
  const facts = {
    'Views': `${numbers.format(views.live)}, of which ${numbers.format(views.playing)} play`,
    'Janus': (janus.servers || [janus]).map(janusText).join('; '),
    'Database': database.state === 'none' ? 'none' : [
      database.state, `breaker ${database.breaker}`,
      ...(database.gate ? [`${database.gate.inside} of ${database.gate.places} places taken`,
        `${database.gate.waiting} waiting`] : []),
    ].join(', '),
    'Catalogue': catalogue ? `generation ${catalogue.generation}, ${count(catalogue.cameras, 'camera', 'cameras')}, `
      + `up to date ${duration(catalogue.age_seconds)} ago` : 'none',
    'Tables': tables.map(fill).join(', '),
    'Shared memory': `${numbers.format(Math.round(said.shared_memory_bytes / 1e5) / 10)} MB`,
  };
  const list = $('server');
  if (!list.children.length) {
    for (const name of Object.keys(facts)) {
      list.append(Object.assign(document.createElement('dt'), {textContent: name}), document.createElement('dd'));
    }
  }
  Object.values(facts).forEach((text, i) => setText(list.children[2 * i + 1], text));
  $('drain').hidden = Boolean(draining);
  $('undrain').hidden = $('drained').hidden = !draining;
  if (draining) {
    const {by, since, reason} = draining;
    setText($('drained'), `No new views start since ${clock(since)}${by ? ` (${by})` : ''}.${reason ? ` ${reason}` : ''}`);
  }
}

let failures = {failures: [], failures_total: 0};

function showFailures() {
  const wanted = $('failures-camera').value.trim();
  const found = failures.failures.filter(({camera}) => !wanted || String(camera) === wanted);
  show('failures', found.map((each) => ({
    key: `${each.camera}-${each.stream}`,
    cells: [linkTo(each.camera), each.stream === 2 ? `${each.reason} (second stream)` : each.reason, each.detail,
      each.next_try ? `in ${duration(each.next_try_seconds)}` : 'at the next view'],
  })));
  const more = failures.failures_total - failures.failures.length;
  note('failures', wanted && !found.length ? `Camera ${wanted} has not failed.`
    : `${count(failures.failures_total, 'camera', 'cameras')}${more > 0 ? `, ${numbers.format(more)} not shown` : ''}`);
}

function showDenials(list) {
  show('denials', list.map((each) => {
    const key = {camera: 'camera', user: 'user_id', view: 'view'}[each.of];
    const who = whoIs(each);
    return {
      key: `${each.of}-${each[key]}`,
      cells: [who, each.reason, each.by ?? '', clock(each.until)],
      action: {text: 'Allow again', label: `Allow again: ${who}`,
        run: () => act('/allow', {[key]: each[key]}, () => `Allowed again: ${who}.`, 'denials-title')},
    };
  }));
  note('denials', list.length ? count(list.length, 'denial', 'denials') : 'Nobody');
}

function showViews({views, total, next}) {
  shown.next = next;
  show('views', views.map((each) => ({
    key: each.view,
    cells: [linkTo(each.camera), userOf(each), clock(each.since), each.country, `${each.browser}, ${each.system}`,
      each.transport, `${each.video}, ${each.codec}${each.stream === 2 ? ', second stream' : ''}`, qualityOf(each)],
    action: ends(`the view of camera ${each.camera} (${userOf(each)})`, {view: each.view}),
  })));
  note('views', total ? count(total, 'view', 'views') : 'Nobody watches.');
  $('first').disabled = !shown.after;
  $('next').disabled = next === null;
}

function showCameras({cameras, total}) {
  show('cameras', cameras.map(({camera, views}) => ({
    key: camera,
    cells: [linkTo(camera), numbers.format(views)],
    action: ends(`all views of camera ${camera}`, {camera}),
  })));
  note('cameras', `${count(total, 'camera', 'cameras')}${total > cameras.length ? `; the ${cameras.length} with the most views` : ''}`);
}

function showUsers({users, total}) {
  show('users', users.map((each) => ({
    key: each.user_id ?? 'none',
    cells: [userOf(each), numbers.format(each.views)],
    action: each.user_id ? ends(`all views of ${userOf(each)}`, {user_id: each.user_id}) : null,
  })));
  note('users', `${count(total, 'user', 'users')}${total > users.length ? `; the ${users.length} with the most views` : ''}`);
}

// ---- Refresh ----

let timer;

async function refresh() {
  clearTimeout(timer);
  const query = new URLSearchParams({limit: PAGE, after: shown.after});
  if (shown.camera) query.set('camera', shown.camera);
  if (shown.user) query.set('user', shown.user);
  try {
    const [said, views, cameras, users] = await Promise.all([
      ask(''), ask(`/views?${query}`), ask(`/cameras?limit=${PAGE}`), ask(`/users?limit=${PAGE}`)]);
    failures = said;
    showServer(said);
    showFailures();
    showDenials(said.denials);
    showViews(views);
    showCameras(cameras);
    showUsers(users);
    setText($('fault'), '');
    document.body.dataset.at = said.time;
  } catch (error) {
    setText($('fault'), error.message);
  }
  clearTimeout(timer);
  if ($('again').checked) timer = setTimeout(refresh, REFRESH);
}

// ---- Actions ----

/**
 * @param tell   makes a sentence of the answer
 * @param focus  the heading that gets the focus, because the button may be gone
 */
async function act(path, members, tell, focus) {
  try {
    setText($('said'), tell(await ask(path, members)));
  } catch (error) {
    setText($('fault'), error.message);
    return;
  }
  $(focus).focus();
  await refresh();
}

// What the dialog asks about: {path, target}.
let asked = null;

function askWhy(title, word, action) {
  asked = action;
  const dialog = $('ask');
  const form = dialog.querySelector('form');
  const isKick = action.path === '/kick';
  form.reset();
  setText($('ask-title'), title);
  setText($('ask-text'), isKick ? 'The video stops at once, and the viewers read the reason.'
    : 'Views that run go on. Those who want to start one read the reason.');
  $('ask-time').hidden = !isKick;
  setText(form.querySelector('.strong'), word);
  dialog.showModal();
}

function send(form) {
  const {path, target} = asked;
  const members = {...target, reason: form.reason.value.trim()};
  const isKick = path === '/kick';
  if (isKick) members.seconds = Number(form.seconds.value);
  $('ask').close();
  act(path, members, ({ended}) => (isKick ? `${count(ended, 'view has', 'views have')} ended.` : 'No new views start.'),
    isKick ? 'views-title' : 'server-title');
}

$('ask').querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault();
  send(event.target);
});
$('ask').querySelector('.cancel').addEventListener('click', () => $('ask').close());
$('filter').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  Object.assign(shown, {camera: form.camera.value.trim(), user: form.user.value, after: 0});
  refresh();
});
$('first').addEventListener('click', () => {
  shown.after = 0;
  refresh();
});
$('next').addEventListener('click', () => {
  shown.after = shown.next ?? 0;
  refresh();
});
$('drain').addEventListener('click', () => askWhy('Let no new views start?', 'Drain', {path: '/drain', target: {}}));
$('undrain').addEventListener('click', () => act('/undrain', {}, () => 'New views start again.', 'server-title'));
$('failures-camera').addEventListener('input', showFailures);
$('again').addEventListener('change', refresh);
$('now').addEventListener('click', refresh);
refresh();
