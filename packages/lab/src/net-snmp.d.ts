/** The part of net-snmp's agent side that simulated devices use; the package has no types of its own. */
declare module 'net-snmp' {
  export type Varbind = { oid: string; type: number; value?: unknown };

  export type SnmpPdu = {
    id: number;
    type: number;
    varbinds: Varbind[];
    nonRepeaters?: number;
    maxRepetitions?: number;
    errorStatus?: number;
    errorIndex?: number;
    getResponsePduForRequest(): SnmpPdu;
  };

  /** `version`: 0 for SNMPv1, 1 for v2c, 3 for v3. */
  export type SnmpMessage = {
    version: number;
    community?: string;
    user?: { name: string };
    pdu: SnmpPdu;
  };

  export type Peer = { address: string; port: number };

  export type UserSpec = {
    name: string;
    level: number;
    authProtocol?: string;
    authKey?: string;
    privProtocol?: string;
    privKey?: string;
  };

  type OnRequest = (socket: unknown, request: SnmpMessage, peer: Peer) => void;

  export type Agent = {
    engine: { engineID: Buffer; engineBoots: number; engineTime: number };
    getRequest: OnRequest;
    setRequest: OnRequest;
    getNextRequest: OnRequest;
    getBulkRequest: OnRequest;
    getAuthorizer(): {
      addCommunity(community: string): void;
      addUser(user: UserSpec): void;
    };
    /** Sends an answer; to a version 1 request, its error is put into version 1's words. */
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
      callback: (error: (Error & { code?: number }) | null) => void,
    ): Agent;
    ResponseInvalidCode: { EAuthFailure: number };
    AccessControlModelType: { None: number };
    SecurityLevel: { noAuthNoPriv: number; authNoPriv: number; authPriv: number };
    AuthProtocols: Record<'md5' | 'sha' | 'sha224' | 'sha256' | 'sha384' | 'sha512', string>;
    PrivProtocols: Record<'aes' | 'aes256b' | 'aes256r', string>;
    ObjectType: {
      Integer: number;
      OctetString: number;
      OID: number;
      NoSuchObject: number;
      NoSuchInstance: number;
      EndOfMibView: number;
    };
    PduType: {
      GetRequest: number;
      GetNextRequest: number;
      GetBulkRequest: number;
      SetRequest: number;
    };
    ErrorStatus: {
      NoError: number;
      NoSuchName: number;
      GeneralError: number;
      NoAccess: number;
      WrongType: number;
      WrongValue: number;
      NoCreation: number;
      NotWritable: number;
      AuthorizationError: number;
    };
  };
  const snmp: NetSnmp;
  export default snmp;
}
