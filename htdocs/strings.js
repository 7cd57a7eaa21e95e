/** Every English text of the page. Where there are numbers or names, a function. */

const numbers = new Intl.NumberFormat('en');
const number = (value) => numbers.format(value);
const count = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;

export const strings = {
  status: {online: 'online', offline: 'offline', unknown: 'unknown'},

  map: {
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    camera: (name, status, {playable, playing}) => [name, status,
      ...(playable ? [] : ['cannot be played']), ...(playing ? ['playing'] : [])].join(', '),
    cameras: (total) => count(total, 'camera', 'cameras'),
    /** shares: [[number, word]…] without zeros. */
    cluster: (total, shares, {playing}) => `${count(total, 'camera', 'cameras')}: `
      + shares.map(([value, word]) => `${number(value)} ${word}`).join(', ')
      + `${playing ? '; one of them plays' : ''}; press Enter to zoom in`,
  },
};
