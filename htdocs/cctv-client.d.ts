// SPDX-License-Identifier: Apache-2.0
/** The types of cctv-client.js, which explains what each member does. */

export interface ClientOptions {
  /** What precedes /api and /view-start: an address, a path, or '' for the origin of the page. */
  server?: string;
}

export type Status = 'online' | 'offline' | 'unknown';

/** [west, south, east, north] in degrees; west > east crosses the antimeridian. */
export type Box = readonly [west: number, south: number, east: number, north: number];

/** docs/api.md describes them. Servers may add further properties. */
export interface CameraProperties {
  name: string;
  role: string;
  status: Status;
  status_since?: string;
  status_reason?: string;
  playable: boolean;
  playable_by?: string[];
  codec: string | null;
  profile: string | null;
  width: number | null;
  height: number | null;
  fps: number | null;
  audio: boolean;
  heading?: number;
  field_of_view?: number;
  range_m?: number;
  still?: boolean;
  [more: string]: unknown;
}

/** One camera, as a Feature of GeoJSON. */
export interface Camera {
  type: 'Feature';
  id: number;
  geometry: {type: 'Point'; coordinates: [longitude: number, latitude: number, ...more: number[]]};
  properties: CameraProperties;
}

/** What lists and changes are asked for. */
export interface Filter {
  bbox?: Box;
  roles?: readonly string[];
  statuses?: readonly Status[];
  playable?: boolean;
}

export interface ListQuery extends Filter {
  /** Words in the name. */
  q?: string;
  /** Cameras on the first page. */
  first?: number;
  /** Cameras on each of the other pages. */
  limit?: number;
}

export interface ChangesQuery extends Filter {
  /** Ends it. */
  signal?: AbortSignal;
  /** Called when it may have changed whether changes are being told. */
  onState?: (isTold: boolean) => void;
}

export interface CameraPage {
  features: Camera[];
  /** False: `features` is the same array as at the last load(). */
  changed: boolean;
  /** Whether there is a further page. */
  more: boolean;
}

export interface ClustersQuery extends Filter {
  /** Of the map, as Leaflet counts it. */
  zoom: number;
}

/** Some cameras that lie close together. */
export interface Cluster {
  type: 'Feature';
  id: string;
  bbox: Box;
  geometry: {type: 'Point'; coordinates: [longitude: number, latitude: number]};
  properties: {cluster: true; count: number; online: number; offline: number; unknown: number; playable: number};
}

export interface Clusters {
  features: (Cluster | Camera)[];
  /** How many cameras there are. */
  numberMatched: number;
  /** Of all cameras that the user may see. */
  roles: string[];
}

/** A list of cameras, page by page. */
export interface CameraList {
  /** Throws ServerError. A further call asks whether the pages have changed. */
  load(options?: {signal?: AbortSignal}): AsyncGenerator<CameraPage, void, undefined>;
}

export interface News {
  /** Load the list now, or again. */
  reset: boolean;
  changed: Camera[];
  gone: number[];
  /** By the new status: ids of cameras of which nothing else has changed. */
  status: {[status in Status]?: number[]};
  /** By the id of each of these: since when, as status_since. */
  since: {[id: string]: string};
}

export interface AskOptions extends RequestInit {
  /** In milliseconds. */
  patience?: number;
}

export interface Problem {
  type?: string;
  detail?: string;
  retryAfter?: number | null;
  reason?: string | null;
  note?: string | null;
  cause?: unknown;
}

/** Thrown when the server refuses, or does not answer. */
export class ServerError extends Error {
  constructor(status: number, problem?: Problem);
  /** HTTP status; 0: no answer. */
  readonly status: number;
  /** Of the problem, such as 'urn:cctv:busy'. */
  readonly type: string;
  /** A sentence of the server, or ''. */
  readonly detail: string;
  /** In seconds. */
  readonly retryAfter: number | null;
  /** The name of the failure of the camera or of the video server. */
  readonly reason: string | null;
  /** What an operator wrote. */
  readonly note: string | null;
}

/** Why this browser does not play a camera: no browser does, or this one lacks its codecs; otherwise null. */
export function obstacleOf(properties: {playable: boolean; playable_by?: readonly string[]}):
  'not-playable' | 'codec' | null;

