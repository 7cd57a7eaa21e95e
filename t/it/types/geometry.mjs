// Checks what the map page computes without a map: gather.js and tiles.js. Prints
// nothing if all is right.
//
//     node geometry.mjs HTDOCS
import assert from 'node:assert/strict';

const [, , htdocs] = process.argv;
const {gather, ringsOf} = await import(`${htdocs}/gather.js`);
const {areaOf, bboxOf, cellOf, contains, isInside, widen, widthOf} = await import(`${htdocs}/tiles.js`);

// The same numbers in each run.
let seed = 1;
const random = () => {
  seed = seed * 48271 % 2147483647;
  return seed / 2147483647;
};
const between = (least, most) => least + (most - least) * random();

// Every point is in one group, first points are apart, and the order does not matter.
const RADIUS = 64;
const points = Array.from({length: 3000}, (_, id) => ({
  id: id % 2 ? id : `9/${id}/${id}`, x: between(-2000, 2000), y: between(-900, 900), count: 1 + Math.floor(between(0, 9)),
}));
const groups = gather(points, RADIUS);
const sum = (all) => all.reduce((total, {count}) => total + count, 0);
assert.deepEqual(new Set(groups.flat()), new Set(points));
assert.equal(sum(groups.flat()), sum(points));
groups.forEach(([a], i) => groups.slice(i + 1).forEach(([b]) => assert(Math.hypot(a.x - b.x, a.y - b.y) >= RADIUS)));
for (const [first, ...others] of groups) {
  for (const {x, y, count} of others) assert(Math.hypot(x - first.x, y - first.y) < RADIUS && count <= first.count);
}
assert.deepEqual(gather([...points].reverse(), RADIUS).map(([{id}]) => id), groups.map(([{id}]) => id));
assert.deepEqual(gather([], RADIUS), []);

// Cameras on one spot lie apart.
for (const count of [0, 1, 2, 9, 100]) {
  const places = ringsOf(count);
  assert.equal(places.length, count);
  places.forEach((a, i) => places.slice(i + 1).forEach((b) => assert(Math.hypot(a[0] - b[0], a[1] - b[1]) > 30)));
}

// An area has its box, also across the antimeridian and beyond ±180; what is asked for around it as well.
for (let i = 0; i < 5000; i++) {
  const zoom = Math.floor(between(0, 20));
  const width = Math.min(360, between(0, 6) * 360 / 2 ** zoom);
  const west = between(-180, 180);
  const east = west + width > 180 ? west + width - 360 : west + width;
  const [south, north] = [between(-90, 90), between(-90, 90)].sort((a, b) => a - b);
  const box = width === 360 ? {west: -180, south, east: 180, north} : {west, south, east, north};
  const area = areaOf(box, zoom);
  const text = JSON.stringify({box, zoom, area});
  assert(isInside(box, area), text);
  assert(isInside(area, widen(area)), text);
  assert(isInside(area, area), text);
  assert(area.west >= -180 && area.west <= 180 && area.east >= -180 && area.east <= 180, text);
  const inside = [box.west + widthOf(box) * random(), between(south, north)];
  assert(contains(area, inside), text);
  assert(!(bboxOf(area) ?? []).join().includes('e'), text);
}
assert.equal(bboxOf(areaOf({west: -180, south: -90, east: 180, north: 90}, 3)), undefined);
assert(!isInside({west: 170, south: 0, east: -170, north: 1}, {west: -180, south: 0, east: 170, north: 1}));
assert(!isInside({west: -180, south: 0, east: 180, north: 1}, {west: 10, south: -5, east: 9, north: 5}));

// As the server numbers them; a cell is four cells of the next level.
assert.equal(cellOf([-180, 90], 3), '3/0/0');
assert.equal(cellOf([180, -90], 3), '3/7/7');
assert.equal(cellOf([0.1, -0.1], 1), '1/1/1');
