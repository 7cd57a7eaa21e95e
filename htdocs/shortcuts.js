// SPDX-License-Identifier: Apache-2.0
/**
 * The keys of the page: / search, 1 to 9 the cameras that play, F full screen, ? help. They do nothing in a field, and
 * nothing together with Ctrl, Alt or Cmd.
 */
import {strings} from './strings.js';

const element = (id) => document.getElementById(id);

function fillHelp(dialog) {
  dialog.querySelector('dl').replaceChildren(...strings.keys.list.flatMap(([key, what]) => {
    const term = document.createElement('dt');
    const kbd = document.createElement('kbd');
    const description = document.createElement('dd');
    kbd.textContent = key;
    term.append(kbd);
    description.textContent = what;
    return [term, description];
  }));
  dialog.querySelector('button').addEventListener('click', () => dialog.close());
}

/** @param showList  function that opens (true) the list */
export function wireShortcuts(showList) {
  const help = element('help');
  fillHelp(help);
  element('help-open').addEventListener('click', () => help.showModal());
  const search = () => {
    showList(true);
    element('search').focus();
  };
  // This control of a camera says its name.
  const go = (number) => element('wall').querySelectorAll('.tiles > *')[number - 1]?.querySelector('.where')?.focus();
  const full = () => {
    if (!element('wall').hidden) element('wall').querySelector('.full').click();
  };
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.closest?.('input:not([type="checkbox"]), select, textarea, dialog');
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const run = /^[1-9]$/.test(event.key) ? () => go(Number(event.key))
      : {'/': search, '?': () => help.showModal(), f: full, F: full}[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
}
