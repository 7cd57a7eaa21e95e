// SPDX-License-Identifier: Apache-2.0
/** Where the cameras are, to open the map there. The answer also tells the client whether there is a catalogue. */

// The map does not wait longer.
const PATIENCE_MS = 1500;

/**
 * @returns {Promise<number[] | null>} the box [west, south, east, north] around all cameras that the viewer may see;
 * null: there is none, or the server does not say in time. Never throws.
 */
export async function extentOf(client) {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const reply = await client.ask(`${client.server}/api/cameras?limit=1&extent=true`, {signal});
    if (reply.ok) client.note(reply);
    const {extent} = reply.ok ? await reply.json() : {};
    return extent?.length === 4 && extent.every(Number.isFinite) ? extent : null;
  } catch {
    return null;
  }
}
