// SPDX-License-Identifier: Apache-2.0
import {strings} from './strings.js';

// The height of the strip with the name and the time, as a part of the picture's height.
const STRIP = 0.06;
const LEAST = 18;

/** Draws the picture of a <video> or a canvas, with a strip below it for the text. Returns a canvas. */
export function draw(video, text) {
  const width = video.videoWidth ?? video.width;
  const height = video.videoHeight ?? video.height;
  const strip = Math.max(LEAST, Math.round(height * STRIP));
  const canvas = Object.assign(document.createElement('canvas'), {width, height: height + strip});
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  context.fillStyle = '#000';
  context.fillRect(0, height, width, strip);
  context.fillStyle = '#fff';
  context.font = `${Math.round(strip * 0.7)}px sans-serif`;
  context.textBaseline = 'middle';
  context.fillText(text, strip / 3, height + strip / 2, width - strip);
  return canvas;
}

/** Saves the picture of a <video> as a PNG that has the name and the time, in the file and on the picture. */
export async function saveSnapshot(video, name, time = new Date()) {
  const canvas = draw(video, strings.tile.caption(name, time));
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${fileName(name)} ${stamp(time)}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// What file systems do not take in a name, and what would reorder it, goes.
function fileName(name) {
  const clean = name.replaceAll(/[\p{C}<>:"/\\|?*]/gu, ' ').replaceAll(/\s+/g, ' ').trim();
  return [...clean].slice(0, 100).join('').replace(/^\.+/, '') || 'camera';
}

function stamp(time) {
  const two = (value) => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} `
    + [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join('-');
}
