// SPDX-License-Identifier: Apache-2.0
/** The dialog that hands on what the page shows: a link, layouts by name, a tour, the kiosk. */
import {formatFile, readFile} from './layouts.js';
import {strings} from './strings.js';

const says = strings.share;
// In seconds. A timer cannot wait much longer: it would show a new wall each millisecond.
const LONGEST = 86400;

/**
 * @param layouts, tour  see layouts.js
 * @param current()      {query, hash} of what is shown now
 * @param show(layout)   shows a layout
 * @param enterKiosk()   hides all controls
 */
export function makeShare(dialog, {layouts, tour, current, show, enterKiosk}) {
  const part = (name) => dialog.querySelector(`.${name}`);
  const say = (text) => { part('said').textContent = text; };

  part('copy').addEventListener('click', async () => {
    const {query, hash} = current();
    const link = new URL(location.pathname + query + hash, location.href).href;
    // Without HTTPS browsers have no clipboard; the link can be selected instead.
    part('link').value = link;
    part('link').select();
    await navigator.clipboard?.writeText(link).then(() => say(says.copied), () => say(says.select)) ?? say(says.select);
  });

  part('save').addEventListener('click', () => {
    const name = part('name').value.trim();
    const {query, hash} = current();
    if (!name) return say(says.needsName);
    if (!hash) return say(says.nothingPlays);
    say(layouts.add([{name, query, hash}]) ? says.saved(name) : says.full);
    return undefined;
  });

  part('export').addEventListener('click', () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([formatFile(layouts.all)], {type: 'application/json'}));
    link.download = says.fileName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  });

  part('import').addEventListener('change', async ({target}) => {
    const [file] = target.files;
    if (!file) return;
    const {layouts: found, problem} = readFile(await file.text());
    target.value = '';
    if (problem) say(says.brokenFile);
    else say(layouts.add(found) ? says.loaded(found.length) : says.full);
  });

  part('tour-toggle').addEventListener('click', () => {
    const seconds = Number(part('seconds').value) || 30;
    if (tour.seconds === null) tour.start(Math.min(LONGEST, Math.max(1, seconds)));
    else tour.stop();
  });

  part('kiosk').addEventListener('click', () => {
    dialog.close();
    enterKiosk();
  });

  const draw = () => {
    part('saved').replaceChildren(...layouts.all.map((layout) => row(layout, {
      open: () => {
        dialog.close();
        tour.stop();
        show(layout);
      },
      remove: () => {
        layouts.remove(layout.name);
        part('name').focus();
      },
    })));
    part('export').disabled = part('tour-toggle').disabled = !layouts.all.length;
    part('tour-toggle').textContent = tour.seconds === null ? says.startTour : says.stopTour;
    part('tour-toggle').setAttribute('aria-pressed', String(tour.seconds !== null));
  };
  layouts.addEventListener('change', draw);
  tour.addEventListener('change', draw);
  draw();

  return () => {
    say('');
    part('link').value = '';
    dialog.showModal();
  };
}

function row({name}, {open, remove}) {
  const item = document.createElement('li');
  item.append(button(name, name, open), button('×', says.remove(name), remove));
  return item;
}

function button(text, label, run) {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  element.setAttribute('aria-label', label);
  element.dir = 'auto';
  element.addEventListener('click', run);
  return element;
}
