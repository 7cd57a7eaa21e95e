// SPDX-License-Identifier: Apache-2.0
import {strings} from './strings.js';

/** Gives the elements below root, which may be a template's content, their texts. */
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

/** A new element of the page's <template>. */
export const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

/** Sets a text only if it is another: live regions would say it again. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Names an element, for all. */
export function label(element, text) {
  element.setAttribute('aria-label', text);
  element.title = text;
}

/**
 * Makes the children of an element exactly these, in this order. What stays in place is not touched, so that
 * it keeps focus and scroll position.
 */
export function arrange(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const child of children) {
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
}
