/** Bytes put together and taken apart. IPMI numbers have their low byte first. */

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function bytes(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function le16(value: number): Uint8Array {
  return bytes(value & 0xff, (value >>> 8) & 0xff);
}

export function le32(value: number): Uint8Array {
  return concat(le16(value & 0xffff), le16(value >>> 16));
}

/** Zero beyond the end: callers check lengths first. */
export function byteAt(from: Uint8Array, at: number): number {
  return from[at] ?? 0;
}

export function u16(from: Uint8Array, at: number): number {
  return byteAt(from, at) | (byteAt(from, at + 1) << 8);
}

export function u32(from: Uint8Array, at: number): number {
  return (u16(from, at) | (u16(from, at + 2) << 16)) >>> 0;
}

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** `from` with zeros behind, or cut, to `length` bytes. */
export function padded(from: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(from.subarray(0, length));
  return whole;
}

/** The byte that makes the sum of all, itself included, zero modulo 256 (IPMI v2.0 §13.8). */
export function checksum(over: Uint8Array): number {
  return -over.reduce((sum, value) => sum + value, 0) & 0xff;
}
