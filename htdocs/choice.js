// SPDX-License-Identifier: Apache-2.0
/** A group of buttons at the top right of the map, of which one is pressed. */

export class Choice extends L.Control {
  #name;
  #choose;
  #isColumn;
  #group = null;

  /**
   * name: of the group, for screen readers; choose(value) is called for a press of
   * a button; isColumn: one button below the other
   */
  constructor({name, choose, isColumn = false}) {
    super({position: 'topright'});
    this.#isColumn = isColumn;
    this.#name = name;
    this.#choose = choose;
  }

  onAdd() {
    this.#group = document.createElement('div');
    this.#group.className = 'leaflet-bar cctv-choice';
    this.#group.classList.toggle('cctv-column', this.#isColumn);
    this.#group.setAttribute('role', 'group');
    this.#group.setAttribute('aria-label', this.#name);
    L.DomEvent.disableClickPropagation(this.#group);
    L.DomEvent.disableScrollPropagation(this.#group);
    return this.#group;
  }

  /** choices: [[value, text, accessible name or undefined]…]; less than two: nothing is shown. */
  show(choices, value) {
    const shown = choices.length > 1 ? choices : [];
    const focused = [...this.#group.children].indexOf(document.activeElement);
    const isSame = shown.length === this.#group.childElementCount
      && shown.every(([, text], index) => this.#group.children[index].textContent === text);
    if (!isSame) this.#group.replaceChildren(...shown.map(() => this.#button()));
    shown.forEach(([each, text, label], index) => {
      const button = this.#group.children[index];
      button.textContent = text;
      button.setAttribute('aria-pressed', String(each === value));
      if (label) button.setAttribute('aria-label', label);
      button.onclick = () => this.#choose(each);
    });
    this.#group.hidden = !shown.length;
    if (!isSame && focused >= 0) (this.#group.firstElementChild ?? document.getElementById('map')).focus();
  }

  #button() {
    const button = document.createElement('button');
    button.type = 'button';
    return button;
  }
}
