/** A row of docs/clients.md: a behavior of the broker, and how long a connected client waits for it. */
export type Case = {
  /** The behavior in words, for docs/clients.md. */
  readonly about: string;
  /** Faults, in the syntax of the command line. */
  readonly faults: readonly string[];
  /** How long the client stays connected after its message, in ms. @defaultValue 0 */
  readonly stay?: number;
  /** The proxy never ends the connection: only the client can. */
  readonly endless?: true;
  /** It takes the proxy or the broker several seconds to play it. */
  readonly slow?: true;
};

const LONG = 60_000;

/**
 * All cases, in the order of the handshake. If a reset follows bytes that the client must read, the client may report a
 * reset or an end of the stream. Those cases therefore use a FIN.
 */
export const CASES: readonly Case[] = [
  { about: 'nothing listens on the port', faults: ['connect_refuse'] },
  { about: 'the port accepts, then closes', faults: ['amqp_fin at=accept'] },
  { about: 'the header is refused', faults: ['amqp_refuse reason=bad_header close=fin'] },
  { about: 'Start arrives too late', faults: ['amqp_stall at=start timeout=1s'] },
  { about: 'Start never arrives', faults: ['amqp_stall at=start timeout=0'], endless: true },
  { about: 'reset instead of Start', faults: ['amqp_reset at=start'] },
  { about: 'FIN instead of Start', faults: ['amqp_fin at=start'] },
  { about: 'half of Start, then a FIN', faults: ['amqp_truncate at=start then=fin'] },
  { about: 'Start without its frame-end byte', faults: ['amqp_corrupt at=start what=frame_end'] },
  { about: 'Start in a frame of an unknown type', faults: ['amqp_corrupt at=start what=type value=9'] },
  { about: 'Start in a frame of 2 GB', faults: ['amqp_corrupt at=start what=size value=2147483647'], slow: true },
  { about: 'Start of 1 MiB', faults: ['amqp_start size=1MiB'], slow: true },
  { about: 'Start with tables nested 2,000 deep', faults: ['amqp_start nesting=2000'], slow: true },
  { about: 'every frame header in four reads', faults: ['slicer average_size=2 delay=1000'], slow: true },
  { about: 'Start of AMQP 0-8', faults: ['amqp_start version_major=0 version_minor=8'] },
  { about: 'Start without PLAIN', faults: ['amqp_start mechanisms=EXTERNAL'] },
  { about: 'reset after Start-Ok', faults: ['amqp_reset at=start-ok'] },
  { about: 'the login is refused', faults: ['amqp_close at=start-ok code=403'] },
  { about: 'Tune without its frame-end byte', faults: ['amqp_corrupt at=tune what=frame_end'] },
  { about: 'frames of 4,096 bytes', faults: ['amqp_tune frame_max=4096'] },
  { about: 'frames smaller than AMQP allows', faults: ['amqp_tune frame_max=1024 clamp=false'] },
  { about: 'a heartbeat every second', faults: ['amqp_tune heartbeat=1'], stay: 3_000 },
  {
    about: 'heartbeats are negotiated, but none arrives',
    faults: ['amqp_tune heartbeat=1', 'amqp_mute_heartbeats'],
    stay: 15_000,
    endless: true,
  },
  { about: 'Open-Ok arrives too late', faults: ['amqp_stall at=open timeout=1s'] },
  { about: 'Open-Ok never arrives', faults: ['amqp_stall at=open timeout=0'], endless: true },
  { about: 'reset after Open', faults: ['amqp_reset at=open'] },
  { about: 'FIN after Open', faults: ['amqp_fin at=open'] },
  { about: 'the broker shuts down', faults: ['amqp_close at=open code=320'] },
  { about: 'no such virtual host', faults: ['amqp_close at=open code=530'] },
  { about: 'Declare-Ok never arrives', faults: ['amqp_hold method=queue.declare-ok'], endless: true },
  { about: 'the confirm never arrives', faults: ['amqp_hold method=basic.ack'], endless: true },
  {
    about: 'the channel is closed at queue.declare',
    faults: ['amqp_channel_close method=queue.declare code=406'],
    slow: true,
  },
  { about: 'the message is rejected', faults: ['amqp_nack'], slow: true },
  {
    about: 'a message of 2^63 bytes',
    faults: ['amqp_corrupt at=running what=body_size value=9223372036854775808'],
    slow: true,
  },
  { about: 'half of a message, then a FIN', faults: ['amqp_truncate at=running what=body then=fin'] },
  { about: 'the connection is blocked', faults: ['amqp_blocked'] },
  { about: 'reset of an open connection', faults: ['amqp_reset at=running delay=4s'], stay: LONG },
  { about: 'the broker shuts down later', faults: ['amqp_close at=running code=320 delay=4s'], stay: LONG },
  { about: 'Close-Ok never arrives', faults: ['amqp_hold method=connection.close-ok'], endless: true },
];
