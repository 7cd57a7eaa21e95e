// SPDX-License-Identifier: Apache-2.0
/**
 * Computes with boxes and with the tiles of the Web Mercator quadtree; needs no map. Boxes are {west, south, east,
 * north} in degrees; west > east crosses the antimeridian. The outer rows reach to the poles, although the projection
 * ends at 85.0511 degrees.
 */

// So many tiles around a box belong to its area: markers whose middle is a little outside are seen as well.
const MARGIN = 0.25;
// Degrees; a difference that is less comes from rounding.
const LITTLE = 1e-9;

const WORLD = Object.freeze({west: -180, south: -90, east: 180, north: 90});

// From 0 at the northern end of the projection to 1.
const down = (lat) => {
  const sin = Math.sin(lat * Math.PI / 180);
  const y = 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
  return Math.min(1, Math.max(0, y));
};

// Of the upper edge of a row of tiles.
const latitude = (y, n) => {
  if (y <= 0) return 90;
  if (y >= n) return -90;
  return Math.atan(Math.sinh(Math.PI * (1 - 2 * y / n))) * 180 / Math.PI;
};

/** Degrees from `west` eastwards to `lng`, 0 to below 360. */
export const eastOf = (lng, west) => ((lng - west) % 360 + 360) % 360;

/** The width of a box in degrees. */
export const widthOf = ({west, east}) => (east < west ? east - west + 360 : Math.min(360, east - west));

/** Whether a position [lng, lat] is in a box; the edges belong to the box. */
export function contains(box, [lng, lat]) {
  if (lat < box.south || lat > box.north) return false;
  return widthOf(box) === 360 || eastOf(lng, box.west) <= widthOf(box);
}

/** Whether a box is in another one. */
export function isInside(inner, outer) {
  if (inner.south < outer.south || inner.north > outer.north) return false;
  return widthOf(outer) === 360
    || eastOf(inner.west + LITTLE, outer.west) + widthOf(inner) <= widthOf(outer) + 2 * LITTLE;
}

/** The parameter bbox for a box, rounded to a few centimetres; undefined: it is the world. */
export function bboxOf({west, south, east, north}) {
  if (west === -180 && east === 180 && south === -90 && north === 90) return undefined;
  return [west, south, east, north].map((degrees) => Number(degrees.toFixed(6)));
}

// Longitudes may be beyond ±180.
function boxOf(west, south, east, north) {
  if (east - west >= 360) return {...WORLD, south, north};
  return {west: eastOf(west, -180) - 180, south, east: 180 - eastOf(180, east), north};
}

/** The whole tiles of a zoom in which a box lies, as one box. */
export function areaOf(box, zoom) {
  const n = 2 ** zoom;
  const left = (box.west + 180) / 360 * n;
  const right = left + widthOf(box) / 360 * n;
  const lng = (x) => x * 360 / n - 180;
  return boxOf(
    lng(Math.floor(left - MARGIN)),
    latitude(Math.ceil(down(box.south) * n + MARGIN), n),
    lng(Math.ceil(right + MARGIN)),
    latitude(Math.floor(down(box.north) * n - MARGIN), n),
  );
}

/** A box with as much space around it as it is wide and high. */
export function widen({west, south, east, north}) {
  const width = widthOf({west, east});
  const height = north - south;
  return boxOf(west - width, Math.max(-90, south - height), west + 2 * width, Math.min(90, north + height));
}

/** The id of the cluster that has a position, in the cells of a level: "level/column/row". */
export function cellOf([lng, lat], level) {
  const n = 2 ** level;
  const at = (share) => Math.min(n - 1, Math.max(0, Math.floor(share * n)));
  return `${level}/${at((lng + 180) / 360)}/${at(down(lat))}`;
}
