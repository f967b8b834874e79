#!/usr/bin/env node
import { hideBin } from 'yargs/helpers';
import { runCommandLine } from './command-line.js';
import { leaveWithReader } from './leave-with-reader.js';

leaveWithReader();
process.exitCode = await runCommandLine(hideBin(process.argv));
