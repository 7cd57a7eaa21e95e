// SPDX-License-Identifier: Apache-2.0
/**
 * The shipped map: land and borders of world.json, drawn on canvas tiles in the
 * colours of map.css.
 */

const WORLD = 'world.json';
const HUNDREDTHS = 100;
// The latitude at which Web Mercator ends. The world is 1 wide and 1 high; y
// starts in the north.
const MOST_LATITUDE = 85.0511287798066;
// Points that are closer to each other than this, in pixels, are drawn as one.
const DETAIL = 0.7;
// The pixels around a tile that lines on its edge may touch.
const MARGIN = 3;

function project(lng, lat) {
  const sin = Math.sin(Math.min(MOST_LATITUDE, Math.max(-MOST_LATITUDE, lat)) * Math.PI / 180);
  return [lng / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

// Flat array of lng, lat in hundredths of a degree.
function decode(deltas) {
  const line = Array.from(deltas);
  for (let i = 2; i < line.length; i++) line[i] += line[i - 2];
  return line;
}

/**
 * Joins lines whose ends meet into rings, so that land can be filled. A ring
 * continues beyond ±180: a line that leaves at +180 continues at -180.
 */
function joinRings(lines) {
  const key = (lng, lat) => `${lng === -18000 ? 18000 : lng},${lat}`;
  const starts = new Map(lines.map((line) => [key(line[0], line[1]), line]));
  const rings = [];
  while (starts.size) {
    let [[at, line]] = starts;
    const ring = [];
    let shift = 0;
    while (line) {
      starts.delete(at);
      // The same meridian, one turn around the globe further.
      if (ring.length) shift = ring.at(-2) - line[0];
      for (let i = 0; i < line.length; i += 2) ring.push(line[i] + shift, line[i + 1]);
      at = key(line.at(-2), line.at(-1));
      line = starts.get(at);
    }
    rings.push(closed(ring));
  }
  return rings;
}

// A ring around a pole ends one turn further on. Close it over the pole.
function closed(ring) {
  if (Math.abs(ring.at(-2) - ring[0]) < 18000) return ring;
  return [...ring, ring.at(-2), -9000, ring[0], -9000];
}

// {points: flat Float64Array of x, y, west, north, east, south}
function shapeOf(line) {
  const points = new Float64Array(line.length);
  const shape = {points, west: Infinity, north: Infinity, east: -Infinity, south: -Infinity};
  for (let i = 0; i < line.length; i += 2) {
    const [x, y] = project(line[i] / HUNDREDTHS, line[i + 1] / HUNDREDTHS);
    points[i] = x;
    points[i + 1] = y;
    shape.west = Math.min(shape.west, x);
    shape.east = Math.max(shape.east, x);
    shape.north = Math.min(shape.north, y);
    shape.south = Math.max(shape.south, y);
  }
  return shape;
}

// The sides of a tile beyond which a point lies, as bits; 0: inside the tile.
function sidesOf(x, y, size) {
  return (x < -MARGIN ? 1 : 0) | (x > size + MARGIN ? 2 : 0)
    | (y < -MARGIN ? 4 : 0) | (y > size + MARGIN ? 8 : 0);
}

/**
 * Adds a shape to the path. If consecutive points are all beyond the same edge,
 * only the first and the last are drawn; if they are within a pixel, only the
 * first is drawn.
 */
function trace(context, points, {scale, left, top, size}) {
  let lastX = points[0] * scale - left;
  let lastY = points[1] * scale - top;
  let sides = sidesOf(lastX, lastY, size);
  let skipped = false;
  context.moveTo(lastX, lastY);
  for (let i = 2; i < points.length; i += 2) {
    const x = points[i] * scale - left;
    const y = points[i + 1] * scale - top;
    const now = sidesOf(x, y, size);
    if (sides & now || Math.abs(x - lastX) + Math.abs(y - lastY) < DETAIL) {
      sides = sides & now || sides;
      skipped = true;
    } else {
      if (skipped && sides) context.lineTo(points[i - 2] * scale - left, points[i - 1] * scale - top);
      context.lineTo(x, y);
      [lastX, lastY, sides, skipped] = [x, y, now, false];
    }
  }
  if (skipped) context.lineTo(points.at(-2) * scale - left, points.at(-1) * scale - top);
}

/** The tiles of the shipped map. `world` is what world.json holds. */
class WorldLayer extends L.GridLayer {
  constructor(world) {
    super({attribution: textOnly(world.source), updateWhenZooming: false, className: 'cctv-world', zIndex: 0});
    this.land = joinRings(world.lines.coast.map(decode)).map(shapeOf);
    this.borders = world.lines.borders.map(decode).map(shapeOf);
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
  }

  onAdd(map) {
    this.recolour = () => {
      this.readColours(map);
      this.redraw();
    };
    this.readColours(map);
    this.scheme.addEventListener('change', this.recolour);
    super.onAdd(map);
  }

  onRemove(map) {
    this.scheme.removeEventListener('change', this.recolour);
    super.onRemove(map);
  }

  readColours(map) {
    const style = getComputedStyle(map.getContainer());
    const colour = (name) => style.getPropertyValue(`--cctv-${name}`).trim();
    this.colours = {land: colour('land'), coast: colour('coast'), border: colour('border')};
  }

  createTile({x, y, z}) {
    const canvas = document.createElement('canvas');
    const {x: size} = this.getTileSize();
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.height = Math.ceil(size * ratio);
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    this.draw(context, {x, y, scale: size * 2 ** z, size});
    return canvas;
  }

  draw(context, tile) {
    const {land, coast, border} = this.colours;
    this.tracePath(context, this.land, tile);
    context.fillStyle = land;
    context.fill('evenodd');
    context.strokeStyle = coast;
    context.lineWidth = 1;
    context.stroke();
    this.tracePath(context, this.borders, tile);
    context.strokeStyle = border;
    context.stroke();
  }

  // Shapes reach beyond ±180, so each may also be visible one turn to the left
  // or right.
  tracePath(context, shapes, {x, y, scale, size}) {
    const [left, top] = [x * size, y * size];
    const margin = MARGIN / scale;
    const [west, east] = [left / scale - margin, (left + size) / scale + margin];
    const [north, south] = [top / scale - margin, (top + size) / scale + margin];
    context.beginPath();
    for (const shape of shapes) {
      if (shape.south < north || shape.north > south) continue;
      for (const turn of [-1, 0, 1]) {
        if (shape.east + turn < west || shape.west + turn > east) continue;
        trace(context, shape.points, {scale, left: left - turn * scale, top, size});
      }
    }
  }
}

/** Leaflet interprets attributions as HTML. */
export function textOnly(text) {
  const element = document.createElement('span');
  element.textContent = text;
  return element.innerHTML;
}

/**
 * Loads the layer with coastlines and borders, and makes it when the promise `turn` is fulfilled. null: world.json
 * cannot be loaded, and the console says why.
 */
export async function loadCoast(turn = null) {
  try {
    const reply = await fetch(new URL(WORLD, import.meta.url));
    if (!reply.ok) throw new Error(`${reply.url}: ${reply.status}`);
    const [world] = await Promise.all([reply.json(), turn]);
    return new WorldLayer(world);
  } catch (error) {
    console.error(error);
    return null;
  }
}
