/**
 * The face of a coin: a guilloché rosette computed from its identity. Same coin, same face, from
 * every implementation, because it is drawn with whole numbers alone: a table of sines, no floating
 * point. A piece shows the part of the face its range covers; a composite coin weaves several inks.
 *
 * Spec: 30.
 * @module
 */

/** 10,000 × sine of i/480 of a turn, for the first quarter. */
const SINES: readonly number[] = [
  0, 131, 262, 393, 523, 654, 785, 915, 1045, 1175, 1305, 1435, 1564, 1693, 1822, 1951, 2079, 2207,
  2334, 2462, 2588, 2714, 2840, 2965, 3090, 3214, 3338, 3461, 3584, 3706, 3827, 3947, 4067, 4187,
  4305, 4423, 4540, 4656, 4772, 4886, 5000, 5113, 5225, 5336, 5446, 5556, 5664, 5771, 5878, 5983,
  6088, 6191, 6293, 6394, 6494, 6593, 6691, 6788, 6884, 6978, 7071, 7163, 7254, 7343, 7431, 7518,
  7604, 7688, 7771, 7853, 7934, 8013, 8090, 8166, 8241, 8315, 8387, 8457, 8526, 8594, 8660, 8725,
  8788, 8850, 8910, 8969, 9026, 9081, 9135, 9188, 9239, 9288, 9336, 9382, 9426, 9469, 9511, 9550,
  9588, 9625, 9659, 9692, 9724, 9753, 9781, 9808, 9833, 9856, 9877, 9897, 9914, 9931, 9945, 9958,
  9969, 9979, 9986, 9992, 9997, 9999, 10000,
];

/** Points on a full turn. */
const TURN = 480;
const SCALE = 10_000;
/** The drawing is 1000 by 1000, its centre at 500. */
const CENTRE = 500;
export const FACE_SIZE = 1000;

/** 10,000 × sine of `step`/480 of a turn, for any whole number. */
export function sine(step: number): number {
  const at = ((step % TURN) + TURN) % TURN;
  if (at <= 120) return SINES[at]!;
  if (at <= 240) return SINES[240 - at]!;
  if (at <= 360) return -SINES[at - 240]!;
  return -SINES[480 - at]!;
}

const cosine = (step: number): number => sine(step + 120);
/** Division by the scale, rounded half up: one answer on every machine. */
const scaled = (value: number): number => Math.floor((value + SCALE / 2) / SCALE);

/** One band of the rosette: a wave around a circle, drawn several times turned a little. */
export interface Band {
  readonly radius: number;
  readonly petals: number;
  readonly depth: number;
  readonly ripples: number;
  readonly ripple: number;
  readonly phase: number;
  readonly copies: number;
}

/** Bands from the outside in: radius and greatest depth of each. */
const RINGS = [
  { radius: 396, depth: 64 },
  { radius: 296, depth: 76 },
  { radius: 188, depth: 68 },
  { radius: 86, depth: 46 },
] as const;

/** The four bands of an identity; each takes eight of its bytes. */
export function bandsOf(identity: Uint8Array): readonly Band[] {
  if (identity.length !== 32) throw new RangeError('an identity has 32 bytes');
  return RINGS.map((ring, i) => {
    const byte = (k: number): number => identity[i * 8 + k]!;
    const petals = 5 + (byte(0) % 12);
    return {
      radius: ring.radius,
      petals,
      depth: Math.floor((ring.depth * (128 + (byte(1) % 128))) / 255),
      ripples: petals * (2 + (byte(2) % 3)) + (byte(3) % 2),
      ripple: Math.floor((ring.depth * (byte(4) % 96)) / 255),
      phase: (byte(5) * 256 + byte(6)) % TURN,
      copies: 3 + (byte(7) % 4),
    };
  });
}

