// SPDX-License-Identifier: Apache-2.0
/** Puts together what would lie on top of each other on the map; needs no map. */

const order = (a, b) => b.count - a.count || (String(a.id) < String(b.id) ? -1 : 1);

/**
 * @param points  [{id, x, y, count}…]: what is on the map, in pixels, and how many cameras each stands for
 * @param radius  in pixels: what is nearer to the largest one than this belongs to it
 * @returns {object[][]} the groups: arrays of points, each with the largest one first. Every point is in one of them,
 * and the order of the points does not matter
 */
export function gather(points, radius) {
  const groups = [];
  // "column,row" of squares as large as the radius → the groups whose first point is there
  const squares = new Map();
  const square = ({x, y}, dx, dy) => `${Math.floor(x / radius) + dx},${Math.floor(y / radius) + dy}`;
  const nearest = (point) => {
    let found = null;
    let least = radius;
    for (let i = 0; i < 9; i++) {
      for (const group of squares.get(square(point, i % 3 - 1, Math.floor(i / 3) - 1)) ?? []) {
        const away = Math.hypot(group[0].x - point.x, group[0].y - point.y);
        if (away < least) [found, least] = [group, away];
      }
    }
    return found;
  };
  for (const point of [...points].sort(order)) {
    const near = nearest(point);
    if (near) {
      near.push(point);
      continue;
    }
    const group = [point];
    const key = square(point, 0, 0);
    groups.push(group);
    if (squares.has(key)) squares.get(key).push(group);
    else squares.set(key, [group]);
  }
  return groups;
}

/** Places around a spot, in pixels, in rings: for cameras that no zoom separates. */
export function ringsOf(count, {radius = 40, gap = 34} = {}) {
  const places = [];
  for (let r = radius; places.length < count; r += gap) {
    const many = Math.min(count - places.length, Math.floor(2 * Math.PI * r / gap));
    for (let i = 0; i < many; i++) {
      const angle = 2 * Math.PI * i / many;
      places.push([r * Math.sin(angle), -r * Math.cos(angle)]);
    }
  }
  return places;
}
