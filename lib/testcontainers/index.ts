/** rabbit-snare/testcontainers: rabbit-snare as a container of a test. Requires testcontainers 12. */
export type { ContainerConfig } from './container-config.js';
export { RabbitSnareContainer } from './rabbit-snare-container.js';
export { StartedRabbitSnareContainer } from './started-rabbit-snare-container.js';
