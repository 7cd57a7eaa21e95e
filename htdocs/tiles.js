// SPDX-License-Identifier: Apache-2.0
/**
 * Computes with tiles of the Web Mercator quadtree (z/x/y, as web maps number
 * them); needs no map. Boxes are {west, south, east, north} in degrees. The outer
 * rows reach to the poles, although the projection ends before.
 */

// The first row ends at 85.0511 degrees.
const row = (lat, n) => {
  const sin = Math.sin(lat * Math.PI / 180);
  const y = (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * n;
  return Math.min(n - 1, Math.max(0, Math.floor(y)));
};

// Rounded, so that the edges of neighbours are exactly equal, and addresses stay short.
const latitude = (y, n) => {
  if (y === 0) return 90;
  if (y === n) return -90;
  return Number((Math.atan(Math.sinh(Math.PI * (1 - 2 * y / n))) * 180 / Math.PI).toFixed(6));
};

/** Degrees from `west` eastwards to `lng`, 0 to below 360. */
export const eastOf = (lng, west) => ((lng - west) % 360 + 360) % 360;

/** The width of a box in degrees; west > east crosses the antimeridian. */
export const widthOf = ({west, east}) => (east < west ? east - west + 360 : Math.min(360, east - west));

/** Whether a position [lng, lat] is in a box; the edges belong to the box. */
export function contains(box, [lng, lat]) {
  if (lat < box.south || lat > box.north) return false;
  return eastOf(lng, box.west) <= widthOf(box);
}

/**
 * Whether a position is in the box of a tile, by the rules of the server: such a
 * box never crosses the antimeridian, and 180 and -180 are two different edges.
 */
export function isWithin(box, [lng, lat]) {
  return lng >= box.west && lng <= box.east && lat >= box.south && lat <= box.north;
}

/** The box of a tile. */
export function boxOf({z, x, y}) {
  const n = 2 ** z;
  return {
    west: x * 360 / n - 180,
    south: latitude(y + 1, n),
    east: (x + 1) * 360 / n - 180,
    north: latitude(y, n),
  };
}

/**
 * A box around tiles, with as much space around them as they are wide and high;
 * null if that would be half the world or more.
 */
export function widen(boxes) {
  const west = Math.min(...boxes.map((box) => box.west));
  const east = Math.max(...boxes.map((box) => box.east));
  const south = Math.min(...boxes.map((box) => box.south));
  const north = Math.max(...boxes.map((box) => box.north));
  if (east - west > 60) return null;
  const [width, height] = [east - west, north - south];
  return {
    west: Math.max(-180, west - width),
    south: Math.max(-90, south - height),
    east: Math.min(180, east + width),
    north: Math.min(90, north + height),
  };
}

export const keyOf = ({z, x, y}) => `${z}/${x}/${y}`;

/** The tiles that contain a tile, the smallest of them first. */
export function ancestorsOf({z, x, y}) {
  const found = [];
  for (let up = 1; up <= z; up++) found.push({z: z - up, x: x >> up, y: y >> up});
  return found;
}

/**
 * The tiles of level z that a box touches, from its middle outwards. The
 * longitudes of the box may be beyond ±180.
 */
export function tilesOf(box, z) {
  const n = 2 ** z;
  const left = (box.west + 180) * n / 360;
  const first = Math.floor(left);
  const across = Math.min(n, Math.floor(left + widthOf(box) * n / 360) - first + 1);
  const top = row(box.north, n);
  const down = row(box.south, n) - top + 1;
  const found = [];
  for (let i = 0; i < across * down; i++) {
    const dx = i % across;
    const dy = Math.floor(i / across);
    const away = Math.hypot(dx - (across - 1) / 2, dy - (down - 1) / 2);
    found.push({z, x: ((first + dx) % n + n) % n, y: top + dy, away});
  }
  return found.sort((a, b) => a.away - b.away);
}
