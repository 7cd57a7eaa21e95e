// SPDX-License-Identifier: Apache-2.0
// The aspect ratio of most cameras: 640 by 480.
const SHAPE = 4 / 3;

// The smallest useful picture. If there is no room for it, the tiles scroll.
const LEAST = 150;

/**
 * Computes the layout of tiles with the largest possible pictures.
 *
 * @param count  tiles, at least 1
 * @param width, height  of the space, in CSS pixels
 * @param bar    height of the bar below each picture
 * @param gap    between tiles
 * @returns {{columns: number, row: number}} row is the height of a tile
 */
export function bestGrid(count, {width, height, bar, gap}) {
  const across = (columns) => (width - gap * (columns - 1)) / columns;
  let best = {picture: 0};
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const room = (height - gap * (rows - 1)) / rows;
    const row = Math.min(room, across(columns) / SHAPE + bar);
    const picture = Math.min(across(columns), (row - bar) * SHAPE);
    if (picture > best.picture) best = {columns, row: Math.floor(row), picture};
  }
  if (best.picture < LEAST) {
    const columns = Math.min(count, Math.max(1, Math.floor((width + gap) / (LEAST + gap))));
    best = {columns, row: Math.ceil(across(columns) / SHAPE + bar)};
  }
  return {columns: best.columns, row: best.row};
}
