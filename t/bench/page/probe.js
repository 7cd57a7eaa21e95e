// Runs in a page before the page's own scripts. It measures inside the page, frame by
// frame, because measuring from outside would slow the page down.
(() => {
  const probe = {map: null, movedAt: 0};
  const frame = () => new Promise(requestAnimationFrame);
  const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

  // The page's map. This listener is the first one, so it does not include the time of others.
  function hook(leaflet) {
    leaflet.Map.addInitHook(function () {
      probe.map = this;
      this.on('moveend', () => { probe.movedAt = performance.now(); });
    });
  }

  // Leaflet is not loaded yet. After this hook, L is a plain property as usual.
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

  // How many cameras the markers and clusters represent that isMeant accepts.
  function count(isMeant = () => true) {
    let total = 0;
    for (const element of probe.map?.getPane('markerPane').children ?? []) {
      if (isMeant(element)) total += Number(element.textContent) || 1;
    }
    return total;
  }

  // Needs no layout, which would take time.
  function countInView() {
    const size = probe.map.getSize();
    return count((element) => {
      const {x, y} = probe.map.layerPointToContainerPoint(element._leaflet_pos);
      return x >= 0 && y >= 0 && x <= size.x && y <= size.y;
    });
  }

  // [start, first byte, last byte] of each request whose address contains this text.
  const requests = (part) => performance.getEntriesByType('resource').filter(({name}) => name.includes(part))
    .map((entry) => [entry.startTime, entry.responseStart, entry.responseEnd]);
  const markAt = (name) => performance.getEntriesByName(name)[0]?.startTime;

  /** Milliseconds from the start of the navigation until this many cameras are shown. */
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
      contentful: markAt('first-contentful-paint'),
      page: page.responseEnd,
      modules: Math.max(...modules.map(([, , end]) => end)),
      scriptsRun: page.domContentLoadedEventStart,
      config: requests('config.json')[0]?.[2],
      clusters: requests('clusters?'),
    };
  };

  /** Resolves when there are cameras, and no more have come for a second. */
  probe.settled = async () => {
    for (let still = 0, before = 0; still < 10;) {
      await pause(100);
      const shown = count();
      still = shown && shown === before ? still + 1 : 0;
      before = shown;
    }
  };

  /**
   * Moves the map by this many views. Resolves to the milliseconds from moveend to
   * the first frame with cameras, and to the frame from which on as many cameras are
   * shown as after `patience` ms.
   */
  probe.pan = async (x, y, patience) => {
    const {map} = probe;
    const size = map.getSize();
    const before = requests('clusters?').length;
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
      requests: requests('clusters?').slice(before).map((r) => r.map((at) => at - probe.movedAt)),
    };
  };

  const ZOOMS = [2, 4, 6, 9, 12, 14, 11, 7, 3];
  const WAYS = [[0.9, 0], [0, 0.5], [-0.9, 0], [0.9, -0.5]];
  let turn = 0;

  /** Moves the map for this long, at several zooms, never long at the same place. */
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
