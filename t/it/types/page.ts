// A page that uses all that cctv-client.js and cctv-camera.js export: test_types.py
// compiles it with `tsc --strict`.
import {Client, ServerError, StillView, View, obstacleOf} from '../../../htdocs/cctv-client.js';
import {CameraElement} from '../../../htdocs/cctv-camera.js';
import type {Box, Camera, CameraList, CameraPage, ClientOptions, Clusters, News, Status, ViewReason, ViewState}
  from '../../../htdocs/cctv-client.js';

const options: ClientOptions = {server: 'https://cams.example.org/cctv'};
const client = new Client(options);
const own = new Client();
const box: Box = [-1, 51, 1, 52];
const video = document.querySelector('video')!;
const word = document.querySelector('p')!;

async function lists(): Promise<string[]> {
  const names: string[] = [];
  const list: CameraList = client.list({bbox: box, roles: ['public'], statuses: ['online'], playable: true, q: 'bridge',
    first: 100, limit: 1000});
  for await (const page of list.load({signal: AbortSignal.timeout(1000)})) names.push(...namesOf(page));
  for await (const {features} of own.list().load()) names.push(String(features.length));
  return names;
}

const namesOf = ({features, changed}: CameraPage): string[] => (changed ? features.map(({properties}) => properties.name) : []);

async function clusters(): Promise<number> {
  const found: Clusters = await client.clusters({zoom: 3, bbox: box, roles: ['public'], playable: true});
  const again = await client.clusters({zoom: 3}, {before: found});
  return again.features.reduce((sum, {properties}) => sum + ('count' in properties ? Number(properties.count) : 1), 0)
    - again.numberMatched + again.roles.length;
}

async function follow(): Promise<void> {
  const known = new Map<number, Status>();
  const take = ({reset, changed, gone, status, since}: News): void => {
    if (reset) known.clear();
    for (const {id, properties} of changed) known.set(id, properties.status);
    for (const id of gone) known.delete(id);
    for (const id of status.offline ?? []) word.textContent = `offline since ${since[id] ?? '?'}`;
  };
  const over = new AbortController();
  for await (const news of client.changes({bbox: box, signal: over.signal, onState: (isTold: boolean) => { video.hidden = !isTold; }})) {
    take(news);
  }
}

async function one(): Promise<void> {
  const camera: Camera | null = await client.camera(42, {signal: AbortSignal.timeout(1000)});
  if (!camera) return;
  const [longitude, latitude] = camera.geometry.coordinates;
  const {heading, width, status_since: since} = camera.properties;
  word.textContent = `${longitude.toFixed(1)} ${latitude.toFixed(1)} ${heading ?? 0} ${width ?? 0} ${since?.length}`;
  const obstacle: 'not-playable' | 'codec' | null = obstacleOf(camera.properties);
  if (obstacle === null) watch(camera.id);
  if (!camera.properties.still) return;
  const {picture, again} = await client.still(camera.id);
  word.textContent = `${picture.size} ${again.toFixed()}`;
  const stills: StillView = client.watchStills(camera.id, {every: 1000, counts: false});
  stills.addEventListener('picture', () => { word.textContent = `${stills.picture?.size} ${stills.viewers}`; });
  stills.counts = !stills.refusal?.retryAfter;
  stills.end();
}

function watch(id: number): View {
  const view = client.watch(id);
  view.addEventListener('stream', () => { video.srcObject = view.stream; });
  view.addEventListener('state', (event: CustomEvent) => {
    const state: ViewState = view.state;
    const reason: ViewReason | null = view.reason;
    word.textContent = [event.type, state, reason, view.failure, view.note].filter(Boolean).join(' ');
  }, {once: true});
  const seconds = view.nextTry === null ? 0 : view.nextTry - Date.now();
  if (view.viewers === 0 || view.serverFault === 'unreachable' || seconds > 10) view.retry();
  if (view.id !== id) view.end();
  return view;
}

async function asked(): Promise<void> {
  try {
    const reply = await client.ask(`${client.server}/health`, {patience: 1000, headers: {Accept: 'application/json'}});
    await client.post('/view-end', {session_id: await reply.text()});
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    const {status, type, detail, retryAfter, reason, note} = error;
    word.textContent = [status, type, detail, retryAfter ?? 0, reason, note, error.message].join(' ');
  }
  if (client.hasChanges !== false) await follow();
  throw new ServerError(503, {type: 'urn:cctv:busy', detail: 'Later', retryAfter: 3, cause: null});
}

function element(): CameraElement {
  const camera = document.createElement('cctv-camera');
  camera.setAttribute('camera', '42');
  camera.addEventListener('state', () => {
    const {view, state, reason, text} = camera;
    word.textContent = [view?.viewers ?? 0, state satisfies ViewState, reason === 'no-camera', text].join(' ');
  });
  if (!(camera instanceof CameraElement)) throw new TypeError();
  return camera;
}

// What the types have to refuse; tsc complains of a directive without an error.
// @ts-expect-error: the id is a number
client.watch('42');
// @ts-expect-error: a view is made by watch()
new View();
// @ts-expect-error: there is no such state
const wrong: ViewState = 'playing';
// @ts-expect-error: it is read only
watch(1).state = 'ended';
// @ts-expect-error: there is no such event
watch(1).addEventListener('states', () => {});
// @ts-expect-error: a box has four numbers
client.list({bbox: [1, 2]});
// @ts-expect-error: there may be no such camera
client.camera(1).then(({id}) => id);

export {asked, clusters, element, follow, lists, one, wrong};
