// Runs in a page before the page's own scripts. It watches from within, frame
// by frame: who asks from outside holds up what he measures.
(() => {
  const probe = {map: null, movedAt: 0};
  const frame = () => new Promise(requestAnimationFrame);
  const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

  // The page's map. Its first listener: what others do then takes time.
  function hook(leaflet) {
    leaflet.Map.addInitHook(function () {
      probe.map = this;
      this.on('moveend', () => { probe.movedAt = performance.now(); });
    });
  }

  // Leaflet is not there yet; once it is, L costs no more than it always does.
  let early;
  Object.defineProperty(window, 'L', {
    configurable: true,
    set(value) { early = value; },
    get() {
      if (early?.Map) {
        Object.defineProperty(window, 'L', {value: early, configurable: true, writable: true});
        hook(early);
      }
      return early;
    },
  });

  // How many cameras the markers and clusters stand for that isMeant chooses.
  function count(isMeant = () => true) {
    let total = 0;
    for (const element of probe.map?.getPane('markerPane').children ?? []) {
      if (isMeant(element)) total += Number(element.textContent) || 1;
    }
    return total;
  }

  // Without a layout, which would take time.
  function countInView() {
    const size = probe.map.getSize();
    return count((element) => {
      const {x, y} = probe.map.layerPointToContainerPoint(element._leaflet_pos);
      return x >= 0 && y >= 0 && x <= size.x && y <= size.y;
    });
  }

  // [when asked for, first byte, last byte] of each request with this in its address.
  const requests = (part) => performance.getEntriesByType('resource').filter(({name}) => name.includes(part))
    .map((entry) => [entry.startTime, entry.responseStart, entry.responseEnd]);
  const markAt = (name) => performance.getEntriesByName(name)[0]?.startTime;

  /** Milliseconds since the navigation's start, once so many cameras are shown. */
  probe.opened = async (total) => {
    let first;
    for (let shown = 0; shown < total;) {
      await frame();
      shown = count();
      if (shown) first ??= performance.now();
    }
    const all = performance.now();
    const [page] = performance.getEntriesByType('navigation');
    const modules = requests('.js').filter(([at]) => at < page.domInteractive);
    return {
      first,
      all,
      mark: markAt('cctv-first-markers'),
      contentful: markAt('first-contentful-paint'),
      page: page.responseEnd,
      modules: Math.max(...modules.map(([, , end]) => end)),
      scriptsRun: page.domContentLoadedEventStart,
      config: requests('config.json')[0]?.[2],
      cameras: requests('cameras?'),
    };
  };

  /** Once there are cameras, and for a second no more have come. */
  probe.settled = async () => {
    for (let still = 0, before = 0; still < 10;) {
      await pause(100);
      const shown = count();
      still = shown && shown === before ? still + 1 : 0;
      before = shown;
    }
  };

  /**
   * Moves the map by so many views. Resolves to the milliseconds from moveend
   * to the first frame with cameras, and to the frame from which on as many are
   * shown as after so many milliseconds.
   */
  probe.pan = async (x, y, patience) => {
    const {map} = probe;
    const size = map.getSize();
    const before = requests('cameras?').length;
    const moved = new Promise((resolve) => { map.once('moveend', resolve); });
    map.panBy([x * size.x, y * size.y]);
    await moved;
    const frames = [];
    while (performance.now() - probe.movedAt < patience) {
      await frame();
      frames.push([performance.now() - probe.movedAt, countInView()]);
    }
    const shown = frames.at(-1)[1];
    const all = frames.findLastIndex(([, seen]) => seen !== shown) + 1;
    return {
      shown,
      first: frames.find(([, seen]) => seen)?.[0],
      all: frames[all][0],
      requests: requests('cameras?').slice(before).map((r) => r.map((at) => at - probe.movedAt)),
    };
  };

  const ZOOMS = [2, 4, 6, 9, 12, 14, 11, 7, 3];
  const WAYS = [[0.9, 0], [0, 0.5], [-0.9, 0], [0.9, -0.5]];
  let turn = 0;

  /** Moves about for so long, at several zooms, never at the same place for long. */
  probe.roam = async (seconds) => {
    const {map} = probe;
    const end = performance.now() + seconds * 1000;
    const move = async (start) => {
      const moved = new Promise((resolve) => { map.once('moveend', resolve); });
      start();
      await moved;
      await pause(150);
    };
    let moves = 0;
    while (performance.now() < end) {
      const zoom = ZOOMS[turn % ZOOMS.length];
      await move(() => map.setView([turn * 23 % 90 - 35, turn * 67 % 340 - 170], zoom));
      for (const [x, y] of WAYS) {
        const size = map.getSize();
        await move(() => map.panBy([x * size.x, y * size.y]));
      }
      turn += 1;
      moves += 1 + WAYS.length;
    }
    return moves;
  };

  window.probe = probe;
})();
