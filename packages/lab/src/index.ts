export { nowMs } from './clock.ts';
export { askControl, type ControlServer, serveControl } from './control.ts';
export type { Command, Outcome } from './command.ts';
export { type PduEvent, type PduFact, shotsIn, type Source } from './event-log.ts';
export type { OutletConfig } from './outlet.ts';
export { Bank, type OutletView } from './bank.ts';
export type { Faults, PduFaults } from './faults.ts';
export { Pdu, type PduStatus } from './pdu.ts';
export { type PduConfig, readPduConfig } from './pdu-config.ts';
export {
  killMarked,
  MARK,
  markedProcesses,
  type Process,
  readProcess,
  signalProcess,
} from './processes.ts';
export { type DeviceConfig, readScenario, type Scenario, type ScriptStep } from './scenario.ts';
export { Lab, type LabStatus } from './lab.ts';
export { type Feed, Machine, type MachineConfig } from './machine.ts';
