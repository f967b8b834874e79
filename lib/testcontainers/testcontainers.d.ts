/** The part of testcontainers 12 that is used here. It is not installed: it needs a newer Node.js than rabbit-snare. */
declare module 'testcontainers' {
  export type WaitStrategy = object;
  export type RestartOptions = { timeout: number };
  export const Wait: {
    forHttp(path: string, port: number, options?: { abortOnContainerExit?: boolean }): WaitStrategy;
  };
  export class GenericContainer {
    constructor(image: string);
    withExposedPorts(...ports: number[]): this;
    withWaitStrategy(strategy: WaitStrategy): this;
    withCopyContentToContainer(contents: { content: string; target: string }[]): this;
    withLabels(labels: { [name: string]: string }): this;
    start(): Promise<StartedTestContainer>;
  }
  export interface StartedTestContainer extends AsyncDisposable {
    getHost(): string;
    getMappedPort(port: number): number;
    restart(options?: Partial<RestartOptions>): Promise<void>;
    stop(): Promise<unknown>;
  }
  export interface AbstractStartedContainer extends StartedTestContainer {}
  export class AbstractStartedContainer {
    constructor(started: StartedTestContainer);
    protected containerStopping?(): Promise<void>;
    restart(options?: Partial<RestartOptions>): Promise<void>;
  }
}
