// SPDX-License-Identifier: Apache-2.0

/** The line at the bottom of the page: whose cameras these are, and links such as that to the legal notice. */
export function showCredits(footer, {attribution, links = {}}) {
  const anchors = Object.entries(links).map(([text, address]) => {
    const anchor = document.createElement('a');
    anchor.href = address;
    anchor.textContent = text;
    anchor.dir = 'auto';
    return anchor;
  });
  const words = document.createElement('span');
  words.textContent = attribution ?? '';
  words.dir = 'auto';
  footer.replaceChildren(...(attribution ? [words] : []), ...anchors);
  footer.hidden = !footer.childElementCount;
}
