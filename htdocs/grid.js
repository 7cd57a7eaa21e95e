// SPDX-License-Identifier: Apache-2.0
// The aspect ratio of most cameras, 640 by 480, for those that have no picture yet.
const SHAPE = 4 / 3;

// The smallest useful picture. If there is no room for it, the tiles scroll.
const LEAST = 150;

/**
 * Computes the layout of tiles with the largest possible pictures.
 *
 * @param shapes  width / height of each picture, null if it is not known; at least one
 * @param width, height  of the space, in CSS pixels
 * @param bar    height of the bar below each picture
 * @param gap    between tiles
 * @returns {{columns: number, row: number}} row is the height of a tile
 */
export function bestGrid(shapes, {width, height, bar, gap}) {
  const known = shapes.map((shape) => shape || SHAPE);
  const widest = Math.max(...known);
  const highest = Math.min(...known);
  const across = (columns) => (width - gap * (columns - 1)) / columns;
  let best = {area: 0};
  for (let columns = 1; columns <= known.length; columns++) {
    const rows = Math.ceil(known.length / columns);
    const room = (height - gap * (rows - 1)) / rows;
    const row = Math.min(room, across(columns) / highest + bar);
    const widths = known.map((shape) => Math.max(0, Math.min(across(columns), (row - bar) * shape)));
    const area = widths.reduce((sum, each, index) => sum + each * each / known[index], 0);
    if (area > best.area) best = {area, columns, row: Math.floor(row), picture: Math.min(...widths)};
  }
  if (!(best.picture >= LEAST * Math.min(1, highest))) {
    const columns = Math.min(known.length, Math.max(1, Math.floor((width + gap) / (LEAST + gap))));
    best = {columns, row: Math.ceil(across(columns) / Math.min(widest, SHAPE) + bar)};
  }
  return {columns: best.columns, row: best.row};
}
