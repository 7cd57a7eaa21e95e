// SPDX-License-Identifier: Apache-2.0
/** The button "Near me", which moves the map to where the user is. */
import {strings} from './strings.js';

const PATIENCE_MS = 15000;
// A position that the browser knows already is new enough for this time.
const NEW_MS = 60000;

/** @param mayLocate  whether the admin allows it: CCTV_MAP_GEOLOCATION in cctv-map.conf */
export function wireNear(button, {map, messages, mayLocate}) {
  // Without HTTPS browsers tell no position.
  button.hidden = !mayLocate || !isSecureContext || !navigator.geolocation;
  const done = (problem = null) => {
    button.disabled = false;
    messages.say('near', problem, {brief: true});
  };
  button.addEventListener('click', () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(({coords}) => {
      done();
      map.goToUser(coords);
    }, ({code, PERMISSION_DENIED}) => {
      done(code === PERMISSION_DENIED ? strings.near.denied : strings.near.failed);
      button.focus();
    }, {timeout: PATIENCE_MS, maximumAge: NEW_MS});
  });
}
