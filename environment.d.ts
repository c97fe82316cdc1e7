/**
 * What every Node has and its types leave out. It holds for the root's tsconfig.json alone; core says
 * for itself what it needs, in packages/core/environment.d.ts.
 */
declare const WebAssembly: {
  validate(code: Uint8Array): boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports?: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};
