/** Elements of BER and DER, which certificates and SNMP messages are made of (ITU-T X.690). */

export const SEQUENCE = 0x30;
export const SET = 0x31;
export const INTEGER = 0x02;
export const OCTETS = 0x04;
export const OBJECT_ID = 0x06;

export function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

export function bytes(...values: readonly number[]): Buffer {
  return Buffer.from(values);
}

export type Span = { readonly from: number; readonly to: number };

/** The content of the element at `at`; undefined where there is none of that kind, or it is cut short. */
export function contentAt(data: Buffer, at: number, tag: number): Span | undefined {
  if (data[at] !== tag) return undefined;
  const first = data[at + 1] ?? 0;
  const more = first > 0x7f ? first & 0x7f : 0;
  if (more > 4 || at + 2 + more > data.length) return undefined;
  const from = at + 2 + more;
  const to = from + (more === 0 ? first : data.readUIntBE(at + 2, more));
  return to <= data.length ? { from, to } : undefined;
}
