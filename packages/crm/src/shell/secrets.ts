/** Names whose values are never printed. */

/** `password`, `passwd`, `passphrase`, `community`, `snmp_priv_passwd`, `kg` of a BMC, … */
export function isSecret(name: string): boolean {
  if (/^(hexadecimal[_-])?kg$/i.test(name)) return true;
  return /passw|passphrase|community|secret/i.test(name) && !/_(script|file)$/i.test(name);
}
