/** What can be wrong with an address or a port that the configuration names. */
export type UdpAddress = { readonly address: string; readonly port: number };

export type UdpFault =
  | { readonly kind: 'not-an-address'; readonly address: string }
  | { readonly kind: 'other-family'; readonly address: string; readonly bind: string }
  | { readonly kind: 'address-not-here'; readonly address: string }
  | { readonly kind: 'port-in-use'; readonly address: string; readonly port: number }
  | { readonly kind: 'port-forbidden'; readonly port: number }
  | {
      readonly kind: 'socket-failed';
      readonly address: string;
      readonly port: number;
      readonly cause: Error;
    };

export function describeUdpFault(fault: UdpFault): string {
  switch (fault.kind) {
    case 'not-an-address':
      return `${fault.address} is not an IP address`;
    case 'other-family':
      return `${fault.address} cannot be reached from ${fault.bind}: one is IPv4, the other IPv6`;
    case 'address-not-here':
      return `no interface of this host has the address ${fault.address}`;
    case 'port-in-use':
      return `UDP port ${fault.port} of ${fault.address} is in use by another process`;
    case 'port-forbidden':
      return `this user may not use UDP port ${fault.port}`;
    case 'socket-failed':
      return `UDP port ${fault.port} of ${fault.address} cannot be opened: ${fault.cause.message}`;
  }
}

/** The fault behind what the operating system says about a bind. */
export function bindFault(cause: Error, { address, port }: UdpAddress): UdpFault {
  switch ('code' in cause ? cause.code : undefined) {
    case 'EADDRNOTAVAIL':
      return { kind: 'address-not-here', address };
    case 'EADDRINUSE':
      return { kind: 'port-in-use', address, port };
    case 'EACCES':
      return { kind: 'port-forbidden', port };
    default:
      return { kind: 'socket-failed', address, port, cause };
  }
}
