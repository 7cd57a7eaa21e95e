// SPDX-License-Identifier: Apache-2.0
/**
 * Streets out of one .pmtiles file, drawn by protomaps-leaflet, which
 * tools/streets.sh puts into the folder of the site (docs/install.md).
 */
import {textOnly} from './basemap.js';

const LIBRARY = 'own/protomaps-leaflet.js';

let library = null;

// A classic script, which sets window.protomapsL.
function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = new URL(LIBRARY, import.meta.url);
    script.addEventListener('load', () => (window.protomapsL ? resolve(window.protomapsL) : reject(new Error(LIBRARY))));
    script.addEventListener('error', () => reject(new Error(LIBRARY)));
    document.head.append(script);
  });
  return library;
}

/** Whether the library is there. */
export async function canDrawStreets() {
  return loadLibrary().then(() => true, () => false);
}

// The file names its source as HTML.
function textOf(html) {
  return new DOMParser().parseFromString(html ?? '', 'text/html').body.textContent;
}

/**
 * Opens the file and returns a layer for it. Rejects if the library is not there, the file cannot be read, or the
 * server does not answer to requests for parts of it.
 *
 * @param told  called with true for each tile that was read, and with false for each that could not be
 */
export async function openStreets({pmtiles, attribution, max_zoom: most}, {isDark, options, told}) {
  const {PmtilesSource, leafletLayer} = await loadLibrary();
  const {p: archive} = new PmtilesSource(new URL(pmtiles, document.baseURI).href, true);
  const header = await archive.getHeader();
  const metadata = attribution === undefined ? await archive.getMetadata() : {};
  const read = archive.getZxy.bind(archive);
  archive.getZxy = async (...tile) => {
    try {
      const found = await read(...tile);
      told(true);
      return found;
    } catch (error) {
      if (error.name !== 'AbortError') told(false);
      throw error;
    }
  };
  const layer = leafletLayer({
    ...options,
    url: archive,
    flavor: isDark ? 'dark' : 'light',
    lang: document.documentElement.lang || 'en',
    maxDataZoom: Math.min(header.maxZoom, most ?? header.maxZoom) || 1,
    attribution: textOnly(attribution ?? textOf(metadata?.attribution)),
  });
  // Where the file has nothing, the coastlines below are seen.
  layer.backgroundColor = undefined;
  return layer;
}
