// SPDX-License-Identifier: Apache-2.0
import {Still} from './still.js';
import {strings} from './strings.js';

// Whoever only passes a marker sees nothing.
const DELAY = 150;
const GAP = 8;

/** Shows the still picture of the camera whose marker has the pointer or the focus, beside the marker. */
export function showGlimpses(map, {client, cameras}) {
  const card = document.createElement('figure');
  const caption = document.createElement('figcaption');
  const still = new Still(client);
  let timer = null;
  card.className = 'glimpse';
  card.hidden = true;
  // The marker has the name already.
  card.setAttribute('aria-hidden', 'true');
  caption.dir = 'auto';
  card.append(still.element, caption);
  map.append(card);

  const markerOf = (id) => map.querySelector(`.cctv-marker[data-id="${id}"]`);

  const place = (id) => {
    const marker = markerOf(id)?.getBoundingClientRect();
    card.hidden = !marker || !still.hasPicture;
    if (card.hidden) return;
    const frame = map.getBoundingClientRect();
    const {offsetWidth: width, offsetHeight: height} = card;
    const left = marker.left + marker.width / 2 - frame.left - width / 2;
    const above = marker.top - frame.top - height - GAP;
    card.style.left = `${Math.max(0, Math.min(left, frame.width - width))}px`;
    card.style.top = `${above >= 0 ? above : marker.bottom - frame.top + GAP}px`;
  };

  const show = (id) => {
    const camera = id === null ? null : cameras.byId.get(id);
    clearTimeout(timer);
    card.hidden = true;
    delete card.dataset.id;
    still.show(null);
    if (!camera?.properties.still) return;
    timer = setTimeout(() => {
      card.dataset.id = id;
      caption.textContent = camera.properties.name || strings.camera(id);
      still.show(id);
    }, DELAY);
  };

  still.addEventListener('change', () => place(Number(card.dataset.id)));
  map.addEventListener('focusin', ({target}) => show(Number(target.closest?.('.cctv-marker')?.dataset.id) || null));
  map.addEventListener('focusout', () => show(null));
  return show;
}
