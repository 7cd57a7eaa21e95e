// SPDX-License-Identifier: Apache-2.0
/** The types of cctv-camera.js, which explains them. */
import type {View, ViewReason, ViewState} from './cctv-client.js';

/** <cctv-camera server="https://cams.example.org" camera="42"> */
export class CameraElement extends HTMLElement {
  static observedAttributes: string[];
  /** The View that plays, or null. */
  readonly view: View | null;
  /** As those of the view; 'ended' and 'no-camera' if no camera is named. */
  readonly state: ViewState;
  readonly reason: ViewReason | 'no-camera' | null;
  /** What the element says. */
  readonly text: string;
  connectedCallback(): void;
  connectedMoveCallback(): void;
  disconnectedCallback(): void;
  attributeChangedCallback(name: string, before: string | null, now: string | null): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'cctv-camera': CameraElement;
  }
}
