/** placeholder
 * @module
 */
export function startupEstimate(_samples: Uint8Array, sampleBits: number): number {
  return sampleBits;
}
