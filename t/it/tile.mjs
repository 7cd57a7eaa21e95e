// Prints a vector tile from standard input as JSON, decoded by the library that
// MapLibre uses.
import {readFileSync} from 'fs';
import {createRequire} from 'module';
import {pathToFileURL} from 'url';

const require = createRequire(process.argv[2] + '/');
const load = (name) => import(pathToFileURL(require.resolve(name)));
const {VectorTile} = await load('@mapbox/vector-tile');
const {PbfReader} = await load('pbf');
const tile = new VectorTile(new PbfReader(readFileSync(0)));
const [z, x, y] = process.argv.slice(3).map(Number);
const out = {};
for (const [name, layer] of Object.entries(tile.layers)) {
  out[name] = {version: layer.version, extent: layer.extent, features: []};
  for (let i = 0; i < layer.length; i++) {
    const feature = layer.feature(i);
    const [[place]] = feature.loadGeometry();
    out[name].features.push({x: place.x, y: place.y, ...feature.toGeoJSON(x, y, z)});
  }
}
console.log(JSON.stringify(out));
