import { connectDelay, connectHang, connectRefuse } from './accept/connect.js';
import { connectLimit } from './accept/connect-limit.js';
import type { FaultType } from './fault-type.js';
import { amqpBlocked } from './handshake/amqp-blocked.js';
import { amqpClose } from './handshake/amqp-close.js';
import { amqpCorrupt } from './handshake/amqp-corrupt.js';
import { amqpFin } from './handshake/amqp-fin.js';
import { amqpHold } from './handshake/amqp-hold.js';
import { amqpMuteHeartbeats } from './handshake/amqp-mute-heartbeats.js';
import { amqpRefuse } from './handshake/amqp-refuse.js';
import { amqpReset } from './handshake/amqp-reset.js';
import { amqpStall } from './handshake/amqp-stall.js';
import { amqpStart } from './handshake/amqp-start.js';
import { amqpTruncate } from './handshake/amqp-truncate.js';
import { amqpTune } from './handshake/amqp-tune.js';
import { amqpCancel } from './message/amqp-cancel.js';
import { amqpChannelClose } from './message/amqp-channel-close.js';
import { amqpConfirm } from './message/amqp-confirm.js';
import { amqpDeliver } from './message/amqp-deliver.js';
import { amqpNack } from './message/amqp-nack.js';
import { amqpReturn } from './message/amqp-return.js';
import { bandwidth } from './stream/bandwidth.js';
import { blackhole } from './stream/blackhole.js';
import { cut } from './stream/cut.js';
import { idleForget } from './stream/idle-forget.js';
import { latency } from './stream/latency.js';
import { limitData } from './stream/limit-data.js';
import { noop } from './stream/noop.js';
import { resetPeer } from './stream/reset-peer.js';
import { slicer } from './stream/slicer.js';
import { slowClose } from './stream/slow-close.js';
import { timeout } from './stream/timeout.js';
import { tlsAlert } from './tls/tls-alert.js';
import { tlsCertificate } from './tls/tls-certificate.js';
import { tlsFin } from './tls/tls-fin.js';
import { tlsReset } from './tls/tls-reset.js';
import { tlsStall } from './tls/tls-stall.js';

/** Every fault type, in the order of the docs. To add one, write its file and add it here. */
export const FAULT_TYPES = [
  latency,
  bandwidth,
  slowClose,
  timeout,
  resetPeer,
  slicer,
  limitData,
  noop,
  cut,
  idleForget,
  blackhole,
  amqpRefuse,
  amqpStall,
  amqpReset,
  amqpFin,
  amqpClose,
  amqpTruncate,
  amqpCorrupt,
  amqpStart,
  amqpTune,
  amqpBlocked,
  amqpMuteHeartbeats,
  amqpHold,
  amqpChannelClose,
  amqpCancel,
  amqpReturn,
  amqpNack,
  amqpConfirm,
  amqpDeliver,
  tlsReset,
  tlsFin,
  tlsStall,
  tlsAlert,
  tlsCertificate,
  connectRefuse,
  connectHang,
  connectDelay,
  connectLimit,
] as const;

export type FaultTypes = (typeof FAULT_TYPES)[number];
export type FaultTypeName = FaultTypes['name'];

const byName = new Map<string, FaultType>(FAULT_TYPES.map((type) => [type.name, type as FaultType]));

/** Returns the fault type of that name, or undefined. */
export function faultType(name: string): FaultType | undefined {
  return byName.get(name);
}
