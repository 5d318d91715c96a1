/** The part of ssh2's server side that simulated consoles use; the package has no types of its own. */
declare module 'ssh2' {
  export type AuthContext = {
    readonly username: string;
    accept(): void;
    reject(methods: string[]): void;
  } & (
    | { readonly method: 'password'; readonly password: string }
    | {
        readonly method: 'keyboard-interactive';
        prompt(
          prompts: { prompt: string; echo: boolean }[],
          done: (answers: string[]) => void,
        ): void;
      }
    | { readonly method: 'none' | 'publickey' | 'hostbased' }
  );

  export type Channel = {
    on(event: 'data', listener: (data: Buffer) => void): void;
    write(text: string): void;
    end(text?: string): void;
  };

  export type Session = {
    on(event: 'pty', listener: (accept?: () => void) => void): void;
    on(event: 'shell', listener: (accept: () => Channel) => void): void;
  };

  export type Connection = {
    on(event: 'authentication', listener: (asked: AuthContext) => void): void;
    on(event: 'ready' | 'close', listener: () => void): void;
    on(event: 'error', listener: (cause: Error) => void): void;
    on(event: 'session', listener: (accept: () => Session) => void): void;
    setNoDelay(on: boolean): void;
    end(): void;
  };

  export type Server = {
    listen(port: number, address: string): void;
    close(done: () => void): void;
    once(event: string, listener: (...args: unknown[]) => void): Server;
    on(event: string, listener: (...args: unknown[]) => void): Server;
  } & NodeJS.EventEmitter;

  type Ssh2 = {
    Server: new (
      options: { hostKeys: string[] },
      onConnection: (connection: Connection, info: { ip: string; port: number }) => void,
    ) => Server;
    utils: { generateKeyPairSync(kind: 'ed25519'): { private: string; public: string } };
  };
  const ssh2: Ssh2;
  export default ssh2;
}
