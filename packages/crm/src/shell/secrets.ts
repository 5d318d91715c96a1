/** Names whose values are never printed. */

/** `password`, `passwd`, `passphrase`, `community`, `snmp_priv_passwd`, … */
export function isSecret(name: string): boolean {
  return /passw|passphrase|community|secret/i.test(name) && !/_(script|file)$/i.test(name);
}
