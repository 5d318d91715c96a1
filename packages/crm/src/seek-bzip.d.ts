declare module 'seek-bzip' {
  /** Throws where the input is no bzip2. */
  const bzip: { readonly decode: (input: Uint8Array) => Uint8Array };
  export default bzip;
}
