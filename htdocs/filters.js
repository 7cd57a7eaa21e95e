// SPDX-License-Identifier: Apache-2.0
import {arrange} from './dom.js';

/** The status select, the checkboxes of the roles, and that for what every browser plays. They set the filter of cameras. */
export class Filters {
  #cameras;
  #status;
  #roles;
  #playable = document.getElementById('playable');
  // role → its checkbox's label
  #boxes = new Map();
  // The roles of restore(), until the user chooses others.
  #wanted = null;

  constructor(cameras) {
    this.#cameras = cameras;
    this.#status = document.getElementById('status');
    this.#roles = document.getElementById('roles');
    this.#status.addEventListener('change', () => this.#apply());
    this.#roles.addEventListener('change', () => {
      this.#wanted = null;
      this.#apply();
    });
    this.#playable.addEventListener('change', () => this.#apply());
    cameras.addEventListener('change', () => this.#showRoles());
    // Browsers restore the choice from before a reload.
    if (this.#status.value || this.#playable.checked) this.#apply();
    this.#showRoles();
  }

  /** {roles, status, playable} in the format of Cameras. */
  get value() {
    const boxes = [...this.#boxes].map(([role, label]) => [role, label.control.checked]);
    const on = boxes.filter(([, checked]) => checked).map(([role]) => role);
    const chosen = on.length === boxes.length ? null : on;
    return {roles: this.#wanted ?? chosen, status: this.#status.value || null,
      playable: this.#playable.checked};
  }

  /** Sets all; roles may be those of cameras that are not loaded yet. */
  restore({roles, status, playable}) {
    this.#status.value = status ?? '';
    this.#playable.checked = Boolean(playable);
    this.#wanted = roles;
    for (const [role, label] of this.#boxes) label.control.checked = !roles || roles.includes(role);
    const {roles: before, status: old, playable: only} = this.#cameras.filter;
    if (String(before) !== String(roles && [...roles].sort()) || old !== (status ?? null)
      || Boolean(only) !== Boolean(playable)) this.#apply();
  }

  #apply() {
    this.#cameras.setFilter(this.value);
  }

  #showRoles() {
    const {roles} = this.#cameras;
    if (roles.length === this.#boxes.size && roles.every((role) => this.#boxes.has(role))) return;
    const {roles: chosen} = this.value;
    const isOn = (role) => (this.#wanted ? this.#wanted.includes(role) : !chosen);
    const boxes = roles.map((role) => [role, this.#boxes.get(role) ?? box(role, isOn(role))]);
    this.#boxes = new Map(boxes);
    arrange(this.#roles.querySelector('.choices'), boxes.map(([, label]) => label));
  }
}

function box(role, checked) {
  const label = document.createElement('label');
  const input = document.createElement('input');
  const name = document.createElement('span');
  input.type = 'checkbox';
  input.value = role;
  input.checked = checked;
  input.autocomplete = 'off';
  name.textContent = role;
  name.dir = 'auto';
  label.append(input, name);
  return label;
}
