export { deadline, links, step } from './machine.ts';
export { DATAGRAM_BYTES_MAX } from './mtu.ts';
export type {
  DownReason,
  LinkMode,
  LinksConfig,
  LinksEffect,
  LinkSettings,
  LinksInput,
  LinksSettings,
  LinksState,
  OutFrame,
  Route,
} from './state.ts';
export { linksStatus, type LinksStatus, type PathStatus } from './status.ts';
