/** rabbit-snare as a library: the classifier, and a proxy to run in a process of one's own. */
export type { HeaderRules, Input, Step, Verdict } from './amqp/classifier.js';
export { ACCEPTED, step } from './amqp/classifier.js';
export type { DescribedReason } from './amqp/describe-reason.js';
export type { Dialect } from './amqp/dialect.js';
export { dialectOf } from './amqp/dialect.js';
export type { Reason, ReasonName, Severity } from './amqp/reason.js';
export { ConfigError, RabbitSnareError } from './errors.js';
export type { ProxyDeps, ProxySettings } from './proxy/amqp-proxy.js';
export { AmqpProxy } from './proxy/amqp-proxy.js';
export type { Clock } from './proxy/clock.js';
export { systemClock } from './proxy/clock.js';
export type { Accepting, DialectLearned, ProxyEvents, StageReached } from './proxy/events.js';
export type { Report } from './report/report.js';
export type { Learned } from './rules/header-rules.js';
export { headerRules, NOTHING_LEARNED } from './rules/header-rules.js';
