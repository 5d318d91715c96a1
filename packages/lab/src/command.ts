/** What a device is told, and what became of it. */

export type Command = 'on' | 'off' | 'reboot';

/** What became of an order that was acknowledged: done, or one of the ways in which it was not. */
export type Outcome = 'taken' | 'lied' | 'stuck' | 'wrong-outlet' | 'refused';
