/**
 * A shape is the description of an encoding as data. The binary form, the JSON form, the OpenAPI
 * schema and the fuzzing generators are all readings of one shape, so they cannot disagree.
 *
 * Spec: 00 §4.
 * @module
 */

export type Shape =
  | {
      readonly kind: 'uint';
      readonly bits: 8 | 16 | 32 | 48;
      readonly max: number;
      readonly means?: 'instant' | 'currency';
    }
  | { readonly kind: 'u64' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'bytes'; readonly length: number }
  | { readonly kind: 'blob'; readonly max: number }
  | { readonly kind: 'text'; readonly max: number }
  | {
      readonly kind: 'list';
      readonly of: Shape;
      readonly min: number;
      readonly max: number;
      readonly sorted: boolean;
    }
  | { readonly kind: 'optional'; readonly of: Shape }
  | {
      readonly kind: 'choice';
      readonly names: readonly (readonly [name: string, number: number])[];
    }
  | { readonly kind: 'struct'; readonly fields: readonly (readonly [name: string, shape: Shape])[] }
  | {
      readonly kind: 'union';
      readonly cases: readonly (readonly [name: string, number: number, shape: Shape])[];
    };
