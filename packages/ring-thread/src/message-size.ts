/** How large the ring cuts its messages: each is lost or kept as a whole, whatever carries it. */

/** Datagrams from this size on carry large messages, at a fraction of the work for a byte. */
const LARGE_FROM = 8192;
const LARGE = 8000;
/** A message that fits one Ethernet packet with all its headers. */
const SMALL = 1300;
const SMALLEST = 1100;
/** Ring, bundle and sealing headers around a message. */
const AROUND = 120;

/** Bytes of payload in one message, where datagrams of so many bytes pass to everybody. */
export function messageBytesFor(datagramBytes: number): number {
  if (datagramBytes >= LARGE_FROM) return LARGE;
  return Math.min(SMALL, Math.max(SMALLEST, datagramBytes - AROUND));
}