export class Client {
  constructor(options?: ClientOptions);
  /** Whether the last list said that changes can be followed; null if none was loaded yet. */
  hasChanges: boolean | null;
  readonly server: string;
  /** The reply with its whole body, whatever its status. Throws ServerError if there is none. */
  ask(path: string, options?: AskOptions): Promise<Response>;
  /** Sends JSON to a path below the server, such as '/view-end'. */
  post(path: string, members: object, options?: AskOptions): Promise<Response>;
  list(query?: ListQuery): CameraList;
  /** Follows the cameras of a query. Throws ServerError, and the abort reason of the signal. */
  changes(query?: ChangesQuery): AsyncGenerator<News, void, undefined>;
  /** What a map shows at a zoom. `before` is returned if nothing has changed. Throws ServerError; 404: there are none. */
  clusters(query: ClustersQuery, options?: {before?: Clusters; signal?: AbortSignal}): Promise<Clusters>;
  /** Learns from an answer of the server whether changes can be followed. */
  note(reply: Response): void;
  /** Null if the camera does not exist or may not be seen. */
  camera(id: number, options?: {signal?: AbortSignal}): Promise<Camera | null>;
  /**
   * The still picture of a camera whose property `still` is true, and in how many milliseconds there may be a new one.
   * Throws ServerError.
   */
  still(id: number, options?: {signal?: AbortSignal}): Promise<{picture: Blob; again: number}>;
  /**
   * Starts to play a camera; one of HLS plays in `video`, and without it does not play. Throws TypeError if the id is not
   * a positive integer.
   */
  watch(id: number, options?: {video?: HTMLVideoElement | null}): View;
  /** Shows the still pictures of a camera whose property `still` is true. `every` is in milliseconds. */
  watchStills(id: number, options?: {every?: number; counts?: boolean}): StillView;
}

export type ViewState = 'connecting' | 'live' | 'stalled' | 'offline' | 'denied' | 'busy' | 'ended';

export type ViewReason = 'video-down' | 'server' | 'unreachable' | 'no-picture' | 'hidden' | 'draining' | 'kicked'
  | 'not-found' | 'login' | 'forbidden' | 'origin' | 'closed' | 'not-playable' | 'no-video' | 'codec' | 'unsupported';

/** The events of a View: each is named after what has changed. */
export type ViewEvent = 'state' | 'note' | 'failure' | 'stream' | 'isHls' | 'viewers' | 'nextTry' | 'serverFault';

/** A camera that is played. After every fault it starts again by itself, until end() is called. */
export class View extends EventTarget {
  /** Client.watch() makes it. */
  private constructor();
  readonly id: number;
  readonly state: ViewState;
  readonly reason: ViewReason | null;
  /** The name of the failure of the camera or of the video server. */
  readonly failure: string | null;
  /** What an operator wrote. */
  readonly note: string | null;
  readonly stream: MediaStream | null;
  /** Whether it plays HLS in its <video>; then there is no stream. */
  readonly isHls: boolean;
  /** How many people watch this camera. */
  readonly viewers: number | null;
  /** When the next start is tried, as Date.now(). */
  readonly nextTry: number | null;
  /** How the last request failed; the picture may go on meanwhile. */
  readonly serverFault: 'unreachable' | 'server' | null;
  /** With what the last start was refused; null if it was accepted. */
  readonly refusal: ServerError | null;
  /** Ends the view, here and on the server. */
  end(): void;
  /** Tries again at once, if it waits for its next try or does not try any more. */
  retry(): void;
  addEventListener(type: ViewEvent, listener: ((event: CustomEvent) => void) | EventListenerObject | null,
    options?: boolean | AddEventListenerOptions): void;
  removeEventListener(type: ViewEvent, listener: ((event: CustomEvent) => void) | EventListenerObject | null,
    options?: boolean | EventListenerOptions): void;
}

/** The events of a StillView: each is named after what has changed. */
export type StillViewEvent = 'picture' | 'viewers' | 'refusal';

/** The still pictures of a camera, until end() is called. */
export class StillView extends EventTarget {
  /** Client.watchStills() makes it. */
  private constructor();
  readonly id: number;
  /** The last picture, a JPEG. */
  readonly picture: Blob | null;
  /** Whether who sees a picture counts as a viewer, by a view of transport `still`. */
  counts: boolean;
  /** How many people watch this camera. */
  readonly viewers: number | null;
  /** With what the view was refused, so that there is no picture. */
  readonly refusal: ServerError | null;
  /** Ends the view, here and on the server. */
  end(): void;
  addEventListener(type: StillViewEvent, listener: ((event: CustomEvent) => void) | EventListenerObject | null,
    options?: boolean | AddEventListenerOptions): void;
  removeEventListener(type: StillViewEvent, listener: ((event: CustomEvent) => void) | EventListenerObject | null,
    options?: boolean | EventListenerOptions): void;
}
