// SPDX-License-Identifier: Apache-2.0
import {strings} from './strings.js';

/** Sets the texts of the elements below root, which may be the content of a template. */
export function fill(root) {
  const text = (path) => path.split('.').reduce((found, name) => found[name], strings);
  for (const element of root.querySelectorAll('[data-text]')) {
    element.textContent = text(element.dataset.text);
  }
  for (const element of root.querySelectorAll('[data-hint]')) element.title = text(element.dataset.hint);
  for (const element of root.querySelectorAll('[data-label]')) {
    element.setAttribute('aria-label', text(element.dataset.label));
  }
  for (const template of root.querySelectorAll('template')) fill(template.content);
}

/** Makes a new element from a <template> of the page. */
export const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

/** Sets a text only if it differs, because screen readers announce each change of a live region. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets the tooltip and the accessible name of an element. */
export function label(element, text) {
  element.setAttribute('aria-label', text);
  element.title = text;
}

/**
 * Shows an element above everything else. While an element is in full screen, it has to be inside of that one:
 * otherwise it can be seen, but neither clicked nor heard.
 */
export function showOnTop(element) {
  element.popover = 'manual';
  (document.fullscreenElement ?? document.body).append(element);
  element.showPopover();
}

/**
 * Makes the children of an element exactly these, in this order. Children that stay in place are not touched, and
 * others are moved as they are, so that they keep focus and scroll position, and a video its picture.
 */
export function arrange(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const child of children) {
    if (child === next) next = next.nextElementSibling;
    else if (child.isConnected && parent.moveBefore) parent.moveBefore(child, next);
    else parent.insertBefore(child, next);
  }
}
