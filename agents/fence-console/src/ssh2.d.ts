/** The part of ssh2's client that this agent uses; the package has no types of its own. */
declare module 'ssh2' {
  export type Channel = {
    on(event: 'data', listener: (data: Buffer) => void): void;
    on(event: 'close', listener: () => void): void;
    write(text: string): void;
  };

  export type Client = {
    on(event: 'ready' | 'close', listener: () => void): void;
    on(event: 'error', listener: (cause: Error & { level?: string }) => void): void;
    connect(options: {
      host: string;
      port: number;
      username: string;
      password?: string;
      privateKey?: string;
      tryKeyboard: boolean;
      readyTimeout: number;
      hostVerifier?: (key: Buffer) => boolean;
      algorithms?: Readonly<Record<string, { append: string[] }>>;
    }): void;
    shell(
      window: { term: string; cols: number; rows: number },
      done: (cause: Error | undefined, channel: Channel) => void,
    ): void;
    setNoDelay(on: boolean): void;
    end(): void;
    destroy(): void;
  };

  type Ssh2 = { Client: new () => Client };
  const ssh2: Ssh2;
  export default ssh2;
}
