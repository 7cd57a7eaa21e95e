// SPDX-License-Identifier: Apache-2.0
import {showDetails} from './details.js';
import {strings} from './strings.js';

/**
 * The details of one camera: a sheet at the bottom of a phone, a dialog on larger screens. Escape, the back button and
 * a click beside it close it.
 *
 * @param show(camera)  shows it on the map
 */
export function makeSheet(dialog, {show}) {
  let camera = null;
  const draw = () => {
    dialog.querySelector('h2').textContent = camera.properties.name || strings.camera(camera.id);
    showDetails(dialog.querySelector('.details'), camera);
  };
  // It has an entry of the history, so that the back button closes it and does not leave the page.
  const close = () => dialog.close();
  dialog.addEventListener('close', () => {
    removeEventListener('popstate', close);
    if (history.state?.isSheet) history.back();
  });
  dialog.addEventListener('click', ({target}) => {
    if (target === dialog) close();
  });
  dialog.querySelector('.close').addEventListener('click', close);
  dialog.querySelector('.where').addEventListener('click', () => {
    close();
    show(camera);
  });
  return {
    open(chosen) {
      camera = chosen;
      draw();
      dialog.showModal();
      history.pushState({...history.state, isSheet: true}, '');
      addEventListener('popstate', close);
    },
    /** @param byId  the newest data */
    update(byId) {
      const newest = dialog.open && byId.get(camera.id);
      if (!newest || newest === camera) return;
      camera = newest;
      draw();
    },
  };
}
