export { describeUdpFault, type UdpAddress, type UdpFault } from './fault.ts';
export { openUdp, type UdpOptions } from './udp.ts';
