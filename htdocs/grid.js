const SHAPE = 16 / 9;

/**
 * How to lay out tiles so that their pictures are as large as possible.
 *
 * @param count  tiles, at least 1
 * @param width, height  of the space, in CSS pixels
 * @param bar    height of what is below each picture
 * @param gap    between tiles
 * @returns {{columns: number, row: number}} row is the height of a tile
 */
export function bestGrid(count, {width, height, bar, gap}) {
  let best = null;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const across = (width - gap * (columns - 1)) / columns;
    const room = (height - gap * (rows - 1)) / rows;
    const row = Math.min(room, across / SHAPE + bar);
    const picture = Math.min(across, (row - bar) * SHAPE);
    if (!best || picture > best.picture) best = {columns, row: Math.floor(row), picture};
  }
  return {columns: best.columns, row: best.row};
}
