export { describeUdpFault, type UdpAddress, type UdpFault } from './fault.ts';
export type { LinkAddresses } from './link-socket.ts';
export { openUdp, type UdpOptions, type UdpTransport } from './udp.ts';
