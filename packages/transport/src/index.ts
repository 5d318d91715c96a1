export type { Transport, TransportEvents } from './port.ts';
