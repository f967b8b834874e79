#!/usr/bin/env node
import { fitContainer } from '../instance/fit-container.js';
import { keepYoungGenerationSmall } from '../instance/young-generation.js';
import { leaveOnSignal } from './leave-on-signal.js';
import { leaveWithReader } from './leave-with-reader.js';

fitContainer();
keepYoungGenerationSmall();
leaveOnSignal();
leaveWithReader();
// Loaded only now, because that takes a while and a signal may arrive meanwhile.
const { runCommandLine } = await import('./command-line.js');
process.exitCode = await runCommandLine(process.argv.slice(2));
