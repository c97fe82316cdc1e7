/**
 * Brands make two things of one machine type different types, so that a sum that skipped its
 * range check, or an identity given for a lock, does not compile.
 * @module
 */
declare const brand: unique symbol;

/** `Base` that only one module may make. The key is required, or anything would fit. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
