// SPDX-License-Identifier: Apache-2.0
import {strings} from './strings.js';

/**
 * Asks in place of which camera another one is to play.
 *
 * @param name     of the new camera
 * @param why      why it cannot play beside the others
 * @param playing  [{id, name}…] of those that play, in their order
 * @returns the id that goes, or null if the user wants none to go; never resolves if another question comes first
 */
export function askWhich(dialog, {name, why, playing}) {
  dialog.querySelector('h2').textContent = strings.wall.which(name);
  dialog.querySelector('.why').textContent = why;
  dialog.querySelector('.which').replaceChildren(...playing.map((each, index) => {
    const button = document.createElement('button');
    button.type = 'submit';
    button.value = each.id;
    button.textContent = strings.wall.choice(index + 1, each.name);
    const item = document.createElement('li');
    item.append(button);
    return item;
  }));
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      // The event is late: it may be of the question before.
      if (!dialog.open) resolve(Number(dialog.returnValue) || null);
    };
  });
}
