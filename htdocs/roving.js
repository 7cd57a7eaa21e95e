// SPDX-License-Identifier: Apache-2.0
/**
 * The keyboard among the markers of the map. The arrow keys go to the next one in their direction. Where there are many
 * markers the Tab key stops at one of them only.
 */
const MARKERS = '.cctv-marker, .cctv-cluster';
const MOST_STOPS = 12;
const DIRECTIONS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

function middleOf(element) {
  const {left, top, width, height} = element.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}

function nearest(markers, distanceOf) {
  let [best, least] = [null, Infinity];
  for (const marker of markers) {
    const distance = distanceOf(middleOf(marker));
    if (distance < least) [best, least] = [marker, distance];
  }
  return best;
}

/** The next marker in a direction, within 45 degrees to its left and right; null if there is none. */
function nextOf(marker, markers, [right, down]) {
  const [x, y] = middleOf(marker);
  return nearest(markers.filter((each) => each !== marker), ([toX, toY]) => {
    const along = (toX - x) * right + (toY - y) * down;
    const across = Math.abs((toX - x) * down) + Math.abs((toY - y) * right);
    return along > 0 && across <= along ? Math.hypot(along, across) : Infinity;
  });
}

/** @param map  the element of the map, with its panes */
export function makeRoving(map) {
  const pane = map.querySelector('.leaflet-marker-pane');
  let current = null;
  let frame = null;
  const all = () => [...pane.querySelectorAll(MARKERS)];
  const rove = () => {
    cancelAnimationFrame(frame);
    frame = null;
    const markers = all();
    const isMany = markers.length > MOST_STOPS;
    if (isMany && !markers.includes(current)) {
      const [x, y] = middleOf(map);
      current = nearest(markers, ([toX, toY]) => Math.hypot(toX - x, toY - y));
    }
    for (const marker of markers) {
      const tabIndex = isMany && marker !== current ? -1 : 0;
      if (marker.tabIndex !== tabIndex) marker.tabIndex = tabIndex;
    }
  };
  const soon = () => { frame ??= requestAnimationFrame(rove); };
  // Leaflet sets the attribute whenever it draws an icon.
  new MutationObserver(soon).observe(pane, {childList: true, subtree: true, attributes: true, attributeFilter: ['tabindex']});
  pane.addEventListener('focusin', ({target}) => {
    current = target.closest(MARKERS) ?? current;
    // Now, because the next key may be Tab.
    rove();
  });
  pane.addEventListener('keydown', (event) => {
    const marker = event.target.closest(MARKERS);
    const direction = DIRECTIONS[event.key];
    if (!marker || !direction || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    nextOf(marker, all(), direction)?.focus();
  });
  soon();
}
