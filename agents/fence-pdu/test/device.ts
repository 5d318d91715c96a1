/** A small PDU on a loopback port: three outlets, and the ways in which devices disappoint. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import snmp, { type Agent, type Mib, type MibRequest } from 'net-snmp';

const RPDU = '1.3.6.1.4.1.318.1.1.12';
const CONTROL = 'control';
const STATUS = 'status';
const COMMAND = 4;

export type Device = {
  readonly port: number;
  readonly sets: string[];
  /** What happens to a command: it is obeyed at once, after so many ms, or never. */
  obeysAfterMs: number | undefined;
  readonly put: (outlet: number, value: number) => void;
  readonly value: (outlet: number) => unknown;
  readonly close: () => Promise<void>;
};

export async function device(): Promise<Device> {
  const port = await freePort();
  const agent: Agent = snmp.createAgent(
    { port, address: '127.0.0.1', accessControlModelType: snmp.AccessControlModelType.Simple },
    () => undefined,
  );
  const access = agent.getAuthorizer();
  access.addCommunity('public');
  access.addCommunity('private');
  access.getAccessControlModel().setCommunityAccess('private', snmp.AccessLevel.ReadWrite);
  const mib = agent.getMib();
  const made: Device = {
    port,
    sets: [],
    obeysAfterMs: 0,
    put: (outlet, value) => {
      mib.setTableSingleCell(CONTROL, COMMAND, [outlet], value);
      mib.setTableSingleCell(STATUS, COMMAND, [outlet], value);
    },
    value: (outlet) => mib.getTableSingleCell(CONTROL, COMMAND, [outlet]),
    close: () =>
      new Promise((resolve) => {
        agent.close(() => {
          resolve();
        });
      }),
  };
  register(mib, (request) => {
    onRequest(made, request);
  });
  return made;
}

function register(mib: Mib, handler: (request: MibRequest) => void): void {
  const { Integer, OctetString, OID } = snmp.ObjectType;
  const column = (number: number, name: string, type: number, access: number): object => {
    return { number, name, type, maxAccess: access };
  };
  const reads = snmp.MaxAccess['read-only'];
  mib.registerProvider({
    name: CONTROL,
    type: snmp.MibProviderType.Table,
    oid: `${RPDU}.3.3.1.1`,
    maxAccess: reads,
    tableColumns: [
      column(1, 'controlIndex', Integer, reads),
      column(COMMAND, 'command', Integer, snmp.MaxAccess['read-write']),
    ],
    tableIndex: [{ columnName: 'controlIndex' }],
    handler,
  });
  mib.registerProvider({
    name: STATUS,
    type: snmp.MibProviderType.Table,
    oid: `${RPDU}.3.5.1.1`,
    maxAccess: reads,
    tableColumns: [
      column(1, 'statusIndex', Integer, reads),
      column(2, 'name', OctetString, reads),
      column(COMMAND, 'state', Integer, reads),
    ],
    tableIndex: [{ columnName: 'statusIndex' }],
  });
  mib.registerProvider({
    name: 'sysObjectID',
    type: snmp.MibProviderType.Scalar,
    oid: '1.3.6.1.2.1.1.2',
    scalarType: OID,
    maxAccess: reads,
  });
  mib.setScalarValue('sysObjectID', '1.3.6.1.4.1.318.1.3.4.5');
  for (const [outlet, name] of ['haone', 'hatwo', 'twin'].entries()) {
    mib.addTableRow(CONTROL, [outlet + 1, 1]);
    mib.addTableRow(STATUS, [outlet + 1, name, 1]);
  }
}

function onRequest(made: Device, request: MibRequest): void {
  const { operation, instanceNode, setValue } = request;
  request.done();
  if (operation !== snmp.PduType.SetRequest || instanceNode === undefined) return;
  const outlet = Number(instanceNode.oid.split('.').at(-1));
  // net-snmp calls twice for one command: once to try it, once to do it.
  const set = `${outlet}=${String(setValue)}`;
  if (made.sets.at(-1) !== set) made.sets.push(set);
  const { obeysAfterMs } = made;
  const before = setValue === 1 ? 2 : 1;
  setImmediate(() => {
    made.put(outlet, obeysAfterMs === 0 ? Number(setValue) : before);
  });
  if (obeysAfterMs === undefined || obeysAfterMs === 0) return;
  setTimeout(() => {
    made.put(outlet, Number(setValue));
  }, obeysAfterMs);
}

export async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
