/** The agent side of net-snmp, as far as the test's device uses it. */
declare module 'net-snmp' {
  export type MibRequest = {
    readonly operation: number;
    readonly instanceNode?: { readonly oid: string; readonly value: unknown };
    readonly setValue?: unknown;
    done(error?: { errorStatus: number }): void;
  };

  export type Mib = {
    registerProvider(provider: object): void;
    setScalarValue(name: string, value: string | number): void;
    addTableRow(table: string, row: (string | number)[]): void;
    setTableSingleCell(
      table: string,
      column: number,
      index: number[],
      value: string | number,
    ): void;
    getTableSingleCell(table: string, column: number, index: number[]): unknown;
  };

  export type Agent = {
    getMib(): Mib;
    getAuthorizer(): {
      addCommunity(community: string): void;
      getAccessControlModel(): { setCommunityAccess(community: string, level: number): void };
    };
    close(done?: () => void): void;
  };

  type NetSnmp = {
    createAgent(
      options: { port: number; address: string; accessControlModelType: number },
      callback: (error: Error | null) => void,
    ): Agent;
    AccessControlModelType: { Simple: number };
    AccessLevel: { ReadOnly: number; ReadWrite: number };
    MaxAccess: { 'read-only': number; 'read-write': number };
    MibProviderType: { Scalar: number; Table: number };
    ObjectType: { Integer: number; OctetString: number; OID: number };
    PduType: { SetRequest: number };
  };
  const snmp: NetSnmp;
  export default snmp;
}
