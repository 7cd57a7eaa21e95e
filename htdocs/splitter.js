// SPDX-License-Identifier: Apache-2.0
/**
 * The line between the map and the wall, which the mouse, a finger and the arrow keys move. A double click or the
 * key Home gives the wall its usual width again. The width is kept in the browser.
 */
const KEY = 'cctv-wall-share';
const STEP = 2;
// In percent of the window.
const LEAST = 20;
const MOST = 80;

export function makeSplitter(element, area) {
  let share = null;
  const set = (value) => {
    share = value === null ? null : Math.round(10 * Math.min(MOST, Math.max(LEAST, value))) / 10;
    if (share === null) delete area.dataset.split;
    else area.dataset.split = '';
    area.style.setProperty('--share', `${share}%`);
    element.setAttribute('aria-valuenow', String(Math.round(share ?? usual())));
  };
  const usual = () => 100 * element.parentElement.clientWidth / Math.max(1, area.clientWidth);
  const keep = () => remember(share);
  const isLeftToRight = () => getComputedStyle(area).direction !== 'rtl';
  const at = ({clientX}) => {
    const {left, right, width} = area.getBoundingClientRect();
    return 100 * (isLeftToRight() ? right - clientX : clientX - left) / width;
  };

  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
    element.focus();
  });
  element.addEventListener('pointermove', (event) => {
    if (element.hasPointerCapture(event.pointerId)) set(at(event));
  });
  element.addEventListener('pointerup', keep);
  element.addEventListener('dblclick', () => {
    set(null);
    keep();
  });
  element.addEventListener('keydown', (event) => {
    const steps = {ArrowLeft: STEP, ArrowRight: -STEP, ArrowUp: STEP, ArrowDown: -STEP}[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey || (!steps && event.key !== 'Home')) return;
    event.preventDefault();
    set(steps ? (share ?? usual()) + steps : null);
    keep();
  });
  element.setAttribute('aria-valuemin', String(LEAST));
  element.setAttribute('aria-valuemax', String(MOST));
  set(remembered());
  new ResizeObserver(() => {
    if (share === null) set(null);
  }).observe(element.parentElement);
}

// The browser may refuse to store anything.
function remember(share) {
  try {
    if (share === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, String(share));
  } catch {
    // The width is that of this visit only.
  }
}

function remembered() {
  try {
    const found = Number.parseFloat(localStorage.getItem(KEY));
    return Number.isFinite(found) ? found : null;
  } catch {
    return null;
  }
}
