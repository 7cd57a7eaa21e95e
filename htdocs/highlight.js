// SPDX-License-Identifier: Apache-2.0
/**
 * Where the words of a search are in a name. The server folds names and words (docs/api.md); this does the same for
 * most letters, and where it does not, nothing is marked.
 */

const EXTRA = {'ß': 'ss', 'æ': 'ae', 'œ': 'oe', 'ø': 'o', 'đ': 'd', 'ł': 'l', 'ı': 'i', 'ħ': 'h', 'ς': 'σ'};
const APOSTROPHES = /['`´‘’‛ʹʻʼʽˈ′]/gu;

const foldLetter = (letter) => letter.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').normalize('NFC').toLowerCase()
  .replace(/[ßæœøđłıħς]/g, (each) => EXTRA[each]).replace(APOSTROPHES, '').replace(/[\s#]/g, ' ');

/** @returns {{text: string, isFound: boolean}[]} the pieces of the name, in their order */
export function partsOf(name, text) {
  const words = [...text].map(foldLetter).join('').split(' ').filter(Boolean);
  const letters = [...name];
  const folded = letters.map(foldLetter);
  // By the place in the folded name: which letter it comes from.
  const from = folded.flatMap((piece, i) => [...piece].map(() => i));
  const hay = folded.join('');
  const isFound = letters.map(() => false);
  for (const word of words) {
    for (let at = hay.indexOf(word); at >= 0; at = hay.indexOf(word, at + word.length)) {
      const end = [...hay.slice(0, at + word.length)].length;
      for (let i = [...hay.slice(0, at)].length; i < end; i++) isFound[from[i]] = true;
    }
  }
  const parts = [];
  letters.forEach((letter, i) => {
    if (parts.at(-1)?.isFound === isFound[i]) parts.at(-1).text += letter;
    else parts.push({text: letter, isFound: isFound[i]});
  });
  return parts;
}
