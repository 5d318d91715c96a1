/** Buffers for datagrams on their way out, used again when they have left. */

/** The largest datagram there is. */
const ROOM_BYTES = 65_536;
/** Rooms kept; what is sent beyond them gets memory of its own. */
const ROOMS = 64;

export class Rooms {
  readonly #free: Buffer[] = [];
  #made = 0;

  /** A room, or undefined where all are in use. */
  take(): Buffer | undefined {
    const free = this.#free.pop();
    if (free !== undefined || this.#made >= ROOMS) return free;
    this.#made += 1;
    return Buffer.allocUnsafeSlow(ROOM_BYTES);
  }

  giveBack(room: Buffer): void {
    this.#free.push(room);
  }
}
