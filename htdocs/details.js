// SPDX-License-Identifier: Apache-2.0
import {strings} from './strings.js';

const says = strings.details;

function video({codec, profile, width, height, fps}) {
  const parts = [
    [codec, profile].filter(Boolean).join(' '),
    width && height ? says.size(width, height) : '',
    fps ? says.fps(fps) : '',
  ];
  return parts.filter(Boolean).join(', ') || says.notKnown;
}

function direction({heading, field_of_view: field}) {
  return [
    Number.isFinite(heading) ? says.heading(heading) : '',
    Number.isFinite(field) ? says.wide(field) : '',
  ].filter(Boolean).join(', ');
}

function facts({id, properties, geometry}) {
  const [longitude, latitude] = geometry.coordinates;
  return [
    [says.status, strings.since(properties.status, properties.status_since)],
    [says.failure, Object.hasOwn(says.failures, properties.status_reason ?? '')
      ? says.failures[properties.status_reason] : ''],
    [says.role, properties.role],
    [says.video, video(properties)],
    [says.sound, properties.audio ? says.yes : says.no],
    [says.direction, direction(properties)],
    [says.position, says.at(latitude, longitude)],
    [says.id, String(id)],
  ];
}

/** Fills a <dl> with the known properties of a camera. */
export function showDetails(list, camera) {
  list.replaceChildren(...facts(camera).filter(([, value]) => value).flatMap(([name, value]) => {
    const term = document.createElement('dt');
    term.textContent = name;
    const description = document.createElement('dd');
    description.textContent = value;
    description.dir = 'auto';
    return [term, description];
  }));
}
