export {
  type Instance,
  instancesIn,
  longestOutageMs,
  type Overlap,
  overlapsIn,
  type Proof,
  refusalsIn,
  type Sample,
} from './judge.ts';
export { type JournalEntry, parseJournal } from './journal.ts';
export { Relay, type RelayConfig } from './relay.ts';
export { type Report, reportOf, type Row } from './report.ts';
