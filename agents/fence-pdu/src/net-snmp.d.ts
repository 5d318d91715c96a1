/** The part of net-snmp that this agent uses; the package has no types of its own. */
declare module 'net-snmp' {
  export type Varbind = { oid: string; type: number; value?: unknown };
  type Answer = (error: Error | null, varbinds?: Varbind[]) => void;

  export type Session = {
    get(oids: string[], done: Answer): void;
    getNext(oids: string[], done: Answer): void;
    set(varbinds: Varbind[], done: Answer): void;
    subtree(
      oid: string,
      maxRepetitions: number,
      feed: (varbinds: Varbind[]) => void,
      done: (error: Error | null) => void,
    ): void;
    on(event: 'error', listener: (cause: Error) => void): void;
    close(): void;
  };

  export type Options = {
    port: number;
    version: number;
    timeout: number;
    retries: number;
    transport: 'udp4' | 'udp6';
    dgramModule: { createSocket(kind: 'udp4' | 'udp6'): unknown };
  };

  export type User = {
    name: string;
    level: number;
    authProtocol?: string;
    authKey?: string;
    privProtocol?: string;
    privKey?: string;
  };

  type NetSnmp = {
    createSession(target: string, community: string, options: Options): Session;
    createV3Session(target: string, user: User, options: Options): Session;
    isVarbindError(varbind: Varbind): boolean;
    varbindError(varbind: Varbind): string;
    Version1: number;
    Version2c: number;
    Version3: number;
    SecurityLevel: { noAuthNoPriv: number; authNoPriv: number; authPriv: number };
    AuthProtocols: Record<string, string>;
    PrivProtocols: Record<string, string>;
    ObjectType: { Integer: number; OctetString: number; OID: number };
  };
  const snmp: NetSnmp;
  export default snmp;
}