/** The line of one band, as SVG path data with whole relative steps. */
export function bandPath(band: Band): string {
  let data = '';
  let lastX = 0;
  let lastY = 0;
  for (let step = 0; step < TURN; step += 2) {
    const radius =
      band.radius +
      scaled(band.depth * sine(step * band.petals + band.phase)) +
      scaled(band.ripple * sine(step * band.ripples));
    const x = CENTRE + scaled(radius * cosine(step));
    const y = CENTRE + scaled(radius * sine(step));
    data += step === 0 ? `M${x} ${y}l` : pair(x - lastX, y - lastY, step === 2);
    lastX = x;
    lastY = y;
  }
  return `${data}z`;
}

function pair(dx: number, dy: number, isFirst: boolean): string {
  const join = (value: number): string => (value < 0 ? String(value) : ` ${value}`);
  return `${isFirst ? String(dx) : join(dx)}${join(dy)}`;
}

/** Inks for currencies, dark enough on paper and light enough on ink; the first is for all others. */
const INKS: Readonly<Record<number, string>> = {
  156: '#9c3b2e',
  978: '#2f5d8a',
  840: '#3c6e47',
  344: '#8a4b7d',
  392: '#7a5a1e',
  826: '#5a4a91',
};
export const INK_DEFAULT = '#1f6f78';

/** The ink of a currency, by its ISO 4217 number. */
export function inkOf(currency: number): string {
  return INKS[currency] ?? INK_DEFAULT;
}

/** What to draw: an identity, the inks of its basket, and the part of it that is shown. */
export interface Face {
  readonly identity: Uint8Array;
  readonly inks?: readonly string[];
  /** Range of units shown and units in all; the whole face when absent. */
  readonly part?: { readonly from: number; readonly to: number; readonly units: number };
  /** Name for screen readers; without it the drawing is decoration and hidden from them. */
  readonly title?: string;
}

/** The face as an SVG document of a few kilobytes. */
export function faceSvg(face: Face): string {
  const inks = face.inks ?? [INK_DEFAULT];
  const bands = bandsOf(face.identity);
  const id = [...face.identity.subarray(0, 6)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  const paths = bands.map((band, i) => `<path id="f${id}${i}" d="${bandPath(band)}"/>`).join('');
  const uses = bands
    .map((band, i) => bandUses(band, `f${id}${i}`, inks[i % inks.length]!))
    .join('');
  const label =
    face.title === undefined
      ? 'aria-hidden="true"'
      : `role="img" aria-label="${escaped(face.title)}"`;
  const drawing = `<g id="f${id}" fill="none" stroke-width="3">${uses}</g>`;
  const shown = face.part === undefined ? drawing : partOf(drawing, id, face.part);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${FACE_SIZE} ${FACE_SIZE}" ${label}><defs>${paths}</defs>${shown}</svg>`;
}

function bandUses(band: Band, id: string, ink: string): string {
  let uses = '';
  for (let copy = 0; copy < band.copies; copy++) {
    // Thousandths of a degree, so that the turn is a whole number too.
    const turn = Math.floor((copy * 360_000) / (band.petals * band.copies));
    uses += `<use href="#${id}" transform="rotate(${Math.floor(turn / 1000)}.${String(turn % 1000).padStart(3, '0')} 500 500)"/>`;
  }
  return `<g stroke="${ink}">${uses}</g>`;
}

function partOf(drawing: string, id: string, part: NonNullable<Face['part']>): string {
  const from = Math.floor((part.from * TURN) / part.units);
  const to = Math.max(from + 1, Math.ceil((part.to * TURN) / part.units));
  if (to - from >= TURN) return drawing;
  // Two pieces of one coin may stand on one page, so the range is part of the name.
  const clip = `c${id}-${from}-${to}`;
  const points: string[] = [`${CENTRE} ${CENTRE}`];
  // The circle around the face, from the top and clockwise, as far as the range goes.
  for (let step = from; step <= to; step++) {
    points.push(`${CENTRE + scaled(720 * sine(step))} ${CENTRE - scaled(720 * cosine(step))}`);
  }
  return (
    `<clipPath id="${clip}"><path d="M${points.join('L')}z"/></clipPath>` +
    `<g opacity=".16">${drawing}</g><g clip-path="url(#${clip})"><use href="#f${id}"/></g>`
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
