/** The part of net-snmp's agent side that the simulated PDU uses; the package has no types of its own. */
declare module 'net-snmp' {
  export type Varbind = {
    oid: string;
    type: number;
    value?: unknown;
    errorStatus?: number;
  };

  export type SnmpPdu = {
    id: number;
    type: number;
    varbinds: Varbind[];
    errorStatus?: number;
    errorIndex?: number;
  };

  /** `version`: 0 for SNMPv1, 1 for v2c, 3 for v3. */
  export type SnmpMessage = { version: number; community?: string; pdu: SnmpPdu };

  export type Peer = { address: string; port: number };

  export type Column = {
    number: number;
    name: string;
    type: number;
    maxAccess: number;
    constraints?: { enumeration: Record<string, string> };
  };

  export type Provider =
    | { name: string; type: number; oid: string; scalarType: number; maxAccess: number }
    | {
        name: string;
        type: number;
        oid: string;
        maxAccess: number;
        tableColumns: Column[];
        tableIndex: { columnName: string }[];
      };

  export type Mib = {
    registerProvider(provider: Provider): void;
    setScalarValue(name: string, value: string | number): void;
    addTableRow(table: string, row: (string | number)[]): void;
    setTableSingleCell(
      table: string,
      column: number,
      index: number[],
      value: string | number,
    ): void;
  };

  export type Agent = {
    getMib(): Mib;
    getAuthorizer(): {
      addCommunity(community: string): void;
      getAccessControlModel(): { setCommunityAccess(community: string, level: number): void };
    };
    /** Called with every answer just before it goes out. */
    sendResponse(socket: unknown, peer: Peer, request: SnmpMessage, response: SnmpPdu): void;
    close(done?: () => void): void;
  };

  type NetSnmp = {
    createAgent(
      options: {
        port: number;
        address: string;
        accessControlModelType: number;
        dgramModule: { createSocket(kind: 'udp4'): unknown };
      },
      callback: (error: Error | null) => void,
    ): Agent;
    AccessControlModelType: { Simple: number };
    AccessLevel: { ReadOnly: number; ReadWrite: number };
    MaxAccess: { 'read-only': number; 'read-write': number };
    MibProviderType: { Scalar: number; Table: number };
    ObjectType: {
      Integer: number;
      OctetString: number;
      OID: number;
      TimeTicks: number;
      Null: number;
      NoSuchObject: number;
      NoSuchInstance: number;
      EndOfMibView: number;
    };
    PduType: { GetRequest: number; GetNextRequest: number; SetRequest: number };
    ErrorStatus: {
      NoError: number;
      NoSuchName: number;
      BadValue: number;
      WrongValue: number;
      NoCreation: number;
    };
  };
  const snmp: NetSnmp;
  export default snmp;
}
