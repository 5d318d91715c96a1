declare module 'seek-bzip' {
  /** Takes what comes out, byte after byte; may throw to end it. */
  type Sink = { readonly writeByte: (byte: number) => void };
  /** Throws where the input is no bzip2. */
  const bzip: { readonly decode: (input: Uint8Array, output: Sink) => void };
  export default bzip;
}
